"""The colors of a pair, held for the mono images that come without a color image."""

from __future__ import annotations

from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
import torch

from colorize_ros.pipelines.images import to_levels
from colorize_ros.pipelines.stereo import paint
from colorize_ros.ycbcr import to_ycbcr

# The view is compared in images so small that noise is gone.
VIEW_SIZE = (64, 48)
# Where the view has moved by 1 % of its width the correlation of most scenes is about 0.9.
SAME_VIEW = 0.9


class _Pair(NamedTuple):
    shape: tuple[int, ...]
    view: NDArray[np.float32]
    rgb: NDArray[np.uint8]
    taken_s: float


class HeldChroma:
    """Lends the colors of the last pair to images of the same view."""

    def __init__(self) -> None:
        self._pair: _Pair | None = None

    def remember(self, mono: NDArray[Any], rgb: NDArray[np.uint8], taken_s: float) -> None:
        """Keep a pair.

        Args:
            mono: (H, W) uint8 or uint16.
            rgb: (H, W, 3) uint8, its colors.
            taken_s: when.
        """
        self._pair = _Pair(mono.shape, _view(mono), rgb, taken_s)

    def recall(self, mono: NDArray[Any], taken_s: float,
               longest_s: float) -> NDArray[np.uint8] | None:
        """Give an image the colors of the last pair.

        Args:
            mono: (H, W) uint8 or uint16.
            taken_s: when.
            longest_s: how long colors may be held.

        Returns:
            (H, W, 3) uint8 RGB with the luminance of `mono`; None where there is no pair, it is
            too old, or the view is no longer the same.
        """
        pair = self._pair
        if pair is None or mono.shape != pair.shape or not (
                0 <= taken_s - pair.taken_s <= longest_s):
            return None
        if _correlation(pair.view, _view(mono)) < SAME_VIEW:
            return None
        levels = torch.from_numpy(to_levels(mono).astype(np.float32))
        rgb = paint(levels, torch.from_numpy(to_ycbcr(pair.rgb)[1:]))
        return np.ascontiguousarray(rgb.permute(1, 2, 0).numpy())


def gray_picture(mono: NDArray[Any]) -> NDArray[np.uint8]:
    """Return a mono image, (H, W) uint8 or uint16, as (H, W, 3) uint8 RGB without color."""
    return np.repeat(to_levels(mono)[..., None], 3, axis=2)


def _view(mono: NDArray[Any]) -> NDArray[np.float32]:
    return np.asarray(cv2.resize(mono, VIEW_SIZE, interpolation=cv2.INTER_AREA), np.float32)


def _correlation(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    """Return the normalized correlation; 0 where one of them has no contrast."""
    first, second = first - first.mean(), second - second.mean()
    scale = float(np.linalg.norm(first) * np.linalg.norm(second))
    return float((first * second).sum()) / scale if scale > 0 else 0.0
