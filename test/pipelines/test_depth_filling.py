"""Depth for networks: whole, in [0, 1], measured pixels as measured."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from colorize_ros.errors import DepthError, ShapeError
from colorize_ros.pipelines.depth_filling import prepare_depth
from small_data import room


def test_measured_pixels_are_tenths_of_metres() -> None:
    np.testing.assert_allclose(prepare_depth(room()), room() / 10)


@pytest.mark.parametrize('hole', [np.nan, 0.0, np.inf, -1.0])
def test_holes_get_the_depth_beside_them(hole: float) -> None:
    depth_m = room()
    depth_m[40:50, 34:40] = hole
    prepared = prepare_depth(depth_m)
    assert prepared.dtype == np.float32
    # The box before the wall, all around the hole.
    np.testing.assert_allclose(prepared[40:50, 34:40], 0.1)


def test_what_is_far_is_one() -> None:
    assert prepare_depth(np.full((32, 32), 37, np.float32)).max() == 1


@pytest.mark.parametrize('size', [(32, 40), (64, 96), (96, 128), (150, 200)])
def test_another_size_has_the_same_depths(size: tuple[int, int]) -> None:
    depth_m = room()
    depth_m[40:52, 32:44] = np.nan
    depth_m[10:20, 100:115] = np.nan
    prepared = prepare_depth(depth_m, size)
    assert prepared.shape == size
    assert prepared.dtype == np.float32
    reference = cv2.resize(prepare_depth(depth_m), size[::-1], interpolation=cv2.INTER_AREA)
    difference = np.abs(prepared - reference)
    assert np.median(difference) < 0.001
    assert difference.mean() < 0.003


def test_what_is_unknown_of_a_pixel_has_no_part_in_it() -> None:
    depth_m = np.full((64, 64), 4, np.float32)
    depth_m[1::2] = np.nan
    depth_m[20:24, 20:24] = np.nan
    np.testing.assert_allclose(prepare_depth(depth_m, (16, 16)), 0.4, rtol=1e-5)


def test_what_is_given_stays_as_it_was() -> None:
    depth_m = room()
    prepare_depth(depth_m)[:] = 0
    np.testing.assert_array_equal(depth_m, room())


def test_refuses_what_is_no_depth() -> None:
    with pytest.raises(ShapeError, match='float32 metres'):
        prepare_depth(np.ones((40, 40)))  # type: ignore[arg-type]
    with pytest.raises(DepthError, match='no pixel'):
        prepare_depth(np.full((40, 40), np.nan, np.float32))
