"""Depth as the networks that color it see it: whole, and of one scale."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from colorize_ros.pipelines.images import check_depth, resized
from colorize_ros.pipelines.nearest import nearest_measurement

FARTHEST_M = 10.0
# Of a pixel; less is rounding.
LEAST_KNOWN = 1e-3


def prepare_depth(depth_m: NDArray[np.float32], size: Sequence[int] | None = None
                  ) -> NDArray[np.float32]:
    """Fill the holes of a depth map and bring it to [0, 1], and to another size if wanted.

    A hole gets the depth of the nearest measurement. That is coarse, and takes milliseconds; who
    has time completes depth first. What is to be small is shrunk first, each pixel to the mean of
    what is known of it: that costs a fourth.

    Args:
        depth_m: (H, W) float32 metres along the optical axis, NaN where unknown; at least 32 x
            32.
        size: the height and width wanted; None for those of the map.

    Returns:
        float32 of that size: 0 at the camera, 1 from 10 m on.

    Raises:
        ShapeError: not two-dimensional float32, or a side below 32.
        DepthError: no pixel is known.
    """
    known = check_depth(depth_m)
    if size is not None and size[0] < depth_m.shape[0] and not known.all():
        share = resized(known.astype(np.float32), size)
        total = resized(np.where(known, depth_m, np.float32(0)), size)
        known = share > LEAST_KNOWN
        depth_m = total / np.maximum(share, LEAST_KNOWN)
    whole_m = depth_m if known.all() else nearest_measurement(depth_m, known)[0]
    whole = np.clip(whole_m / np.float32(FARTHEST_M), 0, 1)
    return whole if size is None else np.asarray(resized(whole, size), np.float32)
