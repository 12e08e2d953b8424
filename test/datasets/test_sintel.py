"""MPI Sintel: packed disparity, the masks, depth files and camera files."""

from __future__ import annotations

from pathlib import Path
import struct

import numpy as np
import pytest

from colorize_ros.datasets import sintel, sintel_depth
from colorize_ros.datasets.stereo_formats import read_stereo
from colorize_ros.errors import DataError
from stereo_data import picture, write_levels, write_rgb

FRAME = 'alley_1/frame_0001'


def write_sintel(training: Path) -> None:
    for place, seed in {'clean_left': 1, 'clean_right': 2, 'final_left': 3,
                        'final_right': 4}.items():
        write_rgb(training / place / f'{FRAME}.png', picture(seed=seed))
    packed = np.zeros((6, 16, 3), np.uint8)
    packed[0, 0] = (30, 96, 0)
    packed[0, 1] = (0, 1, 64)
    write_rgb(training / 'disparities' / f'{FRAME}.png', packed)
    hidden, beyond = np.zeros((2, 6, 16), np.uint8)
    hidden[1, 1], beyond[2, 2] = 255, 1
    write_levels(training / 'occlusions' / f'{FRAME}.png', hidden)
    write_levels(training / 'outofframe' / f'{FRAME}.png', beyond)


def write_depth(training: Path, tag: float = 202021.25) -> None:
    write_rgb(training / 'clean_left' / f'{FRAME}.png', picture(2, 3, seed=1))
    path = training / 'depth' / f'{FRAME}.dpt'
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack('<fii6f', tag, 3, 2, 1, 2, 3, 4, 5, 1e11))
    path = training / 'camdata_left' / f'{FRAME}.cam'
    path.parent.mkdir(parents=True, exist_ok=True)
    intrinsics = [1120, 0, 511.5, 0, 1121, 217.5, 0, 0, 1]
    path.write_bytes(struct.pack('<f21d', tag, *intrinsics, *range(12)))


def test_disparity_is_four_red_and_fractions_of_green_and_blue(tmp_path: Path) -> None:
    write_sintel(tmp_path / 'training')
    frame = sintel.read_items(tmp_path, 'train')[0].load()
    assert frame.disparity_px.dtype == np.float32
    assert frame.disparity_px[0, 0] == 30 * 4 + 96 / 64
    assert frame.disparity_px[0, 1] == 1 / 64 + 64 / 16384
    assert np.isfinite(frame.disparity_px).all()


def test_hidden_and_out_of_frame_are_occluded(tmp_path: Path) -> None:
    write_sintel(tmp_path / 'training')
    occluded = sintel.read_items(tmp_path, None)[0].load().occluded
    assert occluded is not None
    np.testing.assert_array_equal(np.argwhere(occluded), [[1, 1], [2, 2]])


def test_both_passes_are_read_with_the_same_truth(tmp_path: Path) -> None:
    write_sintel(tmp_path / 'training')
    clean, final = read_stereo(tmp_path)
    assert [clean.name, final.name] == [f'sintel/clean/{FRAME}', f'sintel/final/{FRAME}']
    assert clean.source == 'sintel'
    np.testing.assert_array_equal(clean.load().right, picture(seed=2))
    np.testing.assert_array_equal(final.load().left, picture(seed=3))
    assert sintel.read_items(tmp_path / 'training', None) == [clean, final]
    assert clean.read_camera is None


def test_the_camera_comes_from_the_depth_data(tmp_path: Path) -> None:
    write_sintel(tmp_path / 'training')
    write_depth(tmp_path / 'training')
    read_camera = sintel.read_items(tmp_path, None)[0].read_camera
    assert read_camera is not None
    assert read_camera() == (1120, 0.1, 0)


@pytest.mark.parametrize(
    'place', ['clean_left', 'final_right', 'occlusions', 'outofframe'])
def test_names_the_partner_that_is_missing(tmp_path: Path, place: str) -> None:
    write_sintel(tmp_path / 'training')
    (tmp_path / 'training' / place / f'{FRAME}.png').unlink()
    with pytest.raises(DataError, match=f'{place}/{FRAME}'):
        sintel.read_items(tmp_path, None)


def test_refuses_disparities_and_masks_of_another_kind(tmp_path: Path) -> None:
    write_sintel(tmp_path / 'training')
    write_levels(tmp_path / f'training/outofframe/{FRAME}.png', np.zeros((6, 15), np.uint8))
    with pytest.raises(DataError, match='outofframe.*one size'):
        sintel.read_items(tmp_path, None)[0].load()
    write_levels(tmp_path / f'training/disparities/{FRAME}.png', np.zeros((6, 16), np.uint8))
    with pytest.raises(DataError, match='disparities.*RGB'):
        sintel.read_items(tmp_path, None)[0].load()


def test_says_what_was_looked_for_and_where_it_is_published(tmp_path: Path) -> None:
    with pytest.raises(DataError, match='disparities.*sintel.is.tue.mpg.de/stereo'):
        sintel.read_items(tmp_path, None)
    with pytest.raises(DataError, match='dpt.*sintel.is.tue.mpg.de/depth'):
        sintel_depth.read_items(tmp_path, None)
    write_sintel(tmp_path / 'training')
    with pytest.raises(DataError, match=r"split 'test'.*\['train'\]"):
        sintel.read_items(tmp_path, 'test')


def test_depth_is_in_metres_from_the_top_row_and_the_sky_is_unknown(tmp_path: Path) -> None:
    write_depth(tmp_path / 'training')
    assert sintel_depth.is_here(tmp_path)
    item, = sintel_depth.read_items(tmp_path, 'train')
    frame = item.load()
    assert frame.name == f'sintel/clean_left/{FRAME}'
    np.testing.assert_array_equal(frame.rgb, picture(2, 3, seed=1))
    assert frame.depth_m.dtype == np.float32
    np.testing.assert_array_equal(frame.depth_m, [[1, 2, 3], [4, 5, np.nan]])
    assert item.facts.filled
    assert item.camera == (1024, 436, 1120, 1121, 511.5, 217.5)


def test_a_camera_file_holds_intrinsics_and_extrinsics(tmp_path: Path) -> None:
    write_depth(tmp_path)
    intrinsics, extrinsics = sintel_depth.read_cam(tmp_path / f'camdata_left/{FRAME}.cam')
    assert intrinsics[1, 2] == 217.5
    np.testing.assert_array_equal(extrinsics[1], [4, 5, 6, 7])


def test_refuses_files_without_the_tag_or_cut_short(tmp_path: Path) -> None:
    write_depth(tmp_path, tag=1.0)
    files = {sintel_depth.read_dpt: tmp_path / f'depth/{FRAME}.dpt',
             sintel_depth.read_cam: tmp_path / f'camdata_left/{FRAME}.cam'}
    for read, path in files.items():
        with pytest.raises(DataError, match='202021.25'):
            read(path)
    write_depth(tmp_path)
    for read, path in files.items():
        path.write_bytes(path.read_bytes()[:-1])
        with pytest.raises(DataError, match='bytes'):
            read(path)
        path.write_bytes(path.read_bytes()[:4])
        with pytest.raises(DataError, match='bytes'):
            read(path)
