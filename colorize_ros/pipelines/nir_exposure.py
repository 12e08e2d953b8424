"""Exposure of near-infrared images: whatever gray levels a camera uses, the network sees them.

A camera in the dark may well use 20 of its 256 levels, a 16-bit one a few hundred of 65536. These
are spread; an image that is well exposed stays as it is, for how bright it is tells how bright its
colors are.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

# Specks and dead pixels decide nothing.
DARKEST, BRIGHTEST = 0.5, 99.5
SAMPLES_A_SIDE = 160
# Of the type's range: an image with less contrast is one of noise, which is not to be amplified.
LEAST_SPAN = 4 / 255
# What every image is spread to at least, and how dark its darkest gray is at least made.
SHOWN_SPAN, SHOWN_BLACK = 0.6, 0.15
# Two exposures with less of their levels in common are of different scenes.
LEAST_OVERLAP = 0.3


class Exposure(NamedTuple):
    """The darkest and the brightest gray level in use, as shares of the type's range."""

    black: float
    white: float

    def followed_by(self, newer: Exposure, smoothing: float) -> Exposure:
        """Return this exposure, moved towards a newer one by 1 - `smoothing`.

        A sudden other light is followed at once.
        """
        common = min(self.white, newer.white) - max(self.black, newer.black)
        both = max(self.white, newer.white) - min(self.black, newer.black)
        if common < LEAST_OVERLAP * both:
            return newer
        return Exposure(*(smoothing * old + (1 - smoothing) * new
                          for old, new in zip(self, newer)))


def meter(image: NDArray[Any]) -> Exposure:
    """Measure the exposure that an image asks for.

    Args:
        image: (H, W) uint8 or uint16.
    """
    rows, columns = (max(1, side // SAMPLES_A_SIDE) for side in image.shape)
    black, white = np.percentile(image[::rows, ::columns], (DARKEST, BRIGHTEST)) / np.iinfo(
        image.dtype).max
    missing = max(LEAST_SPAN - (white - black), 0.0) / 2
    return Exposure(float(black - missing), float(white + missing))


def expose(image: NDArray[Any], exposure: Exposure) -> NDArray[np.float32]:
    """Apply an exposure.

    Args:
        image: (H, W) uint8 or uint16.
        exposure: as `meter` gives it.

    Returns:
        (H, W) float32, within [-0.1, 1.2].
    """
    full = np.float32(np.iinfo(image.dtype).max)
    gain = max(1.0, SHOWN_SPAN / (exposure.white - exposure.black))
    offset = min(exposure.black, SHOWN_BLACK) - gain * exposure.black
    return np.clip(image.astype(np.float32) * np.float32(gain / full) + np.float32(offset),
                   -0.1, 1.2)
