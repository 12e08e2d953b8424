"""Views rendered with Mitsuba: depth, normals, textures and light are where they belong."""
from __future__ import annotations

from dataclasses import replace
import hashlib
import os
from pathlib import Path
import subprocess
import sys

import numpy as np
import pytest

pytest.importorskip('mitsuba')

from colorize_ros.simulation.flat.world import World
from colorize_ros.simulation.rendering.geometry import View
from colorize_ros.simulation.rendering.render import Renderer, tone_map
from colorize_ros.simulation.sensors.poses import look_at
from colorize_ros.simulation.shapes.materials import even, Material, named, Part
from colorize_ros.simulation.shapes.meshes import ball, quad
from small_world import CAMERA, POSE, wall, world_of

BALL = Part(ball(0.2, (0.5, -1.0, 1.4)), even((0.5, 0.5, 0.5)))


def two_colors() -> World:
    """A wall 3 m away, red above and blue below, and a ball up and to the right."""
    texture = np.zeros((256, 256, 3), np.uint8)
    texture[:128, :, 0] = texture[128:, :, 2] = 220
    return world_of(wall(texture), *named([BALL], 'sports ball'))


@pytest.fixture(scope='module')
def renderer() -> Renderer:
    return Renderer(two_colors())


@pytest.fixture(scope='module')
def view(renderer: Renderer) -> View:
    return renderer.view(CAMERA, POSE)


def test_depth_is_along_the_optical_axis(view: View) -> None:
    assert view.depth_m.dtype == np.float32
    np.testing.assert_allclose(view.depth_m[80:, :], 3.0, atol=1e-4)


def test_a_point_is_where_the_intrinsics_and_the_pose_say(view: View) -> None:
    # The ball's centre: 0.5 m right, 0.4 m up, 2 m ahead.
    seen = np.argwhere(view.depth_m < 2.5)
    v, u = (seen.min(axis=0) + seen.max(axis=0)) / 2
    assert u == pytest.approx(CAMERA.cx + CAMERA.fx * 0.5 / 2, abs=1.0)
    assert v == pytest.approx(CAMERA.cy - CAMERA.fy * 0.4 / 2, abs=1.0)
    assert view.depth_m[round(v), round(u)] == pytest.approx(1.8, abs=0.02)


def test_the_principal_point_moves_the_picture(renderer: Renderer) -> None:
    moved = renderer.view(replace(CAMERA, cx=CAMERA.cx - 20, cy=CAMERA.cy + 10), POSE)
    centred = renderer.view(CAMERA, POSE)
    np.testing.assert_array_equal(moved.thing[10:, :-20], centred.thing[:-10, 20:])


def test_a_camera_on_its_side_sees_the_world_on_its_side(renderer: Renderer) -> None:
    square = replace(CAMERA, width=120, cx=59.5)
    quarter = np.eye(4)
    quarter[:2, :2] = (0, -1), (1, 0)
    upright, turned = (renderer.view(square, pose).thing for pose in (POSE, POSE @ quarter))
    # The camera's x axis now points down: what was down is right.
    np.testing.assert_array_equal(turned, np.rot90(upright))


def test_normals_face_the_camera(view: View) -> None:
    np.testing.assert_allclose(view.normals[100, 20], (0, 0, -1), atol=1e-4)


def test_parts_and_things_are_told_apart(view: View) -> None:
    assert (view.part[:, :20] == 0).all()
    assert (view.thing[view.part == 1] == 1).all()
    assert (view.thing[view.part != 1] == 0).all()
    assert (view.thing == 1).sum() == pytest.approx(np.pi * (0.2 * CAMERA.fx / 2) ** 2, rel=0.1)


def test_where_there_is_nothing_depth_is_unknown_and_no_part_is_seen(renderer: Renderer) -> None:
    outside = renderer.view(CAMERA, look_at((0.0, -3.0, 1.0), (0.0, -6.0, 1.0)))
    assert np.isnan(outside.depth_m[60:]).all()
    assert (outside.part[60:] == -1).all()
    assert (outside.thing == 0).all()
    assert np.isfinite(renderer.light(outside, 'day', 0)).all()
    assert np.isfinite(renderer.near_infrared(outside, 'day', 0)).all()


def test_textures_stand_upright(renderer: Renderer) -> None:
    rgb = renderer.render(CAMERA, POSE, 0).rgb
    red, _, blue = np.moveaxis(rgb.astype(int), 2, 0)
    assert (red[:55, :60] > blue[:55, :60] + 30).all()
    assert (blue[65:, :60] > red[65:, :60] + 30).all()


def test_a_glimpse_measures_along_the_rays(renderer: Renderer) -> None:
    glimpse = renderer.glimpse(CAMERA, POSE)
    assert glimpse.shape == (15, 20)
    # Pixel (0, 0) looks 79.5 px left and 59.5 px up.
    ray = np.hypot(np.hypot(CAMERA.cx, CAMERA.cy), CAMERA.fx) / CAMERA.fx
    assert glimpse[0, 0] == pytest.approx(3 * ray, rel=1e-3)


