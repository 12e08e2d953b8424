"""What a depth camera sees, in so few numbers that views can be compared in no time."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

VIEW_SIZE = (16, 12)
# A cell of the view is known where so much of it is, and two views can be compared where so many
# cells are known in both.
KNOWN_SHARE, COMMON_SHARE = 0.1, 0.125
# A view is so coarse that some of the rows will do.
ROWS_READ = 96


def depth_view(depth_m: NDArray[np.float32]) -> NDArray[np.float32]:
    """Shrink a depth map.

    Args:
        depth_m: (H, W) float32 metres, NaN where unknown, above 0 elsewhere.

    Returns:
        (12, 16) float32, the logarithm of mean metres, NaN where too little is known.
    """
    step = max(1, len(depth_m) // ROWS_READ)
    read = depth_m[::step, ::step]
    known = (np.isfinite(read) & (read > 0)).astype(np.float32)
    metres = np.where(known > 0, read, np.float32(0))
    share, total = (cv2.resize(values, VIEW_SIZE, interpolation=cv2.INTER_AREA)
                    for values in (known, metres))
    enough = share >= KNOWN_SHARE
    means = np.divide(total, share, where=enough, out=np.ones_like(total))
    return np.where(enough, np.log(means), np.float32(np.nan))


def view_difference(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    """Compare two views.

    Returns:
        The mean difference where both are known; 0.1 is a tenth of the depth. Infinite where they
        have too little in common.
    """
    differences = np.abs(first - second)
    common = np.isfinite(differences)
    if common.mean() < COMMON_SHARE:
        return float('inf')
    return float(differences[common].mean())
