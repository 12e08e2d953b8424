"""From linear light to the numbers in a picture file, and back."""
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MIDDLE_GRAY = 0.2
# Light that just reaches the brightest value: leaves room for lamps above a white wall.
WHITE = 5.0


def tone_curve(light: NDArray[np.float32]) -> NDArray[np.float32]:
    """Compress linear light with a soft shoulder (Reinhard 2002, eq. 4) and encode it as sRGB.

    Args:
        light: of any shape, linear, middle gray 0.2; negative is black.

    Returns:
        The same shape, float32 in [0, 1].
    """
    positive = np.clip(light, 0, WHITE)
    curve = positive * (1 + positive / WHITE ** 2) / (1 + positive)
    encoded = np.where(curve < 0.0031308, 12.92 * curve, 1.055 * curve ** (1 / 2.4) - 0.055)
    return encoded.astype(np.float32)


def linear_light(encoded: NDArray[np.float32]) -> NDArray[np.float32]:
    """Undo `tone_curve`.

    Args:
        encoded: of any shape, in [0, 1].

    Returns:
        The same shape, float32 linear light from 0 to `WHITE`.
    """
    curve = np.where(encoded < 12.92 * 0.0031308, encoded / 12.92,
                     ((encoded + 0.055) / 1.055) ** 2.4)
    # The positive root of light^2 / WHITE^2 + light (1 - curve) - curve = 0, in the form that
    # keeps its digits in the dark.
    half = 1 - curve
    root = 2 * curve / (half + np.sqrt(half ** 2 + 4 * curve / WHITE ** 2))
    return root.astype(np.float32)


def to_bytes(encoded: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Round values in [0, 1] to uint8; what lies outside is clipped."""
    return (np.clip(encoded, 0, 1) * 255 + 0.5).astype(np.uint8)
