"""An image goes into a detector's input and boxes come back, to a fraction of a pixel."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given, strategies as st
import numpy as np
import pytest

from colorize_ros.detection.letterbox import at_the_corner, FILL, in_the_middle, Letterbox

SIDES = st.integers(1, 700)


@given(SIDES, SIDES, st.sampled_from([at_the_corner, in_the_middle]))
def test_the_image_lies_inside(
        height: int, width: int, place: Callable[..., Letterbox]) -> None:
    box = place((height, width), (96, 160))
    canvas = box.fill(np.zeros((height, width, 3), np.uint8), 96, 160)
    assert canvas.shape == (96, 160, 3)
    assert (canvas == 0).sum() == box.height * box.width * 3
    assert set(np.unique(canvas)) <= {0, FILL}


@pytest.mark.parametrize(('place', 'corner'), [(at_the_corner, 0), (in_the_middle, 1)])
def test_boxes_come_back(place: Callable[..., Letterbox], corner: int) -> None:
    # A white window in a black image.
    image = np.zeros((200, 301, 3), np.uint8)
    image[60:140, 100:220] = 255
    box = place((200, 301), (160, 160))
    canvas = box.fill(image, 160, 160)
    assert bool(corner) == (canvas[0, 0, 0] == FILL)
    rows, columns = np.nonzero((canvas == 255).all(2))
    seen = np.array([[columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]], np.float32)
    np.testing.assert_allclose(box.back(seen), [[100, 60, 220, 140]], atol=2 / box.scale)


def test_sizes_are_rounded_as_each_family_rounds_them() -> None:
    assert at_the_corner((427, 640), (416, 416))[1:] == (416, 277, 0, 0)
    assert in_the_middle((427, 640), (416, 416))[1:] == (416, 278, 0, 69)


def test_the_odd_pixel_is_right_and_below() -> None:
    box = in_the_middle((100, 101), (64, 64))
    assert (box.width, box.height, box.left, box.top) == (64, 63, 0, 0)
    box = in_the_middle((100, 90), (67, 67))
    assert (box.width, box.height, box.left, box.top) == (60, 67, 3, 0)
