"""Whether a reference image has the light to be a reference."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LIT_FROM = 0.12
DARK_BELOW = 0.08
"""Of the light level: at dusk it may stay between the two, and then it counts as what it was."""
STEP = 8


def light_level(rgb: NDArray[np.uint8]) -> float:
    """Measure how bright an image is: its mean level in [0, 1], from every 64th pixel.

    A camera by day exposes to 0.3 to 0.6, by night, at its limits, to less than 0.05.

    Args:
        rgb: (H, W, 3) uint8.
    """
    return float(rgb[::STEP, ::STEP].mean()) / 255


class Light:
    """Whether there is light, without flicker at dusk.

    Attributes:
        level: newest light level; None before the first.
        lit: whether a reference of that level is one; None before the first.
    """

    def __init__(self) -> None:
        self.level: float | None = None
        self.lit: bool | None = None

    def see(self, level: float) -> None:
        """Take the light level of a reference image."""
        self.level = level
        self.lit = level >= (DARK_BELOW if self.lit else LIT_FROM)
