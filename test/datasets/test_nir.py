"""Color and near-infrared pairs, in this project's layout and as EPFL publishes them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from colorize_ros.datasets import nir, rgb_nir
from colorize_ros.errors import DataError
from shared_data import requires_shared, SHARED
from small_data import write_manifest
from stereo_data import picture, write_levels, write_rgb

ROWS = {
    'epfl/field/0000': 'train,yes', 'epfl/field/0001': 'train,suspect',
    'tno/farm/0000': 'look,approximate'}


def write_pairs(root: Path) -> None:
    for name in ROWS:
        gray = np.full((16, 24), 90, np.uint8)
        write_rgb(root / f'{name}_rgb.jpg', np.full((16, 24, 3), (200, 100, 50), np.uint8))
        write_levels(root / f'{name}_nir.jpg', gray)
    lines = ['item,split,aligned', *(f'{name},{rest}' for name, rest in ROWS.items())]
    (root / 'manifest.csv').write_text('\n'.join(lines) + '\n')


def test_reads_pairs_and_says_which_are_poorly_aligned(tmp_path: Path) -> None:
    write_pairs(tmp_path / 'nir')
    items = nir.read_items(tmp_path, None)
    assert [item.suspect for item in items] == [False, True, True]
    assert [item.split for item in items] == ['train', 'train', 'look']
    assert items[2].source == 'tno'
    frame = items[0].load()
    assert frame.name == 'epfl/field/0000'
    np.testing.assert_allclose(frame.rgb[8, 8], (200, 100, 50), atol=6)
    assert frame.nir.shape == (16, 24)
    assert frame.nir.dtype == np.uint8
    assert frame.nir[8, 8] == 90


def test_without_a_word_on_alignment_a_pair_is_not_suspect(tmp_path: Path) -> None:
    write_pairs(tmp_path)
    write_manifest(tmp_path, {'epfl/field/0001': 'train'})
    assert not nir.read_items(tmp_path, 'train')[0].suspect


@pytest.mark.parametrize('missing', ['_rgb.jpg', '_nir.jpg'])
def test_names_the_file_that_is_missing(tmp_path: Path, missing: str) -> None:
    write_pairs(tmp_path)
    (tmp_path / f'epfl/field/0001{missing}').unlink()
    with pytest.raises(DataError, match=f'0001{missing}'):
        nir.read_items(tmp_path, 'train')
    assert nir.read_items(tmp_path, 'look')


def test_refuses_damaged_color_and_mismatched_files(tmp_path: Path) -> None:
    write_pairs(tmp_path)
    item = nir.read_items(tmp_path, 'look')[0]
    item.nir_path.write_bytes(b'\xff\xd8')
    with pytest.raises(DataError, match='farm/0000_nir.jpg.*not an image'):
        item.load()
    write_levels(item.nir_path, np.zeros((16, 20), np.uint8))
    with pytest.raises(DataError, match='24x16.*20x16'):
        item.load()
    write_rgb(item.nir_path, np.full((16, 24, 3), (200, 100, 50), np.uint8))
    with pytest.raises(DataError, match='Is it the color image'):
        item.load()
    write_levels(item.rgb_path, np.zeros((16, 24), np.uint8))
    with pytest.raises(DataError, match='three channels'):
        item.load()


def write_epfl(root: Path, dtype: type = np.uint8, channels: int = 1) -> None:
    scale = 257 if dtype is np.uint16 else 1
    write_rgb(root / 'country/0000_rgb.tiff', picture().astype(dtype) * dtype(scale))
    gray = picture(seed=1)[..., 0].astype(dtype) * dtype(scale)
    write_levels(root / 'country/0000_nir.tiff',
                 gray if channels == 1 else cv2.merge([gray] * channels))


@pytest.mark.parametrize('dtype', [np.uint8, np.uint16])
@pytest.mark.parametrize('channels', [1, 3])
def test_reads_tiff_of_8_and_16_bits_with_one_or_three_gray_channels(
        tmp_path: Path, dtype: type, channels: int) -> None:
    write_epfl(tmp_path / 'nirscene1', dtype, channels)
    item, = rgb_nir.read_items(tmp_path, None)
    assert item == rgb_nir.read_items(tmp_path / 'nirscene1', 'train')[0]
    assert not item.suspect
    frame = item.load()
    assert frame.name == 'rgb_nir/country/0000'
    np.testing.assert_array_equal(frame.rgb, picture())
    np.testing.assert_array_equal(frame.nir, picture(seed=1)[..., 0])


def test_16_bits_are_rounded(tmp_path: Path) -> None:
    write_levels(tmp_path / 'nir.tiff', np.uint16([[0, 128, 129, 65535 - 129, 65535]]))
    np.testing.assert_array_equal(nir.read_nir(tmp_path / 'nir.tiff'), [[0, 0, 1, 254, 255]])


def test_16_bits_are_kept_where_they_are_asked_for(tmp_path: Path) -> None:
    # A camera in the dark uses few of the levels, which rounding would merge.
    levels = np.uint16([[100, 101, 102, 700]])
    write_levels(tmp_path / 'nir.png', levels)
    write_levels(tmp_path / 'three.png', cv2.merge([levels] * 3))
    for name in ('nir.png', 'three.png'):
        stored = nir.read_nir_as_stored(tmp_path / name)
        assert stored.dtype == np.uint16
        np.testing.assert_array_equal(stored, levels)


def test_refuses_16_bits_in_color(tmp_path: Path) -> None:
    write_rgb(tmp_path / 'rgb.png', np.full((16, 24, 3), (50000, 20000, 10000), np.uint16))
    with pytest.raises(DataError, match='differ by 156 of 255'):
        nir.read_nir_as_stored(tmp_path / 'rgb.png')


def test_refuses_floats(tmp_path: Path) -> None:
    write_levels(tmp_path / 'nir.tiff', np.ones((2, 2), np.float32))
    with pytest.raises(DataError, match='float32'):
        nir.read_nir(tmp_path / 'nir.tiff')


def test_says_what_is_missing_and_where_it_is_published(tmp_path: Path) -> None:
    assert not rgb_nir.is_here(tmp_path)
    with pytest.raises(DataError, match=r'_rgb\.tiff.*epfl\.ch'):
        rgb_nir.read_items(tmp_path, None)
    write_epfl(tmp_path)
    assert rgb_nir.is_here(tmp_path)
    (tmp_path / 'country/0000_nir.tiff').unlink()
    with pytest.raises(DataError, match=r'0000_nir\.tiff'):
        rgb_nir.read_items(tmp_path, None)


@requires_shared
def test_reads_the_public_pairs() -> None:
    items = nir.read_items(SHARED / 'data', None)
    assert len(items) == 189
    assert sum(item.suspect and item.split != 'look' for item in items) == 21
    assert all(item.suspect for item in items if item.split == 'look')
    frame = items[0].load()
    assert frame.rgb.shape[:2] == frame.nir.shape
