"""Hole masks of real Kinect frames, to be laid over other frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.formats import RgbdSource
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
    def from_items(cls, items: Sequence[RgbdSource], limit: int = 64) -> HoleMasks:
        """Take masks of the items whose source shows a Kinect's holes, evenly spread.

        Where there is no such source, those of every source that is not filled.

        Args:
            items: frames to choose from.
            limit: most masks to take: consecutive frames are alike.

        Raises:
            DataError: none of the items has holes of a sensor.
        """
        suitable = ([item for item in items if item.facts.kinect_holes]
                    or [item for item in items if not item.facts.filled])
        chosen = np.unique(np.linspace(0, len(suitable) - 1, limit, dtype=int)) if suitable else ()
        pairs = [(suitable[i].name, _holes_inside(suitable[i].load().depth_m)) for i in chosen]
        kept = [(name, mask) for name, mask in pairs if mask.mean() > MIN_HIDDEN]
        if not kept:
            sources = sorted({item.source for item in items})
            raise DataError(
                f'no hole masks: none of the {len(items)} items (sources {sources}) has the holes '
                f'of a depth sensor; give frames as a Kinect recorded them')
        return cls(tuple(name for name, _ in kept), tuple(mask for _, mask in kept))

    def without_scene_of(self, name: str) -> HoleMasks:
        """Leave out the masks of the item's own scene, whose holes it shares.

        Raises:
            DataError: no other scene has masks.
        """
        scene = name.rpartition('/')[0]
        others = [pair for pair in zip(self.names, self.masks)
                  if pair[0].rpartition('/')[0] != scene]
        if not others:
            raise DataError(f'no hole masks for {name!r} from other scenes; add Kinect frames of '
                            f'another place to the data set')
        return HoleMasks(tuple(name for name, _ in others), tuple(mask for _, mask in others))

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
