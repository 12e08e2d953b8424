"""The part of the demo's page about `consistency_monitor`."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
import math
from typing import Any

import numpy as np

from colorize_ros.datasets.ground_truth import GroundTruth
from colorize_ros.detection import Detector, match
from colorize_ros.detection.verdict import Level, RollingConsistency
from colorize_ros.errors import DataError
from colorize_ros.evaluation import demo_recording as recording
from colorize_ros.evaluation.bags import messages_of
from colorize_ros.evaluation.report_pictures import Moment, row, Section, spread
from colorize_ros.messages import decode_rgb, stamp_ns

NODE = 'consistency_monitor'
OVERLAY = f'/{NODE}/overlay'
# Where the truth of what a node colors was seen from.
SENSORS = {'nir_colorizer': 'nir', 'stereo_colorizer': 'mono', 'depth_colorizer': 'color'}
NEAREST_NS = 60_000_000
TRUTHS, LARGE_PICTURES = 40, 3
MOST_TICKS = 20
WIDTH, HEIGHT, BAR, BAR_STEP, BARS_FROM = 1000, 200, 14, 36, 46
LINES = ('#5cc8a8', '#7aa7ff', '#e58bd0')
VERDICTS = {Level.OK: '#3d9a63', Level.WARN: '#ebcd5a', Level.ERROR: '#e0564c'}


@dataclass
class Course:
    """What was said of one candidate, and what it was; points are (seconds, value).

    Attributes:
        verdicts: levels.
        by_light: F1 against the reference.
        in_the_dark: best F1 with another candidate.
        truth: F1 against what good light would have shown from the same place, which the monitor
            could not know.
        window_s: how long a look counts.
    """

    verdicts: list[tuple[float, int]] = field(default_factory=list)
    by_light: list[tuple[float, float]] = field(default_factory=list)
    in_the_dark: list[tuple[float, float]] = field(default_factory=list)
    truth: list[tuple[float, float]] = field(default_factory=list)
    window_s: float = 0.0

    @property
    def facts(self) -> dict[str, Any]:
        """Its numbers, for results.json."""
        levels = [level for _, level in self.verdicts]
        return {'points': {'by_light': self.by_light, 'in_the_dark': self.in_the_dark,
                           'truth': self.truth, 'verdicts': self.verdicts},
                'verdicts': {level.name: levels.count(level) for level in Level}}


def section(run: recording.Run) -> Section:
    """Draw what the monitor said in the course of the drive.

    Raises:
        DataError: it said nothing.
    """
    courses, light = read_courses(run)
    if not courses:
        raise DataError('the node said nothing of any candidate; expected a status of each in '
                        '/diagnostics')
    for name, course in courses.items():
        course.truth = true_course(run, name, course.window_s)
    overlays = _overlays(run)
    return Section({'candidates': {name: course.facts for name, course in courses.items()},
                    'light': light},
                   {'plot': plot(courses, light), 'rows': overlays})


def read_courses(run: recording.Run) -> tuple[dict[str, Course], list[tuple[float, float]]]:
    """Read the monitor's diagnostics.

    Returns:
        The course of each candidate, and the light level; seconds since the first message.
    """
    times_ns = [entry['published_ns'] for entry in run.published] or [0]
    start_ns, end_s = min(times_ns), (max(times_ns) - min(times_ns)) / 1e9
    courses: dict[str, Course] = {}
    light = []
    for message in messages_of(run.recorded, '/diagnostics'):
        at_s = (stamp_ns(message) - start_ns) / 1e9
        for status in message.status:
            node, _, part = status.name.partition(': ')
            values = {entry.key: entry.value for entry in status.values}
            # That nothing comes once the bag has ended is nothing to show.
            if node.strip('/') != NODE or not 0 <= at_s <= end_s or 'light_level' not in values:
                continue
            if 'window_s' in values:
                _note(courses.setdefault(part, Course()), at_s, _level(status.level), values)
            elif (level := _number(values['light_level'])) is not None:
                light.append((at_s, level))
    return courses, light


def true_course(run: recording.Run, name: str, window_s: float) -> list[tuple[float, float]]:
    """Find in what a node colored what the detector finds in good light from the same place."""
    colored, truth = f'/{name}/image_color', GroundTruth(run.bag)
    sensor = SENSORS.get(name, '')
    known = np.array(truth.stamps(f'{sensor}_lit'), np.int64)
    played = {entry['stamp_ns']: entry['published_ns'] for entry in run.published}
    pairs = {stamp: int(known[np.abs(known - stamp).argmin()])
             for stamp in recording.stamps_of(run.recorded, colored)
             if stamp in played and len(known) and np.abs(known - stamp).min() <= NEAREST_NS}
    if not pairs:
        return []
    facts = recording.last_diagnostics(run.recorded, NODE)
    path = next((values['path'] for part, values in facts.items() if part.startswith('model ')),
                None)
    detector, start_ns = Detector.load(path, score_threshold=0.3), min(played.values())
    rolling, course = RollingConsistency(detector.class_names, 'coco'), []
    images = recording.images_by_stamp(run.recorded, colored, spread(sorted(pairs), TRUTHS),
                                       decode_rgb)
    for stamp, rgb in sorted(images.items()):
        at_s = (played[stamp] - start_ns) / 1e9
        matches = match(detector(truth.lit_rgb(sensor, pairs[stamp])), detector(rgb))
        f1 = rolling.add(matches, at_s, window_s).f1
        if not math.isnan(f1):
            course.append((at_s, f1))
    return course


def plot(courses: Mapping[str, Course], light: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """Place the courses in a drawing."""
    ends = [at_s for course in courses.values() for at_s, _ in (
        *course.verdicts, *course.by_light, *course.in_the_dark, *course.truth)]
    seconds = max([*ends, 1.0])

    def points(values: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        return [(WIDTH * at_s / seconds, HEIGHT * (1 - value)) for at_s, value in values]

    drawn = []
    for number, (name, course) in enumerate(courses.items()):
        times = [WIDTH * at_s / seconds for at_s, _ in course.verdicts]
        bars = [(x, end - x, VERDICTS[Level(level)]) for x, end, (_, level) in zip(
            times, [*times[1:], WIDTH], course.verdicts)]
        drawn.append({'name': name, 'color': LINES[number % len(LINES)], 'bars': bars,
                      'top': HEIGHT + BARS_FROM + number * BAR_STEP,
                      'by_light': points(course.by_light), 'truth': points(course.truth),
                      'in_the_dark': points(course.in_the_dark)})
    return {'courses': drawn, 'light': points(light), 'width': WIDTH, 'height': HEIGHT,
            'bar': BAR, 'bottom': HEIGHT + BARS_FROM + len(courses) * BAR_STEP,
            'levels': [(HEIGHT * (1 - level), level) for level in (0.0, 0.25, 0.5, 0.75, 1.0)],
            'seconds': [(WIDTH * at_s / seconds, at_s) for at_s in range(
                0, int(seconds) + 1, math.ceil(seconds / MOST_TICKS))],
            'verdicts': {level.name: color for level, color in VERDICTS.items()}}


def _note(course: Course, at_s: float, level: int, values: Mapping[str, str]) -> None:
    course.verdicts.append((at_s, level))
    course.window_s = _number(values['window_s']) or 0.0
    f1 = _number(values.get('f1', ''))
    others = [_number(value) for key, value in values.items() if key.startswith('f1_with_')]
    known = [value for value in others if value is not None]
    if f1 is not None:
        course.by_light.append((at_s, f1))
    elif known:
        course.in_the_dark.append((at_s, max(known)))


def _overlays(run: recording.Run) -> list[dict[str, Any]]:
    """Choose a few pictures, evenly spread; those with the most candidates on them."""
    stamps = recording.stamps_of(run.recorded, OVERLAY)
    pictures = recording.images_by_stamp(run.recorded, OVERLAY, spread(stamps, 4 * LARGE_PICTURES),
                                         decode_rgb)
    tallest = max((picture.shape[0] for picture in pictures.values()), default=0)
    start = min(stamps, default=0)
    return [row(Moment((stamp - start) / 1e9, {'Found in both green, missed red, found in the '
                                               'candidate alone orange': picture}))
            for stamp, picture in spread([(stamp, picture) for stamp, picture in sorted(
                pictures.items()) if picture.shape[0] == tallest], LARGE_PICTURES)]


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return None if math.isnan(value) else value


def _level(level: Any) -> int:
    """Take a byte as rclpy or rosbags has it."""
    return level[0] if isinstance(level, bytes) else int(level)
