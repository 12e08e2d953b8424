"""When simulated sensors expose, and what their stamps say."""

from __future__ import annotations

import numpy as np
import pytest

from colorize_ros.errors import ConfigurationError
from colorize_ros.simulation.sensors.clocks import Clock, Shot, shots, START_NS

CLOCK = Clock(10.0, phase_s=0.03, offset_s=-0.011, jitter_s=0.002, delay_s=0.012,
              delay_jitter_s=0.004, lost=0.05)


def delivered(clock: Clock, seconds: float, seed: int = 0) -> list[Shot]:
    return [shot for shot in shots(clock, seconds, np.random.default_rng(seed))
            if shot is not None]


def test_the_same_seed_gives_the_same_shots() -> None:
    first = shots(CLOCK, 30, np.random.default_rng(1))
    assert first == shots(CLOCK, 30, np.random.default_rng(1))
    assert first != shots(CLOCK, 30, np.random.default_rng(2))


def test_exposures_are_even_and_only_those_before_the_end() -> None:
    result = shots(Clock(10.0, phase_s=0.03), 1.0, np.random.default_rng(0))
    at_s = [shot.at_s for shot in result if shot is not None]
    np.testing.assert_allclose(at_s, 0.03 + np.arange(10) / 10)
    assert len(shots(Clock(10.0), 1.0, np.random.default_rng(0))) == 10
    assert len(shots(Clock(10.0), 0.7, np.random.default_rng(0))) == 7


@pytest.mark.parametrize('clock', [CLOCK, Clock(100.0, jitter_s=0.0049, delay_jitter_s=0.05)])
def test_stamps_rise_and_arrivals_never_fall(clock: Clock) -> None:
    result = delivered(clock, 60)
    assert (np.diff([shot.stamp_ns for shot in result]) > 0).all()
    assert (np.diff([shot.received_ns for shot in result]) >= 0).all()


def test_stamps_are_offset_and_wobble_no_more_than_said() -> None:
    error_s = np.array([(shot.stamp_ns - START_NS) / 1e9 - shot.at_s
                        for shot in delivered(CLOCK, 200)])
    assert np.mean(error_s) == pytest.approx(-0.011, abs=2e-4)
    assert np.abs(error_s + 0.011).max() <= 0.002 + 1e-9
    assert np.std(error_s) == pytest.approx(0.002 / np.sqrt(3), rel=0.05)


def test_frames_arrive_after_their_delay() -> None:
    delay_s = np.array([(shot.received_ns - START_NS) / 1e9 - shot.at_s
                        for shot in delivered(CLOCK, 200)])
    assert delay_s.min() >= 0.012 - 1e-9
    assert np.mean(delay_s) == pytest.approx(0.016, rel=0.03)


def test_as_many_are_lost_as_said_but_never_the_first() -> None:
    result = shots(CLOCK, 1000, np.random.default_rng(0))
    assert np.mean([shot is None for shot in result]) == pytest.approx(0.05, rel=0.1)
    leaky = Clock(10.0, lost=0.9)
    assert all(shots(leaky, 1, np.random.default_rng(seed))[0] for seed in range(20))


@pytest.mark.parametrize('seconds', [0.0, -1.0, 0.02, np.nan, np.inf])
def test_a_recording_without_a_frame_is_refused(seconds: float) -> None:
    with pytest.raises(ConfigurationError, match='hold no frame'):
        shots(CLOCK, seconds, np.random.default_rng(0))


@pytest.mark.parametrize(('numbers', 'message'), [
    ({'rate_hz': 0.0}, '0 Hz'),
    ({'rate_hz': np.nan}, 'nan Hz'),
    ({'rate_hz': 10.0, 'lost': 1.0}, 'lost frames of 1'),
    ({'rate_hz': 10.0, 'delay_s': -0.1}, 'negative time'),
    ({'rate_hz': 400.0, 'jitter_s': 0.002}, 'run backwards')])
def test_numbers_that_make_no_clock_are_refused(numbers: dict[str, float], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Clock(**numbers)
