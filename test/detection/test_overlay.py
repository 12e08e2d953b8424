"""What the pictures of two images show."""

from __future__ import annotations

import numpy as np

from colorize_ros.detection.detections import Detections
from colorize_ros.detection.overlay import EXTRA, Half, IN_BOTH, MISSED, side_by_side, stack


def half(size: tuple[int, int], boxes: list[list[float]], matched: list[bool],
         alone: tuple[int, int, int]) -> Half:
    count = len(boxes)
    return Half(np.zeros((*size, 3), np.uint8),
                Detections(np.array(boxes, np.float32).reshape(-1, 4),
                           np.full(count, 0.5, np.float32), np.zeros(count, np.int64)),
                np.array(matched, bool), alone, 'title')


def holds(picture: np.ndarray, color: tuple[int, int, int]) -> bool:
    return bool((picture == color).all(axis=-1).any())


def test_matched_missed_and_extra_boxes_have_colors_of_their_own() -> None:
    left = half((240, 320), [[20, 60, 100, 120], [150, 60, 250, 120]], [True, False], MISSED)
    right = half((240, 320), [[20, 60, 100, 120], [180, 150, 250, 220]], [True, False], EXTRA)
    picture = side_by_side(left, right, ['cup'], 240)
    assert picture.shape == (240, 640, 3)
    first, second = picture[:, :320], picture[:, 320:]
    assert [holds(first, color) for color in (IN_BOTH, MISSED, EXTRA)] == [True, True, False]
    assert [holds(second, color) for color in (IN_BOTH, MISSED, EXTRA)] == [True, False, True]
    assert tuple(picture[120, 60]) == IN_BOTH
    assert tuple(picture[220, 320 + 200]) == EXTRA


def test_images_of_other_sizes_get_the_same_height_and_boxes_go_with_them() -> None:
    left = half((480, 640), [[100, 200, 300, 400]], [False], MISSED)
    right = half((120, 200), [[-30, -30, 500, 500]], [False], EXTRA)
    picture = side_by_side(left, right, ['cup'], 240)
    assert picture.shape == (240, 320 + 400, 3)
    assert tuple(picture[200, 100]) == MISSED


def test_stacked_pictures_keep_their_size() -> None:
    stacked = stack([np.full((2, 3, 3), 7, np.uint8), np.full((4, 5, 3), 9, np.uint8)])
    assert stacked.shape == (6, 5, 3)
    assert (stacked[0, :, 0] == [7, 7, 7, 0, 0]).all()
    assert (stacked[2:] == 9).all()
