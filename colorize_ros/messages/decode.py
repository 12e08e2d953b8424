"""Image messages, raw or compressed, to arrays: the one door for all that comes in."""

from __future__ import annotations

from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.errors import EncodingError, ShapeError
from colorize_ros.messages import compressed, compressed_depth
from colorize_ros.messages.depth_values import check_unit, depth_from_float, depth_from_millimetres
from colorize_ros.messages.raw import LAYOUTS, raw_pixels

DEPTH_ENCODINGS = ('16UC1', 'mono16', '32FC1')

# OpenCV names a mosaic by the second row's second and third pixel, ROS by the first row's first.
BAYER_TO_RGB: dict[str, int] = {
    'bayer_rggb8': cv2.COLOR_BayerBG2RGB,
    'bayer_bggr8': cv2.COLOR_BayerRG2RGB,
    'bayer_gbrg8': cv2.COLOR_BayerGR2RGB,
    'bayer_grbg8': cv2.COLOR_BayerGB2RGB,
}
TO_RGB: dict[str, int] = {
    'bgr8': cv2.COLOR_BGR2RGB,
    '8UC3': cv2.COLOR_BGR2RGB,
    'rgba8': cv2.COLOR_RGBA2RGB,
    'bgra8': cv2.COLOR_BGRA2RGB,
    'mono8': cv2.COLOR_GRAY2RGB,
    '8UC1': cv2.COLOR_GRAY2RGB,
    **BAYER_TO_RGB,
}
TO_GRAY: dict[str, int] = {
    'rgb8': cv2.COLOR_RGB2GRAY,
    'bgr8': cv2.COLOR_BGR2GRAY,
    '8UC3': cv2.COLOR_BGR2GRAY,
    'rgba8': cv2.COLOR_RGBA2GRAY,
    'bgra8': cv2.COLOR_BGRA2GRAY,
    'bayer_rggb8': cv2.COLOR_BayerBG2GRAY,
    'bayer_bggr8': cv2.COLOR_BayerRG2GRAY,
    'bayer_gbrg8': cv2.COLOR_BayerGR2GRAY,
    'bayer_grbg8': cv2.COLOR_BayerGB2GRAY,
}
GRAY_AS_IT_IS = ('mono8', '8UC1', 'mono16', '16UC1')
RGB_ENCODINGS = ('rgb8', *TO_RGB)
GRAY_ENCODINGS = (*GRAY_AS_IT_IS, *TO_GRAY)

BAYER_MINIMUM = 3

# Channels that differ by more than this share of full scale in more pixels than this are color,
# not a gray image with the marks of compression.
COLOR_SPREAD, COLOR_PIXELS = 8 / 255, 0.01
COLOR_STRIDE = 4


class Luminance(NamedTuple):
    """What decode_luminance gives.

    Attributes:
        gray: (H, W) uint8 or uint16.
        was_color: whether the image came in color, and not only in three equal channels.
    """

    gray: NDArray[Any]
    was_color: bool


def decode_depth(message: Any, *, unit: str = 'auto') -> NDArray[np.float32]:
    """Decode a depth image, raw (16UC1, mono16, 32FC1), compressedDepth (PNG, RVL) or 16-bit PNG.

    0, NaN and both infinities are unknown, and so are up to 1 % negative pixels. A frame with
    nothing known (a covered camera) is legal: the caller decides.

    Args:
        message: a `sensor_msgs/Image` or `sensor_msgs/CompressedImage`, told apart by fields.
        unit: 'auto' (32FC1 metres, 16-bit millimetres: REP 118), 'm' or 'mm' for drivers that
            publish another unit.

    Returns:
        (H, W) float32 metres along the optical axis, NaN unknown. For 32FC1 in native byte order
        in which nothing had to change it is a read-only view of the message's data.

    Raises:
        EncodingError: no depth encoding (JPEG among them), or bytes that cannot be decoded.
        ShapeError: size, step and data that do not fit each other.
        DepthError: values that cannot be depth: more than 1 % negative, or of another unit.
        ConfigurationError: unknown `unit`.
    """
    check_unit(unit)
    if is_compressed(message):
        return compressed_depth.decode_compressed_depth(message, unit)
    _check_encoding(message.encoding, DEPTH_ENCODINGS, 'depth')
    pixels = raw_pixels(message)
    if message.encoding == '32FC1':
        return depth_from_float(pixels.astype(np.float32, copy=False), unit)
    return depth_from_millimetres(pixels, unit)


