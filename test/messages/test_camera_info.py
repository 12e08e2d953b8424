"""The pinhole camera of an image, before and after it is resized."""

from __future__ import annotations

import copy
from types import SimpleNamespace
from typing import Any

from hypothesis import given, strategies as st
import numpy as np
import pytest

from colorize_ros.errors import ConfigurationError, ShapeError
from colorize_ros.messages import Intrinsics, intrinsics_of, scale_camera_info


def kinect(**changes: Any) -> SimpleNamespace:
    fields = dict(
        header='kept', height=480, width=640, distortion_model='plumb_bob', d=[0.1] * 5,
        k=[525.0, 0.0, 319.5, 0.0, 520.0, 239.5, 0.0, 0.0, 1.0],
        r=[1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0],
        p=[500.0, 0.0, 310.5, -40.0, 0.0, 510.0, 230.5, 5.0, 0.0, 0.0, 1.0, 0.0],
        binning_x=0, binning_y=0,
        roi=SimpleNamespace(x_offset=0, y_offset=0, width=0, height=0, do_rectify=False))
    return SimpleNamespace(**{**fields, **changes})


def roi(x_offset: int, y_offset: int, width: int, height: int) -> SimpleNamespace:
    return SimpleNamespace(x_offset=x_offset, y_offset=y_offset, width=width, height=height,
                           do_rectify=True)


def project(camera: Intrinsics, point: tuple[float, float, float]) -> np.ndarray:
    """Return where a point lies in the image as fractions of its width and height."""
    x, y, z = point
    u = (camera.fx * x / z + camera.cx + 0.5) / camera.width
    v = (camera.fy * y / z + camera.cy + 0.5) / camera.height
    return np.array((u, v))


def test_projection_matrix_counts() -> None:
    assert intrinsics_of(kinect()) == Intrinsics(640, 480, 500.0, 510.0, 310.5, 230.5)


def test_k_where_p_is_not_filled_in() -> None:
    camera = intrinsics_of(kinect(p=[0.0] * 12))
    assert camera == Intrinsics(640, 480, 525.0, 520.0, 319.5, 239.5)


@pytest.mark.parametrize('bad', [0.0, -525.0, np.nan, np.inf])
def test_not_calibrated(bad: float) -> None:
    camera_info = kinect(p=[bad] * 12, k=[bad] * 9)
    with pytest.raises(ConfigurationError, match='no focal length.*Calibrate'):
        intrinsics_of(camera_info)


def test_not_calibrated_can_be_scaled() -> None:
    scaled = scale_camera_info(kinect(p=[0.0] * 12, k=[0.0] * 9), 320, 240)
    assert (scaled.k, scaled.p) == ([0.0] * 9, [0.0] * 12)


def test_doubled() -> None:
    scaled = scale_camera_info(kinect(), 1280, 960)
    assert (scaled.width, scaled.height) == (1280, 960)
    assert scaled.k == [1050.0, 0.0, 639.5, 0.0, 1040.0, 479.5, 0.0, 0.0, 1.0]
    assert scaled.p == [1000.0, 0.0, 621.5, -80.0, 0.0, 1020.0, 461.5, 10.0, 0.0, 0.0, 1.0, 0.0]
    assert (scaled.header, scaled.d, scaled.r) == ('kept', kinect().d, kinect().r)


def test_the_original_is_left_alone() -> None:
    camera_info = kinect(roi=roi(10, 20, 100, 50))
    before = copy.deepcopy(camera_info)
    scale_camera_info(camera_info, 7, 9)
    assert camera_info == before


@given(width=st.integers(1, 3000), height=st.integers(1, 3000),
       point=st.tuples(st.floats(-2, 2), st.floats(-2, 2), st.floats(0.5, 9)))
def test_a_point_stays_at_the_same_place_of_the_picture(
        width: int, height: int, point: tuple[float, float, float]) -> None:
    scaled = intrinsics_of(scale_camera_info(kinect(), width, height))
    assert (scaled.width, scaled.height) == (width, height)
    np.testing.assert_allclose(project(scaled, point), project(intrinsics_of(kinect()), point))


def test_there_and_back() -> None:
    back = scale_camera_info(scale_camera_info(kinect(), 2560, 1920), 640, 480)
    np.testing.assert_allclose(back.k, kinect().k)
    np.testing.assert_allclose(back.p, kinect().p)


def test_region_of_interest() -> None:
    camera_info = kinect(roi=roi(40, 60, 320, 240))
    camera = intrinsics_of(camera_info)
    assert camera == Intrinsics(320, 240, 500.0, 510.0, 270.5, 170.5)
    scaled = scale_camera_info(camera_info, 640, 480)
    assert (scaled.width, scaled.height) == (1280, 960)
    assert scaled.roi == roi(80, 120, 640, 480)
    point = (0.3, -0.2, 2.0)
    np.testing.assert_allclose(project(intrinsics_of(scaled), point), project(camera, point))


def test_binning() -> None:
    camera_info = kinect(binning_x=2, binning_y=4)
    camera = intrinsics_of(camera_info)
    assert (camera.width, camera.height, camera.fx, camera.fy) == (320, 120, 250.0, 127.5)
    scaled = scale_camera_info(camera_info, 320, 120)
    assert (scaled.width, scaled.height, scaled.binning_x, scaled.binning_y) == (320, 120, 0, 0)
    assert intrinsics_of(scaled) == camera


@pytest.mark.parametrize('bad', [
    {'width': 0}, {'height': 0}, {'binning_x': 641}, {'roi': roi(600, 0, 100, 100)},
    {'roi': roi(0, 400, 100, 100)}])
def test_cameras_without_an_image(bad: dict) -> None:
    for call in (intrinsics_of, lambda camera_info: scale_camera_info(camera_info, 10, 10)):
        with pytest.raises(ShapeError, match='leaves no image; does the driver'):
            call(kinect(**bad))


@pytest.mark.parametrize('size', [(0, 10), (10, -1)])
def test_sizes_that_are_none(size: tuple[int, int]) -> None:
    with pytest.raises(ShapeError, match='at least 1 x 1'):
        scale_camera_info(kinect(), *size)
