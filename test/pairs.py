"""Rectified pairs that are made up: blobs of many colors before a textured wall. No files."""

from __future__ import annotations

import cv2
import numpy as np

WALL_PX, BLOBS_PX = 8, 20


def mono_and_color(height: int = 240, width: int = 320, *, mono_is: str = 'left',
                   seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return (H, W) uint8 and (H, W, 3) uint8 RGB of two cameras side by side."""
    left, right = (_view(height, width, eye, seed) for eye in (0, 1))
    mono, color = (left, right) if mono_is == 'left' else (right, left)
    return cv2.cvtColor(mono, cv2.COLOR_RGB2GRAY), color


def _view(height: int, width: int, eye: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    grain = rng.integers(60, 200, (height // 5, width // 5 + 20, 3)).astype(np.uint8)
    wall = cv2.resize(grain, (width + 100, height), interpolation=cv2.INTER_CUBIC)
    image = np.ascontiguousarray(wall[:, 50 + eye * WALL_PX:][:, :width])
    for x, y, radius in zip(rng.integers(20, width, 12), rng.integers(0, height, 12),
                            rng.integers(8, 22, 12)):
        color = tuple(int(level) for level in rng.integers(0, 255, 3))
        cv2.circle(image, (int(x) - eye * BLOBS_PX, int(y)), int(radius), color, -1, cv2.LINE_AA)
    return image
