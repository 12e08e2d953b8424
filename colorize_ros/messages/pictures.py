"""Pictures of depth for people: 8-bit color, since image viewers show NaN as black or nothing."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.errors import ShapeError

_PERCENTILES = (2.0, 98.0)
_SAMPLES = 65536
# Turbo's far end is nearly black, which is the color of what is unknown.
_DARK_END = 20


def depth_picture(depth_m: NDArray[np.float32], near_m: float | None = None,
                  far_m: float | None = None) -> NDArray[np.uint8]:
    """Color a depth image: near red, far blue (turbo), unknown black.

    Args:
        depth_m: (H, W) float32 metres, NaN unknown.
        near_m: depth of the nearest color; the 2nd percentile of the image if None. Give both for
            a stream, or its colors flicker.
        far_m: depth of the farthest color; the 98th percentile if None.

    Returns:
        (H, W, 3) uint8 RGB.

    Raises:
        ShapeError: not a non-empty (H, W) array.
    """
    if depth_m.ndim != 2 or depth_m.size == 0:
        raise ShapeError(f'a depth image of shape {depth_m.shape}; expected (H, W), not empty')
    known = np.isfinite(depth_m)
    if near_m is None or far_m is None:
        nearest, farthest = _typical_range(depth_m[known])
        near_m = nearest if near_m is None else near_m
        far_m = farthest if far_m is None else far_m
    # A plane has no range to spread the colors over.
    span = max(far_m - near_m, 1e-6)
    closeness = np.where(known, (far_m - depth_m) / span, 0.0)
    index = (_DARK_END + np.clip(closeness, 0.0, 1.0) * (255 - _DARK_END)).astype(np.uint8)
    picture = cv2.cvtColor(cv2.applyColorMap(index, cv2.COLORMAP_TURBO), cv2.COLOR_BGR2RGB)
    picture[~known] = 0
    return np.asarray(picture)


def _typical_range(depths: NDArray[np.float32]) -> tuple[float, float]:
    if depths.size == 0:
        return 0.0, 1.0
    sample = depths[::max(1, depths.size // _SAMPLES)]
    nearest, farthest = np.percentile(sample, _PERCENTILES)
    return float(nearest), float(farthest)