def test_light_keeps_the_surfaces_colors_and_is_middle_gray() -> None:
    renderer = Renderer(world_of(wall(np.full((1, 1, 3), 128, np.uint8)),
                                 Part(quad((-3, -4, 0), (6, 0, 0), (0, 4, 0)),
                                      even((0.5, 0.5, 0.5)))))
    light = renderer.light(renderer.view(CAMERA, POSE), 'day', 0)
    assert light.dtype == np.float32
    assert np.median(light) == pytest.approx(0.2, rel=0.5)
    np.testing.assert_allclose(light[..., 0], light[..., 2], rtol=0.02)


@pytest.mark.parametrize('source', ['window', 'lamp'])
def test_a_night_is_much_darker_than_a_day_and_dusk_is_between(source: str) -> None:
    renderer = Renderer(world_of(wall(), source=source))
    view = renderer.view(CAMERA, POSE)
    day, dusk, night = (float(np.median(renderer.light(view, light, 0)))
                        for light in ('day', 'dusk', 'night'))
    assert night < 1e-3 * day
    assert 2 * night < dusk < 0.5 * day


def test_a_world_without_light_is_black() -> None:
    renderer = Renderer(world_of(wall(), source=None))
    assert (renderer.light(renderer.view(CAMERA, POSE), 'day', 0) == 0).all()


def test_what_glows_shows_its_texture_and_a_screen_that_is_off_shows_none() -> None:
    picture = np.zeros((64, 64, 3), np.uint8)
    picture[:, :32] = 255
    screen = Part(quad((-1, -0.5, 0), (2, 0, 0), (0, 0, 2)),
                  Material(picture, 2.0, 'satin', 0.05, 0.1, (1.0, 1.0, 1.0)))
    renderer = Renderer(world_of(wall(), screen, source='window'))
    view = renderer.view(CAMERA, POSE)
    left, right = (np.s_[50:70, a:b] for a, b in ((50, 75), (85, 110)))
    on, off = renderer.light(view, 'day', 0), renderer.light(view, 'night', 0)
    assert on[left].mean() > 20 * on[right].mean()
    assert off[left].mean() == pytest.approx(off[right].mean(), rel=0.3)
    assert off[left].mean() < 0.2 * off[50:70, :20].mean()


def test_glass_is_where_the_glass_is_and_shows_what_is_behind(renderer: Renderer) -> None:
    pane = Part(quad((-0.5, -2, 0.5), (1, 0, 0), (0, 0, 1)),
                even((0.98, 0.98, 0.98), 'glass', 0.0))
    glazed = Renderer(World([pane, *two_colors().parts], two_colors().areas, np.zeros((0, 3)),
                            np.zeros(0), np.zeros((0, 4))))
    view = glazed.view(CAMERA, POSE)
    assert view.through is not None
    np.testing.assert_allclose(view.depth_m[60, 80], 1.0, atol=1e-4)
    np.testing.assert_allclose(view.through.depth_m[60, 80], 3.0, atol=1e-4)
    assert view.infrared[60, 80] == 0
    with_glass, without = (tone_map(each.light(each.view(CAMERA, POSE), 'day', 0)).astype(int)
                           for each in (glazed, renderer))
    assert np.abs(with_glass - without)[20:100, 50:70].mean() < 20
    assert (with_glass[70:90, 50:70, 2] > with_glass[70:90, 50:70, 0] + 30).all()


def test_a_mirror_shows_what_is_before_it() -> None:
    mirror = Part(quad((-0.5, -0.1, 0.5), (1, 0, 0), (0, 0, 1)),
                  even((1.0, 1.0, 1.0), 'mirror', 0.0))
    red = Part(quad((-3, -4, -2), (6, 0, 0), (0, 0, 6)), even((0.8, 0.1, 0.1)))
    renderer = Renderer(world_of(wall(), mirror, red))
    light = renderer.light(renderer.view(CAMERA, POSE), 'day', 0)
    seen, beside = light[50:70, 70:90].mean(axis=(0, 1)), light[50:70, :20].mean(axis=(0, 1))
    assert seen[0] > 3 * seen[1]
    assert beside[0] < 2 * beside[1]


def digest(threads: int) -> str:
    """Render a view in every way, and return what identifies its bytes."""
    renderer = Renderer(two_colors(), samples=1, threads=threads)
    view = renderer.view(CAMERA, POSE)
    arrays = (view.depth_m, view.normals, view.thing, renderer.light(view, 'dusk', 3),
              renderer.near_infrared(view, 'day', 3))
    return hashlib.sha256(b''.join(array.tobytes() for array in arrays)).hexdigest()


def test_bytes_are_the_same_in_every_process_with_any_number_of_threads() -> None:
    code = 'import runpy; print(runpy.run_path("test_render.py")["digest"](2))'
    paths = os.pathsep.join(path for path in sys.path if path)
    other = subprocess.run([sys.executable, '-c', code], check=True, capture_output=True,
                           text=True, cwd=Path(__file__).parent,
                           env={**os.environ, 'PYTHONPATH': paths})
    assert other.stdout.split()[-1] == digest(1)


def test_depth_does_not_depend_on_light_paths(renderer: Renderer) -> None:
    first, second = (renderer.render(CAMERA, POSE, seed) for seed in (0, 1))
    assert first.depth_m.tobytes() == second.depth_m.tobytes()
    assert first.rgb.tobytes() != second.rgb.tobytes()
