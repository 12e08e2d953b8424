"""The bytes of JPEG and PNG files, checked before OpenCV sees them."""

from __future__ import annotations

from typing import Any
import zlib

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.errors import EncodingError, ShapeError

MAX_PIXELS = 2 ** 25
"""Largest picture a few bytes may ask for, about 8K video: guards against decompression bombs."""

PNG_SIGNATURE = b'\x89PNG\r\n\x1a\n'
JPEG_SIGNATURE = b'\xff\xd8\xff'

# Start-of-frame markers of the kinds of JPEG; 0xc4, 0xc8 and 0xcc in their midst are others.
_JPEG_FRAMES = frozenset(range(0xc0, 0xd0)) - {0xc4, 0xc8, 0xcc}
_JPEG_BARE_MARKERS = frozenset(range(0xd0, 0xd9)) | {0x01}


def decode_file(data: NDArray[np.uint8], name: str) -> NDArray[Any]:
    """Decode the bytes of a JPEG or PNG file as they are.

    Args:
        data: (N,) the file.
        name: the message's format, for the error.

    Returns:
        (H, W), (H, W, 3) or (H, W, 4) in OpenCV's BGR order; uint8, or uint16 for a 16-bit PNG.

    Raises:
        EncodingError: neither JPEG nor PNG, truncated or damaged.
        ShapeError: zero size, or more than MAX_PIXELS.
    """
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
    """Width and height from the header, after the checksum of every chunk.

    OpenCV 5 spends ten seconds on a chunk whose length is damaged, and all of them print what
    they think of it.
    """
    file = memoryview(data.tobytes())
    position, size, kind = len(PNG_SIGNATURE), None, b''
    while kind != b'IEND' and position + 12 <= len(file):
        kind = bytes(file[position + 4:position + 8])
        end = position + 8 + int.from_bytes(file[position:position + 4], 'big')
        checksum = int.from_bytes(file[end:end + 4], 'big')
        if end + 4 > len(file) or zlib.crc32(file[position + 4:end]) != checksum:
            break
        if kind == b'IHDR' and size is None and end - position == 21:
            size = (int.from_bytes(file[position + 8:position + 12], 'big'),
                    int.from_bytes(file[position + 12:position + 16], 'big'))
        position = end + 4
    else:
        if kind == b'IEND' and size is not None:
            return size
    raise EncodingError(f'a PNG file of {len(file)} bytes is truncated or damaged at byte '
                        f'{position}; look for lost packets between publisher and this host')


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
