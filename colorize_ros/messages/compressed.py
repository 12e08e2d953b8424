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
from colorize_ros.messages.raw import message_bytes

MAX_PIXELS = 2 ** 25
"""Largest picture a few bytes may ask for, about 8K video: guards against decompression bombs."""

PNG_SIGNATURE = b'\x89PNG\r\n\x1a\n'
JPEG_SIGNATURE = b'\xff\xd8\xff'

# Start-of-frame markers of the kinds of JPEG; 0xc4, 0xc8 and 0xcc in their midst are others.
_JPEG_FRAMES = frozenset(range(0xc0, 0xd0)) - {0xc4, 0xc8, 0xcc}
_JPEG_BARE_MARKERS = frozenset(range(0xd0, 0xd9)) | {0x01}


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


def decode_file(data: NDArray[np.uint8], name: str) -> NDArray[Any]:
    """Decode the bytes of a JPEG or PNG file; see decode_picture. `name` is for the error."""
    start = data[:8].tobytes()
    if start == PNG_SIGNATURE:
        check_pixels(*_png_size(data))
    elif start.startswith(JPEG_SIGNATURE):
        check_pixels(*_jpeg_size(data))
    else:
        raise EncodingError(f'format {name!r}: {data.size} bytes that begin with '
                            f'{start.hex(" ") or "nothing"} are neither a JPEG nor a PNG file; '
                            'set the publisher to jpeg or png')
    try:
        picture = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
    except cv2.error as error:
        raise EncodingError(f'format {name!r}: damaged file: {error.err}') from error
    if picture is None or picture.dtype not in (np.uint8, np.uint16):
        raise EncodingError(f'format {name!r}: the {data.size} bytes of the file are truncated or '
                            'damaged; look for lost packets between publisher and this host')
    return np.asarray(picture)


def mosaic_encoding(message: Any, picture: NDArray[Any]) -> str | None:
    """Return the Bayer encoding of a picture that is still a mosaic, None for others.

    image_transport keeps the mosaic in PNG files; before JPEG it turns it into gray.
    """
    encoding, _, rest = message.format.partition(';')
    is_mosaic = picture.ndim == 2 and picture.dtype == np.uint8 and 'png' in rest
    return encoding if is_mosaic and encoding.startswith('bayer_') else None


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


def to_gray(picture: NDArray[Any]) -> NDArray[Any]:
    """Turn what decode_picture gave into (H, W) uint8 or uint16."""
    if picture.ndim == 2:
        return picture
    code = {3: cv2.COLOR_BGR2GRAY, 4: cv2.COLOR_BGRA2GRAY}
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


def encode_file(extension: str, picture: NDArray[Any]) -> NDArray[np.uint8]:
    """Encode with OpenCV, '.jpg' or '.png'.

    Raises:
        EncodingError: OpenCV refuses, as for a JPEG of more than 65,535 rows.
    """
    try:
        encoded, data = cv2.imencode(extension, picture)
    except cv2.error as error:
        raise EncodingError(
            f'cannot encode {picture.shape} as {extension}: {error.err}') from error
    if not encoded:
        raise EncodingError(f'cannot encode {picture.shape} as {extension}; is it too large?')
    return np.asarray(data)


def check_pixels(width: int, height: int) -> None:
    """Raise ShapeError where a compressed image's size is zero or absurd."""
    if width <= 0 or height <= 0 or width * height > MAX_PIXELS:
        raise ShapeError(f'the compressed image claims {width} x {height} pixels; at least 1 x 1 '
                         f'and at most {MAX_PIXELS} pixels are decoded. Is the data damaged?')


def _png_size(data: NDArray[np.uint8]) -> tuple[int, int]:
    header = data[16:24].tobytes()
    if len(header) < 8:
        raise EncodingError(f'a PNG file of {data.size} bytes ends within its header')
    return int.from_bytes(header[:4], 'big'), int.from_bytes(header[4:], 'big')


def _jpeg_size(data: NDArray[np.uint8]) -> tuple[int, int]:
    """Width and height from the frame header; also checks that the end of the image is there.

    Older OpenCV fills what is missing of a truncated JPEG with gray and says nothing.
    """
    file = data.tobytes()
    position, size = 2, None
    while position + 4 <= len(file) and file[position] == 0xff:
        marker = file[position + 1]
        if marker == 0xff or marker in _JPEG_BARE_MARKERS:
            position += 1 if marker == 0xff else 2
            continue
        if marker in _JPEG_FRAMES and position + 9 <= len(file):
            size = (int.from_bytes(file[position + 7:position + 9], 'big'),
                    int.from_bytes(file[position + 5:position + 7], 'big'))
        if marker == 0xda:
            break
        position += 2 + int.from_bytes(file[position + 2:position + 4], 'big')
    if size is None or file.find(b'\xff\xd9', position) < 0:
        raise EncodingError(f'a JPEG file of {len(file)} bytes is truncated or damaged; look for '
                            'lost packets between publisher and this host')
    return size


def _channels_key(picture: NDArray[Any]) -> int:
    channels = 2 if picture.ndim == 2 else picture.shape[2]
    if channels not in (2, 3, 4):
        raise ShapeError(f'a picture of {channels} channels; expected 1, 3 or 4')
    return channels
