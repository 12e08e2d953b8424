"""Checks and conversions of the arrays that pipelines take."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.errors import DepthError, ShapeError

MIN_SIDE = 32


def check_depth(depth_m: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Check a depth map and say where it is known.

    Args:
        depth_m: (H, W) float32 metres, NaN where unknown.

    Returns:
        (H, W), True where depth is finite and above 0.

    Raises:
        ShapeError: not two-dimensional float32, or a side below 32.
        DepthError: no pixel is known.
    """
    if depth_m.ndim != 2 or depth_m.dtype != np.float32 or min(depth_m.shape) < MIN_SIDE:
        raise ShapeError(
            f'depth has shape {depth_m.shape} and dtype {depth_m.dtype}; expected float32 metres '
            f'(H, W) with at least {MIN_SIDE} rows and columns')
    known = np.isfinite(depth_m) & (depth_m > 0)
    if not known.any():
        raise DepthError('no pixel of the depth map is known; is the camera covered, or nothing '
                         'in its range?')
    return known


def guide_to_gray(guide: NDArray[np.generic], shape: tuple[int, int]) -> NDArray[np.float32]:
    """Bring a guide image to gray in [0, 1].

    Args:
        guide: uint8 or uint16 (H, W), or uint8 RGB (H, W, 3).
        shape: the (H, W) it must have.

    Raises:
        ShapeError: another shape or dtype.
    """
    color = guide.ndim == 3 and guide.shape[2] == 3 and guide.dtype == np.uint8
    gray = guide.ndim == 2 and guide.dtype in (np.uint8, np.uint16)
    if not (color or gray) or guide.shape[:2] != shape:
        raise ShapeError(
            f'the guide image has shape {guide.shape} and dtype {guide.dtype}; expected uint8 or '
            f'uint16 {shape}, or uint8 RGB {(*shape, 3)}: it must be registered to depth')
    largest = np.float32(65535 if guide.dtype == np.uint16 else 255)
    values = cv2.cvtColor(np.asarray(guide, np.uint8), cv2.COLOR_RGB2GRAY) if color else guide
    return np.asarray(values, np.float32) / largest
