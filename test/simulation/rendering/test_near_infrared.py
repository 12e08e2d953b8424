"""The picture of a near-infrared camera that brings its own light."""
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
import pytest

pytest.importorskip('mitsuba')

from colorize_ros.simulation.flat.world import World
from colorize_ros.simulation.rendering.render import Renderer
from colorize_ros.simulation.sensors.poses import look_at
from colorize_ros.simulation.shapes.materials import even, Material, Part, printed
from colorize_ros.simulation.shapes.meshes import ball, quad
from small_world import CAMERA, POSE, wall, WHITE, world_of

PERFECT = Part(quad((-3, 0, -2), (6, 0, 0), (0, 0, 6)), Material(WHITE, infrared=1.0))
MIDDLE = np.s_[55:65, 75:85]


def at_night(world: World, y: float = -3.0) -> NDArray[np.float32]:
    renderer = Renderer(world)
    view = renderer.view(CAMERA, look_at((0.0, y, 1.0), (0.0, 0.0, 1.0)))
    return renderer.near_infrared(view, 'night', 0)


def test_a_white_surface_at_a_metre_is_one() -> None:
    near = at_night(world_of(PERFECT), -1.0)
    assert near.dtype == np.float32
    assert near.shape == (120, 160)
    # The beam comes from 5 cm beside the lens.
    assert near[MIDDLE].mean() == pytest.approx(1.0, abs=0.02)


def test_light_falls_off_with_the_square_of_the_distance() -> None:
    near, far = (at_night(world_of(PERFECT), -y)[MIDDLE].mean() for y in (2.0, 2.0 * 2 ** 0.5))
    assert far == pytest.approx(near / 2, rel=0.02)


def test_corners_are_darker_than_the_middle() -> None:
    light = at_night(world_of(PERFECT))
    assert light[:5, :5].mean() < 0.5 * light[MIDDLE].mean()


def test_foliage_is_bright_and_a_screen_dark_and_a_print_vanishes() -> None:
    letters = np.where(np.indices((64, 64))[1] // 8 % 2, 30, 220).astype(np.uint8)
    page = np.repeat(letters[..., None], 3, axis=2)
    leaf = Part(quad((-1, -0.1, 0), (1, 0, 0), (0, 0, 2)), even((0.1, 0.3, 0.05), 'matt', 0.72))
    screen = Part(quad((0, -0.1, 0), (1, 0, 0), (0, 0, 2)), even((0.02, 0.02, 0.02), 'matt', 0.03))
    behind = Part(wall().mesh, printed(page, 2.0))
    world = world_of(behind, leaf, screen)
    light = at_night(world)
    assert light[55:65, 45:65].mean() > 10 * light[55:65, 95:115].mean()
    beside = (light / at_night(world_of(PERFECT, leaf, screen)))[50:70, :30]
    assert beside.std() / beside.mean() < 0.1
    visible = Renderer(world)
    color = visible.light(visible.view(CAMERA, POSE), 'day', 0)[50:70, :30]
    assert color.std() / color.mean() > 0.5


def test_a_near_thing_throws_a_shadow_to_the_left_of_it_on_the_wall() -> None:
    # The illuminator is to the right of the lens, so that the lens sees the shadow's left side.
    light = at_night(world_of(PERFECT, Part(quad((-0.2, -2, 0.5), (0.4, 0, 0), (0, 0, 1)),
                                            even((0.5, 0.5, 0.5)))))
    # The board is 1 m away, the wall 3 m: the shadow is 0.05 * f * (1 / 1 - 1 / 3) wide.
    width = 0.05 * CAMERA.fx * (1 - 1 / 3)
    edge = round(CAMERA.cx - 0.2 * CAMERA.fx)
    row = light[60]
    assert row[edge - 2] < 0.3 * row[edge - 15]
    assert row[edge - round(width) - 2] == pytest.approx(row[edge - 15], rel=0.25)
    right = round(CAMERA.cx + 0.2 * CAMERA.fx)
    assert row[right + 3] == pytest.approx(row[right + 15], rel=0.25)


def test_a_glossy_ball_has_a_highlight() -> None:
    def shine(gloss: str) -> float:
        sphere = Part(ball(0.3, (0, -1.5, 1.0)), even((0.3, 0.3, 0.3), gloss, 0.3))
        light = at_night(world_of(PERFECT, sphere))
        return float(light[50:70, 70:90].max() / np.median(light[50:70, 70:90]))
    assert shine('satin') > 1.5 * shine('matt')


def test_surfaces_light_each_other() -> None:
    floor = Part(quad((-3, -4, 0.5), (6, 0, 0), (0, 4, 0)), Material(WHITE, infrared=0.8))
    alone, together = at_night(world_of(PERFECT)), at_night(world_of(PERFECT, floor))
    on_the_wall = np.s_[60:75, 70:90]
    assert 1.02 < together[on_the_wall].mean() / alone[on_the_wall].mean() < 1.5


def test_windows_add_their_near_infrared_by_day_and_not_at_night() -> None:
    renderer = Renderer(world_of(wall(), source='window'))
    view = renderer.view(CAMERA, POSE)
    day, dusk, night = (renderer.near_infrared(view, light, 0)[MIDDLE].mean()
                        for light in ('day', 'dusk', 'night'))
    dark = Renderer(world_of(wall(), source=None))
    assert day > 1.5 * night
    assert day > dusk > night
    assert night == dark.near_infrared(dark.view(CAMERA, POSE), 'day', 0)[MIDDLE].mean()
