"""What two camera_infos say of a pair, and images resampled to match."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest

from colorize_ros.errors import ShapeError
from colorize_ros.messages import (
    Intrinsics,
    looks_raw,
    resample,
    resize_alike,
    side_of,
    why_not_rectified,
)

FIRST_FOCAL, SECOND_FOCAL = 500.0, 250.0


def info(baseline_m: float = 0.0, focal: float = FIRST_FOCAL, *, up_m: float = 0.0,
         distortion: float = 0.0) -> SimpleNamespace:
    """The camera_info of a camera to the right of the pair's first one."""
    return SimpleNamespace(d=[distortion] * 5, p=[
        focal, 0.0, 99.5, -focal * baseline_m, 0.0, focal, 49.5, -focal * up_m,
        0.0, 0.0, 1.0, 0.0])


@pytest.mark.parametrize(('mono', 'color', 'side'), [
    (info(), info(0.1), 'left'),
    (info(0.1), info(), 'right'),
    (info(), info(0.1, SECOND_FOCAL), 'left'),
    (info(0.05), info(0.15, SECOND_FOCAL), 'left'),  # of a rig of three
    (info(), info(-0.1), 'right'),
    (info(), info(), None),
    (info(), info(0.1, 0.0), None),  # P is not filled in
])
def test_the_side_follows_from_the_baseline(mono: Any, color: Any, side: str | None) -> None:
    assert side_of(mono, color) == side


@pytest.mark.parametrize(('mono', 'color', 'said'), [
    (info(), info(0.1), ''),
    (info(distortion=0.1), info(0.1, distortion=0.2), ''),  # image_proc leaves D as it was
    (info(), info(), ''),
    (info(), info(0.1, 0.0), 'no projection matrix P'),
    (info(), info(0.1, float('nan')), 'no projection matrix P'),
    (info(), info(0.0, up_m=0.1), r'0.100 m above each other'),
    (info(distortion=0.1), info(), 'one by one'),
])
def test_pairs_that_cannot_be_rectified_are_told(mono: Any, color: Any, said: str) -> None:
    found = why_not_rectified(mono, color)
    assert said in found
    assert bool(found) == bool(said)


@pytest.mark.parametrize(('topic', 'distortion', 'raw'), [
    ('/left/image_raw', 0.1, True), ('/left/image_mono', 0.1, True),
    ('/left/image_rect', 0.1, False), ('/camera/infra1/image_rect_raw', 0.1, False),
    ('/rectified/image_raw', 0.1, True), ('/left/image_raw', 0.0, False)])
def test_raw_images_are_told_by_name_and_distortion(
        topic: str, distortion: float, raw: bool) -> None:
    assert looks_raw(topic, info(distortion=distortion)) is raw


def scene(camera: Intrinsics) -> np.ndarray:
    """What a camera sees of a smooth wall at infinity."""
    columns = (np.arange(camera.width) - camera.cx) / camera.fx
    rows = (np.arange(camera.height) - camera.cy) / camera.fy
    x, y = np.meshgrid(columns, rows)
    return np.stack([128 + 100 * np.sin(7 * x), 128 + 100 * np.cos(9 * y), 128 + 90 * np.sin(
        5 * (x + y))], axis=-1).astype(np.uint8)


TARGET = Intrinsics(200, 100, 200.0, 200.0, 99.5, 49.5)


@pytest.mark.parametrize('camera', [
    Intrinsics(400, 220, 400.0, 400.0, 200.0, 111.0),  # twice as fine, and larger
    Intrinsics(120, 60, 110.0, 110.0, 60.5, 30.5),  # coarser, and wider
    Intrinsics(500, 100, 450.0, 190.0, 251.0, 52.5),  # of other pixels
    Intrinsics(208, 112, 200.0, 200.0, 104.2, 55.9)])  # moved by parts of a pixel
def test_a_resampled_image_is_what_the_other_camera_would_see(camera: Intrinsics) -> None:
    made = resample(scene(camera), camera, TARGET)
    assert made.shape == (100, 200, 3)
    error = np.abs(made.astype(int) - scene(TARGET).astype(int))[3:-3, 3:-3]
    assert error.max() <= 4


def test_fine_detail_is_averaged_not_sampled() -> None:
    camera = Intrinsics(800, 400, 800.0, 800.0, 399.5, 199.5)
    checks = (np.indices((400, 800)).sum(axis=0) % 2 * 255).astype(np.uint8)
    made = resample(checks, camera, TARGET)
    assert np.abs(made.astype(int) - 128).max() <= 1


def test_what_is_not_seen_repeats_the_border() -> None:
    camera = Intrinsics(100, 100, 200.0, 200.0, 49.5, 49.5)
    made = resample(np.full((100, 100, 3), (10, 200, 30), np.uint8), camera, TARGET)
    assert np.array_equal(np.unique(made.reshape(-1, 3), axis=0), [(10, 200, 30)])


def test_the_same_camera_is_left_alone() -> None:
    image = scene(TARGET)
    assert resample(image, TARGET, TARGET) is image
    assert resize_alike(image, 100, 200) is image


def test_without_camera_info_sizes_are_matched_where_the_ratio_is_the_same() -> None:
    image = cv2.resize(scene(TARGET), (100, 50), interpolation=cv2.INTER_AREA)
    made = resize_alike(image, 100, 200)
    assert np.abs(made.astype(int) - scene(TARGET).astype(int)).mean() < 2
    assert resize_alike(image, 25, 50).shape == (25, 50, 3)
    with pytest.raises(ShapeError, match='200 x 120.*100 x 50.*camera_info'):
        resize_alike(image, 120, 200)
