"""Registered pairs: what is read, what a source's facts do, and what is refused."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from colorize_ros.datasets.rgbd import fill_stripes, read_items
from colorize_ros.errors import DataError
from shared_data import requires_shared, SHARED
from small_data import room, write_manifest, write_pair, write_rgbd


def test_reads_depth_in_metres_with_nan_for_unknown(tmp_path: Path) -> None:
    depth_m = room()
    depth_m[:4] = np.nan
    write_pair(tmp_path, 'camera/a/0000', depth_m)
    write_manifest(tmp_path, {'camera/a/0000': 'train'})
    frame = read_items(tmp_path, 'train')[0].load()
    assert frame.name == 'camera/a/0000'
    assert frame.depth_m.dtype == np.float32
    assert frame.rgb.dtype == np.uint8
    np.testing.assert_allclose(frame.depth_m, depth_m, atol=5.1e-4)
    assert tuple(frame.rgb[0, 0]) == (200, 100, 50)


def test_splits_are_kept_apart(tmp_path: Path) -> None:
    write_rgbd(tmp_path)
    assert {item.source for item in read_items(tmp_path, 'train')} == {'ycb_posecnn'}
    assert {item.source for item in read_items(tmp_path, 'test')} == {'camera'}
    assert len(read_items(tmp_path, None)) == 5


def test_finds_the_layout_from_above_and_from_within(tmp_path: Path) -> None:
    write_rgbd(tmp_path)
    assert read_items(tmp_path, 'test') == read_items(tmp_path / 'rgbd', 'test')


def test_the_border_of_a_source_is_cropped_from_both_images(tmp_path: Path) -> None:
    write_pair(tmp_path, 'nyuv2_cafe/a/0000', room(480, 640))
    write_manifest(tmp_path, {'nyuv2_cafe/a/0000': 'train'})
    frame = read_items(tmp_path, None)[0].load()
    assert frame.depth_m.shape == (390, 550)
    assert frame.rgb.shape == (390, 550, 3)


def test_the_stripes_of_a_source_are_filled_and_its_holes_are_not(tmp_path: Path) -> None:
    depth_m = room()
    depth_m[:, 5::10] = np.nan
    depth_m[40:60, 40:60] = np.nan
    write_pair(tmp_path, 'hololens_dvmvs/a/0000', depth_m)
    write_manifest(tmp_path, {'hololens_dvmvs/a/0000': 'train'})
    filled_m = read_items(tmp_path, None)[0].load().depth_m
    assert np.isfinite(filled_m[:30]).all()
    assert np.isnan(filled_m[45:55, 45:55]).all()


def test_fill_stripes_takes_the_median_of_the_known_neighbors() -> None:
    depth_m = np.float32([[1, 1, 1], [5, np.nan, 5], [5, 5, 1]])
    assert fill_stripes(depth_m)[1, 1] == 5


@pytest.mark.parametrize(('rows', 'split', 'message'), [
    ({'camera/a/0000': 'train'}, 'test', r"no items of split 'test'.*\['train'\]"),
    ({'camera/a/9999': 'train'}, 'train', '9999'),
])
def test_says_what_is_missing(
        tmp_path: Path, rows: dict[str, str], split: str, message: str) -> None:
    write_pair(tmp_path, 'camera/a/0000', room())
    write_manifest(tmp_path, rows)
    with pytest.raises(DataError, match=message):
        read_items(tmp_path, split)


def test_says_where_it_looked_for_a_manifest(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r'manifest\.csv nor .*rgbd'):
        read_items(tmp_path, 'test')


def test_refuses_a_manifest_without_splits(tmp_path: Path) -> None:
    (tmp_path / 'manifest.csv').write_text('item,kind\na,b\n')
    with pytest.raises(DataError, match='split'):
        read_items(tmp_path, None)


def test_refuses_depth_of_8_bits(tmp_path: Path) -> None:
    write_pair(tmp_path, 'camera/a/0000', room())
    write_manifest(tmp_path, {'camera/a/0000': 'train'})
    cv2.imwrite(str(tmp_path / 'camera/a/0000_depth.png'), np.zeros((96, 128), np.uint8))
    with pytest.raises(DataError, match='uint8'):
        read_items(tmp_path, None)[0].load()


def test_refuses_a_truncated_image(tmp_path: Path) -> None:
    write_pair(tmp_path, 'camera/a/0000', room())
    write_manifest(tmp_path, {'camera/a/0000': 'train'})
    (tmp_path / 'camera/a/0000_rgb.png').write_bytes(b'\x89PNG')
    with pytest.raises(DataError, match='not an image'):
        read_items(tmp_path, None)[0].load()


def test_refuses_a_pair_of_two_sizes(tmp_path: Path) -> None:
    write_pair(tmp_path, 'camera/a/0000', room(), np.zeros((48, 64, 3), np.uint8))
    write_manifest(tmp_path, {'camera/a/0000': 'train'})
    with pytest.raises(DataError, match='64x48'):
        read_items(tmp_path, None)[0].load()


@requires_shared
def test_reads_the_public_frames() -> None:
    items = read_items(SHARED / 'data', 'test')
    assert len(items) == 42
    frame = items[0].load()
    assert frame.depth_m.shape == frame.rgb.shape[:2]
    assert 0.1 < np.nanmedian(frame.depth_m) < 10
