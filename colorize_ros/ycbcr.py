"""Luma and chroma of color images: YCbCr (BT.601, full range), in floating point.

The luma is that of OpenCV's gray images, and of the paper's monochrome ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

LUMA = np.array([0.299, 0.587, 0.114], np.float32)
BLUE_SCALE, RED_SCALE = 1.772, 1.402
# Of Cb and Cr in red, green and blue.
COLORS = np.array([[0, -BLUE_SCALE * LUMA[2] / LUMA[1], BLUE_SCALE],
                   [RED_SCALE, -RED_SCALE * LUMA[0] / LUMA[1], 0]], np.float32)


def to_ycbcr(rgb: NDArray[Any]) -> NDArray[np.float32]:
    """Give luma in [0, 1], and Cb and Cr in [-0.5, 0.5].

    Args:
        rgb: (H, W, 3), levels from 0 to 255 of any dtype.

    Returns:
        (3, H, W).
    """
    red, green, blue = np.moveaxis(rgb.astype(np.float32) / np.float32(255), 2, 0)
    luma = LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue
    return np.stack([luma, (blue - luma) / BLUE_SCALE, (red - luma) / RED_SCALE]).astype(
        np.float32, copy=False)
