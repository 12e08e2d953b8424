"""How a training of colors does on items that it does not learn from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray
import torch
from torch import nn, Tensor

from colorize_ros.errors import DataError
from colorize_ros.training.records import Validation

# Height and width that every network takes are multiples of this.
MULTIPLE = 32
PICTURED = 8
PICTURED_WIDTH_PX = 320
Value = TypeVar('Value', np.uint8, np.float32)


class Named(Protocol):
    """An item of a data set, `<source>/<scene>/<index>` or the like."""

    @property
    def name(self) -> str:
        """What it is called."""


Item = TypeVar('Item', bound=Named)


def split_off(items: Sequence[Item], share: float) -> tuple[list[Item], list[Item]]:
    """Divide items into those to learn from and those to validate on.

    Of each scene (what a name says before its last part) the last ones are held out: pictures that
    follow each other show the same things.

    Args:
        items: in order within each scene.
        share: of each scene's items, rounded down, in [0, 1).

    Returns:
        Those to learn from, and those held out.
    """
    scenes: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        scenes[item.name.rpartition('/')[0]].append(item)
    learned: list[Item] = []
    held_out: list[Item] = []
    for scene in scenes.values():
        kept = len(scene) - int(len(scene) * share)
        learned += scene[:kept]
        held_out += scene[kept:]
    return learned, held_out


def refuse_none_held_out(hold_out: float, held_out: Sequence[object]) -> None:
    """Refuse to hold out nothing where something was asked for.

    Raises:
        DataError: a share was asked for, and none is that large.
    """
    if hold_out and not held_out:
        raise DataError(f'hold_out is {hold_out}, and no scene has so many pairs that one could '
                        'be held out; hold out a larger share, or none')


class Case(NamedTuple):
    """An item to validate on.

    Attributes:
        seen: what the network takes, (1, C, H, W) each; H and W are multiples of `MULTIPLE`.
        gray: (H, W) float32 in [0, 1], what a copy without color would be.
        truth: (H, W, 3) uint8 RGB.
    """

    seen: tuple[Tensor, ...]
    gray: NDArray[np.float32]
    truth: NDArray[np.uint8]


class ColorValidation:
    """Scores a network: mean PSNR, and how far that lies above copies in gray.

    Args:
        cases: at least one, of any sizes.
        colorize: gives (1, 3, H, W) RGB in [0, 1] of a network and what is `seen` of a case.
    """

    def __init__(self, cases: Sequence[Case], colorize: Callable[..., Tensor]) -> None:
        self._cases = list(cases)
        self._colorize = colorize

    def __call__(self, network: nn.Module) -> Validation:
        """Score, and show gray, result and truth of some cases side by side."""
        device = next(network.parameters()).device
        psnr_db, gray_db = [], []
        rows: list[NDArray[np.uint8]] = []
        step = max(1, len(self._cases) // PICTURED)
        for index, (seen, gray, truth) in enumerate(self._cases):
            color = self._colorize(network, *(plane.to(device) for plane in seen))[0].clamp(0, 1)
            found = np.moveaxis(color.float().cpu().numpy(), 0, 2)
            copied = np.repeat(gray.clip(0, 1)[..., None], 3, axis=2)
            psnr_db.append(_psnr_db(found, truth))
            gray_db.append(_psnr_db(copied, truth))
            if index % step == 0 and len(rows) < PICTURED:
                rows.append(np.hstack([_small((255 * copied).astype(np.uint8)), _small(
                    (255 * found).astype(np.uint8)), _small(truth)]))
        tallest = max(len(row) for row in rows)
        picture = np.vstack([np.pad(row, ((0, tallest - len(row)), (0, 0), (0, 0)))
                             for row in rows])
        return Validation({'psnr_db': float(np.mean(psnr_db)), 'above_gray_db': float(
            np.mean(psnr_db) - np.mean(gray_db))}, picture)


def tensor_of(plane: NDArray[np.float32]) -> Tensor:
    """Give (H, W) or (C, H, W) as (1, C, H, W)."""
    return torch.from_numpy(plane.reshape(1, -1, *plane.shape[-2:]))


def cut(image: NDArray[Value]) -> NDArray[Value]:
    """Leave out borders of (H, W, ...), so that the sides are multiples of `MULTIPLE`."""
    height, width = (length // MULTIPLE * MULTIPLE for length in image.shape[:2])
    return np.ascontiguousarray(image[:height, :width])


def _psnr_db(color: NDArray[np.float32], truth: NDArray[np.uint8]) -> float:
    return float(-10 * np.log10(np.mean((color - truth / np.float32(255)) ** 2) + 1e-10))


def _small(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height = round(picture.shape[0] * PICTURED_WIDTH_PX / picture.shape[1])
    return np.asarray(cv2.resize(picture, (PICTURED_WIDTH_PX, height),
                                 interpolation=cv2.INTER_AREA), np.uint8)
