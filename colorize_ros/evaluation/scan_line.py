"""Search for the best match of each pixel along its scan line (Dong et al. 2019, equation 1).

The monochrome camera is the left one: column x of it is column x - d of the color image, with a
disparity d from 0 to `DISPARITIES` - 1. All baselines search there and nowhere else, as in the
section of experiments.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Map = NDArray[np.float32]
Columns = NDArray[np.intp]

DISPARITIES = 128


class Match(NamedTuple):
    """What was found.

    Attributes:
        left: (H, W) disparity of each pixel of the monochrome image.
        right: (H, W) disparity of each pixel of the color image.
    """

    left: NDArray[np.int16]
    right: NDArray[np.int16]


def best_match(cost: Callable[[int], Map], height: int, width: int) -> Match:
    """Find the disparities of least cost, the smaller of equal ones.

    Args:
        cost: gives the (H, W - d) costs of a disparity d: of the columns from d on of the
            monochrome image, to match those up to W - d of the color image.
        height: of the images.
        width: of the images.
    """
    least_left = np.full((height, width), np.inf, np.float32)
    least_right = least_left.copy()
    match = Match(np.zeros((height, width), np.int16), np.zeros((height, width), np.int16))
    for disparity in range(min(DISPARITIES, width)):
        costs = cost(disparity)
        there = width - disparity
        for least, found in ((least_left[:, disparity:], match.left[:, disparity:]),
                             (least_right[:, :there], match.right[:, :there])):
            better = costs < least
            np.copyto(least, costs, where=better)
            np.copyto(found, disparity, where=better)
    return match


def take(values: NDArray[np.float32], disparity: NDArray[np.floating | np.integer]) -> Map:
    """Bring values (H, W, C) of the color image to the monochrome one, at whole pixels."""
    height, width = disparity.shape
    columns = np.clip(np.rint(np.arange(width) - disparity), 0, width - 1).astype(np.intp)
    return values[np.arange(height)[:, None], columns]


def take_between(values: Map, disparity: Map) -> Map:
    """Bring values of the color image to the monochrome one, linearly between two columns."""
    whole = np.floor(disparity)
    share = (disparity - whole)[..., None]
    return (1 - share) * take(values, whole) + share * take(values, whole + 1)


def agreeing(match: Match, tolerance_px: int = 1) -> NDArray[np.bool_]:
    """Say which pixels of the monochrome image are matched back (left-right check), (H, W)."""
    back = take(match.right[..., None].astype(np.float32), match.left)[..., 0]
    return np.abs(back - match.left) <= tolerance_px
