"""Depth as the networks that color it see it: whole, and of one scale."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from colorize_ros.pipelines.images import check_depth
from colorize_ros.pipelines.nearest import nearest_measurement

FARTHEST_M = 10.0


def prepare_depth(depth_m: NDArray[np.float32]) -> NDArray[np.float32]:
    """Fill the holes of a depth map and bring it to [0, 1].

    A hole gets the depth of the nearest measurement. That is coarse, and takes milliseconds; who
    has time completes depth first.

    Args:
        depth_m: (H, W) float32 metres along the optical axis, NaN where unknown; at least 32 x
            32.

    Returns:
        (H, W) float32: 0 at the camera, 1 from 10 m on.

    Raises:
        ShapeError: not two-dimensional float32, or a side below 32.
        DepthError: no pixel is known.
    """
    known = check_depth(depth_m)
    whole_m = depth_m if known.all() else nearest_measurement(depth_m, known)[0]
    return np.clip(whole_m / np.float32(FARTHEST_M), 0, 1)
