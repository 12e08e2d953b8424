"""What the demo's page says of stereo_colorizer."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip('rosbags')
pytest.importorskip('jinja2')

from colorize_ros.errors import DataError
from colorize_ros.evaluation.demo_processes import Together
from colorize_ros.evaluation.demo_stations import STATIONS
from colorize_ros.evaluation.report import write_report
from colorize_ros.evaluation.report_colored import accuracy
from colorize_ros.evaluation.report_stereo import (
    COPY,
    luminance_off,
    NODE,
    PairFrame,
    read_frames,
    section,
)
from demo_runs import filled, GUESSED_RGB, LIT_RGB, played_bag, run_of

MONO = cv2.cvtColor(filled(GUESSED_RGB), cv2.COLOR_RGB2GRAY)


def test_frames_find_what_was_beside_them_and_their_truth(tmp_path: Path) -> None:
    frames = read_frames(run_of(played_bag(tmp_path / 'bag', stereo=True), tmp_path / 'work'))
    assert [frame.since_start_s for frame in frames] == pytest.approx([0.0, 0.1, 0.2, 0.3])
    assert [frame.truth is not None for frame in frames] == [True, False, True, False]
    np.testing.assert_array_equal(frames[1].gray, MONO)
    np.testing.assert_array_equal(frames[1].color, filled(GUESSED_RGB))
    assert np.abs(frames[1].beside.astype(int) - (90, 90, 95)).max() <= 3


def test_colors_are_measured_beside_gray_and_luminance_by_its_worst_pixel() -> None:
    beside = filled((0, 0, 0))
    right = PairFrame(0.0, MONO, filled(GUESSED_RGB), filled(GUESSED_RGB), beside)
    scores = accuracy([right], NODE, COPY)
    assert scores['stereo_colorizer']['ciede2000'] == 0 < 3 < scores['gray']['ciede2000']
    assert luminance_off([right]) == 0
    brighter = filled(GUESSED_RGB)
    brighter[3, 4] += 7
    assert luminance_off([right, PairFrame(0.1, MONO, brighter, None, beside)]) == 7


def test_the_section_has_what_the_node_says_of_its_pair(tmp_path: Path) -> None:
    made = section(run_of(played_bag(tmp_path / 'bag', stereo=True), tmp_path / 'work'))
    assert made.facts['compared'] == 2
    assert made.facts['luminance_off_levels'] == 0
    assert made.facts['outcomes'] == {'colored': 3, 'gray': 1}
    assert made.facts['rows_off_px'] == '0.4'
    assert made.pictures['film']['names'] == [
        'Mono in', 'Color camera beside it', 'Mono in color, out', 'What good light would show']


def test_a_bag_of_a_pair_alone_has_a_page(tmp_path: Path) -> None:
    run = run_of(played_bag(tmp_path / 'bag', depth=False, guide=False, truth=False, stereo=True),
                 tmp_path / 'work')
    stereo = [station for station in STATIONS if station.name == 'stereo_colorizer']
    (tmp_path / 'out').mkdir()
    page = write_report(run, stereo, {}, Together(('stereo_colorizer',), 2, 2),
                        tmp_path / 'out').read_text(encoding='utf-8')
    assert 'less than 0.4 px' in page
    assert '3 mono images got colors, 1 mono image stayed gray.' in page
    assert 'good light' not in page
    assert 'painter' in page


def test_no_frame_is_an_error(tmp_path: Path) -> None:
    run = run_of(played_bag(tmp_path / 'bag', stereo=True), tmp_path / 'work', colored=0)
    with pytest.raises(DataError, match='published no color'):
        section(run)


def test_colors_against_a_truth_in_good_light() -> None:
    frame = PairFrame(0.0, MONO, filled(GUESSED_RGB), filled(LIT_RGB), filled((0, 0, 0)))
    scores = accuracy([frame], NODE, COPY)
    assert scores['stereo_colorizer']['psnr_db'] > scores['gray']['psnr_db']
