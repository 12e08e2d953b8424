"""What the demo's page says of consistency_monitor."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip('rosbags')

from rosbags.rosbag2 import StoragePlugin, Writer

from colorize_ros.detection import Detections
from colorize_ros.detection.class_names import COCO_CLASSES
from colorize_ros.errors import DataError
from colorize_ros.evaluation import report_consistency
from colorize_ros.evaluation.demo_recording import Run
from colorize_ros.evaluation.demo_topics import find_topics
from colorize_ros.evaluation.report_consistency import Course, plot, read_courses, section
from colorize_ros.messages import encode_rgb
from demo_runs import (
    DIAGNOSTICS,
    filled,
    GUESSED_RGB,
    IMAGE,
    image_of,
    LIT_RGB,
    played_bag,
    START_NS,
    statuses_of,
    STEP_NS,
    TYPES,
)

WALL_NS = 5_000_000_000_000
NIR_LATE_NS = 3
# Second, level, light, F1 or what there is instead.
SAID: tuple[tuple[float, int, str, dict[str, str]], ...] = (
    (0.5, 0, '0.95', {'f1': '0.8', 'f1_with_stereo_colorizer': '0.7'}),
    (1.5, 1, '0.95', {'f1': '0.4'}),
    (2.5, 1, '0', {'f1_with_stereo_colorizer': '0.3'}),
    (3.5, 2, '0', {}),
    (4.5, 1, '0', {}),  # the drive is over
)


class Finder:
    """Finds a cup in what is lit as the truth is."""

    class_names = COCO_CLASSES

    @classmethod
    def load(cls, path: str | None, *, score_threshold: float) -> Finder:
        assert path == 'yolo.onnx'
        return cls()

    def __call__(self, rgb: np.ndarray) -> Detections:
        found = int(np.abs(rgb[0, 0].astype(int) - LIT_RGB).max() < 3)
        return Detections(np.array([[2, 2, 20, 20]] * found, np.float32).reshape(-1, 4),
                          np.full(found, 0.9, np.float32),
                          np.full(found, 41, np.int64))


@pytest.fixture(autouse=True)
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_consistency, 'Detector', Finder)


def a_run(folder: Path, said: Any = SAID) -> Run:
    """A drive of which every other frame has a truth; the first two are colored as it is."""
    bag, work = played_bag(folder / 'bag', nir=True), folder / 'work'
    work.mkdir()
    published = []
    with Writer(work / 'recorded', version=9, storage_plugin=StoragePlugin.MCAP) as writer:
        diagnostics = writer.add_connection('/diagnostics', DIAGNOSTICS, typestore=TYPES)
        for second, level, light, values in said:
            parts = {'reference': (0, {'light_level': light}),
                     'nir_colorizer': (level, {'light_level': light, 'window_s': '2.5', **values}),
                     'model yolo': (0, {'path': 'yolo.onnx'})}
            message = statuses_of('consistency_monitor', parts, WALL_NS + int(second * 1e9))
            writer.write(diagnostics, 1, TYPES.serialize_cdr(message, DIAGNOSTICS))
        images = writer.add_connection('/nir_colorizer/image_color', IMAGE, typestore=TYPES)
        overlays = writer.add_connection('/consistency_monitor/overlay', IMAGE, typestore=TYPES)
        for number in range(4):
            stamp = START_NS + number * STEP_NS + NIR_LATE_NS
            published.append({'topic': '/nir/image_raw', 'stamp_ns': stamp,
                              'published_ns': WALL_NS + number * STEP_NS})
            rgb = filled(LIT_RGB if number < 2 else GUESSED_RGB)
            for connection in (images, overlays):
                writer.write(connection, 1, TYPES.serialize_cdr(
                    image_of(encode_rgb(rgb), stamp), IMAGE))
    published.append({'topic': '/nir/camera_info', 'stamp_ns': START_NS - 1,
                      'published_ns': WALL_NS + 3_600_000_000})
    (work / 'published.jsonl').write_text('\n'.join(map(json.dumps, published)))
    return Run(bag, find_topics(bag), work)


def test_the_courses_are_read_from_the_diagnostics(tmp_path: Path) -> None:
    courses, light = read_courses(a_run(tmp_path))
    assert light == [(0.5, 0.95), (1.5, 0.95), (2.5, 0.0), (3.5, 0.0)]
    course = courses.pop('nir_colorizer')
    assert not courses
    assert course.verdicts == [(0.5, 0), (1.5, 1), (2.5, 1), (3.5, 2)]
    assert course.by_light == [(0.5, 0.8), (1.5, 0.4)]
    assert course.in_the_dark == [(2.5, 0.3)]


def test_the_page_knows_what_the_monitor_could_not(tmp_path: Path) -> None:
    made = section(a_run(tmp_path))
    points = made.facts['candidates']['nir_colorizer']['points']
    # Of the four frames two have a truth; in the second one nothing is found again.
    assert points['truth'] == [(pytest.approx(0.0), 1.0),
                               (pytest.approx(0.2), pytest.approx(2 / 3))]
    assert made.facts['candidates']['nir_colorizer']['verdicts'] == {
        'OK': 1, 'WARN': 2, 'ERROR': 1}
    assert len(made.pictures['rows']) == 3
    json.dumps(made.facts)


def test_a_drive_without_verdicts_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match='said nothing'):
        section(a_run(tmp_path, ()))


def test_more_is_higher_and_later_is_further_right() -> None:
    drawn = plot({'one': Course([(0.0, 0), (5.0, 2)], [(5.0, 1.0)], [(10.0, 0.0)])}, [(0.0, 0.5)])
    course, = drawn['courses']
    assert course['by_light'] == [(500.0, 0.0)]
    assert course['in_the_dark'] == [(1000.0, 200.0)]
    assert [(x, width) for x, width, _ in course['bars']] == [(0.0, 500.0), (500.0, 500.0)]
    assert len({color for _, _, color in course['bars']}) == 2
    assert drawn['light'] == [(0.0, 100.0)]
    assert [second for _, second in drawn['seconds']] == list(range(11))


def test_the_axis_of_a_long_drive_can_be_read() -> None:
    drawn = plot({'one': Course([(0.0, 0), (600.0, 0)])}, [])
    assert [second for _, second in drawn['seconds']] == list(range(0, 601, 30))
