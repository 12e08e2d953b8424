"""Ways to color a near-infrared image without a network: uint8 (H, W) in, uint8 RGB (H, W, 3) out.

`gray_copy` is the first column of Dong et al. 2018, Table 1. The others are fitted to the pairs of
a train split.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.nir import NirFrame, NirItem
from colorize_ros.errors import DataError

Gray = NDArray[np.uint8]
Rgb = NDArray[np.uint8]
Colorize = Callable[[Gray], Rgb]

def gray_copy(nir: Gray) -> Rgb:
    """Take the near-infrared level for red, green and blue."""
    return np.repeat(nir[..., None], 3, axis=2)


def fit_baselines(items: Sequence[NirItem]) -> dict[str, Colorize]:
    """Fit `regression` and `histogram` to pairs, which are loaded one by one.

    Raises:
        DataError: there are no pairs, or one cannot be read.
    """
    if not items:
        raise DataError('there are no pairs to fit regression and histogram to; they need a split '
                        "'train' whose pairs are registered")
    regression, histogram = Regression(), HistogramMatching()
    for item in items:
        frame = item.load()
        regression.learn(frame)
        histogram.learn(frame)
    return {'regression': regression, 'histogram': histogram}


class Regression:
    """Each level becomes the mean color of the pixels of that level.

    Of all functions of a pixel's level it has the least square error. Terms of the mean of the
    neighborhood gain less than 0.1 dB.
    """

    def __init__(self) -> None:
        self._pixels = np.zeros(256)
        self._totals = np.zeros((3, 256))

    def learn(self, frame: NirFrame) -> None:
        """Take the pixels of a pair into account."""
        levels = frame.nir.ravel()
        self._pixels += np.bincount(levels, minlength=256)
        self._totals += [np.bincount(levels, frame.rgb[..., channel].ravel(), minlength=256)
                         for channel in range(3)]

    def __call__(self, nir: Gray) -> Rgb:
        """Color an image."""
        seen = np.flatnonzero(self._pixels)
        means = self._totals[:, seen] / self._pixels[seen]
        colors = np.stack([np.interp(np.arange(256), seen, mean) for mean in means], axis=1)
        return np.rint(colors).astype(np.uint8)[nir]


class HistogramMatching:
    """Levels are exchanged so that each channel gets the histogram that it has on average."""

    def __init__(self) -> None:
        self._totals = np.zeros((3, 256))

    def learn(self, frame: NirFrame) -> None:
        """Take a pair's color image into account; all count alike, whatever their size."""
        self._totals += [_shares(frame.rgb[..., channel]) for channel in range(3)]

    def __call__(self, nir: Gray) -> Rgb:
        """Color an image."""
        shares = _shares(nir)
        # The middle of a level's share of the pixels.
        ranks = np.cumsum(shares) - shares / 2
        targets = np.cumsum(self._totals, axis=1) / self._totals.sum(axis=1, keepdims=True)
        levels = np.stack([np.searchsorted(target, ranks) for target in targets], axis=1)
        return np.minimum(levels, 255).astype(np.uint8)[nir]


def _shares(levels: Gray) -> NDArray[np.float64]:
    """Give the share of the pixels that have each level, (256,)."""
    return np.bincount(levels.ravel(), minlength=256) / levels.size
