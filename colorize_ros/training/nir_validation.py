"""How a training of near infrared to color does on pairs that it does not learn from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray
import torch
from torch import nn

from colorize_ros.datasets.nir import NirItem
from colorize_ros.training.records import Validation

# Height and width that every network takes are multiples of this.
MULTIPLE = 32
PICTURED = 8
PICTURED_WIDTH_PX = 320
Value = TypeVar('Value', np.uint8, np.float32)
Pair = tuple[NDArray[np.uint8], NDArray[np.float32]]


def split_off(items: Sequence[NirItem], share: float) -> tuple[list[NirItem], list[NirItem]]:
    """Divide pairs into those to learn from and those to validate on.

    Of each scene the last ones are held out: pictures that follow each other show the same things.

    Args:
        items: pairs, in order within each scene.
        share: of each scene's pairs, rounded down, in [0, 1).

    Returns:
        Those to learn from, and those held out.
    """
    scenes: dict[str, list[NirItem]] = defaultdict(list)
    for item in items:
        scenes[item.name.rpartition('/')[0]].append(item)
    learned: list[NirItem] = []
    held_out: list[NirItem] = []
    for scene in scenes.values():
        kept = len(scene) - int(len(scene) * share)
        learned += scene[:kept]
        held_out += scene[kept:]
    return learned, held_out


class NirValidation:
    """Scores a network: mean PSNR, and how far that lies above the infrared copied as gray.

    Args:
        pairs: uint8 RGB (H, W, 3) and exposed float32 infrared (H, W), of any size from 32 x 32;
            borders are left out.
    """

    def __init__(self, pairs: Sequence[Pair]) -> None:
        self._pairs = [(_cut(rgb), _cut(gray)) for rgb, gray in pairs]

    def __call__(self, network: nn.Module) -> Validation:
        """Score, and show infrared, result and truth side by side."""
        device = next(network.parameters()).device
        psnr_db, gray_db = [], []
        rows: list[NDArray[np.uint8]] = []
        step = max(1, len(self._pairs) // PICTURED)
        for index, (rgb, gray) in enumerate(self._pairs):
            color = network(torch.from_numpy(gray)[None, None].to(device))[0].clamp(0, 1)
            found = np.moveaxis(color.float().cpu().numpy(), 0, 2)
            copied = np.repeat(gray.clip(0, 1)[..., None], 3, axis=2)
            psnr_db.append(_psnr_db(found, rgb))
            gray_db.append(_psnr_db(copied, rgb))
            if index % step == 0 and len(rows) < PICTURED:
                rows.append(np.hstack([_small((255 * copied).astype(np.uint8)), _small(
                    (255 * found).astype(np.uint8)), _small(rgb)]))
        tallest = max(len(row) for row in rows)
        picture = np.vstack([np.pad(row, ((0, tallest - len(row)), (0, 0), (0, 0)))
                             for row in rows])
        return Validation({'psnr_db': float(np.mean(psnr_db)), 'above_gray_db': float(
            np.mean(psnr_db) - np.mean(gray_db))}, picture)


def _cut(image: NDArray[Value]) -> NDArray[Value]:
    height, width = (length // MULTIPLE * MULTIPLE for length in image.shape[:2])
    return np.ascontiguousarray(image[:height, :width])


def _psnr_db(color: NDArray[np.float32], truth: NDArray[np.uint8]) -> float:
    return float(-10 * np.log10(np.mean((color - truth / np.float32(255)) ** 2) + 1e-10))


def _small(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height = round(picture.shape[0] * PICTURED_WIDTH_PX / picture.shape[1])
    return np.asarray(cv2.resize(picture, (PICTURED_WIDTH_PX, height),
                                 interpolation=cv2.INTER_AREA), np.uint8)
