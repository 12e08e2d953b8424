"""Exposure of near-infrared images: whatever gray levels a camera uses, the network sees them all.

A camera in the dark may well use 20 of its 256 levels, a 16-bit one a few hundred of 65536.
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


class Exposure(NamedTuple):
    """The gray levels that become black and white, as shares of the type's range."""

    black: float
    white: float

    def blended(self, newer: Exposure, smoothing: float) -> Exposure:
        """Return this exposure, moved towards a newer one by 1 - `smoothing`."""
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
        (H, W) float32: 0 black, 1 white, a little beyond for what lies beyond.
    """
    full = np.float32(np.iinfo(image.dtype).max)
    values = image.astype(np.float32) / full - np.float32(exposure.black)
    return np.clip(values / np.float32(exposure.white - exposure.black), -0.1, 1.2)
