"""The image sensor: photon transfer, limits of exposure, metering, the tone curve."""

from __future__ import annotations

import numpy as np
import pytest

from colorize_ros.datasets.sensor_noise import Exposure, ImageSensor, meter
from colorize_ros.datasets.tone import linear_light, MIDDLE_GRAY, to_bytes, tone_curve, WHITE
from colorize_ros.errors import DataError

BY_DAY = Exposure(1.0, 1.0)


def patch(light: float) -> np.ndarray:
    return np.full((200, 300), light, np.float32)


@pytest.mark.parametrize('gain', [1.0, 4.0])
def test_the_variance_grows_in_proportion_to_the_signal(gain: float) -> None:
    """The photon transfer curve: its slope is the gain, its foot the read noise."""
    sensor = ImageSensor(electrons=2000, read_noise=3.0)
    levels = np.array([0.02, 0.1, 0.3, 0.6, 1.0])
    taken = [sensor.expose(patch(level), Exposure(1.0, gain), np.random.default_rng(i))
             for i, level in enumerate(levels)]
    electrons = np.array([picture.mean() for picture in taken]) * 2000 / gain
    variance = np.array([picture.var() for picture in taken]) * (2000 / gain) ** 2
    np.testing.assert_allclose(electrons, levels * 2000, rtol=0.01)
    np.testing.assert_allclose(variance, levels * 2000 + 3.0 ** 2, rtol=0.03)


def test_the_well_overflows_at_white() -> None:
    taken = ImageSensor(read_noise=0.0).expose(patch(1e6), BY_DAY, np.random.default_rng(0))
    assert (taken == WHITE).all()


def test_time_and_efficiency_catch_more_electrons_and_gain_does_not() -> None:
    rng = np.random.default_rng(0)
    contrast = {}
    for name, sensor, exposure in (('plain', ImageSensor(), BY_DAY),
                                   ('long', ImageSensor(), Exposure(4.0, 1.0)),
                                   ('efficient', ImageSensor(efficiency=4.0), BY_DAY),
                                   ('amplified', ImageSensor(), Exposure(1.0, 4.0))):
        taken = sensor.expose(patch(0.1), exposure, rng)
        contrast[name] = taken.mean() / taken.std()
    assert contrast['long'] == pytest.approx(2 * contrast['plain'], rel=0.03)
    assert contrast['efficient'] == pytest.approx(2 * contrast['plain'], rel=0.03)
    assert contrast['amplified'] == pytest.approx(contrast['plain'], rel=0.03)


def test_without_noise_the_picture_is_as_bright() -> None:
    sensor, exposure = ImageSensor(efficiency=3.0), Exposure(0.5, 2.0)
    taken = sensor.expose(patch(0.1), exposure, np.random.default_rng(0))
    assert taken.mean() == pytest.approx(sensor.brightened(patch(0.1), exposure).mean(), rel=0.01)


def test_a_picture_at_middle_gray_is_taken_as_by_day() -> None:
    assert ImageSensor().auto_exposure(patch(MIDDLE_GRAY)) == pytest.approx(BY_DAY)


def test_less_light_is_made_up_for_by_time_then_gain_then_not_at_all() -> None:
    sensor = ImageSensor(longest=2.0, highest_gain=4.0)
    dim, dusk, night = (sensor.auto_exposure(patch(MIDDLE_GRAY * f)) for f in (0.6, 0.2, 1e-4))
    assert 1 < dim.time < 2
    assert dim.gain == 1
    assert dusk.time == 2
    assert 1 < dusk.gain < 4
    assert night == (2.0, 4.0)
    assert sensor.auto_exposure(patch(0.0)) == night
    assert sensor.auto_exposure(patch(1e6)) == (sensor.shortest, 1.0)


def test_exposure_follows_the_light_smoothly() -> None:
    sensor = ImageSensor()
    exposures = [sensor.auto_exposure(patch(level)) for level in np.geomspace(1e-5, 10, 300)]
    stops = np.log2([exposure.time * exposure.gain for exposure in exposures])
    assert (np.diff(stops) <= 1e-9).all()
    assert np.abs(np.diff(stops)).max() < 0.08


def test_a_lamp_hardly_moves_the_meter() -> None:
    light = patch(0.2)
    light[:20, :30] = 100.0
    assert meter(light) == pytest.approx(0.2, rel=0.08)
    assert meter(np.repeat(light[..., None], 3, axis=2)) == pytest.approx(meter(light))


@pytest.mark.parametrize('light', [-0.1, np.nan, np.inf])
def test_light_that_is_none_is_refused(light: float) -> None:
    with pytest.raises(DataError, match='negative or not finite'):
        ImageSensor().expose(patch(light), BY_DAY, np.random.default_rng(0))


def test_the_tone_curve_can_be_undone() -> None:
    light = np.concatenate([[0], np.geomspace(1e-6, WHITE, 400)]).astype(np.float32)
    np.testing.assert_allclose(linear_light(tone_curve(light)), light, rtol=1e-3, atol=1e-7)
    levels = np.arange(256, dtype=np.uint8)
    back = to_bytes(tone_curve(linear_light(levels / np.float32(255))))
    np.testing.assert_array_equal(back, levels)


def test_the_tone_curve_ends_at_black_and_white() -> None:
    ends = tone_curve(np.array([-1, 0, WHITE, 100], np.float32))
    np.testing.assert_allclose(ends, [0, 0, 1, 1], atol=1e-6)
    assert ends.dtype == np.float32
