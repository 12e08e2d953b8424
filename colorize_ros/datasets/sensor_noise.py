"""An image sensor: electrons, shot noise, read noise, gain, and automatic exposure.

The model of EMVA 1288 without its fixed patterns: light makes electrons at random (Poisson), the
read-out adds noise of its own (Gaussian), the amplifier multiplies both, and the well and the
converter end somewhere. Exposure times count in those of a well-exposed picture by day, so that
light 0.2, the middle gray of a day's picture, wants exposure 1 and gain 1.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.tone import MIDDLE_GRAY, WHITE
from colorize_ros.errors import DataError

# Light below which metering reads nothing; a millionth of a day's middle gray.
DARKEST_METERED = 2e-7
# Of the stops between a picture's level and middle gray, the share that is made up for.
MADE_UP_FOR = 0.8


class Exposure(NamedTuple):
    """How a picture is taken.

    Attributes:
        time: in exposure times of a well-exposed picture by day.
        gain: of the amplifier, at least 1.
    """

    time: float
    gain: float


@dataclass(frozen=True)
class ImageSensor:
    """A sensor and the limits of its exposure. The defaults are a cheap color camera's.

    Attributes:
        electrons: that light 1.0 makes in a pixel at exposure time 1. A pixel's well is full at
            `WHITE` times as many.
        read_noise: standard deviation, electrons.
        efficiency: factor on the light, for a sensor that catches more of it.
        shortest: exposure time.
        longest: exposure time; a moving robot's pictures must not blur.
        highest_gain: above it the amplifier only multiplies noise.
    """

    electrons: float = 3000.0
    read_noise: float = 1.6
    efficiency: float = 1.0
    shortest: float = 0.02
    longest: float = 2.0
    highest_gain: float = 4.0

    def expose(self, light: NDArray[np.float32], exposure: Exposure,
               rng: np.random.Generator) -> NDArray[np.float32]:
        """Take a picture.

        Args:
            light: of any shape, linear, at least 0.
            exposure: time and gain.
            rng: where noise comes from; the same state gives the same picture.

        Returns:
            The same shape, float32, linear in [0, WHITE]: light times efficiency, time and gain,
            with noise.

        Raises:
            DataError: light that is negative or not finite.
        """
        if not np.isfinite(light).all() or np.any(np.less(light, 0)):
            raise DataError('light has values that are negative or not finite; expected linear '
                            'light of at least 0. Clip what a denoiser undershot')
        caught = np.float64(self.electrons * self.efficiency * exposure.time) * light
        well = self.electrons * WHITE
        # Twice the well is as full as the well, and Poisson numbers have a largest mean.
        counted = np.minimum(rng.poisson(np.minimum(caught, 2 * well)), well)
        read = self.read_noise * rng.standard_normal(np.shape(light), np.float32)
        signal = (counted + read) * (exposure.gain / self.electrons)
        return np.clip(signal, 0, WHITE).astype(np.float32)

    def brightened(self, light: NDArray[np.float32], exposure: Exposure) -> NDArray[np.float32]:
        """Return what `expose` would give without any noise."""
        factor = np.float32(self.efficiency * exposure.time * exposure.gain)
        return np.clip(factor * light, 0, WHITE).astype(np.float32)

    def auto_exposure(self, light: NDArray[np.float32]) -> Exposure:
        """Return the exposure that brings a picture near middle gray, within the limits.

        It depends on nothing but the picture, and smoothly, so a camera that moves smoothly does
        not flicker. A little is left of the difference, as cameras do, so that dusk looks like
        dusk.
        """
        return self.exposure((MIDDLE_GRAY / meter(light)) ** MADE_UP_FOR / self.efficiency)

    def exposure(self, factor: float) -> Exposure:
        """Share a factor out to time and gain: first all the time there is, then the gain."""
        time = min(max(factor, self.shortest), self.longest)
        return Exposure(time, min(max(factor / time, 1.0), self.highest_gain))


def meter(light: NDArray[np.float32]) -> float:
    """Return the level that automatic exposure sees in a picture: its logarithmic mean.

    A lamp in the picture hardly moves it.

    Args:
        light: (H, W) or (H, W, 3), linear.
    """
    gray = light.mean(axis=2) if light.ndim == 3 else light
    return float(np.exp(np.mean(np.log(np.maximum(gray, DARKEST_METERED)))))

