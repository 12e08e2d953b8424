"""Boxes of one camera in the image of another."""

from __future__ import annotations

import numpy as np
import pytest

from colorize_ros.detection.detections import Detections
from colorize_ros.detection.viewpoint import between, match_in_common, Size
from colorize_ros.messages import Intrinsics

WIDE = Intrinsics(width=640, height=480, fx=400.0, fy=400.0, cx=319.5, cy=239.5)
NARROW = Intrinsics(width=640, height=480, fx=800.0, fy=800.0, cx=319.5, cy=239.5)
FULL = Size(480, 640)


def found(*corners: tuple[float, float, float, float]) -> Detections:
    return Detections(np.array(corners, np.float32).reshape(-1, 4),
                      np.full(len(corners), 0.5, np.float32), np.arange(len(corners)))


def test_without_lenses_the_field_of_view_is_the_same() -> None:
    scaling = between(Size(240, 320), FULL)
    np.testing.assert_allclose(scaling(np.array([[0, 0, 320, 240]], np.float32)),
                               [[0, 0, 640, 480]])


def test_a_longer_lens_shows_things_larger_about_the_axis() -> None:
    box = np.array([[330, 250, 340, 260]], np.float32)
    moved = between(FULL, FULL, WIDE, NARROW)(box)
    np.testing.assert_allclose(moved, [[340, 260, 360, 280]])
    np.testing.assert_allclose(between(FULL, FULL, NARROW, WIDE)(moved), box)
    np.testing.assert_allclose(between(FULL, FULL, WIDE, NARROW).back(moved), box)


def test_a_lens_fits_images_of_half_its_size() -> None:
    scaling = between(Size(240, 320), FULL, NARROW, NARROW)
    np.testing.assert_allclose(scaling(np.array([[0, 0, 320, 240]], np.float32)),
                               [[0, 0, 640, 480]], atol=1e-4)


def test_the_same_ray_has_its_pixel_in_both() -> None:
    left = Intrinsics(width=640, height=480, fx=500.0, fy=510.0, cx=300.0, cy=250.0)
    right = Intrinsics(width=320, height=200, fx=260.0, fy=270.0, cx=170.0, cy=90.0)
    x, y = 0.2, -0.1
    pixels = [(lens.fx * x + lens.cx + 0.5, lens.fy * y + lens.cy + 0.5) for lens in (left, right)]
    scaling = between(FULL, Size(200, 320), left, right)
    moved = scaling(np.array([pixels[0] * 2], np.float32))
    np.testing.assert_allclose(moved[0, :2], pixels[1], rtol=1e-5)


def test_what_only_one_camera_sees_does_not_count() -> None:
    scaling = between(FULL, FULL, NARROW, WIDE)
    truth = found((0, 0, 100, 100), (140, 200, 200, 260), (300, 200, 340, 260))
    matches = match_in_common(truth, found((0, 0, 640, 480)), FULL, FULL, scaling)
    assert list(matches.truth.labels) == [1, 2]
    assert matches.truth.boxes[0] == pytest.approx([160, 200, 200, 260])
    assert matches.found.boxes[0] == pytest.approx([160, 120, 480, 360])


def test_what_is_cut_off_by_one_image_counts_if_its_rest_is_found() -> None:
    scaling = between(FULL, FULL, NARROW, WIDE)
    truth = found((100, 200, 180, 260))  # of which 20 columns are in the narrow image
    rest = scaling.back(np.array([[160, 200, 180, 260]], np.float32))[0]
    matches = match_in_common(truth, found(tuple(rest)), FULL, FULL, scaling)
    assert list(matches.partner) == [0]
    assert len(match_in_common(truth, found(), FULL, FULL, scaling).truth) == 0


def test_boxes_that_reach_beyond_the_image_are_cut_off() -> None:
    matches = match_in_common(
        found((-20, 10, 60, 30)), found((-20, 10, 60, 30), (-60, 0, 20, 10)), FULL, FULL,
        between(FULL, FULL))
    assert matches.truth.boxes[0] == pytest.approx([0, 10, 60, 30])
    assert list(matches.partner) == [0]
