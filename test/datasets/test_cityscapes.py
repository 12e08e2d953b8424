"""Cityscapes: the offset of its levels, splits by folder, and the camera."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from colorize_ros.datasets.cityscapes import read_camera, read_items
from colorize_ros.datasets.stereo_formats import read_stereo
from colorize_ros.errors import DataError
from stereo_data import picture, write_levels, write_rgb

STEM = 'aachen/aachen_000000_000019'


def write_frame(root: Path, split: str = 'train') -> None:
    for kind, seed in (('leftImg8bit', 1), ('rightImg8bit', 2)):
        write_rgb(root / kind / split / f'{STEM}_{kind}.png', picture(seed=seed))
    levels = np.full((6, 16), 1 + 256 * 20, np.uint16)
    levels[0, :2] = 0, 1
    write_levels(root / 'disparity' / split / f'{STEM}_disparity.png', levels)
    camera = root / 'camera' / split / f'{STEM}_camera.json'
    camera.parent.mkdir(parents=True)
    camera.write_text(json.dumps({
        'extrinsic': {'baseline': 0.209313, 'pitch': 0.03}, 'intrinsic': {'fx': 2262.52}}))


def test_a_level_is_one_more_than_256_times_the_disparity(tmp_path: Path) -> None:
    write_frame(tmp_path)
    item, = read_stereo(tmp_path, 'train')
    frame = item.load()
    assert frame.name == 'cityscapes/train/aachen/aachen_000000_000019'
    np.testing.assert_array_equal(frame.left, picture(seed=1))
    np.testing.assert_array_equal(frame.right, picture(seed=2))
    assert frame.disparity_px.dtype == np.float32
    np.testing.assert_array_equal(frame.disparity_px[0, :3], [np.nan, 0, 20])
    assert frame.occluded is None


def test_depth_follows_from_the_camera_file(tmp_path: Path) -> None:
    write_frame(tmp_path)
    item, = read_items(tmp_path, None)
    assert item.read_camera is not None
    assert item.read_camera() == (2262.52, 0.209313, 0)
    (tmp_path / f'camera/train/{STEM}_camera.json').unlink()
    assert read_items(tmp_path, None)[0].read_camera is None


def test_what_one_split_lacks_does_not_hinder_another(tmp_path: Path) -> None:
    for split in ('train', 'train_extra'):
        write_frame(tmp_path, split)
    (tmp_path / f'rightImg8bit/train_extra/{STEM}_rightImg8bit.png').unlink()
    assert [item.split for item in read_items(tmp_path, 'train')] == ['train']
    with pytest.raises(DataError, match=r'train_extra/.*_rightImg8bit\.png'):
        read_items(tmp_path, 'train_extra')
    with pytest.raises(DataError, match=r"split 'val'.*\['train', 'train_extra'\]"):
        read_items(tmp_path, 'val')


def test_says_what_was_looked_for_and_where_it_is_published(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r'_disparity\.png.*https://www\.cityscapes-dataset\.com'):
        read_items(tmp_path, None)


@pytest.mark.parametrize('content', ['', '[]', '{"intrinsic": {"fx": 1}}', '\0'])
def test_refuses_a_damaged_camera(tmp_path: Path, content: str) -> None:
    (tmp_path / 'camera.json').write_text(content)
    with pytest.raises(DataError, match=r'camera\.json.*extrinsic\.baseline'):
        read_camera(tmp_path / 'camera.json')
