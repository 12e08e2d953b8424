"""SceneNet RGB-D: depth along the ray becomes depth along the axis; what is missing is named."""

from __future__ import annotations

from math import cos, radians, tan
from pathlib import Path

import cv2
import numpy as np
import pytest

from colorize_ros.datasets.scenenet import CAMERA, read_items
from colorize_ros.errors import DataError

SIZE = (240, 320)


def write_trajectory(root: Path, trajectory: str = 'val/0/223', frames: tuple[int, ...] = (0, 25),
                     along_ray_mm: np.ndarray | None = None) -> Path:
    """Write frames with a photo in one color, depth in millimetres and one instance."""
    folder = root / trajectory
    for part in ('photo', 'depth', 'instance'):
        (folder / part).mkdir(parents=True)
    depth = np.full(SIZE, 2000, np.uint16) if along_ray_mm is None else along_ray_mm
    photo = np.full((*SIZE, 3), (50, 100, 200), np.uint8)
    for frame in frames:
        cv2.imwrite(str(folder / 'photo' / f'{frame}.jpg'), photo)
        cv2.imwrite(str(folder / 'depth' / f'{frame}.png'), depth)
        cv2.imwrite(str(folder / 'instance' / f'{frame}.png'), np.full(SIZE, 300, np.uint16))
    return folder


def test_a_wall_across_the_axis_is_flat_again(tmp_path: Path) -> None:
    # By the field of view alone: pixel centers lie half a pixel inside the image.
    x = tan(radians(30)) * (2 * (np.arange(320) + 0.5) / 320 - 1)
    y = tan(radians(22.5)) * (2 * (np.arange(240) + 0.5) / 240 - 1)
    ray = np.sqrt(x[None] ** 2 + y[:, None] ** 2 + 1)
    write_trajectory(tmp_path, along_ray_mm=np.round(3000 * ray).astype(np.uint16))
    depth_m = read_items(tmp_path)[0].load().depth_m
    assert depth_m.dtype == np.float32
    np.testing.assert_allclose(depth_m, 3.0, atol=6e-4)


def test_depth_is_along_the_ray_in_millimetres(tmp_path: Path) -> None:
    write_trajectory(tmp_path)
    depth_m = read_items(tmp_path)[0].load().depth_m
    assert depth_m[120, 160] == pytest.approx(2.0, abs=1e-4)
    assert depth_m[120, 319] == pytest.approx(2.0 * cos(radians(30)), abs=4e-3)
    assert depth_m[0, 160] == pytest.approx(2.0 * cos(radians(22.5)), abs=4e-3)


def test_where_the_ray_left_through_a_window_depth_is_unknown(tmp_path: Path) -> None:
    along_ray_mm = np.full(SIZE, 1000, np.uint16)
    along_ray_mm[:10] = 0
    write_trajectory(tmp_path, along_ray_mm=along_ray_mm)
    depth_m = read_items(tmp_path)[0].load().depth_m
    assert np.isnan(depth_m[:10]).all()
    assert np.isfinite(depth_m[10:]).all()


def test_frames_come_in_order_of_time_with_color_as_rgb(tmp_path: Path) -> None:
    write_trajectory(tmp_path, frames=(100, 25, 0))
    items = read_items(tmp_path)
    assert [item.stamp_s for item in items] == [0.0, 1.0, 4.0]
    assert [item.name for item in items] == [
        f'scenenet/val/0/223/{frame}' for frame in (0, 25, 100)]
    assert (items[0].source, items[0].scene, items[0].split) == ('scenenet', 'val/0/223', 'val')
    np.testing.assert_allclose(items[0].load().rgb[50, 50], (200, 100, 50), atol=3)
    assert items[0].facts.filled
    assert not items[0].facts.kinect_holes


@pytest.mark.parametrize('given', ['.', 'train', 'train/3', 'train/3/17'])
def test_any_part_of_the_data_set_can_be_given(tmp_path: Path, given: str) -> None:
    write_trajectory(tmp_path, 'train/3/17')
    assert [item.name for item in read_items(tmp_path / given)] == [
        'scenenet/train/3/17/0', 'scenenet/train/3/17/25']


def test_the_camera_sees_60_by_45_degrees(tmp_path: Path) -> None:
    write_trajectory(tmp_path)
    assert read_items(tmp_path)[0].camera == CAMERA
    assert CAMERA.fx == pytest.approx(277.128, abs=1e-3)
    assert CAMERA.fy == pytest.approx(289.706, abs=1e-3)
    assert (CAMERA.cx, CAMERA.cy) == (159.5, 119.5)


def test_instances_are_read_as_numbers(tmp_path: Path) -> None:
    write_trajectory(tmp_path)
    instances = read_items(tmp_path)[0].load_instances()
    assert instances.dtype == np.uint16
    assert (instances == 300).all()


def test_a_wrong_folder_says_what_was_looked_for_and_where_it_is_published(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r'photo/\*\.jpg.*robotvault\.bitbucket\.io'):
        read_items(tmp_path)
    with pytest.raises(DataError, match='there is no .*nowhere'):
        read_items(tmp_path / 'nowhere')


def test_a_photo_without_depth_is_refused(tmp_path: Path) -> None:
    folder = write_trajectory(tmp_path)
    (folder / 'depth' / '25.png').unlink()
    with pytest.raises(DataError, match=r'25\.jpg lacks its depth'):
        read_items(tmp_path)


def test_damaged_files_are_named(tmp_path: Path) -> None:
    folder = write_trajectory(tmp_path)
    depth = folder / 'depth' / '0.png'
    depth.write_bytes(depth.read_bytes()[:40])
    with pytest.raises(DataError, match=r'0\.png'):
        read_items(tmp_path)[0].load()
    cv2.imwrite(str(folder / 'depth' / '25.png'), np.full((120, 160), 1000, np.uint16))
    with pytest.raises(DataError, match=r'25\.png is 160x120'):
        read_items(tmp_path)[1].load()
