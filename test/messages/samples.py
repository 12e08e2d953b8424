"""Messages without ROS for the tests of this room: any object with the fields will do."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from colorize_ros.messages import RawImage
from colorize_ros.messages.compressed import CompressedFields


def image(pixels: np.ndarray, encoding: str, *, padding: int = 0, big: bool = False,
          **changes: Any) -> SimpleNamespace:
    """Return an Image of these pixels, with `padding` bytes of 0xee after each row."""
    order = '>' if big else '<'
    rows = pixels.astype(pixels.dtype.newbyteorder(order)).reshape(len(pixels), -1)
    packed = np.ascontiguousarray(rows).view(np.uint8)
    padded = np.pad(packed, ((0, 0), (0, padding)), constant_values=0xee)
    fields = dict(
        height=pixels.shape[0], width=pixels.shape[1], encoding=encoding, is_bigendian=int(big),
        step=padded.shape[1], data=padded.tobytes())
    return SimpleNamespace(**{**fields, **changes})


def message_of(fields: RawImage | CompressedFields) -> SimpleNamespace:
    """Return a message with the fields that an encoder gave."""
    return SimpleNamespace(**fields._asdict())


def compressed(format: str, data: bytes) -> SimpleNamespace:
    return SimpleNamespace(format=format, data=data)


def sloped_depth(height: int = 24, width: int = 32) -> np.ndarray:
    """Depth from 0.5 to 6 m in whole millimetres, with a hole."""
    depth_mm = np.linspace(500, 6000, height * width).round().reshape(height, width)
    depth_m = (depth_mm / 1000.0).astype(np.float32)
    depth_m[3:7, 5:12] = np.nan
    return depth_m


def colors(height: int = 24, width: int = 32) -> np.ndarray:
    """Smooth colors, whose channels cannot be mistaken for each other."""
    rows, columns = np.mgrid[0:height, 0:width]
    return np.stack((200 + 0 * rows, 4 * columns, 2 * rows), axis=-1).astype(np.uint8)