def decode_rgb(message: Any) -> NDArray[np.uint8]:
    """Decode a color image to RGB; mono8 is repeated in all three channels.

    8UC3 is taken as BGR, as OpenCV publishes it. Bayer mosaics are interpolated bilinearly. Alpha
    is dropped. 16-bit images are refused: on a color topic they are most likely depth.

    Returns:
        (H, W, 3) uint8. For rgb8 a read-only view of the message's data, with its row padding as
        stride.

    Raises:
        EncodingError: no color encoding, or bytes that cannot be decoded.
        ShapeError: size, step and data that do not fit each other.
    """
    if is_compressed(message):
        picture = compressed.decode_picture(message)
        encoding = compressed.picture_encoding(message, picture)
        if encoding in BAYER_TO_RGB:
            return _demosaic(picture, BAYER_TO_RGB[encoding])
        return compressed.to_rgb(picture)
    _check_encoding(message.encoding, RGB_ENCODINGS, 'color')
    pixels = raw_pixels(message)
    if message.encoding == 'rgb8':
        return pixels
    if message.encoding in BAYER_TO_RGB:
        return _demosaic(pixels, BAYER_TO_RGB[message.encoding])
    return np.asarray(cv2.cvtColor(pixels, TO_RGB[message.encoding]))


def decode_gray(message: Any) -> NDArray[Any]:
    """Decode a mono, near-infrared or thermal image; color becomes its luminance.

    Returns:
        (H, W) uint8, or uint16 for mono16, 16UC1 and 16-bit PNG. For mono images of native byte
        order a read-only view of the message's data, with its row padding as stride.

    Raises:
        EncodingError: no gray or color encoding, or bytes that cannot be decoded.
        ShapeError: size, step and data that do not fit each other.
    """
    return _gray_of(*_pixels_and_encoding(message))


def decode_luminance(message: Any) -> Luminance:
    """Decode a gray image as decode_gray does, and tell whether it was really color.

    Raises:
        EncodingError: no gray or color encoding, or bytes that cannot be decoded.
        ShapeError: size, step and data that do not fit each other.
    """
    pixels, encoding = _pixels_and_encoding(message)
    gray = _gray_of(pixels, encoding)
    if encoding in BAYER_TO_RGB:
        pixels = _demosaic(pixels, BAYER_TO_RGB[encoding])
    return Luminance(gray, pixels.ndim == 3 and _is_color(pixels))


def is_compressed(message: Any) -> bool:
    """Tell a CompressedImage from an Image by its fields.

    Raises:
        EncodingError: the object is neither.
    """
    if hasattr(message, 'encoding'):
        return False
    if hasattr(message, 'format'):
        return True
    raise EncodingError(f'a {type(message).__name__} has neither encoding nor format; expected '
                        'sensor_msgs/Image or sensor_msgs/CompressedImage')


def stamp_ns(message: Any) -> int:
    """Return the header's stamp in nanoseconds."""
    stamp = message.header.stamp
    return int(stamp.sec) * 1_000_000_000 + int(stamp.nanosec)


def _pixels_and_encoding(message: Any) -> tuple[NDArray[Any], str]:
    """Pixels of a gray or color image as they came, and one of GRAY_ENCODINGS that they are in."""
    if is_compressed(message):
        picture = compressed.decode_picture(message)
        return picture, compressed.picture_encoding(message, picture)
    _check_encoding(message.encoding, GRAY_ENCODINGS, 'gray')
    return raw_pixels(message), message.encoding


def _gray_of(pixels: NDArray[Any], encoding: str) -> NDArray[Any]:
    if encoding in GRAY_AS_IT_IS:
        return pixels.astype(pixels.dtype.newbyteorder('='), copy=False)
    if encoding in BAYER_TO_RGB:
        return _demosaic(pixels, TO_GRAY[encoding])
    return np.asarray(cv2.cvtColor(pixels, TO_GRAY[encoding]))


def _is_color(pixels: NDArray[Any]) -> bool:
    sample = pixels[::COLOR_STRIDE, ::COLOR_STRIDE, :3]
    spread = sample.max(axis=-1) - sample.min(axis=-1)
    allowed = COLOR_SPREAD * np.iinfo(pixels.dtype).max
    return bool(np.mean(spread > allowed) > COLOR_PIXELS)


def _check_encoding(encoding: str, allowed: tuple[str, ...], what: str) -> None:
    if encoding in allowed and encoding in LAYOUTS:
        return
    raise EncodingError(
        f'encoding {encoding!r} is not a {what} encoding; expected {", ".join(allowed)}. Is the '
        f'{what} input remapped to a topic of another kind?')


def _demosaic(pixels: NDArray[np.uint8], code: int) -> NDArray[np.uint8]:
    # Below this size OpenCV answers black, without a word.
    if min(pixels.shape) < BAYER_MINIMUM:
        raise ShapeError(f'a Bayer mosaic of {pixels.shape[1]} x {pixels.shape[0]} has no color; '
                         f'at least {BAYER_MINIMUM} x {BAYER_MINIMUM} is needed')
    return np.asarray(cv2.cvtColor(pixels, code))
