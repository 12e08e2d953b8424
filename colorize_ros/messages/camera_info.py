"""`sensor_msgs/CameraInfo`: the pinhole camera of an image, and the same for a resized image.

Pixel centres lie at whole numbers, as ROS and OpenCV have it, so an image that is scaled by s
moves the principal point from c to (c + 0.5) * s - 0.5.
"""

from __future__ import annotations

import copy
import dataclasses
from typing import Any

import numpy as np

from colorize_ros.errors import ConfigurationError, ShapeError


@dataclasses.dataclass(frozen=True)
class Intrinsics:
    """A pinhole camera without distortion, in pixels of an image of width x height."""

    width: int
    height: int
    fx: float
    fy: float
    cx: float
    cy: float


def image_size(camera_info: Any) -> tuple[int, int]:
    """Return width and height of the image itself: the ROI's, 0 being all, over the binning.

    Raises:
        ShapeError: zero size, or an ROI or binning beyond it.
    """
    roi = camera_info.roi
    bin_x, bin_y = _binning(camera_info)
    width = int(roi.width or camera_info.width) // bin_x
    height = int(roi.height or camera_info.height) // bin_y
    inside = (roi.x_offset + roi.width <= camera_info.width
              and roi.y_offset + roi.height <= camera_info.height)
    if width <= 0 or height <= 0 or not inside:
        raise ShapeError(
            f'camera_info is {camera_info.width} x {camera_info.height} with ROI {roi.width} x '
            f'{roi.height} at {roi.x_offset}, {roi.y_offset} and binning {bin_x} x {bin_y}, which '
            'leaves no image; does the driver fill in its size?')
    return width, height


def intrinsics_of(camera_info: Any) -> Intrinsics:
    """Return the camera of the image that comes with a CameraInfo, its binning and ROI included.

    The projection matrix P counts, as for a rectified image; K where P is not filled in.

    Raises:
        ConfigurationError: neither holds a focal length: the camera is not calibrated.
        ShapeError: zero size, or an ROI or binning beyond it.
    """
    width, height = image_size(camera_info)
    for matrix, places in ((camera_info.p, (0, 5, 2, 6)), (camera_info.k, (0, 4, 2, 5))):
        fx, fy, cx, cy = (float(matrix[place]) for place in places)
        if fx > 0.0 and fy > 0.0 and np.isfinite((fx, fy, cx, cy)).all():
            break
    else:
        raise ConfigurationError(
            'camera_info holds no focal length: fx and fy must be positive in P or K. Calibrate '
            'the camera, or let the driver load its calibration')
    bin_x, bin_y = _binning(camera_info)
    roi = camera_info.roi
    return Intrinsics(width, height, fx / bin_x, fy / bin_y,
                      _scaled_centre(cx - roi.x_offset, 1.0 / bin_x),
                      _scaled_centre(cy - roi.y_offset, 1.0 / bin_y))


def scale_camera_info(camera_info: Any, width: int, height: int) -> Any:
    """Return a copy of a CameraInfo for its image resized to width x height.

    K, P (its baseline term too), width, height and the ROI are scaled; binning is absorbed in the
    scale and becomes 0. A matrix of zeros, not calibrated, stays zero. Header, distortion and R
    are the same at any size.

    Raises:
        ShapeError: a size of zero, before or after, or an ROI or binning beyond it.
    """
    image_width, image_height = image_size(camera_info)
    if width <= 0 or height <= 0:
        raise ShapeError(f'cannot scale camera_info to {width} x {height}; at least 1 x 1')
    bin_x, bin_y = _binning(camera_info)
    # The matrices, the size and the ROI all count full-resolution pixels, before binning.
    scale_x = width / image_width / bin_x
    scale_y = height / image_height / bin_y
    scaled = copy.deepcopy(camera_info)
    scaled.width = round(camera_info.width * scale_x)
    scaled.height = round(camera_info.height * scale_y)
    scaled.k = _scaled_matrix(camera_info.k, 3, scale_x, scale_y)
    scaled.p = _scaled_matrix(camera_info.p, 4, scale_x, scale_y)
    scaled.binning_x = scaled.binning_y = 0
    scaled.roi.x_offset = round(camera_info.roi.x_offset * scale_x)
    scaled.roi.y_offset = round(camera_info.roi.y_offset * scale_y)
    scaled.roi.width = round(camera_info.roi.width * scale_x)
    scaled.roi.height = round(camera_info.roi.height * scale_y)
    return scaled


def _binning(camera_info: Any) -> tuple[int, int]:
    return max(1, int(camera_info.binning_x)), max(1, int(camera_info.binning_y))


def _scaled_centre(centre: float, scale: float) -> float:
    return (centre + 0.5) * scale - 0.5


def _scaled_matrix(matrix: Any, columns: int, scale_x: float, scale_y: float) -> Any:
    """Scale K (3 columns) or P (4 columns), row-major; the container stays of its kind."""
    values = np.array(matrix, np.float64)
    if values[0] != 0.0:
        values[0:columns] *= scale_x
        values[columns:2 * columns] *= scale_y
        values[2] = _scaled_centre(float(matrix[2]), scale_x)
        values[columns + 2] = _scaled_centre(float(matrix[columns + 2]), scale_y)
    return values if isinstance(matrix, np.ndarray) else values.tolist()
