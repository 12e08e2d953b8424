"""Checks and conversions of the arrays that pipelines take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.errors import DepthError, ShapeError

MIN_SIDE = 32
MAX_STRETCH = 0.02


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


def to_levels(mono: NDArray[Any]) -> NDArray[np.uint8]:
    """Bring a mono image, (H, W) uint8 or uint16, to the 256 levels of 8 bits."""
    return mono if mono.dtype == np.uint8 else np.round(mono / 257).astype(np.uint8)


def resized(values: NDArray[Any], size: Sequence[int]) -> NDArray[Any]:
    """Bring an image, or a map without holes, to another height and width.

    Args:
        values: uint8 (H, W, 3) or float32 (H, W).
        size: the height and width wanted.

    Returns:
        Of the same dtype; the values themselves where they fit already.
    """
    height, width = size
    if values.shape[:2] == (height, width):
        return values
    # A cubic would overshoot where depth jumps.
    enlarging = cv2.INTER_CUBIC if values.ndim == 3 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(
        values, (width, height),
        interpolation=cv2.INTER_AREA if height < values.shape[0] else enlarging))


def fit_guide(guide: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """Bring a guide image to the size of what it guides.

    Args:
        guide: uint8 or uint16 (H', W'), or uint8 RGB (H', W', 3).
        shape: the (H, W) wanted; of the same aspect ratio, to a pixel in fifty.

    Returns:
        (H, W) or (H, W, 3) of the same dtype; the guide itself where it fits already.

    Raises:
        ShapeError: another kind of array, or another aspect ratio.
    """
    color = guide.ndim == 3 and guide.shape[2] == 3 and guide.dtype == np.uint8
    gray = guide.ndim == 2 and guide.dtype in (np.uint8, np.uint16)
    height, width = shape[:2]
    if not (color or gray) or not guide.size or abs(
            guide.shape[1] * height / (guide.shape[0] * width) - 1) > MAX_STRETCH:
        raise ShapeError(
            f'the guide image has shape {guide.shape} and dtype {guide.dtype}; expected uint8 or '
            f'uint16 (H, W), or uint8 RGB (H, W, 3), with the aspect ratio of {height} x {width} '
            f'(rows x columns): it must be registered to depth')
    if guide.shape[:2] == (height, width):
        return guide
    shrinks = guide.shape[0] > height
    return cv2.resize(guide, (width, height),
                      interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)


def guide_to_gray(guide: NDArray[Any], shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Bring a guide image to gray in [0, 1], float32 (H, W) = `shape`.

    Raises:
        ShapeError: as `fit_guide`.
    """
    fitted = fit_guide(guide, shape)
    largest = np.float32(65535 if fitted.dtype == np.uint16 else 255)
    values = cv2.cvtColor(fitted, cv2.COLOR_RGB2GRAY) if fitted.ndim == 3 else fitted
    return np.asarray(values, np.float32) / largest
