"""Depth images to points, as `sensor_msgs/PointCloud2` holds them."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.errors import ShapeError
from colorize_ros.messages.camera_info import Intrinsics

XYZ = np.dtype([('x', np.float32), ('y', np.float32), ('z', np.float32)])
XYZRGB = np.dtype([*XYZ.descr, ('rgb', np.float32)])


def points_from_depth(depth_m: NDArray[np.float32], intrinsics: Intrinsics, *,
                      confidence: NDArray[np.float32] | None = None,
                      min_confidence: float = 0.0,
                      rgb: NDArray[np.uint8] | None = None) -> NDArray[Any]:
    """Project a depth image into the camera's optical frame: x right, y down, z forward (REP 103).

    Args:
        depth_m: (H, W) float32 metres along the optical axis, NaN unknown.
        intrinsics: the camera of an image of exactly this size.
        confidence: (H, W) in [0, 1], or None to take every pixel.
        min_confidence: pixels below it are left out, and so are those of unknown confidence.
        rgb: (H, W, 3) uint8 colors of the same pixels, or None.

    Returns:
        (N,) structured: x, y, z float32 metres, and with `rgb` the color packed as 0x00RRGGBB in
        the bits of a float32, as point clouds carry it. In reading order, known pixels only.

    Raises:
        ShapeError: sizes that differ.
    """
    shape = (intrinsics.height, intrinsics.width)
    _check_shape('depth image', depth_m, shape)
    # Comparing with NaN is False, so one comparison leaves out both unknown and zero.
    kept = (depth_m > 0.0) & (depth_m < np.inf)
    if confidence is not None:
        _check_shape('confidence', confidence, shape)
        kept &= confidence >= min_confidence
    rays_x = ((np.arange(shape[1]) - intrinsics.cx) / intrinsics.fx).astype(np.float32)
    rays_y = ((np.arange(shape[0]) - intrinsics.cy) / intrinsics.fy).astype(np.float32)
    rows, columns = np.divmod(np.flatnonzero(kept), shape[1])
    z = depth_m[kept]
    points = np.empty(z.size, XYZ if rgb is None else XYZRGB)
    points['x'] = rays_x[columns] * z
    points['y'] = rays_y[rows] * z
    points['z'] = z
    if rgb is not None:
        _check_shape('color image', rgb, (*shape, 3))
        points['rgb'] = _packed(rgb)[kept]
    return points


def _packed(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    # The bytes B, G, R, 0 are 0x00RRGGBB in a little-endian word.
    bgra = cv2.cvtColor(rgb, cv2.COLOR_RGB2BGRA)
    words = bgra.view('<u4')[..., 0].astype(np.uint32)
    words &= np.uint32(0xffffff)
    return words.view(np.float32)


def _check_shape(what: str, image: NDArray[Any], expected: tuple[int, ...]) -> None:
    if image.shape != expected:
        raise ShapeError(f'the {what} has shape {image.shape}, but the camera {expected}; scale '
                         'one to the other (scale_camera_info)')
