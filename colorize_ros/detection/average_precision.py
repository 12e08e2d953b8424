"""Average precision as COCO computes it, at one IoU."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RECALLS = np.linspace(0, 1, 101)
"""At which the precision is looked up (COCO's `recThrs`)."""


def average_precision(
        scores: NDArray[np.float32], right: NDArray[np.bool_], truths: int) -> float:
    """Average the best precision that is reached at each of 101 recalls or beyond.

    The same as pycocotools, without its limit of 100 boxes an image.

    Args:
        scores: (M,) of all found boxes of a class, image after image.
        right: (M,) which of them have matched a truth.
        truths: how many boxes there are to be found.

    Returns:
        In [0, 1]; NaN where there is nothing to be found.
    """
    if truths == 0:
        return float('nan')
    if len(scores) == 0:
        return 0.0
    hits = np.cumsum(right[np.argsort(-scores, kind='stable')])
    precision = hits / np.arange(1, len(hits) + 1)
    reached = np.maximum.accumulate(precision[::-1])[::-1]
    at = np.searchsorted(hits / truths, RECALLS, side='left')
    return float(np.append(reached, 0.0)[at].mean())
