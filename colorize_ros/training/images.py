"""Images for training: gray guides, varied as cameras vary; windows of a batch."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
import torch
from torch import Tensor


def to_gray(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Give the luma, (H, W), of an RGB image (H, W, 3)."""
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)


def vary_gray(gray: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.float32]:
    """Give an image another exposure, noise and at times inverted contrast, as NIR can have.

    Args:
        gray: (H, W).
        rng: source of the random choices.

    Returns:
        (H, W), about [0, 1].
    """
    image = np.power(gray.astype(np.float32) / 255, np.float32(rng.uniform(0.5, 2.0)))
    image += rng.normal(0, rng.uniform(0, 0.04), image.shape).astype(np.float32)
    return 1 - image if rng.random() < 0.25 else image


def random_window(batch: Tensor, side: int) -> tuple[slice, ...]:
    """Choose a square window of a batch (B, C, H, W), as an index, by torch's own generator."""
    starts = [int(torch.randint(0, max(1, size - side + 1), ())) for size in batch.shape[2:]]
    return (slice(None), slice(None), *(slice(start, start + side) for start in starts))
