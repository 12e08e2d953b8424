"""Of the boxes that a detector puts on one thing, the best one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from colorize_ros.detection.detections import Detections, overlaps


def suppress(found: Detections, iou_threshold: float) -> Detections:
    """Drop what overlaps a better one of the same class by more than the threshold.

    Args:
        found: in any order.
        iou_threshold: in [0, 1]; boxes that overlap by exactly that stay.

    Returns:
        What is left, best first; equals in the order given.
    """
    ordered = found.where(np.argsort(-found.scores, kind='stable'))
    kept = []
    rest: NDArray[np.int64] = np.arange(len(ordered))
    while len(rest):
        best, rest = rest[0], rest[1:]
        kept.append(best)
        same = ordered.labels[rest] == ordered.labels[best]
        over = overlaps(ordered.boxes[best][None], ordered.boxes[rest])[0] > iou_threshold
        rest = rest[~(same & over)]
    return ordered.where(np.array(kept, np.int64))
