"""compressedDepth, image_transport's lossless code for depth, and depth in plain 16-bit PNG.

A message holds a header of 12 bytes (an int32 that says nothing, and the quantisation parameters A
and B as float32) and then a PNG file, or the width and height as uint32 and RVL data. The format
string says which: '16UC1; compressedDepth png', '32FC1; compressedDepth rvl'; older publishers
write no method, or only the encoding, and mean PNG. 32FC1 is stored as uint16 inverse depth,
A / depth + B, 0 for unknown; 16UC1 as it is.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colorize_ros.errors import EncodingError
from colorize_ros.messages.compressed import CompressedFields
from colorize_ros.messages.depth_values import depth_from_float, depth_from_millimetres
from colorize_ros.messages.encode import byte_array, check_image, millimetres
from colorize_ros.messages.picture_files import (
    check_pixels,
    decode_file,
    encode_file,
    JPEG_SIGNATURE,
    PNG_SIGNATURE,
)
from colorize_ros.messages.raw import message_bytes
from colorize_ros.messages.rvl import decode_rvl, encode_rvl

HEADER = struct.Struct('<iff')
RVL_SIZE = struct.Struct('<II')
ENCODINGS = ('16UC1', 'mono16', '32FC1')
METHODS = ('png', 'rvl')

_INVERSE_DEPTH = 0
_LARGEST = 65535
_NEAREST_M, _FARTHEST_M = 0.0005, 1e5


def decode_compressed_depth(message: Any, unit: str) -> NDArray[np.float32]:
    """Decode a CompressedImage that holds depth; see decode.decode_depth.

    Returns:
        (H, W) float32 metres, NaN unknown.

    Raises:
        EncodingError: JPEG, 8 or color bits, an unknown format, truncated or damaged data.
        ShapeError: zero or absurd size.
        DepthError: values that cannot be depth.
    """
    data = message_bytes(message)
    start = data[:8].tobytes()
    if start.startswith(JPEG_SIGNATURE):
        raise EncodingError(
            f'format {message.format!r} is JPEG, which leaves 8 lossy bits of depth; expected '
            'compressedDepth or a 16-bit PNG. Subscribe to the compressedDepth topic instead of '
            'compressed')
    encoding, method = _parse_format(message.format)
    if start == PNG_SIGNATURE:
        if encoding == '32FC1':
            raise EncodingError(f'format {message.format!r} needs the 12-byte header before its '
                                'PNG file, which is missing; publish 16UC1 or compressedDepth')
        return depth_from_millimetres(_decode_png(data, message.format), unit)
    if method is None:
        raise EncodingError(
            f'format {message.format!r} is not a depth format, and its data is no PNG file; '
            "expected '<encoding>; compressedDepth png' or rvl, or a 16-bit PNG")
    scale, offset, payload = _split_header(data, encoding)
    stored = (_decode_png(payload, message.format) if method == 'png' else _decode_rvl(payload))
    if encoding != '32FC1':
        return depth_from_millimetres(stored, unit)
    return depth_from_float(_depth_of(stored, scale, offset), unit)


def encode_compressed_depth(depth_m: NDArray[Any], encoding: str = '16UC1',
                            method: str = 'png') -> CompressedFields:
    """Compress depth as image_transport's compressedDepth does.

    16UC1 keeps whole millimetres up to 65.535 m. 32FC1 spreads 65,535 steps over the inverse depth
    between the nearest and the farthest pixel of this frame, so that the error at depth d is about
    d * d / (131068 * nearest): 0.8 mm at 10 m where the nearest pixel is at 1 m.

    Args:
        depth_m: (H, W) float metres, NaN unknown; what is not within 0.5 mm and 100 km
            is unknown.
        encoding: '16UC1' or '32FC1'.
        method: 'png' (smaller) or 'rvl' (faster).

    Raises:
        EncodingError: another encoding or method.
        ShapeError: not a non-empty (H, W) array of floats.
    """
    check_image(depth_m, 'depth', 'f', (2,))
    if encoding not in ('16UC1', '32FC1') or method not in METHODS:
        raise EncodingError(f'compressedDepth of {encoding!r} by {method!r} is not supported; '
                            'expected 16UC1 or 32FC1, by png or rvl')
    if encoding == '16UC1':
        scale, offset, stored = 0.0, 0.0, millimetres(depth_m)
    else:
        scale, offset, stored = _inverse_of(depth_m)
    if method == 'png':
        payload = encode_file('.png', stored).tobytes()
    else:
        payload = RVL_SIZE.pack(stored.shape[1], stored.shape[0]) + encode_rvl(stored)
    data = HEADER.pack(_INVERSE_DEPTH, scale, offset) + payload
    return CompressedFields(f'{encoding}; compressedDepth {method}',
                            byte_array(np.frombuffer(data, np.uint8)))


def _parse_format(text: str) -> tuple[str, str | None]:
    """Encoding and method of a format string; no method where it is not of compressedDepth."""
    encoding, separator, rest = text.partition(';')
    encoding = encoding.strip()
    if not separator:
        return encoding, 'png' if encoding in ENCODINGS else None
    words = rest.split()
    if not words or words[0] != 'compressedDepth':
        return encoding, None
    method = ' '.join(words[1:]) or 'png'
    if encoding not in ENCODINGS or method not in METHODS:
        raise EncodingError(f'format {text!r} is not a known compressedDepth; expected one of '
                            f'{", ".join(ENCODINGS)}, compressed by {" or ".join(METHODS)}')
    return encoding, method


def _split_header(data: NDArray[np.uint8], encoding: str) -> tuple[
        float, float, NDArray[np.uint8]]:
    if data.size <= HEADER.size:
        raise EncodingError(f'compressedDepth data of {data.size} bytes; its header alone has '
                            f'{HEADER.size}. The publisher sent no image')
    # The first number is the same for inverse depth and for plain 16 bits, so it tells nothing.
    _, scale, offset = HEADER.unpack(data[:HEADER.size].tobytes())
    if encoding == '32FC1' and not (0.0 < scale < np.inf and np.isfinite(offset)):
        raise EncodingError(f'compressedDepth quantisation parameters {scale:g} and {offset:g}; '
                            'the first must be positive and both finite. Is the data damaged?')
    return scale, offset, data[HEADER.size:]


def _decode_png(data: NDArray[np.uint8], name: str) -> NDArray[np.uint16]:
    picture = decode_file(data, name)
    if picture.dtype != np.uint16 or picture.ndim != 2:
        raise EncodingError(
            f'format {name!r}: the file holds {picture.dtype} of shape {picture.shape}; depth '
            'needs a 16-bit PNG of one channel. Is the depth input remapped to a color topic?')
    return picture


def _decode_rvl(data: NDArray[np.uint8]) -> NDArray[np.uint16]:
    if data.size < RVL_SIZE.size:
        raise EncodingError(f'RVL data of {data.size} bytes ends within its size fields')
    width, height = RVL_SIZE.unpack(data[:RVL_SIZE.size].tobytes())
    check_pixels(width, height)
    # Copied, since words that do not begin at a multiple of 4 cannot be viewed everywhere.
    return decode_rvl(data[RVL_SIZE.size:].copy(), width * height).reshape(height, width)


def _depth_of(stored: NDArray[np.uint16], scale: float, offset: float) -> NDArray[np.float32]:
    with np.errstate(divide='ignore', over='ignore'):
        depth_m = np.float32(scale) / (stored.astype(np.float32) - np.float32(offset))
    depth_m[stored == 0] = np.nan
    return depth_m


def _inverse_of(depth_m: NDArray[Any]) -> tuple[float, float, NDArray[np.uint16]]:
    """Scale A, offset B and the quantised inverse depth of one frame."""
    known = (depth_m >= _NEAREST_M) & (depth_m <= _FARTHEST_M)
    if not known.any():
        return 1.0, 0.0, np.zeros(depth_m.shape, np.uint16)
    depths = depth_m[known].astype(np.float64)
    far = float(depths.max())
    # At least a factor of two, so that A stays finite where all pixels are equally far.
    near = min(float(depths.min()), far / 2.0)
    scale = float(np.float32((_LARGEST - 1) / (1.0 / near - 1.0 / far)))
    offset = float(np.float32(1.0 - scale / far))
    stored = np.zeros(depth_m.shape, np.uint16)
    stored[known] = np.clip(np.rint(scale / depths + offset), 1, _LARGEST).astype(np.uint16)
    return scale, offset, stored
