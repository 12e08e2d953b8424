"""Scene Flow data sets: splits, passes, file kinds, sign and occlusion of the disparities."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from colorize_ros.datasets.scene_flow import read_items
from colorize_ros.datasets.stereo_formats import read_stereo
from colorize_ros.errors import DataError
from stereo_data import picture, write_pfm, write_rgb


def write_frame(
        root: Path, scene: str, number: str = '0006', frames: str = 'frames_cleanpass',
        ending: str = 'png') -> None:
    for side, seed in (('left', 1), ('right', 2)):
        write_rgb(root / frames / scene / side / f'{number}.{ending}', picture(seed=seed))
        write_pfm(root / 'disparity' / scene / side / f'{number}.pfm',
                  np.full((6, 16), 3), 'Pf \n{} {} \n-1.0\n')


def test_reads_the_pair_its_disparity_and_what_is_hidden(tmp_path: Path) -> None:
    write_frame(tmp_path, 'TRAIN/A/0032')
    values = np.arange(96).reshape(6, 16) / 96
    write_pfm(tmp_path / 'disparity/TRAIN/A/0032/left/0006.pfm', values)
    frame = read_stereo(tmp_path, 'train')[0].load()
    assert frame.name == 'scene_flow/frames_cleanpass/TRAIN/A/0032/0006'
    np.testing.assert_array_equal(frame.left, picture(seed=1))
    np.testing.assert_array_equal(frame.right, picture(seed=2))
    np.testing.assert_array_equal(frame.disparity_px, values.astype(np.float32))
    assert frame.occluded is not None
    assert frame.occluded.all()


def test_the_right_map_is_not_needed(tmp_path: Path) -> None:
    write_frame(tmp_path, 'a')
    (tmp_path / 'disparity/a/right/0006.pfm').unlink()
    frame = read_items(tmp_path, None)[0].load()
    assert frame.occluded is None
    assert (frame.disparity_px == 3).all()


def test_a_negative_disparity_is_as_large_as_a_positive_one(tmp_path: Path) -> None:
    write_frame(tmp_path, 'a')
    right_px = np.full((6, 16), -3)
    right_px[:, 10] = -9
    write_pfm(tmp_path / 'disparity/a/left/0006.pfm', np.full((6, 16), -3))
    write_pfm(tmp_path / 'disparity/a/right/0006.pfm', right_px)
    frame = read_items(tmp_path, None)[0].load()
    assert (frame.disparity_px == 3).all()
    assert frame.occluded is not None
    np.testing.assert_array_equal(np.flatnonzero(frame.occluded[0]), [0, 1, 2, 13])


def test_splits_are_those_of_flyingthings(tmp_path: Path) -> None:
    write_frame(tmp_path / 'FlyingThings3D', 'TRAIN/A/0000')
    write_frame(tmp_path / 'FlyingThings3D', 'TEST/A/0000')
    write_frame(tmp_path / 'Monkaa', 'funnyworld_x2', '0048')
    write_frame(tmp_path / 'Driving', '15mm_focallength/scene_backwards/fast', '0400')
    assert [item.name for item in read_items(tmp_path, 'test')] == [
        'scene_flow/FlyingThings3D/frames_cleanpass/TEST/A/0000/0006']
    assert {item.name.split('/')[1] for item in read_items(tmp_path, 'train')} == {
        'FlyingThings3D', 'Monkaa', 'Driving'}


def test_every_pass_is_read_and_webp_too(tmp_path: Path) -> None:
    write_frame(tmp_path, 'a')
    write_frame(tmp_path, 'a', frames='frames_finalpass_webp', ending='webp')
    clean, final = read_items(tmp_path, None)
    assert [clean.name, final.name] == [
        'scene_flow/frames_cleanpass/a/0006', 'scene_flow/frames_finalpass_webp/a/0006']
    np.testing.assert_array_equal(final.load().left, picture(seed=1))


def test_names_what_is_missing_or_damaged(tmp_path: Path) -> None:
    with pytest.raises(DataError, match='disparity.*lmb.informatik.uni-freiburg.de'):
        read_items(tmp_path, None)
    write_frame(tmp_path, 'a')
    damaged = tmp_path / 'disparity/a/left/0006.pfm'
    damaged.write_bytes(damaged.read_bytes()[:-4])
    with pytest.raises(DataError, match=r'left/0006\.pfm.*bytes'):
        read_items(tmp_path, None)[0].load()
    write_pfm(damaged, np.ones((6, 15)))
    with pytest.raises(DataError, match='one size'):
        read_items(tmp_path, None)[0].load()
    (tmp_path / 'frames_cleanpass/a/right/0006.png').unlink()
    with pytest.raises(DataError, match=r'right/0006\.png'):
        read_items(tmp_path, None)
