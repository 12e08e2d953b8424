"""Chroma apart from luma: what one camera knows, and what the other one does.

Of `ycbcr`, the color space of Dong et al. 2019, in levels: Cb and Cr from -127.5 to 127.5.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from colorize_ros.ycbcr import COLORS, to_ycbcr

Gray = NDArray[np.uint8]
Rgb = NDArray[np.uint8]
Map = NDArray[np.float32]


def chroma_of(rgb: NDArray[Any]) -> Map:
    """Return Cb and Cr, (H, W, 2), of RGB (H, W, 3) of levels from 0 to 255; 0 is gray."""
    return np.ascontiguousarray(np.float32(255) * np.moveaxis(to_ycbcr(rgb)[1:], 0, 2))


def compose(mono: Gray, chroma: Map) -> Rgb:
    """Give a monochrome image a color, its luma untouched.

    Where a channel would leave [0, 255], chroma is made less, not luma.

    Args:
        mono: uint8 (H, W).
        chroma: (H, W, 2) Cb and Cr, 0 for gray.

    Returns:
        uint8 RGB (H, W, 3).
    """
    luma = mono.astype(np.float32)[..., None]
    offsets = chroma @ COLORS
    room = np.where(offsets > 0, 255 - luma, luma)
    fits = np.abs(offsets) <= room
    scale = np.where(fits, 1, room / np.where(fits, 1, np.abs(offsets))).min(axis=2, keepdims=True)
    return np.rint(luma + scale * offsets).astype(np.uint8)
