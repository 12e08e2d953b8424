"""What the memory of a place holds, and what it recalls."""

from __future__ import annotations

import cv2
from hypothesis import given, strategies as st
import numpy as np
import pytest

from colorize_ros.errors import ConfigurationError
from colorize_ros.pipelines.depth_view import depth_view, view_difference
from colorize_ros.pipelines.reference_memory import (
    code_distance,
    ReferenceMemory,
    SAME_CODE,
    Sight,
)
from colorize_ros.pipelines.references import Reference

HEIGHT, WIDTH = 48, 64


def sight(code: tuple[float, ...], depth_m: float = 2.0, *, light: float = 0.9, taken_ns: int = 1,
          width: int = WIDTH) -> Sight:
    """A wall at a distance, with a code."""
    depth = np.full((HEIGHT, width), depth_m, np.float32)
    return Sight(Reference(np.full((HEIGHT, width, 3), 100, np.uint8), depth),
                 np.array(code, np.float32), 'model', light, taken_ns)


NBYTES = sight((1.0, 0.0)).nbytes


def memory(most: int = 3, most_bytes: int = 10 ** 9) -> ReferenceMemory:
    return ReferenceMemory(most, most_bytes)


def test_what_looks_the_same_is_held_once_and_the_better_lit_one() -> None:
    held = memory()
    dim, same, bright = (sight((1.0, 0.0), light=light) for light in (0.6, 0.62, 0.9))
    assert held.learn(dim)
    assert not held.learn(same)
    assert held.learn(bright)
    assert held.sights == (bright,)


def test_beyond_the_bounds_one_of_the_two_most_alike_goes() -> None:
    held = memory(3)
    north, east, south, near_east = (
        sight(code) for code in ((0.0, 1.0), (1.0, 0.0), (0.0, -1.0), (1.0, 0.1)))
    for one in (north, east, south):
        assert held.learn(one)
    # It lies between east and north, so it is missed less than east.
    assert not held.learn(near_east)
    assert held.sights == (north, east, south)
    west = sight((-1.0, 0.0))
    held = memory(3)
    for one in (north, east, near_east, west):
        assert held.learn(one)
    assert held.sights == (north, east, west)


def test_a_memory_of_one_holds_what_is_best_lit() -> None:
    held = memory(1)
    assert held.learn(sight((1.0, 0.0), light=0.7))
    assert not held.learn(sight((0.0, 1.0), light=0.6))
    assert held.learn(sight((0.0, 1.0), light=0.8))
    assert len(held.sights) == 1


def test_bytes_are_bounded() -> None:
    held = memory(100, 2 * NBYTES)
    for angle in np.linspace(0, 3, 9):
        held.learn(sight((np.cos(angle), np.sin(angle))))
    assert len(held.sights) == 2
    assert held.nbytes <= 2 * NBYTES
    before = held.sights
    assert not held.learn(sight((-1.0, -1.0), width=4 * WIDTH), always=True)
    assert held.sights == before


def test_what_is_held_always_is_held() -> None:
    held = memory(2)
    for code in ((1.0, 0.0), (0.0, 1.0)):
        held.learn(sight(code))
    double = sight((1.0, 0.0), light=0.1)
    assert held.learn(double, always=True)
    assert double in held.sights
    assert len(held.sights) == 2


def test_what_was_held_is_held_again_whatever_it_looks_like() -> None:
    held = memory(3)
    held.learn(sight((1.0, 0.0)))
    held.learn(sight((1.0, 0.0), light=0.1), always=True)
    again = memory(3)
    again.replace(held.sights)
    assert again.sights == held.sights
    small = memory(1)
    small.replace(held.sights)
    assert [one.light for one in small.sights] == [0.9]


@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9), st.floats(0, 1)), max_size=12),
       st.integers(1, 4), st.integers(1, 4))
def test_bounds_hold_and_every_sight_is_another(
        codes: list[tuple[float, float, float]], most: int, worth: int) -> None:
    held = memory(most, worth * NBYTES)
    for first, second, light in codes:
        held.learn(sight((first, second), light=light))
    assert len(held.sights) <= min(most, worth)
    assert bool(held.sights) == bool(codes)
    assert all(code_distance(one, other) >= SAME_CODE for index, one in enumerate(held.sights)
               for other in held.sights[:index])


