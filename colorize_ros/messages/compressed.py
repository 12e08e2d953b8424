"""`sensor_msgs/CompressedImage` with JPEG or PNG inside.

The channel order in the file is taken as the file format defines it, whatever the format string
says: image_transport's own publisher writes it so. EXIF orientation is ignored, since it would
turn the picture away from its camera_info.
"""

from __future__ import annotations

import array
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.errors import EncodingError, ShapeError
from colorize_ros.messages.encode import byte_array, check_image
from colorize_ros.messages.picture_files import decode_file, encode_file
from colorize_ros.messages.raw import LAYOUTS, message_bytes


class CompressedFields(NamedTuple):
    """The fields of a `sensor_msgs/CompressedImage` but its header."""

    format: str
    data: array.array[int]


def decode_picture(message: Any) -> NDArray[Any]:
    """Decode the file in a CompressedImage as it is.

    Returns:
        (H, W), (H, W, 3) or (H, W, 4) in OpenCV's BGR order; uint8, or uint16 for a 16-bit PNG.

    Raises:
        EncodingError: compressedDepth, neither JPEG nor PNG, truncated or damaged.
        ShapeError: zero size, or more than MAX_PIXELS.
    """
    if 'compressedDepth' in message.format:
        raise EncodingError(
            f'format {message.format!r} is compressed depth; expected a JPEG or PNG picture. Is '
            'an image input remapped to a compressedDepth topic?')
    return decode_file(message_bytes(message), message.format)


def picture_encoding(message: Any, picture: NDArray[Any]) -> str:
    """Return the encoding of what decode_picture gave: a Bayer one, mono8, mono16, bgr8 or bgra8.

    image_transport keeps the mosaic in PNG files; before JPEG it turns it into gray. A color
    picture of 16 bits is named as one of 8.

    Raises:
        ShapeError: a picture of two channels, or of more than four.
    """
    encoding, _, rest = message.format.partition(';')
    is_mosaic = picture.ndim == 2 and picture.dtype == np.uint8 and 'png' in rest
    if is_mosaic and encoding.startswith('bayer_') and encoding in LAYOUTS:
        return str(encoding)
    gray = 'mono8' if picture.dtype == np.uint8 else 'mono16'
    return {2: gray, 3: 'bgr8', 4: 'bgra8'}[_channels_key(picture)]


def to_rgb(picture: NDArray[Any]) -> NDArray[np.uint8]:
    """Turn what decode_picture gave into (H, W, 3) uint8 RGB.

    Raises:
        EncodingError: a 16-bit picture.
    """
    if picture.dtype != np.uint8:
        raise EncodingError('a 16-bit PNG is not a color image; expected 8 bits. Is the color '
                            'input remapped to a depth topic?')
    code = {2: cv2.COLOR_GRAY2RGB, 3: cv2.COLOR_BGR2RGB, 4: cv2.COLOR_BGRA2RGB}
    return np.asarray(cv2.cvtColor(picture, code[_channels_key(picture)]))


def encode_compressed(image: NDArray[Any], format: str = 'jpeg') -> CompressedFields:
    """Compress an RGB or gray image as image_transport's `compressed` does.

    Args:
        image: (H, W, 3) uint8 RGB, (H, W) uint8, or (H, W) uint16 (PNG only).
        format: 'jpeg' (OpenCV's quality 95) or 'png' (lossless).

    Raises:
        EncodingError: another format, or 16 bits as JPEG.
        ShapeError: no such image.
    """
    check_image(image, 'picture', 'u', (2, 3))
    encoding = 'rgb8' if image.ndim == 3 else 'mono8' if image.dtype == np.uint8 else 'mono16'
    if image.dtype == np.uint16 and (format == 'jpeg' or image.ndim == 3):
        raise EncodingError('16 bits do not fit into JPEG, nor into a color image; use png for a '
                            'gray image, or scale it to 8 bits')
    if format not in ('jpeg', 'png'):
        raise EncodingError(f'format {format!r} is not supported; expected jpeg or png')
    stored = {'rgb8': 'bgr8', 'mono8': 'mono8' if format == 'jpeg' else '', 'mono16': ''}
    picture = cv2.cvtColor(image, cv2.COLOR_RGB2BGR) if image.ndim == 3 else image
    extension = '.jpg' if format == 'jpeg' else '.png'
    return CompressedFields(f'{encoding}; {format} compressed {stored[encoding]}',
                            byte_array(encode_file(extension, picture)))


def _channels_key(picture: NDArray[Any]) -> int:
    channels = 2 if picture.ndim == 2 else picture.shape[2]
    if channels not in (2, 3, 4):
        raise ShapeError(f'a picture of {channels} channels; expected 1, 3 or 4')
    return channels
