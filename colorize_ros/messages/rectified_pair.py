"""What two `sensor_msgs/CameraInfo` say of a rectified pair, and images made to match by them.

P is that of REP 104: its first row's last entry is -fx * b of a camera that is b metres to the
right of the pair's first one. So where the cameras are is known from both, whichever comes first.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.errors import ShapeError
from colorize_ros.messages.camera_info import Intrinsics

# Baselines below this are a rounded 0.
LEAST_BASELINE_M = 1e-4
# Sides of two images that see the same differ by no more than rounding.
ASPECT_TOLERANCE = 0.01
# A resampled image that would be off by less stays as it is.
SAME_PX = 0.02


def side_of(camera_info: Any, other: Any) -> str | None:
    """Say on which side of the other camera a camera is.

    Args:
        camera_info: of the one.
        other: of the other.

    Returns:
        'left', 'right', or None where they hold no baseline along the rows.
    """
    places = [_place_m(info, 3) for info in (camera_info, other)]
    if None in places or abs(places[0] - places[1]) < LEAST_BASELINE_M:  # type: ignore[operator]
        return None
    return 'left' if places[0] < places[1] else 'right'  # type: ignore[operator]


def why_not_rectified(camera_info: Any, other: Any) -> str:
    """Say why the images of two cameras can hardly have matching rows; empty if they may.

    Args:
        camera_info: of the one.
        other: of the other.
    """
    infos = (camera_info, other)
    if any(_place_m(info, 3) is None for info in infos):
        return 'a camera_info has no projection matrix P, as of a camera that was never calibrated'
    up_m = [_place_m(info, 7) or 0.0 for info in infos]
    if abs(up_m[0] - up_m[1]) >= LEAST_BASELINE_M:
        return (f'by P[7] the cameras are {abs(up_m[0] - up_m[1]):.3f} m above each other; a pair '
                'side by side is needed')
    if side_of(camera_info, other) is None and any(_is_distorted(info) for info in infos):
        return ('both camera_infos have P[3] = 0, so the cameras were calibrated one by one, not '
                'as a pair')
    return ''


def looks_raw(topic: str, camera_info: Any) -> bool:
    """Tell a topic of images with the distortion of their lens, by its name.

    That image_proc has rectified an image does not show in its camera_info, which stays that of
    the raw image; but its topics are called image_rect or the like.
    """
    return 'rect' not in topic.rsplit('/', 1)[-1] and _is_distorted(camera_info)


def resize_alike(image: NDArray[Any], height: int, width: int) -> NDArray[Any]:
    """Resize an image to that of another camera with the same field of view.

    Args:
        image: (H, W, ...).
        height: of the other image.
        width: of the other image.

    Raises:
        ShapeError: the sides have another ratio, so the fields of view differ.
    """
    if image.shape[:2] == (height, width):
        return image
    scale_x, scale_y = width / image.shape[1], height / image.shape[0]
    if abs(scale_x / scale_y - 1) > ASPECT_TOLERANCE:
        raise ShapeError(
            f'the mono image is {width} x {height} and the color image {image.shape[1]} x '
            f'{image.shape[0]}, another ratio of the sides, so they cannot show the same; publish '
            'mono/camera_info and color/camera_info, by which the color image is resampled')
    way = cv2.INTER_AREA if scale_x < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (width, height), interpolation=way))


def resample(image: NDArray[Any], camera: Intrinsics, target: Intrinsics) -> NDArray[Any]:
    """Resample a rectified image as a camera of other size and focal length would have it.

    Rows then lie where the other camera has them, and points at infinity in the same columns.

    Args:
        image: (H, W, ...) of `camera`.
        camera: of the image.
        target: of the other image of the pair.

    Returns:
        (H, W, ...) of `target`'s size. What the camera does not see repeats its border.
    """
    shrink = np.array([camera.fx / target.fx, camera.fy / target.fy])
    if shrink.max() > 1:
        # First smaller, by averaging: what is sampled sparsely would alias.
        size = np.maximum(1, np.rint(np.array(image.shape[1::-1]) / np.maximum(shrink, 1)))
        scale = size / image.shape[1::-1]
        image = cv2.resize(image, (int(size[0]), int(size[1])), interpolation=cv2.INTER_AREA)
        camera = Intrinsics(
            int(size[0]), int(size[1]), camera.fx * scale[0], camera.fy * scale[1],
            (camera.cx + 0.5) * scale[0] - 0.5, (camera.cy + 0.5) * scale[1] - 0.5)
    scale_x, scale_y = camera.fx / target.fx, camera.fy / target.fy
    way = np.array([[scale_x, 0, camera.cx - scale_x * target.cx],
                    [0, scale_y, camera.cy - scale_y * target.cy]])
    corners = np.array([[0, 0, 1], [target.width - 1, target.height - 1, 1]])
    if image.shape[:2] == (target.height, target.width) and np.abs(
            corners @ way.T - corners[:, :2]).max() < SAME_PX:
        return image
    return np.asarray(cv2.warpAffine(
        image, way, (target.width, target.height), borderMode=cv2.BORDER_REPLICATE,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP))


def _place_m(camera_info: Any, entry: int) -> float | None:
    """Where a camera is in its pair, to the right by P[3], downwards by P[7]; None without P."""
    p = [float(value) for value in camera_info.p]
    focal = p[0 if entry == 3 else 5] if len(p) == 12 else 0.0
    if not (focal > 0.0 and np.isfinite(p).all()):
        return None
    return -p[entry] / focal


def _is_distorted(camera_info: Any) -> bool:
    return any(float(value) != 0.0 for value in camera_info.d)
