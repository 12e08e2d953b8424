"""The truth beside a bag, read by stamp."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from colorize_ros.datasets.ground_truth import GroundTruth
from colorize_ros.errors import DataError


def write(bag: Path, kind: str, stamp: int, image: np.ndarray, ending: str = 'png') -> None:
    folder = bag / 'ground_truth' / kind
    folder.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(folder / f'{stamp}.{ending}'), image)


def test_a_bag_without_truth_has_no_stamps(tmp_path: Path) -> None:
    assert GroundTruth(tmp_path).stamps('depth') == []


def test_stamps_are_sorted_as_numbers(tmp_path: Path) -> None:
    for stamp in (10, 9, 100):
        write(tmp_path, 'depth', stamp, np.ones((4, 4), np.uint16))
    assert GroundTruth(tmp_path).stamps('depth') == [9, 10, 100]


def test_depth_is_metres_and_nan_where_unknown(tmp_path: Path) -> None:
    write(tmp_path, 'depth', 7, np.array([[0, 1500]], np.uint16))
    np.testing.assert_array_equal(GroundTruth(tmp_path).depth_m(7), np.float32([[np.nan, 1.5]]))


def test_disparity_is_stored_in_64ths_of_a_pixel(tmp_path: Path) -> None:
    write(tmp_path, 'disparity', 7, np.array([[0, 96]], np.uint16))
    np.testing.assert_array_equal(
        GroundTruth(tmp_path).disparity_px(7), np.float32([[np.nan, 1.5]]))


def test_lit_views_are_rgb(tmp_path: Path) -> None:
    write(tmp_path, 'nir_lit', 7, np.full((4, 4, 3), (0, 0, 200), np.uint8))
    assert GroundTruth(tmp_path).lit_rgb('nir', 7)[0, 0].tolist() == [200, 0, 0]


def test_occluded_is_a_mask(tmp_path: Path) -> None:
    write(tmp_path, 'occluded', 7, np.array([[0, 255]], np.uint8))
    assert GroundTruth(tmp_path).occluded(7).tolist() == [[False, True]]


def test_a_stamp_that_is_not_there_is_said(tmp_path: Path) -> None:
    write(tmp_path, 'depth', 7, np.ones((4, 4), np.uint16))
    with pytest.raises(DataError, match='no depth of stamp 8; there are 1'):
        GroundTruth(tmp_path).depth_m(8)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    write(tmp_path, 'occluded', 7, np.ones((4, 4), np.uint8))
    (tmp_path / 'ground_truth' / 'occluded' / '7.png').write_bytes(b'nothing')
    with pytest.raises(DataError, match=r'occluded/7\.png'):
        GroundTruth(tmp_path).occluded(7)
