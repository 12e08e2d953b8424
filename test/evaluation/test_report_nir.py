"""What the demo's page says of nir_colorizer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip('rosbags')

from colorize_ros.errors import DataError
from colorize_ros.evaluation.report_colored import accuracy, GrayFrame
from colorize_ros.evaluation.report_nir import COPY, NODE, read_frames, section
from colorize_ros.messages import encode_gray
from colorize_ros.simulation.bag_writer import BagWriter, Stamps
from demo_runs import filled, GUESSED_RGB, LIT_RGB, NIR, NIR_LEVEL, played_bag, run_of, START_NS


def test_frames_find_their_truth_by_stamp(tmp_path: Path) -> None:
    frames = read_frames(run_of(played_bag(tmp_path / 'bag', nir=True), tmp_path / 'work'))
    assert [frame.since_start_s for frame in frames] == pytest.approx([0.0, 0.1, 0.2, 0.3])
    assert [frame.truth is not None for frame in frames] == [True, False, True, False]
    np.testing.assert_array_equal(frames[1].gray, np.full((48, 64), NIR_LEVEL, np.uint8))
    np.testing.assert_array_equal(frames[1].color, filled(GUESSED_RGB))


def test_colors_are_measured_beside_a_gray_copy() -> None:
    nir = np.full((48, 64), NIR_LEVEL, np.uint8)
    scores = accuracy([GrayFrame(0.0, nir, filled(LIT_RGB), filled(LIT_RGB)),
                       GrayFrame(0.1, nir, filled(GUESSED_RGB), filled(LIT_RGB)),
                       GrayFrame(0.2, nir, filled((0, 0, 0)), None)], NODE, COPY)
    assert scores['nir_colorizer']['ciede2000'] < 3 < scores['gray copy']['ciede2000']
    assert scores['gray copy']['psnr_db'] == pytest.approx(
        20 * np.log10(255 / np.sqrt((20**2 + 10**2 + 40**2) / 3)))


def test_without_truth_nothing_is_measured(tmp_path: Path) -> None:
    made = section(run_of(played_bag(tmp_path / 'bag', truth=False, nir=True), tmp_path / 'work'))
    assert made.facts == {'accuracy': {}, 'compared': 0}
    assert made.pictures['film']['names'] == ['Near infrared in', 'Color out: a guess']


def test_the_film_shows_the_nearest_truth_and_says_so(tmp_path: Path) -> None:
    made = section(run_of(played_bag(tmp_path / 'bag', nir=True), tmp_path / 'work'))
    assert made.facts['compared'] == 2
    assert made.pictures['film']['names'][-1] == 'What good light would show'
    assert len(made.pictures['film']['frames']) == 4
    assert made.pictures['truths_are_few']


def test_sixteen_bits_are_shown_with_the_brightest_as_white(tmp_path: Path) -> None:
    with BagWriter(tmp_path / 'bag') as bag:
        levels = np.full((48, 64), 500, np.uint16)
        levels[:, :32] = 1000
        bag.write_image(NIR, Stamps(START_NS + 3, START_NS), 'nir', encode_gray(levels))
    frame, = read_frames(run_of(tmp_path / 'bag', tmp_path / 'work', colored=1))
    assert (frame.gray[0, 0], frame.gray[0, -1]) == (255, 127)


def test_no_frame_is_an_error(tmp_path: Path) -> None:
    run = run_of(played_bag(tmp_path / 'bag', nir=True), tmp_path / 'work', colored=0)
    with pytest.raises(DataError, match='published no color'):
        section(run)
