"""Hand-made colors of depth, on a room whose floor and walls are known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
import pytest

from colorize_ros.evaluation.baselines_depth_color import (
    DEPTH_COLOR_BASELINES,
    hha,
    ill_lit_photo,
    normals,
    normals_of,
    upwards,
)
from colorize_ros.evaluation.depth_color_protocol import Case

HEIGHT, WIDTH, FOCAL_PX = 96, 128, 105.0
FLOOR_M, WALL_M = 1.2, 4.0


def room(pitch_deg: float = 0) -> NDArray[np.float32]:
    """A wall 4 m away and a floor 1.2 m below a camera that looks down by an angle."""
    rows = (np.arange(HEIGHT) - (HEIGHT - 1) / 2) / FOCAL_PX
    pitch = np.radians(pitch_deg)
    # Of each row's ray, one metre along the optical axis.
    forward, down = np.cos(pitch) - rows * np.sin(pitch), np.sin(pitch) + rows * np.cos(pitch)
    with np.errstate(divide='ignore'):
        to_floor = np.where(down > 0, FLOOR_M / down, np.inf)
    depth_m = np.minimum(to_floor, WALL_M / forward)
    return np.tile(depth_m[:, None], (1, WIDTH)).astype(np.float32)


def case(depth_m: NDArray[np.float32] | None = None) -> Case:
    rgb = np.full((HEIGHT, WIDTH, 3), (250, 128, 10), np.uint8)
    return Case('room', rgb, room() if depth_m is None else depth_m, FOCAL_PX)


@pytest.mark.parametrize('name', DEPTH_COLOR_BASELINES)
def test_colors_of_the_size_of_depth_even_with_holes(name: str) -> None:
    holes = room()
    holes[30:40, 50:60] = np.nan
    for depth_m in (room(), holes):
        rgb = DEPTH_COLOR_BASELINES[name](case(depth_m))
        assert rgb.shape == (HEIGHT, WIDTH, 3)
        assert rgb.dtype == np.uint8


def test_the_camera_sees_the_side_of_a_surface_that_faces_it() -> None:
    directions = normals_of(room(), FOCAL_PX)
    np.testing.assert_allclose(directions[20, 60], [0, 0, -1], atol=1e-3)
    np.testing.assert_allclose(directions[-10, 60], [0, -1, 0], atol=1e-3)
    np.testing.assert_allclose(np.linalg.norm(directions, axis=2), 1, atol=1e-4)


def test_normals_are_colors() -> None:
    rgb = normals(case())
    assert rgb[20, 60].tolist() == [128, 128, 0]
    assert np.abs(rgb[-10, 60].astype(int) - (128, 0, 128)).max() <= 1


@pytest.mark.parametrize('pitch_deg', [0, 12, 25])
def test_up_is_found_though_the_camera_looks_down(pitch_deg: float) -> None:
    up = upwards(normals_of(room(pitch_deg), FOCAL_PX))
    pitch = np.radians(pitch_deg)
    np.testing.assert_allclose(up, [0, -np.cos(pitch), -np.sin(pitch)], atol=0.03)


def test_hha_is_disparity_height_and_angle() -> None:
    rgb = hha(case(room(12)))
    top, bottom = rgb[10, 60].astype(int), rgb[-10, 60].astype(int)
    assert top[0] == pytest.approx(310 / room(12)[10, 60], abs=1)
    assert bottom[0] > top[0]
    assert bottom[1] == pytest.approx(0, abs=3)
    assert top[1] == pytest.approx(100 * (FLOOR_M + 4 * np.tan(np.arctan(
        (47.5 - 10) / FOCAL_PX) - np.radians(12))), abs=6)
    assert (top[2], bottom[2]) == pytest.approx((128, 38), abs=3)


def test_near_depth_does_not_overflow() -> None:
    assert hha(case(np.full((HEIGHT, WIDTH), 0.1, np.float32)))[..., 0].max() == 255


def test_the_dark_photo_is_nearly_black_and_never_looks_at_depth() -> None:
    rgb = ill_lit_photo(case(np.full((HEIGHT, WIDTH), np.nan, np.float32)))
    assert rgb[0, 0].tolist() == [209, 0, 0]
