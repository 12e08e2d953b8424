"""Hole masks of real Kinect frames, to be laid over other frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.rgbd import RgbdItem
from colorize_ros.errors import DataError

# Drawn masks outside these shares of hidden pixels test next to nothing, or leave next to nothing.
MIN_HIDDEN, MAX_HIDDEN = 0.03, 0.6
MAX_DRAWS = 8


@dataclass(frozen=True)
class HoleMasks:
    """Masks with the names of the frames they came from.

    Attributes:
        names: item names, one a mask.
        masks: uint8 (H, W) each, 1 where the sensor saw nothing.
    """

    names: tuple[str, ...]
    masks: tuple[NDArray[np.uint8], ...]

    @classmethod
    def from_items(cls, items: Sequence[RgbdItem], limit: int = 64) -> HoleMasks:
        """Take the masks of the items whose source models a Kinect's holes, evenly spread.

        Args:
            items: frames; those of other sources are passed over.
            limit: most masks to take: consecutive frames are alike.

        Raises:
            DataError: none of the items is a Kinect's, or none has holes.
        """
        kinect = [item for item in items if item.facts.kinect_holes]
        chosen = [kinect[i] for i in np.unique(np.linspace(0, len(kinect) - 1, limit, dtype=int))
                  ] if kinect else []
        pairs = [(item.name, _holes_inside(item.load().depth_m)) for item in chosen]
        kept = [(name, mask) for name, mask in pairs if mask.mean() > MIN_HIDDEN]
        if not kept:
            sources = sorted({item.name.split('/')[0] for item in items})
            raise DataError(
                f'no hole masks: none of the {len(items)} items (sources {sources}) is a Kinect '
                f'frame with holes; kinect-holes needs frames of a source that '
                f'colorize_ros.datasets.rgbd.SOURCES marks with kinect_holes')
        return cls(tuple(name for name, _ in kept), tuple(mask for _, mask in kept))

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.bool_]:
        """Draw a mask, randomly cropped and mirrored, resized to a frame.

        Args:
            rng: the generator.
            shape: (H, W) of the frame.

        Returns:
            (H, W) bool, True where depth is to be hidden.
        """
        height, width = shape[:2]
        for _ in range(MAX_DRAWS):
            mask = self.masks[rng.integers(len(self.masks))]
            crop = _random_crop(mask, width / height, rng)
            if rng.random() < 0.5:
                crop = crop[:, ::-1]
            drawn = cv2.resize(np.ascontiguousarray(crop), (width, height),
                               interpolation=cv2.INTER_NEAREST)
            if MIN_HIDDEN <= cv2.countNonZero(drawn) / drawn.size <= MAX_HIDDEN:
                break
        return drawn.astype(bool)


def _holes_inside(depth_m: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Give the mask within the rows and columns that hold depth: an empty margin is no hole."""
    known = np.isfinite(depth_m)
    # Registration leaves slanted, frayed margins: trim rows and columns that are mostly empty.
    rows = np.flatnonzero(known.mean(axis=1) > 0.5)
    columns = np.flatnonzero(known.mean(axis=0) > 0.5)
    if not len(rows) or not len(columns):
        return np.zeros((1, 1), np.uint8)
    inside = known[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1]
    return (~inside).astype(np.uint8)


def _random_crop(
        mask: NDArray[np.uint8], aspect: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    height, width = mask.shape
    largest = min(height, width / aspect)
    crop_height = max(1, int(rng.uniform(0.6, 1.0) * largest))
    crop_width = max(1, min(width, round(crop_height * aspect)))
    top = rng.integers(height - crop_height + 1)
    left = rng.integers(width - crop_width + 1)
    return mask[top:top + crop_height, left:left + crop_width]
