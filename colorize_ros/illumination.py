"""How well lit a color picture is."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.errors import ShapeError

# Of 256 levels of luma: below, colors drown; above, they are washed out.
DARK, WASHED_OUT = 32, 250
# Small enough that noise, which is no light, is averaged away.
VIEW_SIZE = (64, 48)
# Standard deviation of noise, of 256 levels, that does no harm, and that leaves nothing.
HARMLESS_NOISE, RUINOUS_NOISE = 4.0, 16.0
# Noise is no other in the rows between.
ROW_STEP = 6
# Of second differences both ways: the root of the squares of their weights, and the median's share
# of a deviation.
KERNEL_GAIN, MEDIAN_SHARE = 6.0, 0.6745


def how_well_lit(rgb: NDArray[np.uint8]) -> float:
    """Measure how much of a picture shows its colors.

    It is the share of the picture that is neither dark nor washed out, less where an amplifier
    has filled a dark picture with noise. Nearly all photos that this package is tested with are
    above 0.6; with a hundredth of their light half of them are below 0.5, at night all are at 0.

    Args:
        rgb: (H, W, 3) uint8, at least 8 x 8.

    Returns:
        0 to 1.

    Raises:
        ShapeError: another shape or dtype.
    """
    if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3 or min(rgb.shape[:2]) < 8:
        raise ShapeError(f'the color image has shape {rgb.shape} and dtype {rgb.dtype}; expected '
                         'uint8 RGB (H, W, 3) with at least 8 rows and columns')
    luma = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)
    view = cv2.resize(luma, VIEW_SIZE, interpolation=cv2.INTER_AREA)
    lit = np.mean((view >= DARK) & (view <= WASHED_OUT))
    noisy = (noise_levels(luma) - HARMLESS_NOISE) / (RUINOUS_NOISE - HARMLESS_NOISE)
    return float(lit * (1 - np.clip(noisy, 0, 1)))


def noise_levels(luma: NDArray[np.uint8]) -> float:
    """Estimate the standard deviation of the noise of (H, W) uint8 luma, in its levels.

    Immerkaer 1996, "Fast Noise Variance Estimation": second differences both ways, which edges
    and slopes leave cold.
    """
    rows = len(luma) - 2
    above, here, below = (luma[first:first + rows:ROW_STEP].astype(np.int16)
                          for first in range(3))
    across = above - 2 * here + below
    answers = across[:, :-2] - 2 * across[:, 1:-1] + across[:, 2:]
    return float(np.median(np.abs(answers))) / (KERNEL_GAIN * MEDIAN_SHARE)
