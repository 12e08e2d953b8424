"""The level does not flutter, and old looks do not count."""

from __future__ import annotations

from hypothesis import given, strategies as st
import numpy as np

from colorize_ros.detection.consistency import match
from colorize_ros.detection.detections import Detections
from colorize_ros.detection.light import Light
from colorize_ros.detection.verdict import Bounds, Figure, Hysteresis, Level, RollingConsistency

NAMES = ('cup', 'chair')
BOUNDS = Bounds(warn_below=0.5, error_below=0.25, margin=0.1)


def boxes(*labels: int) -> Detections:
    count = len(labels)
    corners = np.array([[20 * i, 0, 20 * i + 10, 10] for i in range(count)], np.float32)
    return Detections(corners.reshape(-1, 4), np.full(count, 0.9, np.float32),
                      np.array(labels, np.int64))


def test_it_gets_worse_at_once_and_better_by_a_margin() -> None:
    verdict = Hysteresis()
    figures = [0.9, 0.49, 0.55, 0.59, 0.61, 0.2, 0.3, 0.36, 0.55, 0.7, 0.1, 0.65]
    assert [verdict.judge(figure, BOUNDS) for figure in figures] == [
        Level.OK, Level.WARN, Level.WARN, Level.WARN, Level.OK, Level.ERROR, Level.ERROR,
        Level.WARN, Level.WARN, Level.OK, Level.ERROR, Level.OK]


@given(st.lists(st.floats(0, 1), min_size=1))
def test_a_figure_beyond_all_margins_is_judged_as_if_it_were_the_first(
        figures: list[float]) -> None:
    verdict = Hysteresis()
    for figure in figures:
        level = verdict.judge(figure, BOUNDS)
        assert level >= Hysteresis().judge(figure, BOUNDS)
        assert level <= Hysteresis().judge(figure - BOUNDS.margin, BOUNDS)


def test_old_looks_do_not_count() -> None:
    rolling = RollingConsistency(NAMES, NAMES)
    assert rolling.add(match(boxes(0), boxes()), 0.0, 5.0).recall == 0
    assert rolling.add(match(boxes(0), boxes(0)), 3.0, 5.0).recall == 0.5
    latest = rolling.add(match(boxes(0), boxes(0)), 6.0, 5.0)
    assert (latest.recall, latest.images) == (1.0, 2)


def test_only_the_classes_that_are_asked_for_count() -> None:
    rolling = RollingConsistency(NAMES, ('cup',))
    assert rolling.add(match(boxes(0, 1), boxes(0)), 0.0, 5.0).f1 == 1.0


def test_a_figure_of_too_few_objects_is_none() -> None:
    rolling = RollingConsistency(NAMES, NAMES)
    assert not Figure(rolling.add(match(boxes(), boxes()), 0.0, 9.0), 0.0).rests_on(0)
    figure = Figure(rolling.add(match(boxes(0), boxes(0, 1)), 1.0, 9.0), 1.0)
    assert figure.objects == 2
    assert figure.rests_on(2)
    assert not figure.rests_on(3)


def test_light_is_told_from_dark_without_flicker() -> None:
    light, said = Light(lambda rgb: float(rgb[0, 0, 0]) / 100), []
    for level in (40, 60, 40, 30, 40, 50):
        light.see(picture(level), 0.0)
        said.append(light.lit)
    assert said == [False, True, True, False, False, True]


def test_light_is_measured_when_it_changes_and_now_and_then() -> None:
    measured = []

    def measure(rgb: np.ndarray) -> float:
        measured.append(int(rgb[0, 0, 0]))
        return 0.9

    light = Light(measure)
    for level, at_s in ((100, 0.0), (105, 1.0), (80, 2.0), (81, 6.0), (82, 7.5), (0, 7.6)):
        light.see(picture(level), at_s)
    assert measured == [100, 80, 82, 0]


def picture(level: int) -> np.ndarray:
    return np.full((32, 48, 3), level, np.uint8)
