"""Whether a reference image has the light to be a reference."""

from __future__ import annotations

LIT_FROM = 0.5
DARK_BELOW = 0.35
"""Of the share of a picture that shows its colors. Photos by day are above 0.6, with a hundredth
of their light half of them are below 0.5, at night all are near 0. Between the two bounds a
picture counts as those before it did."""


class Light:
    """Whether there is light, without flicker at dusk.

    Attributes:
        level: newest level, in [0, 1]; None before the first.
        lit: whether a reference of that level is one; None before the first.
    """

    def __init__(self) -> None:
        self.level: float | None = None
        self.lit: bool | None = None

    def see(self, level: float) -> None:
        """Take how well lit a reference image is."""
        self.level = level
        self.lit = level >= (DARK_BELOW if self.lit else LIT_FROM)
