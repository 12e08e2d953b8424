"""What a detector found in one image."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colorize_ros.errors import ShapeError


@dataclass(frozen=True, eq=False)
class Detections:
    """Boxes in one image, best first as a detector gives them.

    Attributes:
        boxes: (N, 4) float32, left, top, right and bottom in pixels of the image, the top left
            corner of its first pixel at 0, 0. A box may reach beyond the image.
        scores: (N,) float32 in [0, 1].
        labels: (N,) int64, indices of the detector's class names.

    Raises:
        ShapeError: shapes that do not fit each other.
    """

    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    labels: NDArray[np.int64]

    def __post_init__(self) -> None:
        count = len(self.boxes)
        shapes = self.boxes.shape, self.scores.shape, self.labels.shape
        if shapes != ((count, 4), (count,), (count,)):
            raise ShapeError(f'boxes, scores and labels have the shapes {shapes}; expected '
                             '(N, 4), (N,) and (N,)')

    def __len__(self) -> int:
        return len(self.boxes)

    @staticmethod
    def none() -> Detections:
        """Give what is found where nothing is."""
        return Detections(np.zeros((0, 4), np.float32), np.zeros(0, np.float32),
                          np.zeros(0, np.int64))

    def where(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> Detections:
        """Keep some of them, by a mask of N or by indices."""
        return Detections(self.boxes[chosen], self.scores[chosen], self.labels[chosen])

    def above(self, score: float) -> Detections:
        """Keep those that score at least so much."""
        return self.where(self.scores >= score)


def overlaps(boxes: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float64]:
    """Give the intersection over union of each box with each other one.

    Args:
        boxes: (N, 4) left, top, right, bottom.
        others: (M, 4), the same.

    Returns:
        (N, M) in [0, 1]; 0 where both are empty.
    """
    first, second = boxes.astype(np.float64)[:, None], others.astype(np.float64)[None]
    shared = _area(np.concatenate([np.maximum(first[..., :2], second[..., :2]),
                                   np.minimum(first[..., 2:], second[..., 2:])], axis=-1))
    whole = _area(first) + _area(second) - shared
    return np.divide(shared, whole, out=np.zeros_like(shared), where=whole > 0)


def _area(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray((boxes[..., 2:] - boxes[..., :2]).clip(0).prod(axis=-1))
