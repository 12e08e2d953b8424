"""Images and their camera_info, as nodes take and make them."""
from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import CameraInfo, Image

from colorize_ros.errors import EncodingError, ShapeError
from colorize_ros.messages import fill_image, image_size, looks_like_millimetres, RawImage

WARM_UP_SIZE = (480, 640)


class CameraInfoOfImage(NamedTuple):
    """A camera_info, and the image that it has to fit.

    Attributes:
        camera_info: of the same stamp as the image.
        image: (H, W).
        what: the image's name in messages.
    """

    camera_info: CameraInfo
    image: NDArray[Any]
    what: str


def image_message(raw: RawImage) -> Image:
    """Make an Image message; the node sets its header."""
    message = Image()
    fill_image(message, raw)
    return message


def check_same_size(camera_info: CameraInfo, image: NDArray[Any], what: str) -> None:
    """Refuse a camera_info of another image: what it says of this one would be wrong.

    Args:
        camera_info: of the same stamp as the image.
        image: (H, W) or (H, W, C).
        what: the image's name in the message.

    Raises:
        ShapeError: the sizes differ.
    """
    width, height = image_size(camera_info)
    if image.shape[:2] != (height, width):
        raise ShapeError(
            f'camera_info is that of a {width} x {height} image, but {what} is {image.shape[1]} '
            f'x {image.shape[0]}; remap camera_info to the one that is published with the {what} '
            'image')


def fitting_camera_info(result: CameraInfoOfImage) -> CameraInfo:
    """Return the camera_info.

    Raises:
        ShapeError: it is that of another image.
    """
    check_same_size(result.camera_info, result.image, result.what)
    return result.camera_info


def refuse_depth(gray: NDArray[Any], topic: str, camera: str) -> None:
    """Refuse 16-bit depth, whose encodings are those of 16-bit gray images.

    Args:
        gray: (H, W).
        topic: that brought it.
        camera: what should have made it, such as 'a near-infrared camera'.

    Raises:
        EncodingError: it is, as far as can be told.
    """
    if gray.dtype == np.uint16 and looks_like_millimetres(gray):
        raise EncodingError(
            'the 16-bit image looks like depth in millimetres (pixels of 0 amid ones of '
            f'{np.median(gray[gray > 0]):.0f}); expected gray levels of {camera}. Is {topic} '
            'remapped to a depth topic?')
