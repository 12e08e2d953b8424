"""Whether a reference image has the light to be a reference."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

LIT_FROM = 0.5
DARK_BELOW = 0.35
"""Of the share of a picture that shows its colors. Photos by day are above 0.6, with a hundredth
of their light half of them are below 0.5, at night all are near 0. Between the two bounds a
picture counts as those before it did."""
MEASURED_EVERY_S = 5.0
CHANGED = 0.1
"""Of the mean level of a picture, which is quickly had: with less, its light is what it was."""
STEP = 16


class Light:
    """Whether there is light, without flicker at dusk.

    Args:
        measure: how well lit a picture is, in [0, 1].

    Attributes:
        level: newest level, in [0, 1]; None before the first.
        lit: whether a reference of that level is one; None before the first.
    """

    def __init__(self, measure: Callable[[NDArray[np.uint8]], float]) -> None:
        self._measure = measure
        self._measured_s, self._mean = 0.0, 0.0
        self.level: float | None = None
        self.lit: bool | None = None

    def see(self, rgb: NDArray[np.uint8], at_s: float) -> None:
        """Look at a reference image; it is measured if it looks brighter or darker, or in a while.

        Args:
            rgb: (H, W, 3) uint8.
            at_s: when.
        """
        mean = float(rgb[::STEP, ::STEP].mean())
        changed = abs(mean - self._mean) > 1 + CHANGED * self._mean
        if self.level is None or changed or at_s - self._measured_s > MEASURED_EVERY_S:
            self.level = self._measure(rgb)
            self._measured_s, self._mean = at_s, mean
            self.lit = self.level >= (DARK_BELOW if self.lit else LIT_FROM)
