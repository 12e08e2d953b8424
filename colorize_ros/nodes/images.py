"""Images and their camera_info, as nodes take and make them."""
from __future__ import annotations

from typing import Any

from numpy.typing import NDArray
from sensor_msgs.msg import CameraInfo, Image

from colorize_ros.errors import ShapeError
from colorize_ros.messages import fill_image, image_size, RawImage

WARM_UP_SIZE = (480, 640)


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
