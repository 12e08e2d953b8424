"""Perfect answers about a rendered view: disparity, what a stereo pair cannot match, boxes."""
from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from colorize_ros.simulation.rendering.geometry import View
from colorize_ros.simulation.shapes.materials import Thing

# A right pixel lies between those of the left picture, on slanted surfaces a little off.
TOLERANCE_PX, TOLERANCE_SHARE = 0.6, 0.04
# Smaller boxes no detector is asked to find: pixels of a picture 320 wide.
SMALLEST_PX = 40


class Box(NamedTuple):
    """Where a thing is seen.

    Attributes:
        label: its class, as COCO names it.
        left: column of its leftmost visible pixel.
        top: row of its highest visible pixel.
        width: in pixels.
        height: in pixels.
        visible: count of its pixels in the picture.
    """

    label: str
    left: int
    top: int
    width: int
    height: int
    visible: int


def disparity(view: View, baseline_m: float) -> NDArray[np.float32]:
    """Return (H, W) float32 px, NaN where there is nothing.

    Args:
        view: of the left camera of a rectified pair.
        baseline_m: to the right camera, which has the same intrinsics.
    """
    return np.asarray(view.camera.fx * baseline_m / view.depth_m, np.float32)


def occluded(left: View, right: View, baseline_m: float) -> NDArray[np.bool_]:
    """Return (H, W) bool, True where the left camera sees what the right one does not.

    That is hidden behind something nearer, or outside of the right picture; and pixels of nothing.

    Args:
        left: view of the left camera of a rectified pair.
        right: view of the right camera, `baseline_m` along the left camera's x axis.
        baseline_m: between them.
    """
    shift = disparity(left, baseline_m)
    height, width = shift.shape
    column = np.arange(width) - shift
    known = np.isfinite(column)
    nearest = np.round(np.where(known, column, -1)).astype(np.intp)
    outside = (nearest < 0) | (nearest >= width)
    rows = np.arange(height)[:, None]
    there = np.nan_to_num(disparity(right, baseline_m))[rows, np.clip(nearest, 0, width - 1)]
    hidden = there > shift * (1 + TOLERANCE_SHARE) + TOLERANCE_PX
    return np.asarray(outside | hidden)


def boxes(view: View, things: Sequence[Thing]) -> list[Box]:
    """Return the boxes around the visible pixels of things, in their order.

    Args:
        view: of a world.
        things: of that world, in its order.

    Returns:
        Things of fewer than 40 pixels (in a picture 320 wide, in larger ones as much more) are
        left out: they are small, far away or nearly hidden.
    """
    height, width = view.thing.shape
    smallest = SMALLEST_PX * height * width / (320 * 240)
    found = []
    for number, count in zip(*np.unique(view.thing, return_counts=True)):
        if number == 0 or count < smallest:
            continue
        seen = view.thing == number
        rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
        found.append(Box(things[number - 1].label, int(columns[0]), int(rows[0]),
                         int(columns[-1] - columns[0] + 1), int(rows[-1] - rows[0] + 1),
                         int(count)))
    return found
