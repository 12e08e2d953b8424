"""Stereo pairs in this project's layout, occlusion, depth, and the guess of a layout."""

from __future__ import annotations

from pathlib import Path
import pickle

import numpy as np
import pytest

from colorize_ros.datasets.stereo import occluded_by_right, read_items, StereoCamera
from colorize_ros.datasets.stereo_formats import FORMATS, read_stereo
from colorize_ros.errors import DataError
from shared_data import requires_shared, SHARED
from small_data import write_manifest
from stereo_data import picture, write_levels, write_rgb


def write_scene(folder: Path, name: str = 'lab/desk') -> Path:
    scene = folder / name
    write_rgb(scene / 'left.png', picture(seed=1))
    write_rgb(scene / 'right.png', picture(seed=2))
    levels = np.full((6, 16), 160, np.uint16)
    levels[0, 0] = 0
    write_levels(scene / 'disp_left.png', levels)
    write_manifest(folder, {name: 'train'})
    return scene


def test_reads_disparity_in_pixels_with_nan_for_unknown(tmp_path: Path) -> None:
    write_scene(tmp_path / 'stereo')
    item, = read_items(tmp_path, 'train')
    frame = item.load()
    assert (frame.name, item.split, item.source) == ('lab/desk', 'train', 'lab')
    np.testing.assert_array_equal(frame.left, picture(seed=1))
    np.testing.assert_array_equal(frame.right, picture(seed=2))
    assert frame.disparity_px.dtype == np.float32
    assert np.isnan(frame.disparity_px[0, 0])
    assert frame.disparity_px[5, 15] == 2.5
    assert frame.occluded is None


def test_reads_the_occlusion_mask_where_there_is_one(tmp_path: Path) -> None:
    scene = write_scene(tmp_path)
    write_levels(scene / 'occluded_left.png', np.eye(6, 16, dtype=np.uint8) * 255)
    occluded = read_items(tmp_path, None)[0].load().occluded
    assert occluded is not None
    assert occluded.dtype == bool
    np.testing.assert_array_equal(occluded, np.eye(6, 16, dtype=bool))


def test_items_travel_to_other_processes(tmp_path: Path) -> None:
    write_scene(tmp_path)
    items = read_items(tmp_path, None)
    assert pickle.loads(pickle.dumps(items))[0].load().name == 'lab/desk'
    assert items == read_items(tmp_path, None)


@pytest.mark.parametrize('missing', ['left.png', 'right.png', 'disp_left.png'])
def test_names_the_file_that_is_missing(tmp_path: Path, missing: str) -> None:
    (write_scene(tmp_path) / missing).unlink()
    with pytest.raises(DataError, match=rf'lab/desk.*{missing}'):
        read_items(tmp_path, None)


@pytest.mark.parametrize('damaged', ['left.png', 'right.png', 'disp_left.png'])
def test_names_the_file_that_is_damaged(tmp_path: Path, damaged: str) -> None:
    (write_scene(tmp_path) / damaged).write_bytes(b'\x89PNG')
    with pytest.raises(DataError, match=damaged):
        read_items(tmp_path, None)[0].load()


@pytest.mark.parametrize('other', ['right.png', 'disp_left.png', 'occluded_left.png'])
def test_refuses_parts_of_different_sizes(tmp_path: Path, other: str) -> None:
    scene = write_scene(tmp_path)
    if other == 'right.png':
        write_rgb(scene / other, picture(6, 18))
    else:
        write_levels(scene / other, np.ones((6, 18), np.uint16))
    with pytest.raises(DataError, match='6 x 18'):
        read_items(tmp_path, None)[0].load()


def test_hidden_is_what_something_nearer_covers_or_the_frame_cuts_off() -> None:
    # A thing at 4 px before a wall at 1 px: the right image sees it 3 columns before the wall's.
    left_px = np.float32([[1, 1, 1, 1, 1, 1, 4, 4, 1, 1]])
    right_px = np.float32([[1, 1, 4, 4, 1, 1, 1, 1, 1, 1]])
    hidden = occluded_by_right(left_px, right_px)
    np.testing.assert_array_equal(np.flatnonzero(hidden[0]), [0, 3, 4])


def test_nothing_is_hidden_where_nothing_is_known() -> None:
    left_px = np.float32([[np.nan, 1, 1, 1]])
    right_px = np.float32([[np.nan, 9, 1, 1]])
    np.testing.assert_array_equal(
        occluded_by_right(left_px, right_px), [[False, False, True, False]])


def test_depth_is_focal_length_times_baseline_by_shift() -> None:
    camera = StereoCamera(focal_px=1000, baseline_m=0.1, disparity_offset_px=20)
    depth_m = camera.depth_m(np.float32([[30, -20, np.nan]]))
    assert depth_m.dtype == np.float32
    np.testing.assert_allclose(depth_m, [[2, np.nan, np.nan]])


def test_the_own_layout_is_guessed(tmp_path: Path) -> None:
    write_scene(tmp_path / 'stereo')
    assert read_stereo(tmp_path) == read_items(tmp_path, None)
    with pytest.raises(DataError, match="no items of split 'test'"):
        read_stereo(tmp_path, 'test')


def test_says_which_layouts_there_are_and_where_they_come_from(tmp_path: Path) -> None:
    with pytest.raises(DataError, match='disp_left.png') as caught:
        read_stereo(tmp_path)
    for known in FORMATS.values():
        if known.publication:
            assert known.publication.url in str(caught.value)
    with pytest.raises(DataError, match='is not there'):
        read_stereo(tmp_path / 'nowhere')


@requires_shared
def test_reads_the_public_pairs() -> None:
    items = read_stereo(SHARED / 'data')
    assert [sum(item.split == split for item in items) for split in ('train', 'test')] == [15, 7]
    frames = {item.name: item.load() for item in items}
    assert np.nanmax(frames['middlebury/tsukuba'].disparity_px) == 14
    # The disparity leads from the left image to the right one: warped back, they look alike.
    teddy = frames['middlebury/teddy']
    rows, columns = np.nonzero(np.isfinite(teddy.disparity_px))
    there = np.rint(columns - teddy.disparity_px[rows, columns]).astype(int)
    seen = there >= 0
    left = teddy.left[rows[seen], columns[seen]].astype(int)
    right = teddy.right[rows[seen], there[seen]].astype(int)
    assert np.median(abs(left - right)) < 6
