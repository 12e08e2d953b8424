"""Ways to fill a depth map without learning: float32 (H, W) metres with NaN in, without NaN out.

Each keeps measured pixels as measured and raises DepthError where nothing at all is measured.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.errors import DepthError, MissingExtraError

Depth = NDArray[np.float32]
Mask = NDArray[np.bool_]

# Chosen on train frames: 5 is 2 % better on few samples and holes, 10 % worse on a tenth of the
# pixels, and takes twice the time.
TELEA_RADIUS_PX = 3.0
# OpenCV's Telea adds a gradient term of the size of one gray level: make that 0.1 mm.
LEVELS_PER_METRE = 10000.0


def nearest(depth_m: Depth) -> Depth:
    """Give each unknown pixel the depth of the nearest measured one (distance transform)."""
    unknown = _unknown(depth_m)
    _, labels = cv2.distanceTransformWithLabels(
        unknown.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL)
    depth_by_label = np.zeros(int(labels.max()) + 1, np.float32)
    depth_by_label[labels[~unknown]] = depth_m[~unknown]
    return np.where(unknown, depth_by_label[labels], depth_m)


def linear(depth_m: Depth) -> Depth:
    """Interpolate linearly on the Delaunay triangles of the measured pixels.

    Outside of their convex hull the nearest measured depth is taken. Only measured pixels with an
    unknown neighbor are triangulated: a hole's triangles have their corners on its rim, and what
    lies behind would only cost time.

    Raises:
        MissingExtraError: SciPy is not installed.
    """
    try:
        from scipy.interpolate import LinearNDInterpolator
        from scipy.spatial import QhullError
    except ImportError as error:
        raise MissingExtraError('report', 'linear interpolation of depth') from error
    unknown = _unknown(depth_m)
    near_unknown = cv2.dilate(unknown.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    rim = near_unknown & ~unknown
    filled_m = nearest(depth_m)
    try:
        # Qhull wants three points that are not on a line.
        interpolator = LinearNDInterpolator(np.argwhere(rim), depth_m[rim])
    except (QhullError, ValueError):
        return filled_m
    values = interpolator(np.argwhere(unknown))
    inside = np.isfinite(values)
    rows, columns = np.nonzero(unknown)
    filled_m[rows[inside], columns[inside]] = values[inside]
    return filled_m


def telea(depth_m: Depth) -> Depth:
    """Inpaint by the fast marching method (Telea 2004), in OpenCV's version."""
    unknown = _unknown(depth_m)
    levels = np.where(unknown, 0, depth_m * LEVELS_PER_METRE).astype(np.float32)
    inpainted = cv2.inpaint(
        levels, unknown.astype(np.uint8), TELEA_RADIUS_PX, cv2.INPAINT_TELEA) / LEVELS_PER_METRE
    return np.where(unknown, inpainted, depth_m).astype(np.float32, copy=False)


def morphological(depth_m: Depth) -> Depth:
    """Fill by dilations, nearer depth first (after Ku et al. 2018, "In Defense of ... IP-Basic").

    Of the paper's steps, the extension of columns to the top is left out, which is for a lidar
    that sees no sky; instead the large dilation is repeated until nothing is unknown.
    """
    unknown = _unknown(depth_m)
    # Dilation prefers the larger value: invert, so that the nearer depth wins. 0 is unknown.
    offset_m = np.float32(np.nanmax(depth_m) * 1.1 + 0.1)
    inverted = np.where(unknown, np.float32(0), offset_m - depth_m)
    dilated = cv2.dilate(inverted, _diamond(5))
    closed = cv2.morphologyEx(dilated, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    inverted = _fill_empty(closed.astype(np.float32), np.ones((7, 7), np.uint8))
    while (inverted == 0).any():
        inverted = _fill_empty(inverted, np.ones((31, 31), np.uint8))
    smoothed = cv2.GaussianBlur(cv2.medianBlur(inverted, 5), (5, 5), 0)
    return np.where(unknown, offset_m - smoothed, depth_m).astype(np.float32, copy=False)


COMPLETION_BASELINES: dict[str, Callable[[Depth], Depth]] = {
    'nearest': nearest,
    'linear': linear,
    'telea': telea,
    'morphological': morphological,
}


def _unknown(depth_m: Depth) -> Mask:
    unknown = np.isnan(depth_m)
    if unknown.all():
        raise DepthError(
            f'the {depth_m.shape[0]} x {depth_m.shape[1]} depth map has no measured pixel to fill '
            f'from')
    return unknown


def _fill_empty(inverted: Depth, kernel: NDArray[np.uint8]) -> Depth:
    return np.where(inverted == 0, cv2.dilate(inverted, kernel), inverted).astype(np.float32)


def _diamond(size: int) -> NDArray[np.uint8]:
    offsets = np.abs(np.arange(size) - size // 2)
    return (offsets[:, None] + offsets[None, :] <= size // 2).astype(np.uint8)
