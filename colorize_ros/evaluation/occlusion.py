"""What the color camera does not see, told from the true disparity."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.stereo import occluded_by_right, StereoFrame


def occluded_pixels(frame: StereoFrame) -> NDArray[np.bool_]:
    """Say which pixels of the left image the right camera does not see, (H, W).

    As the data set says it, by its own mask or because it has the disparity of both images (its
    reader compares them); else by `forward_warped`.
    """
    if frame.occluded is not None:
        return frame.occluded
    return occluded_by_right(frame.disparity_px, forward_warped(frame.disparity_px))


def out_of_frame(left_px: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Say which pixels of the left image would be seen left of the right one, (H, W)."""
    columns = np.arange(left_px.shape[1])
    return np.isfinite(left_px) & (np.rint(columns - np.nan_to_num(left_px)) < 0)


def forward_warped(left_px: NDArray[np.float32]) -> NDArray[np.float32]:
    """Make the right image's disparity of the left one's; the nearest surface hides the others.

    A pixel that falls between two columns goes to both, so that a surface which the right camera
    sees from nearer to its front stays closed.

    Args:
        left_px: (H, W), NaN unknown.

    Returns:
        (H, W), NaN where nothing came.
    """
    height, width = left_px.shape
    rows, columns = np.nonzero(np.isfinite(left_px))
    disparity = left_px[rows, columns]
    nearest = np.full((height, width), -np.inf, np.float32)
    for whole in (np.floor, np.ceil):
        there = whole(columns - disparity).astype(np.intp)
        inside = (there >= 0) & (there < width)
        np.maximum.at(nearest, (rows[inside], there[inside]), disparity[inside])
    nearest[np.isneginf(nearest)] = np.nan
    return nearest
