"""An image brought to a detector's input size, its aspect kept, the rest filled with gray."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

FILL = 114
"""The gray level that YOLO detectors saw beside images in training."""


class Letterbox(NamedTuple):
    """Where an image lies in a detector's input.

    Attributes:
        scale: input pixels a pixel of the image.
        width: of the scaled image, in input pixels.
        height: the same.
        left: column of the input at which the image begins.
        top: its row.
    """

    scale: float
    width: int
    height: int
    left: int
    top: int

    def fill(self, image: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
        """Give the input, (height, width, 3) uint8, with the image in its place."""
        canvas = np.full((height, width, 3), FILL, np.uint8)
        canvas[self.top:self.top + self.height, self.left:self.left + self.width] = cv2.resize(
            image, (self.width, self.height), interpolation=cv2.INTER_LINEAR)
        return canvas

    def back(self, boxes: NDArray[np.float32]) -> NDArray[np.float32]:
        """Bring boxes, (N, 4), from pixels of the input to pixels of the image."""
        corner = np.array([self.left, self.top, self.left, self.top], np.float32)
        return np.asarray((boxes - corner) / np.float32(self.scale), np.float32)


def at_the_corner(image: tuple[int, int], wanted: tuple[int, int]) -> Letterbox:
    """Place an image of (height, width) top left, its size rounded down, as YOLOX does."""
    scale = min(wanted[0] / image[0], wanted[1] / image[1])
    height, width = (max(int(side * scale), 1) for side in image)
    return Letterbox(scale, width, height, 0, 0)


def in_the_middle(image: tuple[int, int], wanted: tuple[int, int]) -> Letterbox:
    """Place an image of (height, width) in the middle, its size rounded, as YOLOv5 does."""
    scale = min(wanted[0] / image[0], wanted[1] / image[1])
    height, width = (max(round(side * scale), 1) for side in image)
    # The odd pixel goes to the right and below.
    return Letterbox(scale, width, height, (wanted[1] - width) // 2, (wanted[0] - height) // 2)
