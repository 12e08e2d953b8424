"""Arrays to the fields of a raw `sensor_msgs/Image`.

The bytes leave as `array.array('B')`: rclpy takes it without looking at each element whether its
field checks are on or off, where `bytes` or a NumPy array cost tens of milliseconds a frame in
one of the two modes.
"""

from __future__ import annotations

import array
from collections.abc import Sequence
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.errors import EncodingError, ShapeError

MILLIMETRES_LIMIT = 65535.0


class RawImage(NamedTuple):
    """The fields of a `sensor_msgs/Image` but its header. Little-endian, rows without padding."""

    height: int
    width: int
    encoding: str
    is_bigendian: int
    step: int
    data: array.array[int]


def encode_depth(depth_m: NDArray[Any], encoding: str = '32FC1') -> RawImage:
    """Encode depth for the wire (REP 118).

    Args:
        depth_m: (H, W) float metres, NaN unknown.
        encoding: '32FC1', metres as they are, or '16UC1', millimetres, where what is unknown or
            has no 16-bit value (nearer than 0.5 mm, beyond 65.535 m) is 0.

    Raises:
        EncodingError: another encoding.
        ShapeError: not a non-empty (H, W) array of floats.
    """
    check_image(depth_m, 'depth', 'f', (2,))
    if encoding == '32FC1':
        return _raw_image(depth_m.astype('<f4', copy=False), encoding)
    if encoding == '16UC1':
        return _raw_image(millimetres(depth_m), encoding)
    raise EncodingError(f'encoding {encoding!r} is not for depth output; expected 32FC1 or 16UC1')


def encode_confidence(confidence: NDArray[Any]) -> RawImage:
    """Encode a (H, W) float confidence in [0, 1] as 32FC1.

    Raises:
        ShapeError: not a non-empty (H, W) array of floats.
    """
    check_image(confidence, 'confidence', 'f', (2,))
    return _raw_image(confidence.astype('<f4', copy=False), '32FC1')


def encode_rgb(rgb: NDArray[np.uint8], encoding: str = 'rgb8') -> RawImage:
    """Encode a (H, W, 3) uint8 RGB image as 'rgb8' or 'bgr8'.

    Raises:
        EncodingError: another encoding.
        ShapeError: not a non-empty (H, W, 3) array of uint8.
    """
    check_image(rgb, 'color', 'u1', (3,))
    if encoding == 'rgb8':
        return _raw_image(rgb, encoding)
    if encoding == 'bgr8':
        return _raw_image(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), encoding)
    raise EncodingError(f'encoding {encoding!r} is not for color output; expected rgb8 or bgr8')


def encode_gray(gray: NDArray[Any]) -> RawImage:
    """Encode a (H, W) image, uint8 as mono8 and uint16 as mono16.

    Raises:
        ShapeError: not a non-empty (H, W) array of uint8 or uint16.
    """
    check_image(gray, 'gray', 'u', (2,))
    if gray.dtype == np.uint8:
        return _raw_image(gray, 'mono8')
    return _raw_image(gray.astype('<u2', copy=False), 'mono16')


def fill_image(message: Any, raw: RawImage) -> None:
    """Set height, width, encoding, is_bigendian, step and data of an Image; not its header.

    `message` takes the very bytes of `raw`, not a copy where its type allows. A message whose data
    is a NumPy array (the rosbags library's) gets an array.
    """
    message.height = raw.height
    message.width = raw.width
    message.encoding = raw.encoding
    message.is_bigendian = raw.is_bigendian
    message.step = raw.step
    if isinstance(getattr(message, 'data', None), np.ndarray):
        message.data = np.frombuffer(raw.data, np.uint8)
    else:
        message.data = raw.data


def millimetres(depth_m: NDArray[Any]) -> NDArray[np.uint16]:
    """Round (H, W) float metres to uint16 millimetres, 0 where unknown or without a value."""
    with np.errstate(over='ignore'):
        scaled = depth_m * np.float32(1000.0)
    np.rint(scaled, out=scaled)
    known = (scaled > 0.0) & (scaled <= MILLIMETRES_LIMIT)
    # NaN has no integer: casting it would be undefined, so it is replaced first.
    return np.where(known, scaled, np.float32(0.0)).astype('<u2')


def byte_array(pixels: NDArray[Any]) -> array.array[int]:
    """Copy an array's bytes, in C order, into an array.array('B') at the speed of memcpy."""
    data = array.array('B')
    data.frombytes(np.ascontiguousarray(pixels).data.cast('B'))
    return data


def check_image(image: NDArray[Any], what: str, kind: str, dimensions: Sequence[int]) -> None:
    """Raise ShapeError where `image` is no image of this dtype kind and number of dimensions.

    Args:
        image: what is to be encoded.
        what: its name in the message.
        kind: 'f' floats, 'u' uint8 or uint16, 'u1' uint8.
        dimensions: allowed of 2, (H, W), and 3, (H, W, 3).
    """
    allowed = {'f': ('float32', 'float64'), 'u': ('uint8', 'uint16'), 'u1': ('uint8',)}[kind]
    shapes = ' or '.join({2: '(H, W)', 3: '(H, W, 3)'}[number] for number in dimensions)
    dtype = image.dtype.name
    fits = image.ndim in dimensions and (image.ndim == 2 or image.shape[2] == 3)
    if not fits or image.size == 0 or dtype not in allowed:
        raise ShapeError(f'the {what} image is {dtype} of shape {image.shape}; expected '
                         f'{" or ".join(allowed)} of shape {shapes}, not empty')


def _raw_image(pixels: NDArray[Any], encoding: str) -> RawImage:
    height, width = pixels.shape[:2]
    step = width * pixels.itemsize * (pixels.shape[2] if pixels.ndim == 3 else 1)
    return RawImage(height, width, encoding, 0, step, byte_array(pixels))
