"""KITTI: stereo of both years and depth completion, levels by 256, and what belongs together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from colorize_ros.datasets import kitti, kitti_depth
from colorize_ros.datasets.stereo_formats import read_stereo
from colorize_ros.errors import DataError
from stereo_data import picture, write_levels, write_rgb

DRIVE = '2011_09_26_drive_0002_sync'


def write_stereo(training: Path, left: str, right: str, occ: str, noc: str) -> None:
    for place, seed in ((left, 1), (right, 2)):
        for frame in ('10', '11'):
            write_rgb(training / place / f'000007_{frame}.png', picture(seed=seed))
    levels = np.full((6, 16), 640, np.uint16)
    levels[0, 0] = 0
    write_levels(training / occ / '000007_10.png', levels)
    levels[:, 1] = 0
    write_levels(training / noc / '000007_10.png', levels)


@pytest.mark.parametrize(('year', 'places'), [
    ('2015', 'image_2 image_3 disp_occ_0 disp_noc_0'),
    ('2012', 'colored_0 colored_1 disp_occ disp_noc'),
    ('2012', 'image_0 image_1 disp_occ disp_noc'),
])
def test_a_level_is_256_times_the_disparity_and_occluded_is_what_noc_lacks(
        tmp_path: Path, year: str, places: str) -> None:
    write_stereo(tmp_path / 'training', *places.split())
    item, = read_stereo(tmp_path, 'train')
    assert kitti.read_items(tmp_path / 'training', None) == [item]
    frame = item.load()
    assert frame.name == f'kitti{year}/000007_10'
    np.testing.assert_array_equal(frame.left, picture(seed=1))
    np.testing.assert_array_equal(frame.right, picture(seed=2))
    assert np.isnan(frame.disparity_px[0, 0])
    assert frame.disparity_px[3, 3] == 2.5
    assert frame.occluded is not None
    np.testing.assert_array_equal(np.argwhere(frame.occluded), [[row, 1] for row in range(6)])


def test_without_noc_nothing_is_said_of_occlusion(tmp_path: Path) -> None:
    write_stereo(tmp_path, 'image_2', 'image_3', 'disp_occ_0', 'disp_noc_0')
    (tmp_path / 'disp_noc_0/000007_10.png').unlink()
    assert kitti.read_items(tmp_path, None)[0].load().occluded is None


def test_stereo_names_what_is_missing_or_damaged(tmp_path: Path) -> None:
    with pytest.raises(DataError, match='disp_occ.*cvlibs.net'):
        kitti.read_items(tmp_path, None)
    write_stereo(tmp_path, 'image_2', 'image_3', 'disp_occ_0', 'disp_noc_0')
    write_levels(tmp_path / 'disp_noc_0/000007_10.png', np.ones((6, 15), np.uint16))
    with pytest.raises(DataError, match='disp_noc_0.*one size'):
        kitti.read_items(tmp_path, None)[0].load()
    write_levels(tmp_path / 'disp_occ_0/000007_10.png', np.ones((6, 16), np.uint8))
    with pytest.raises(DataError, match='disp_occ_0.*16-bit'):
        kitti.read_items(tmp_path, None)[0].load()
    (tmp_path / 'image_3/000007_10.png').unlink()
    with pytest.raises(DataError, match='image_3/000007_10'):
        kitti.read_items(tmp_path, None)


def write_depths(sparse: Path, target: Path) -> None:
    levels = np.zeros((6, 16), np.uint16)
    levels[1, 2] = 256 * 80 + 64
    write_levels(sparse, levels)
    levels[3, 4] = 256 * 5
    write_levels(target, levels)


def write_selection(folder: Path) -> None:
    write_rgb(folder / f'image/{DRIVE}_image_0000000008_image_02.png', picture())
    write_depths(folder / f'velodyne_raw/{DRIVE}_velodyne_raw_0000000008_image_02.png',
                 folder / f'groundtruth_depth/{DRIVE}_groundtruth_depth_0000000008_image_02.png')


def write_drive(folder: Path, images: Path) -> None:
    depths = folder / DRIVE / 'proj_depth'
    write_depths(depths / 'velodyne_raw/image_03/0000000005.png',
                 depths / 'groundtruth/image_03/0000000005.png')
    write_rgb(images / DRIVE / 'image_03/data/0000000005.png', picture())


def test_depth_is_in_metres_with_nan_for_unknown(tmp_path: Path) -> None:
    write_selection(tmp_path / 'depth_selection/val_selection_cropped')
    item, = kitti_depth.read_items(tmp_path, 'val_selection_cropped')
    assert kitti_depth.read_items(tmp_path / 'depth_selection', None) == [item]
    frame = item.load()
    assert frame.name == f'kitti_depth/val_selection_cropped/{DRIVE}_0000000008_image_02'
    assert item.source == 'kitti_depth'
    assert not item.facts.filled
    np.testing.assert_array_equal(frame.rgb, picture())
    assert frame.depth_m.dtype == frame.target_m.dtype == np.float32
    np.testing.assert_array_equal(np.argwhere(np.isfinite(frame.depth_m)), [[1, 2]])
    assert frame.depth_m[1, 2] == 80.25
    assert frame.target_m[3, 4] == 5


def test_drives_find_their_images_in_the_raw_data_or_beside(tmp_path: Path) -> None:
    write_drive(tmp_path / 'train', tmp_path / '2011_09_26')
    write_drive(tmp_path / 'val', tmp_path / 'val')
    train, val = kitti_depth.read_items(tmp_path, None)
    assert (train.split, val.split) == ('train', 'val')
    assert train.name == f'kitti_depth/train/{DRIVE}/image_03/0000000005'
    assert train.rgb_path == tmp_path / '2011_09_26' / DRIVE / 'image_03/data/0000000005.png'
    np.testing.assert_array_equal(val.load().rgb, picture())


def test_depth_names_what_is_missing_or_damaged(tmp_path: Path) -> None:
    assert not kitti_depth.is_here(tmp_path)
    with pytest.raises(DataError, match='groundtruth_depth.*eval_depth.php'):
        kitti_depth.read_items(tmp_path, None)
    write_drive(tmp_path / 'val', tmp_path / 'val')
    image = tmp_path / 'val' / DRIVE / 'image_03/data/0000000005.png'
    write_rgb(image, picture(6, 15))
    with pytest.raises(DataError, match='one size'):
        kitti_depth.read_items(tmp_path, 'val')[0].load()
    image.unlink()
    with pytest.raises(DataError, match=r'image_03/data/0000000005\.png.*raw_data\.php'):
        kitti_depth.read_items(tmp_path, 'val')
    selection = tmp_path / 'val_selection_cropped'
    write_selection(selection)
    (selection / f'image/{DRIVE}_image_0000000008_image_02.png').unlink()
    with pytest.raises(DataError, match=r'_image_0000000008_image_02\.png'):
        kitti_depth.read_items(tmp_path, 'val_selection_cropped')
