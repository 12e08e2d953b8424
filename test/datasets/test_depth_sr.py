"""Disparity maps and the small maps made of them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from colorize_ros.datasets.depth_sr import crop_to_multiple, downsample, read_items
from colorize_ros.errors import DataError, ShapeError
from shared_data import requires_shared, SHARED
from small_data import write_depth_sr


def test_reads_maps_with_and_without_color(tmp_path: Path) -> None:
    plain, colored = (item.load() for item in read_items(write_depth_sr(tmp_path), 'test'))
    assert plain.rgb is None
    assert colored.rgb is not None
    assert colored.rgb.shape == (99, 131, 3)
    assert plain.disparity.dtype == np.float32
    assert np.isfinite(plain.disparity).all()
    assert np.isnan(colored.disparity[:20, :20]).all()


def test_refuses_a_map_of_16_bits(tmp_path: Path) -> None:
    write_depth_sr(tmp_path)
    cv2.imwrite(str(tmp_path / 'depth_sr/plain/disp.png'), np.ones((9, 9), np.uint16))
    with pytest.raises(DataError, match='uint16'):
        read_items(tmp_path, 'test')[0].load()


def test_says_which_map_is_missing(tmp_path: Path) -> None:
    write_depth_sr(tmp_path)
    (tmp_path / 'depth_sr/plain/disp.png').unlink()
    with pytest.raises(DataError, match='plain'):
        read_items(tmp_path, 'test')


def test_crops_to_a_multiple() -> None:
    assert crop_to_multiple(np.zeros((99, 131, 3)), 8).shape == (96, 128, 3)


@pytest.mark.parametrize('scale', [2, 4, 8])
def test_downsamples_to_the_means_of_blocks(scale: int) -> None:
    disparity = np.random.default_rng(0).uniform(50, 200, (32, 48)).astype(np.float32)
    means = disparity.reshape(32 // scale, scale, 48 // scale, scale).mean(axis=(1, 3))
    np.testing.assert_allclose(downsample(disparity, scale), means, rtol=1e-5)


def test_unknown_pixels_have_no_part_in_the_mean() -> None:
    disparity = np.full((8, 8), 80, np.float32)
    disparity[:4, :4] = np.nan
    disparity[4:6, 4:6] = np.nan
    small = downsample(disparity, 4)
    assert np.isnan(small[0, 0])
    np.testing.assert_allclose(small.flat[1:], 80, rtol=1e-5)


def test_refuses_what_does_not_divide() -> None:
    with pytest.raises(ShapeError, match='blocks of 8'):
        downsample(np.ones((30, 32), np.float32), 8)


@requires_shared
def test_reads_the_public_maps() -> None:
    frames = [item.load() for item in read_items(SHARED / 'data', None)]
    assert len(frames) == 7
    assert sum(frame.rgb is not None for frame in frames) == 3
