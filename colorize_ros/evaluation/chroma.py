"""Chroma apart from luma: what one camera knows, and what the other one does.

YCbCr of full range with the weights of BT.601 (JPEG), the color space of Dong et al. 2019; Cb and
Cr are 0 for gray here, not 128.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.uint8]
Rgb = NDArray[np.uint8]
Map = NDArray[np.float32]

CHROMA_OF_RGB = np.array([
    (-0.168736, -0.331264, 0.5), (0.5, -0.418688, -0.081312)], np.float32)
# What Cb and Cr add to red, green and blue of a gray of the same luma.
RGB_OF_CHROMA = np.array([(0, 1.402), (-0.344136, -0.714136), (1.772, 0)], np.float32)


def chroma_of(rgb: NDArray[Any]) -> Map:
    """Return Cb and Cr, (H, W, 2), of RGB (H, W, 3) of levels from 0 to 255; 0 is gray."""
    return rgb.astype(np.float32) @ CHROMA_OF_RGB.T


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
    offsets = chroma @ RGB_OF_CHROMA.T
    room = np.where(offsets > 0, 255 - luma, luma)
    fits = np.abs(offsets) <= room
    scale = np.where(fits, 1, room / np.where(fits, 1, np.abs(offsets))).min(axis=2, keepdims=True)
    return np.rint(luma + scale * offsets).astype(np.uint8)
