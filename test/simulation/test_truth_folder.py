"""The truth folder: what is written is what its reader finds."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from colorize_ros.datasets.ground_truth import GroundTruth
from colorize_ros.simulation import truth_folder
from colorize_ros.simulation.rendering.truth import Box
from colorize_ros.simulation.sensors.poses import make_pose
from colorize_ros.simulation.truth_folder import TruthFolder

STAMP = 1_700_000_000_012_345_678


def written(bag: Path, kind: str, file: bytes) -> GroundTruth:
    bag.mkdir(exist_ok=True)
    with TruthFolder(bag / 'ground_truth') as truth:
        truth.write(kind, STAMP, file)
    return GroundTruth(bag)


def test_depth_is_kept_to_the_millimetre(tmp_path: Path) -> None:
    depth_m = np.array([[np.nan, 0.4567], [3.0004, 9.9]], np.float32)
    truth = written(tmp_path, 'depth', truth_folder.depth_file(depth_m))
    np.testing.assert_allclose(truth.depth_m(STAMP), depth_m, atol=5.1e-4)


def test_disparity_is_kept_to_a_hundredth_of_a_pixel(tmp_path: Path) -> None:
    disparity_px = np.array([[np.nan, 0.51], [63.777, 130.2]], np.float32)
    truth = written(tmp_path, 'disparity', truth_folder.disparity_file(disparity_px))
    np.testing.assert_allclose(truth.disparity_px(STAMP), disparity_px, atol=0.01)


def test_a_mask_is_kept(tmp_path: Path) -> None:
    mask = np.array([[True, False], [False, True]])
    truth = written(tmp_path, 'occluded', truth_folder.mask_file(mask))
    np.testing.assert_array_equal(truth.occluded(STAMP), mask)


def test_color_is_kept_but_for_a_few_levels(tmp_path: Path) -> None:
    ramp = np.linspace(0, 255, 64).astype(np.uint8)
    rgb = np.stack([*np.meshgrid(ramp, ramp), np.full((64, 64), 90, np.uint8)], axis=2)
    truth = written(tmp_path, 'nir_lit', truth_folder.lit_file(rgb))
    assert np.abs(truth.lit_rgb('nir', STAMP).astype(int) - rgb).mean() < 3


def test_boxes_are_a_table(tmp_path: Path) -> None:
    with TruthFolder(tmp_path / 'truth') as truth:
        truth.write_boxes('nir', STAMP, [Box('chair', 3, 4, 50, 60, 2100),
                                         Box('potted plant', 90, 4, 20, 30, 333)])
        truth.write_boxes('mono', STAMP + 1, [])
    with (tmp_path / 'truth' / 'boxes.csv').open(newline='') as file:
        chair, plant = csv.DictReader(file)
    assert chair == {'sensor': 'nir', 'stamp_ns': str(STAMP), 'label': 'chair', 'left': '3',
                     'top': '4', 'width': '50', 'height': '60', 'visible': '2100'}
    assert plant['label'] == 'potted plant'


def test_the_trajectory_is_in_seconds_and_metres(tmp_path: Path) -> None:
    quarter_turn = [[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    with TruthFolder(tmp_path / 'truth') as truth:
        truth.write_trajectory([(STAMP, make_pose(quarter_turn, (1.5, -0.0, 1e-9)))])
    first, second = (tmp_path / 'truth' / 'trajectory.txt').read_text().splitlines()
    assert first.startswith('#')
    stamp, *numbers = second.split()
    assert stamp == '1700000000.012345678'
    assert [float(number) for number in numbers] == pytest.approx(
        (1.5, 0, 0, 0, 0, 0.707107, 0.707107), abs=1e-6)
    assert '-0.000000' not in second


def test_what_is_there_is_not_written_over(tmp_path: Path) -> None:
    with pytest.raises(FileExistsError), TruthFolder(tmp_path):
        pass
