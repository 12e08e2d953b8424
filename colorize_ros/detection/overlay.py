"""Pictures of what a detector finds in two images, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.detection.detections import Detections

Picture = NDArray[np.uint8]

IN_BOTH = (60, 220, 90)
"""RGB of what is found in both images."""
MISSED = (255, 70, 60)
"""Of what only the reference shows."""
EXTRA = (255, 170, 40)
"""Of what only the other image shows."""
WHITE, BLACK = (255, 255, 255), (0, 0, 0)
FONT, FONT_SCALE, LINE_PX = cv2.FONT_HERSHEY_SIMPLEX, 0.4, 14


class Half(NamedTuple):
    """One of the two images.

    Attributes:
        rgb: (H, W, 3) uint8.
        detections: in its own pixels.
        matched: (N,) which of them are found in the other image too.
        alone: color of those that are not.
        title: written above.
    """

    rgb: Picture
    detections: Detections
    matched: NDArray[np.bool_]
    alone: tuple[int, int, int]
    title: str


def side_by_side(left: Half, right: Half, class_names: Sequence[str], height: int) -> Picture:
    """Draw two images of the same height beside each other.

    Args:
        left: the reference, as a rule.
        right: the other one.
        class_names: the detector's.
        height: of the picture, pixels.

    Returns:
        (height, W, 3) uint8 RGB.
    """
    return np.hstack([draw(half, class_names, height) for half in (left, right)])


def stack(pictures: Sequence[Picture]) -> Picture:
    """Put pictures below each other; narrower ones get a black margin on their right."""
    width = max(picture.shape[1] for picture in pictures)
    rows = sum(picture.shape[0] for picture in pictures)
    stacked = np.zeros((rows, width, 3), np.uint8)
    top = 0
    for picture in pictures:
        stacked[top:top + picture.shape[0], :picture.shape[1]] = picture
        top += picture.shape[0]
    return stacked


def draw(half: Half, class_names: Sequence[str], height: int) -> Picture:
    """Draw the boxes of one image at another height; (height, W, 3) uint8 RGB."""
    ratio = height / half.rgb.shape[0]
    width = round(half.rgb.shape[1] * ratio)
    method = cv2.INTER_AREA if ratio < 1 else cv2.INTER_LINEAR
    picture = np.asarray(cv2.resize(half.rgb, (width, height), interpolation=method), np.uint8)
    for box, label, score, matched in zip(half.detections.boxes, half.detections.labels,
                                          half.detections.scores, half.matched):
        left, top, right, bottom = (round(float(edge) * ratio) for edge in box)
        color = IN_BOTH if matched else half.alone
        cv2.rectangle(picture, (left, top), (right, bottom), color, 2)
        _write(picture, f'{class_names[label]} {score:.2f}', (left, top), color)
    _write(picture, half.title, (0, LINE_PX), WHITE)
    return picture


def _write(picture: Picture, text: str, place: tuple[int, int],
           background: tuple[int, int, int]) -> None:
    """Write a line in black that ends above a place, as far as the picture allows."""
    (width, _), _ = cv2.getTextSize(text, FONT, FONT_SCALE, 1)
    left = min(max(place[0], 0), max(picture.shape[1] - width, 0))
    bottom = min(max(place[1], LINE_PX), picture.shape[0])
    cv2.rectangle(picture, (left, bottom - LINE_PX), (left + width, bottom), background, -1)
    cv2.putText(picture, text, (left, bottom - 3), FONT, FONT_SCALE, BLACK, 1, cv2.LINE_AA)
