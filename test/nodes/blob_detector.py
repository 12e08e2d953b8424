"""A detector that finds red and green squares, and pictures of such."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

import cv2
import numpy as np

from colorize_ros.detection import Detections

LEVELS = {'cup': (230, 40, 40), 'chair': (40, 230, 40)}
GRAY = 120


class BlobDetector:
    class_names = ('cup', 'chair')
    info = SimpleNamespace(name='blobs', path='blobs.onnx', sha256='abc', device='cpu')

    @classmethod
    def load(cls, path: str, *, kind: str, device: str, score_threshold: float) -> BlobDetector:
        return cls()

    def __init__(self) -> None:
        self.looks = 0

    def __call__(self, rgb: np.ndarray) -> Detections:
        self.looks += 1
        boxes, labels = [], []
        for label in (0, 1):
            mask = (rgb[..., label] > 180) & (rgb[..., 1 - label] < 90)
            _, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
            for left, top, width, height, area in stats[1:]:
                if area > 30:
                    boxes.append([left, top, left + width, top + height])
                    labels.append(label)
        return Detections(np.array(boxes, np.float32).reshape(-1, 4),
                          np.full(len(boxes), 0.8, np.float32), np.array(labels, np.int64))


def scene(names: Sequence[str], level: int = GRAY, size: tuple[int, int] = (96, 160),
          shift: int = 0) -> np.ndarray:
    """A square a name, from left to right."""
    rgb = np.full((*size, 3), level, np.uint8)
    for number, name in enumerate(names):
        left = 4 + 30 * number + shift
        rgb[30:50, left:left + 20] = LEVELS[name]
    return rgb
