"""When the sensors of a robot expose, what their stamps say, and when their frames arrive.

Each sensor has a quartz of its own, so its exposures come at even steps; what wobbles is the stamp
that its driver writes and the way over the bus. The stamps of two sensors therefore differ even
where they exposed at the same moment: this is what pairing has to live with.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from colorize_ros.errors import ConfigurationError

# Any moment will do, but the same one each time, so that the same seed gives the same bag.
START_NS = 1_700_000_000_000_000_000


@dataclass(frozen=True)
class Clock:
    """The timing of one sensor.

    Attributes:
        rate_hz: exposures a second.
        phase_s: true time of the first exposure.
        offset_s: of the stamps after the true time of exposure.
        jitter_s: a stamp is off by at most this much more, to either side.
        delay_s: shortest time from the exposure to the frame's arrival.
        delay_jitter_s: mean of what comes on top, exponentially distributed.
        lost: share of the frames that never arrive.

    Raises:
        ConfigurationError: numbers that make no clock, or stamps that could run backwards.
    """

    rate_hz: float
    phase_s: float = 0.0
    offset_s: float = 0.0
    jitter_s: float = 0.0
    delay_s: float = 0.0
    delay_jitter_s: float = 0.0
    lost: float = 0.0

    def __post_init__(self) -> None:
        if not 0 < self.rate_hz < np.inf:
            raise ConfigurationError(f'a sensor cannot run at {self.rate_hz:g} Hz; expected a '
                                     'rate above 0, such as 10')
        if not 0 <= self.lost < 1:
            raise ConfigurationError(f'a share of lost frames of {self.lost:g} is not in [0, 1); '
                                     'expected 0.02 for two frames in a hundred')
        if min(self.phase_s, self.jitter_s, self.delay_s, self.delay_jitter_s) < 0:
            raise ConfigurationError(f'{self} has a negative time; only offset_s may be negative')
        if 2 * self.jitter_s * self.rate_hz >= 1:
            raise ConfigurationError(
                f'stamps with a jitter of {self.jitter_s:g} s could run backwards at '
                f'{self.rate_hz:g} Hz; expected less than half a period. Ask for a lower rate')


class Shot(NamedTuple):
    """One exposure.

    Attributes:
        at_s: true time of the exposure, seconds since the start.
        stamp_ns: what the header says.
        received_ns: when the frame arrives, by the true clock.
    """

    at_s: float
    stamp_ns: int
    received_ns: int


def shots(clock: Clock, seconds: float, rng: np.random.Generator) -> list[Shot | None]:
    """Draw the exposures of one sensor from the start until `seconds` later.

    Args:
        clock: of the sensor; two with the same rate and phase expose at the same moments.
        seconds: length of the recording.
        rng: the same state gives the same shots.

    Returns:
        One entry for each exposure, None where its frame is lost (never the first: whoever looks
        at a bag looks there). Stamps rise strictly; arrivals never fall.

    Raises:
        ConfigurationError: there is no exposure before `seconds`.
    """
    steps = (seconds - clock.phase_s) * clock.rate_hz
    count = int(np.ceil(steps - 1e-9)) if np.isfinite(steps) else 0
    if count < 1:
        raise ConfigurationError(
            f'{seconds:g} s hold no frame of a sensor that first exposes after {clock.phase_s:g} '
            f's, at {clock.rate_hz:g} Hz; expected at least one. Ask for more seconds')
    at_s = clock.phase_s + np.arange(count) / clock.rate_hz
    stamp_s = at_s + clock.offset_s + clock.jitter_s * rng.uniform(-1, 1, count)
    # A bus is a queue: a late frame holds up those behind it.
    received_s = np.maximum.accumulate(
        at_s + clock.delay_s + clock.delay_jitter_s * rng.exponential(size=count))
    lost = rng.random(count) < clock.lost
    lost[0] = False
    return [None if gone else Shot(float(at), _nanoseconds(stamp), _nanoseconds(received))
            for at, stamp, received, gone in zip(at_s, stamp_s, received_s, lost)]


def _nanoseconds(since_start_s: float) -> int:
    return START_NS + round(float(since_start_s) * 1e9)