def test_the_most_diverse_are_held_whatever_the_order() -> None:
    """Of a hundred sights on an arc, those that are held are far apart."""
    angles = np.random.default_rng(1).permutation(np.linspace(0, np.pi, 100))
    held = memory(5)
    for angle in angles:
        held.learn(sight((np.cos(angle), np.sin(angle))))
    kept = sorted(np.arctan2(one.code[1], one.code[0]) for one in held.sights)
    assert np.diff(kept).min() > 0.6 * np.pi / 4


def test_the_sight_of_the_most_alike_depth_is_recalled() -> None:
    held = memory()
    near, far = sight((1.0, 0.0), 1.0), sight((0.0, 1.0), 4.0)
    held.replace([near, far])
    seen = np.full((HEIGHT, WIDTH), 3.6, np.float32)
    best, other = held.recall(seen, 2)
    assert best.sight is far
    assert best.difference == pytest.approx(np.log(4 / 3.6), abs=1e-4)
    assert other.sight is near
    assert held.recall(seen, 1)[0].sight is far
    assert memory().recall(seen) == []


def test_a_choice_stays_until_another_is_clearly_better() -> None:
    held = memory()
    near, far = sight((1.0, 0.0), 2.0), sight((0.0, 1.0), 2.4)
    held.replace([near, far])

    def choice(depth_m: float, before: Sight) -> Sight:
        seen = np.full((HEIGHT, WIDTH), depth_m, np.float32)
        return held.recall(seen, 1, [before])[0].sight

    assert choice(2.2, near) is near
    assert choice(2.2, far) is far
    assert choice(2.35, near) is far


def test_the_best_of_several_stays_the_best_until_another_is_clearly_better() -> None:
    held = memory()
    near, far = sight((1.0, 0.0), 2.0), sight((0.0, 1.0), 2.4)
    held.replace([near, far])

    def best(depth_m: float, *before: Sight) -> Sight:
        seen = np.full((HEIGHT, WIDTH), depth_m, np.float32)
        return held.recall(seen, 2, before)[0].sight

    assert best(2.2, near, far) is near
    assert best(2.2, far, near) is far
    assert best(2.35, near, far) is far


def test_holes_do_not_count_and_without_common_ground_the_newest_is_recalled() -> None:
    held = memory()
    left, right = (sight(code, taken_ns=at) for code, at in (((1.0, 0.0), 1), ((0.0, 1.0), 2)))
    right.reference.depth_m[:, :40] = np.nan
    held.replace([left, right])
    seen = np.full((HEIGHT, WIDTH), np.nan, np.float32)
    seen[:, :30] = 2.0
    seen[:, 10] = np.nan
    recalled = held.recall(seen, 2)
    assert [one.sight for one in recalled] == [left, right]
    assert recalled[0].difference == pytest.approx(0, abs=1e-5)
    assert recalled[1].difference == np.inf
    nothing = np.full((HEIGHT, WIDTH), np.nan, np.float32)
    assert held.recall(nothing)[0].sight is right


def test_views_know_left_from_right_and_far_from_near() -> None:
    ramp = np.tile(np.linspace(1, 4, WIDTH, dtype=np.float32), (HEIGHT, 1))
    view = depth_view(ramp)
    assert view.shape == (12, 16)
    assert view_difference(view, view) == 0
    assert view_difference(view, depth_view(ramp[:, ::-1])) > 0.5
    assert view_difference(view, depth_view(ramp * np.float32(1.1))) == pytest.approx(
        np.log(1.1), abs=1e-3)
    larger = cv2.resize(ramp, (4 * WIDTH, 4 * HEIGHT))
    assert view_difference(view, depth_view(larger)) < 0.02


@pytest.mark.parametrize(('most', 'most_bytes'), [(0, 1), (1, 0)])
def test_bounds_that_hold_nothing_are_refused(most: int, most_bytes: int) -> None:
    with pytest.raises(ConfigurationError, match='expected at least 1'):
        ReferenceMemory(most, most_bytes)
