"""PFM and level files: byte order, row order, scale, and what is refused."""

from __future__ import annotations

from pathlib import Path
import struct

import numpy as np
import pytest

from colorize_ros.datasets.map_files import read_levels, read_mask, read_pfm, unknown_at_zero
from colorize_ros.errors import DataError
from stereo_data import picture, write_levels, write_rgb


@pytest.mark.parametrize(('header', 'byte_order'), [
    (b'Pf\n2 3\n-1.0\n', '<'),
    (b'Pf\n2 3\n1.0\n', '>'),
    (b'Pf\r\n2 3\r\n-1\r\n', '<'),
    (b'Pf \n2 3 \n-1.0\n', '<'),
])
def test_pfm_is_read_from_the_bottom_row_up_in_its_byte_order(
        tmp_path: Path, header: bytes, byte_order: str) -> None:
    path = tmp_path / 'map.pfm'
    path.write_bytes(header + struct.pack(f'{byte_order}6f', 5, 6, 3, 4, 1, 2))
    values = read_pfm(path)
    assert values.dtype == np.float32
    np.testing.assert_array_equal(values, [[1, 2], [3, 4], [5, 6]])


def test_the_magnitude_of_the_scale_is_not_applied(tmp_path: Path) -> None:
    path = tmp_path / 'map.pfm'
    path.write_bytes(b'Pf\n1 1\n-0.003922\n' + struct.pack('<f', 62.5))
    assert read_pfm(path)[0, 0] == 62.5


def test_pixels_that_look_like_line_breaks_are_pixels(tmp_path: Path) -> None:
    path = tmp_path / 'map.pfm'
    path.write_bytes(b'Pf\n1 1\n-1.0\n' + b'\n\n A')
    assert read_pfm(path)[0, 0] == np.frombuffer(b'\n\n A', '<f4')[0]


@pytest.mark.parametrize(('content', 'message'), [
    (b'PF\n1 1\n-1.0\n' + bytes(12), 'one channel'),
    (b'P5\n1 1\n255\n\0', 'one channel'),
    (b'Pf\n2 2\n-1.0\n' + bytes(15), '15 bytes of pixels instead of 16'),
    (b'Pf\n2 2\n-1.0\n' + bytes(17), '17 bytes of pixels instead of 16'),
    (b'', 'one channel'),
])
def test_refuses_what_is_no_whole_pfm(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / 'map.pfm'
    path.write_bytes(content)
    with pytest.raises(DataError, match=rf'map\.pfm.*{message}'):
        read_pfm(path)


def test_refuses_a_pfm_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r'map\.pfm cannot be read'):
        read_pfm(tmp_path / 'map.pfm')


@pytest.mark.parametrize(('dtype', 'ending'), [
    (np.uint8, 'png'), (np.uint8, 'pgm'), (np.uint16, 'png'), (np.uint16, 'tiff')])
def test_levels_come_as_they_are_stored(tmp_path: Path, dtype: type, ending: str) -> None:
    levels = np.array([[0, 1, 200], [7, np.iinfo(dtype).max, 3]], dtype)
    write_levels(tmp_path / f'levels.{ending}', levels)
    read = read_levels(tmp_path / f'levels.{ending}', dtype)
    assert read.dtype == dtype
    np.testing.assert_array_equal(read, levels)


def test_refuses_levels_of_another_kind(tmp_path: Path) -> None:
    write_levels(tmp_path / 'narrow.png', np.ones((2, 2), np.uint8))
    write_rgb(tmp_path / 'color.png', picture())
    (tmp_path / 'damaged.png').write_bytes(b'\x89PNG')
    for name, message in {
            'narrow': 'uint8.*expected 16-bit', 'color': 'single channel',
            'damaged': 'not an image', 'absent': 'missing'}.items():
        with pytest.raises(DataError, match=rf'{name}\.png.*{message}'):
            read_levels(tmp_path / f'{name}.png', np.uint16)


def test_level_zero_is_unknown_and_the_others_are_divided() -> None:
    np.testing.assert_array_equal(
        unknown_at_zero(np.uint16([[0, 128, 512]]), 256), np.float32([[np.nan, 0.5, 2]]))


def test_a_mask_may_say_true_with_1_or_with_255(tmp_path: Path) -> None:
    write_levels(tmp_path / 'mask.png', np.uint8([[0, 1, 255]]))
    np.testing.assert_array_equal(read_mask(tmp_path / 'mask.png'), [[False, True, True]])
    with pytest.raises(DataError, match=r'absent\.png'):
        read_mask(tmp_path / 'absent.png')
