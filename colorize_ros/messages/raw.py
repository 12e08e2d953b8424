"""Raw `sensor_msgs/Image` bytes as an array: shape, row padding and byte order."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from colorize_ros.errors import EncodingError, ShapeError


class PixelLayout(NamedTuple):
    """How an encoding lays out one pixel: a NumPy type code without byte order, and channels."""

    kind: str
    channels: int


LAYOUTS: dict[str, PixelLayout] = {
    '16UC1': PixelLayout('u2', 1),
    'mono16': PixelLayout('u2', 1),
    '32FC1': PixelLayout('f4', 1),
    'mono8': PixelLayout('u1', 1),
    '8UC1': PixelLayout('u1', 1),
    '8UC3': PixelLayout('u1', 3),
    'rgb8': PixelLayout('u1', 3),
    'bgr8': PixelLayout('u1', 3),
    'rgba8': PixelLayout('u1', 4),
    'bgra8': PixelLayout('u1', 4),
    'bayer_rggb8': PixelLayout('u1', 1),
    'bayer_bggr8': PixelLayout('u1', 1),
    'bayer_gbrg8': PixelLayout('u1', 1),
    'bayer_grbg8': PixelLayout('u1', 1),
}


def message_bytes(message: Any) -> NDArray[np.uint8]:
    """Return the message's `data` as a flat read-only uint8 view, whatever object holds it.

    Raises:
        EncodingError: `data` is not bytes, array.array, memoryview or a contiguous array.
    """
    try:
        view = np.frombuffer(message.data, np.uint8)
    except (TypeError, ValueError, BufferError) as error:
        raise EncodingError(
            f'the data of {type(message).__name__} is a {type(message.data).__name__}; expected '
            "bytes, array.array('B') or a contiguous uint8 array") from error
    view.flags.writeable = False
    return view


def raw_pixels(message: Any) -> NDArray[Any]:
    """Return an Image's pixels as a read-only view: no byte is copied.

    Args:
        message: an object with height, width, encoding (a key of LAYOUTS), is_bigendian, step and
            data.

    Returns:
        (H, W) or (H, W, C) of the encoding's type. Rows may be strided (padding), and 16- and
        32-bit values may be of the other byte order.

    Raises:
        EncodingError: data is no buffer of bytes.
        ShapeError: zero size, a step too small for the width, or data of another length than
            height x step.
    """
    layout = LAYOUTS[message.encoding]
    height, width, step = int(message.height), int(message.width), int(message.step)
    itemsize = int(layout.kind[1:])
    row_bytes = width * layout.channels * itemsize
    if height <= 0 or width <= 0:
        raise ShapeError(f'the image is {width} x {height}; both must be at least 1. Does the '
                         'driver publish before its first frame?')
    if step < row_bytes:
        raise ShapeError(
            f'step is {step} bytes, but a row of {width} {message.encoding} pixels needs at least '
            f'{row_bytes}; correct step or encoding where the image is published')
    data = message_bytes(message)
    if data.size != height * step:
        raise ShapeError(
            f'data holds {data.size} bytes, but height {height} x step {step} is '
            f'{height * step}; the image was truncated, or its size fields are those of another')
    order = '>' if message.is_bigendian else '<'
    shape = (height, width, layout.channels)[:2 if layout.channels == 1 else 3]
    strides = (step, layout.channels * itemsize, itemsize)[:len(shape)]
    pixels: NDArray[Any] = np.ndarray(shape, order + layout.kind, data, 0, strides)
    return pixels
