"""Pictures of depth: colors by distance, black where nothing is known."""

from __future__ import annotations

import numpy as np
import pytest

from colorize_ros.errors import ShapeError
from colorize_ros.messages import depth_picture
from messages.samples import sloped_depth


def test_near_is_red_and_far_is_blue() -> None:
    depth_m = np.array([[1.3, 4.7]], np.float32)
    near, far = depth_picture(depth_m, near_m=1.0, far_m=5.0)[0]
    assert near[0] > 150
    assert near[2] < 60
    assert far[2] > 150
    assert far[0] < 100


def test_unknown_is_black_and_nothing_else_is() -> None:
    depth_m = sloped_depth()
    depth_m[0, 0] = np.inf
    picture = depth_picture(depth_m)
    assert picture.dtype == np.uint8
    assert picture.shape == (*depth_m.shape, 3)
    np.testing.assert_array_equal(picture.any(axis=2), np.isfinite(depth_m))


def test_a_given_range_is_kept_from_frame_to_frame() -> None:
    first = np.array([[1.0, 2.0]], np.float32)
    second = np.array([[2.0, 9.0]], np.float32)
    colors = [depth_picture(depth, 0.5, 10.0) for depth in (first, second)]
    np.testing.assert_array_equal(colors[0][0, 1], colors[1][0, 0])


@pytest.mark.filterwarnings('error')
@pytest.mark.parametrize('value', [np.nan, np.inf, 0.0, 2.0])
def test_frames_without_a_range(value: float) -> None:
    picture = depth_picture(np.full((5, 6), value, np.float32))
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) == 1
    assert picture.any() == np.isfinite(value)


def test_no_image() -> None:
    for bad in (np.ones((0, 4)), np.ones(4), np.ones((2, 2, 2))):
        with pytest.raises(ShapeError, match=r'expected \(H, W\)'):
            depth_picture(bad)
