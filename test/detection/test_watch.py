"""What is said of a candidate by day, at night, and when something is wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from colorize_ros.detection.consistency import match
from colorize_ros.detection.detections import Detections
from colorize_ros.detection.verdict import Bounds, Level
from colorize_ros.detection.watch import Circumstances, Rules, Watch

NAMES = ('cup', 'chair')
RULES = Rules(window_s=10.0, least_objects=4, by_light=Bounds(0.5, 0.25, 0.05),
              in_the_dark=Bounds(0.3, -1.0, 0.05))
LIT = Circumstances(now_s=1.0, no_reference='', light_level=0.5, trouble='')
DARK = replace(LIT, now_s=8.0, no_reference='no reference light', light_level=0.01)


def things(count: int, away: float = 0.0) -> Detections:
    corners = [[30 * i + away, 0, 30 * i + 20 + away, 20] for i in range(count)]
    return Detections(np.array(corners, np.float32).reshape(-1, 4),
                      np.full(count, 0.9, np.float32), np.zeros(count, np.int64))


def halves(good: int, count: int = 8) -> Any:
    """Matches of `count` things of which so many are found again."""
    return match(things(count), things(good))


@pytest.fixture
def watch() -> Watch:
    return Watch(NAMES, NAMES)


@pytest.mark.parametrize(('good', 'level'), [(8, Level.OK), (2, Level.WARN), (1, Level.ERROR)])
def test_by_light_the_reference_is_the_truth(watch: Watch, good: int, level: Level) -> None:
    watch.look(halves(good), 0.0, RULES)
    said = watch.state(LIT, RULES)
    assert said.level is level
    assert f'F1 {2 * good / (8 + good):.2f} over 8 objects in 1 images' in said.message
    assert said.values['f1'] == pytest.approx(2 * good / (8 + good))
    assert (said.values['truths'], said.values['found'], said.values['images']) == (8, good, 1)
    assert 0 < said.values['ap'] <= 1
    assert (said.values['light_level'], said.values['window_s']) == (0.5, 10.0)


def test_few_objects_are_no_verdict(watch: Watch) -> None:
    assert watch.state(LIT, RULES).message == 'not looked at yet'
    watch.look(halves(0, 3), 0.0, RULES)
    said = watch.state(LIT, RULES)
    assert said.level is Level.OK
    assert 'too little to judge by: 3 objects, expected 4' in said.message


def test_things_that_the_reference_does_not_show_are_held_against_it(watch: Watch) -> None:
    watch.look(match(things(0), things(8)), 0.0, RULES)
    assert watch.state(LIT, RULES).level is Level.ERROR


def test_in_the_dark_the_last_figure_by_day_and_its_age_are_shown(watch: Watch) -> None:
    watch.look(halves(8), 1.0, RULES)
    watch.look(halves(8), 3.0, RULES)
    said = watch.state(DARK, RULES)
    assert said.level is Level.WARN
    assert said.message == ('no reference light; by day F1 1.00, 5 s ago; no other candidate to '
                            'compare it with')
    assert said.values['by_day_f1'] == 1.0
    assert said.values['by_day_age_s'] == 5.0
    assert 'f1' not in said.values


def test_in_the_dark_candidates_are_compared_with_each_other(watch: Watch) -> None:
    watch.compare('thermal', match(things(8), things(8, away=200)), 7.0, RULES)
    said = watch.state(DARK, RULES)
    assert said.level is Level.WARN
    assert 'does not agree with thermal: F1 0.' in said.message
    watch.compare('depth', halves(8), 7.5, RULES)
    said = watch.state(DARK, RULES)
    assert said.level is Level.OK
    assert 'agrees with depth: F1 1.00' in said.message
    assert said.values['f1_with_depth'] == 1.0
    later = watch.state(replace(DARK, now_s=17.2), RULES)
    assert 'f1_with_thermal' not in later.values
    assert 'f1_with_depth' in later.values


def test_candidates_that_differ_are_never_an_error(watch: Watch) -> None:
    watch.compare('depth', match(things(8), things(8, away=1000)), 7.5, RULES)
    assert watch.state(DARK, RULES).level is Level.WARN


def test_an_empty_scene_in_the_dark_is_no_trouble(watch: Watch) -> None:
    watch.compare('depth', halves(0, 0), 7.5, RULES)
    said = watch.state(DARK, RULES)
    assert said.level is Level.OK
    assert 'too little to compare' in said.message


def test_trouble_with_the_images_comes_first(watch: Watch) -> None:
    watch.look(halves(8), 0.0, RULES)
    said = watch.state(replace(LIT, trouble='nothing comes'), RULES)
    assert (said.level, said.message) == (Level.WARN, 'nothing comes')
    assert 'f1' not in said.values


def test_images_that_find_no_reference_are_told(watch: Watch) -> None:
    watch.look(halves(8), 0.0, RULES)
    said = watch.state(replace(LIT, now_s=30.0), RULES)
    assert said.level is Level.WARN
    assert 'slop_s' in said.message
    assert 'f1' not in said.values
    again = Watch(NAMES, NAMES)
    assert again.state(LIT, RULES).message == 'not looked at yet'
    assert again.state(replace(LIT, now_s=10.0), RULES).level is Level.OK
    assert again.state(replace(LIT, now_s=12.0), RULES).level is Level.WARN


@pytest.mark.parametrize('idle', [{'no_reference': 'no reference light'},
                                  {'trouble': 'nothing comes'}])
def test_after_a_night_or_a_silence_a_look_is_not_overdue_at_once(
        watch: Watch, idle: dict[str, Any]) -> None:
    watch.look(halves(2), 0.0, RULES)
    assert watch.state(replace(LIT, now_s=100.0, **idle), RULES).level is Level.WARN
    said = watch.state(replace(LIT, now_s=101.0), RULES)
    assert (said.level, said.message) == (Level.OK, 'not looked at yet')
    assert 'f1' not in said.values
    said = watch.state(replace(LIT, now_s=111.0), RULES)
    assert said.level is Level.WARN
    assert 'for 11 s' in said.message
