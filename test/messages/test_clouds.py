"""Points from depth: the geometry, what is left out, and the packed colors."""

from __future__ import annotations

import numpy as np
import pytest

from colorize_ros.errors import ShapeError
from colorize_ros.messages import Intrinsics, points_from_depth

CAMERA = Intrinsics(width=4, height=3, fx=2.0, fy=4.0, cx=1.5, cy=1.0)


def test_geometry() -> None:
    depth_m = np.full((3, 4), np.nan, np.float32)
    depth_m[0, 0], depth_m[2, 3] = 2.0, 8.0
    points = points_from_depth(depth_m, CAMERA)
    assert points.dtype.names == ('x', 'y', 'z')
    assert points.dtype.itemsize == 12
    assert points.tolist() == [(-1.5, -0.5, 2.0), (6.0, 2.0, 8.0)]


@pytest.mark.parametrize('unknown', [np.nan, 0.0, -1.0, np.inf, -np.inf])
def test_unknown_pixels_are_left_out(unknown: float) -> None:
    depth_m = np.ones((3, 4), np.float32)
    depth_m[1] = unknown
    assert len(points_from_depth(depth_m, CAMERA)) == 8
    assert len(points_from_depth(np.full((3, 4), unknown, np.float32), CAMERA)) == 0


def test_uncertain_pixels_are_left_out() -> None:
    depth_m = np.ones((3, 4), np.float32)
    confidence = np.zeros((3, 4), np.float32)
    confidence[0], confidence[1], confidence[2, 0] = 1.0, 0.5, np.nan
    for minimum, expected in ((0.0, 11), (0.5, 8), (0.51, 4), (1.0, 4)):
        points = points_from_depth(depth_m, CAMERA, confidence=confidence, min_confidence=minimum)
        assert len(points) == expected


def test_colors_are_packed_as_clouds_carry_them() -> None:
    depth_m = np.ones((3, 4), np.float32)
    depth_m[0, 0] = np.nan
    rgb = np.arange(36, dtype=np.uint8).reshape(3, 4, 3)
    points = points_from_depth(depth_m, CAMERA, rgb=rgb)
    assert points.dtype.names == ('x', 'y', 'z', 'rgb')
    assert points.dtype['rgb'] == np.float32
    packed = np.ascontiguousarray(points['rgb']).view(np.uint32)
    assert packed.tolist() == [
        (int(r) << 16) | (int(g) << 8) | int(b) for r, g, b in rgb.reshape(-1, 3)[1:]]


def test_strided_inputs() -> None:
    depth_m = np.arange(1, 25, dtype=np.float32).reshape(3, 8)[:, ::2]
    rgb = np.ones((3, 8, 3), np.uint8)[:, ::2]
    points = points_from_depth(depth_m, CAMERA, rgb=rgb)
    np.testing.assert_array_equal(points['z'], depth_m.ravel())


def test_sizes_that_differ() -> None:
    depth_m = np.ones((3, 4), np.float32)
    wrong = np.ones((4, 3), np.float32)
    with pytest.raises(ShapeError, match=r'depth image has shape \(4, 3\).*\(3, 4\).*scale'):
        points_from_depth(wrong, CAMERA)
    with pytest.raises(ShapeError, match='confidence has shape'):
        points_from_depth(depth_m, CAMERA, confidence=wrong)
    with pytest.raises(ShapeError, match='color image has shape'):
        points_from_depth(depth_m, CAMERA, rgb=np.ones((3, 4), np.uint8))
