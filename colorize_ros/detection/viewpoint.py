"""Detections of one camera in the image of another one that looks the same way.

Cameras a few centimetres apart see the same from almost the same place, with other lenses. Lenses
are made up for; what remains is the parallax, a few pixels at a few metres.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from colorize_ros.detection.consistency import match, Matches
from colorize_ros.detection.detections import Detections

LEAST_SHARED = 0.5
"""Of a box's area, inside what both cameras see; with less, only one of them can find it."""


class Lens(Protocol):
    """A pinhole camera, pixels."""

    @property
    def width(self) -> int:
        """Of its images."""

    @property
    def height(self) -> int:
        """Of its images."""

    @property
    def fx(self) -> float:
        """Focal length."""

    @property
    def fy(self) -> float:
        """Focal length."""

    @property
    def cx(self) -> float:
        """Column of the optical axis, the first pixel's center being 0."""

    @property
    def cy(self) -> float:
        """Row of the optical axis."""


class Scaling(NamedTuple):
    """Pixels of one image as those of another: x and y times `scale` plus `shift`."""

    scale: tuple[float, float]
    shift: tuple[float, float]

    def __call__(self, boxes: NDArray[np.float32]) -> NDArray[np.float32]:
        """Scale (N, 4) boxes."""
        moved = boxes * np.array(self.scale * 2) + np.array(self.shift * 2)
        return np.asarray(moved, np.float32)

    def back(self, boxes: NDArray[np.float32]) -> NDArray[np.float32]:
        """Undo the scaling of (N, 4) boxes."""
        moved = (boxes - np.array(self.shift * 2)) / np.array(self.scale * 2)
        return np.asarray(moved, np.float32)


@dataclass(frozen=True)
class Size:
    """Rows and columns of an image."""

    height: int
    width: int


def between(source: Size, target: Size, source_lens: Lens | None = None,
            target_lens: Lens | None = None) -> Scaling:
    """Find what turns pixels of one camera into those of another that looks the same way.

    Args:
        source: of the camera whose pixels are given.
        target: of the other one.
        source_lens: of the first camera; its size may be another, with the same field of view.
        target_lens: of the other one. Where one of the two is not known, both are taken to have
            the same field of view.
    """
    if source_lens is None or target_lens is None:
        return Scaling((target.width / source.width, target.height / source.height), (0.0, 0.0))
    first, second = _fitted(source_lens, source), _fitted(target_lens, target)
    scale = second[0] / first[0], second[1] / first[1]
    return Scaling(scale, (second[2] - scale[0] * first[2], second[3] - scale[1] * first[3]))


def match_in_common(truth: Detections, found: Detections, size: Size, found_size: Size,
                    scaling: Scaling) -> Matches:
    """Match what two cameras have found, as far as both see it.

    Args:
        truth: in the first camera's image.
        found: in the other camera's image.
        size: of the first image.
        found_size: of the other image.
        scaling: from the other image to the first one.

    Returns:
        Of boxes in pixels of the first image, cut off where one of the cameras sees no further.
        What is mostly beyond that counts only if it is found in both.
    """
    frame = scaling(np.array([[0, 0, found_size.width, found_size.height]], np.float32))[0]
    common = np.array([max(frame[0], 0), max(frame[1], 0), min(frame[2], size.width),
                       min(frame[3], size.height)], np.float32)
    cut, whole = _cut(truth, common)
    cut_found, whole_found = _cut(Detections(
        scaling(found.boxes), found.scores, found.labels), common)
    matches = match(cut, cut_found)
    if whole.all() and whole_found.all():
        return matches
    return match(cut.where(whole | ~matches.missed),
                 cut_found.where(whole_found | matches.matched))


def _cut(detections: Detections, common: NDArray[np.float32]
         ) -> tuple[Detections, NDArray[np.bool_]]:
    """Cut boxes off; gives those of which something remains, and whether that is enough."""
    boxes = detections.boxes.copy()
    np.maximum(boxes[:, :2], common[:2], out=boxes[:, :2])
    np.minimum(boxes[:, 2:], common[2:], out=boxes[:, 2:])
    whole, inside = (np.maximum(each[:, 2] - each[:, 0], 0)
                     * np.maximum(each[:, 3] - each[:, 1], 0)
                     for each in (detections.boxes, boxes))
    remains = inside > 0
    cut = Detections(boxes, detections.scores, detections.labels).where(remains)
    return cut, np.asarray(inside >= LEAST_SHARED * whole)[remains]


def _fitted(lens: Lens, size: Size) -> tuple[float, float, float, float]:
    """Return focal lengths and axis of a lens for images of a size, from the corner of a pixel."""
    x, y = size.width / lens.width, size.height / lens.height
    return lens.fx * x, lens.fy * y, (lens.cx + 0.5) * x, (lens.cy + 0.5) * y
