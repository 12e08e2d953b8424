"""What the demo's page says of depth_colorizer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

pytest.importorskip('rosbags')
pytest.importorskip('jinja2')

from rosbags.rosbag2 import StoragePlugin, Writer

from colorize_ros.errors import DataError
from colorize_ros.evaluation.demo_processes import Together
from colorize_ros.evaluation.demo_recording import Run
from colorize_ros.evaluation.demo_stations import STATIONS
from colorize_ros.evaluation.demo_topics import find_topics
from colorize_ros.evaluation.report import write_report
from colorize_ros.evaluation.report_depth_color import accuracy, Frame, read_frames, section
from colorize_ros.messages import encode_depth, encode_rgb
from colorize_ros.simulation.bag_writer import BagWriter, encode_jpeg, Stamps
from demo_runs import (
    CAMERA,
    DIAGNOSTICS,
    filled,
    FRAMES,
    GUIDE,
    IMAGE,
    image_of,
    LIT_RGB,
    measured,
    START_NS,
    statuses_of,
    STEP_NS,
    TYPES,
)

LATE_NS = 3_000_000
DARK_RGB, LEARNED_RGB = (4, 3, 2), (110, 95, 70)
DARK_FROM = 2


def played(folder: Path, *, truth: bool = True) -> Path:
    """A bag on which the lights go out after two frames."""
    with BagWriter(folder) as bag:
        for number in range(FRAMES):
            at_ns = START_NS + number * STEP_NS
            stamps, late = Stamps(at_ns, at_ns), Stamps(at_ns + LATE_NS, at_ns + LATE_NS)
            seen = LIT_RGB if number < DARK_FROM else DARK_RGB
            bag.write_image('/depth/image_raw', stamps, 'camera', encode_depth(measured()))
            bag.write_camera_info('/camera_info', stamps, 'camera', CAMERA)
            bag.write_image(GUIDE, late, 'camera', encode_jpeg(filled(seen)))
    if truth:
        lit = folder / 'ground_truth' / 'color_lit'
        lit.mkdir(parents=True)
        for number in (0, 3):
            cv2.imwrite(str(lit / f'{START_NS + number * STEP_NS + LATE_NS}.png'),
                        filled(LIT_RGB)[..., ::-1])
    return folder


def run_of(bag: Path, work: Path, *, colored: int = FRAMES) -> Run:
    """A run in which so many frames came back."""
    work.mkdir()
    topic = '/depth_colorizer/image_color'
    received = []
    with Writer(work / 'recorded', version=9, storage_plugin=StoragePlugin.MCAP) as writer:
        pictures = writer.add_connection(topic, IMAGE, typestore=TYPES)
        for number in range(colored):
            stamp = START_NS + number * STEP_NS
            writer.write(pictures, number, TYPES.serialize_cdr(
                image_of(encode_rgb(filled(LEARNED_RGB)), stamp), IMAGE))
            received.append({'topic': topic, 'stamp_ns': stamp, 'received_ns': number})
        said = writer.add_connection('/diagnostics', DIAGNOSTICS, typestore=TYPES)
        message = statuses_of('depth_colorizer', {
            'pairing depth + camera_info': (0, {'sets': '4'}),
            'pairing depth + color': (0, {'sets': '3', 'dropped color: unmatched': '1'}),
            'memory': (0, {'references': '2'}), 'inference': (0, {'frames': '4'}),
            'model rememberer': (0, {'device': 'cpu', 'precision': 'fp32', 'sha256': 'ab'})})
        writer.write(said, 10 ** 9, TYPES.serialize_cdr(message, DIAGNOSTICS))
    published = [{'topic': '/depth/image_raw', 'stamp_ns': START_NS + number * STEP_NS,
                  'published_ns': number} for number in range(FRAMES)]
    for name, log in (('published', published), ('received', received)):
        lines = '\n'.join(json.dumps(entry) for entry in log)
        (work / f'{name}.jsonl').write_text(lines)
    return Run(bag, find_topics(bag), work)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return run_of(played(tmp_path / 'bag'), tmp_path / 'work')


def test_frames_find_what_the_camera_saw_and_the_truth_of_the_moment(run: Run) -> None:
    frames = read_frames(run)
    assert [frame.since_start_s for frame in frames] == pytest.approx([0.0, 0.1, 0.2, 0.3])
    assert [frame.is_dark for frame in frames] == [False, False, True, True]
    assert [frame.truth is not None for frame in frames] == [True, False, False, True]
    np.testing.assert_array_equal(frames[3].color, filled(LEARNED_RGB))
    np.testing.assert_array_equal(np.isnan(frames[0].depth_m), np.isnan(measured()))


def test_colors_are_measured_in_the_dark_beside_the_color_camera(run: Run) -> None:
    made = section(run)
    assert made.facts['compared'] == 1
    assert made.facts['in_the_dark']
    assert made.facts['dark_frames'] == 2
    assert made.facts['references'] == 2
    scores = made.facts['accuracy']
    assert scores['depth_colorizer']['psnr_db'] > 25 > 12 > scores['color camera']['psnr_db']
    assert made.pictures['film']['names'] == [
        'Depth in', 'Color camera', 'Depth in color, out', 'What good light would show']


def test_by_day_alone_all_frames_count() -> None:
    day = [Frame(0.1 * number, measured(), filled(LIT_RGB), 0.9, filled(LEARNED_RGB),
                 filled(LIT_RGB)) for number in range(2)]
    assert not any(frame.is_dark for frame in day)
    assert accuracy(day)['color camera']['ciede2000'] == 0


def page(run: Run, out: Path) -> str:
    out.mkdir()
    station = [each for each in STATIONS if each.name == 'depth_colorizer']
    made = write_report(run, station, {}, Together(('depth_colorizer',), 2, 2), out)
    return made.read_text(encoding='utf-8')


def test_the_page_tells_what_was_learned_and_what_it_was_good_for(
        run: Run, tmp_path: Path) -> None:
    written = page(run, tmp_path / 'out')
    assert 'references of the place learned' in written
    assert 'PSNR in the dark' in written
    assert 'in which the color camera sees too little' in written
    assert 'rememberer' in written
    assert '<td>sets paired</td><td class="n">7</td>' in written
    assert 'dropped: color: unmatched' in written


def test_a_bag_without_truth_has_a_page(tmp_path: Path) -> None:
    run = run_of(played(tmp_path / 'bag', truth=False), tmp_path / 'work')
    made: Any = section(run)
    assert made.facts['accuracy'] == {}
    assert 'good light would' not in page(run, tmp_path / 'out')


def test_no_frame_is_an_error_that_asks_for_light(tmp_path: Path) -> None:
    run = run_of(played(tmp_path / 'bag'), tmp_path / 'work', colored=0)
    with pytest.raises(DataError, match='Was there light to learn from'):
        section(run)
