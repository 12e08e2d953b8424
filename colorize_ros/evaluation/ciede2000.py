"""CIEDE2000: how different two colors look.

Sharma, Wu & Dalal 2005, "The CIEDE2000 Color-Difference Formula: Implementation Notes,
Supplementary Test Data, and Mathematical Observations". About 1 is just noticeable side by side.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

# 25 to the 7th power.
CHROMA_KNEE = 25.0 ** 7
# A little more than half a turn, so that rounding does not decide about opposite hues.
OPPOSITE = math.pi + 1e-6
# From linear sRGB to XYZ over that of the white point D65 (IEC 61966-2-1).
XYZ_OF_RGB = np.array([
    (0.4124564 / 0.95047, 0.3575761 / 0.95047, 0.1804375 / 0.95047),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339 / 1.08883, 0.1191920 / 1.08883, 0.9503041 / 1.08883)], np.float32)
LEVELS = np.arange(256) / 255
LINEAR = np.where(
    LEVELS <= 0.04045, LEVELS / 12.92, ((LEVELS + 0.055) / 1.055) ** 2.4).astype(np.float32)


def ciede2000(first_lab: Floats, second_lab: Floats) -> Floats:
    """Compute the differences of two sets of colors, with all parametric factors 1.

    Args:
        first_lab: (..., 3) CIE L*a*b*, L* from 0 to 100.
        second_lab: of the same shape.

    Returns:
        (...), 0 where the colors are equal.
    """
    (light_1, a_1, b_1), (light_2, a_2, b_2) = (
        np.moveaxis(lab, -1, 0) for lab in (first_lab, second_lab))
    # Equations 2 to 7: a* is stretched near gray.
    stretch = 1.5 - 0.5 * _saturation((np.hypot(a_1, b_1) + np.hypot(a_2, b_2)) / 2)
    chroma_1, chroma_2 = np.hypot(stretch * a_1, b_1), np.hypot(stretch * a_2, b_2)
    hue_1, hue_2 = _angle(stretch * a_1, b_1), _angle(stretch * a_2, b_2)
    # Equations 8 to 14, the shorter way around. Gray has no hue, and then none matters.
    longer = np.abs(hue_2 - hue_1) > OPPOSITE
    hue = (hue_1 + hue_2) / 2 + np.where(longer, math.pi, 0).astype(hue_1.dtype)
    sine = np.where(longer, -1, 1).astype(hue_1.dtype) * np.sin((hue_2 - hue_1) / 2)
    difference_of_hue = 2 * np.sqrt(chroma_1 * chroma_2) * sine
    light, chroma = (light_1 + light_2) / 2, (chroma_1 + chroma_2) / 2
    # Equations 15 to 22.
    off_middle = (light - 50) ** 2
    weight_hue = 1 + 0.015 * chroma * (
        1 - 0.17 * np.cos(hue - math.radians(30)) + 0.24 * np.cos(2 * hue)
        + 0.32 * np.cos(3 * hue + math.radians(6)) - 0.20 * np.cos(4 * hue - math.radians(63)))
    by_light = (light_2 - light_1) / (1 + 0.015 * off_middle / np.sqrt(20 + off_middle))
    by_chroma = (chroma_2 - chroma_1) / (1 + 0.045 * chroma)
    by_hue = difference_of_hue / weight_hue
    from_blue = ((hue - math.radians(275) + math.pi) % (2 * math.pi) - math.pi) / math.radians(25)
    rotation = -2 * _saturation(chroma) * np.sin(math.radians(60) * np.exp(-from_blue ** 2))
    squared = by_light ** 2 + by_chroma ** 2 + by_hue ** 2 + rotation * by_chroma * by_hue
    return np.sqrt(np.maximum(squared, 0))


def lab_of(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Turn uint8 sRGB (H, W, 3) into float32 CIE L*a*b* (H, W, 3) under D65."""
    xyz = LINEAR[rgb] @ XYZ_OF_RGB.T
    # CIE 15: a cube root, with a straight line near black.
    x, y, z = np.moveaxis(
        np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz * (29 / 6) ** 2 / 3 + 4 / 29), -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def difference_of_images(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> Floats:
    """Compute the CIEDE2000 (H, W) of each pixel of two uint8 sRGB images (H, W, 3)."""
    return ciede2000(lab_of(first), lab_of(second))


def _saturation(chroma: Floats) -> Floats:
    """Go from 0 for gray to 1 for vivid colors."""
    seventh = chroma ** 7
    return np.sqrt(seventh / (seventh + CHROMA_KNEE))


def _angle(a: Floats, b: Floats) -> Floats:
    """Give the hue in radians, from 0 to a whole turn."""
    return np.arctan2(b, a) % (2 * math.pi)
