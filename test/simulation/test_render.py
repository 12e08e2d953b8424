"""Views rendered with Mitsuba: depth, normals and textures are where they belong."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip('mitsuba')

from colorize_ros.messages import Intrinsics
from colorize_ros.simulation.camera import random_pose
from colorize_ros.simulation.denoise import denoise
from colorize_ros.simulation.materials import even, glowing, Part, printed
from colorize_ros.simulation.meshes import ball, quad
from colorize_ros.simulation.render import Pose, RenderedFrame, Renderer
from colorize_ros.simulation.room import make_room, Room

CAMERA = Intrinsics(width=160, height=120, fx=131.25, fy=131.25, cx=79.5, cy=59.5)
POSE = Pose((0.0, -3.0, 1.0), (0.0, 0.0, 1.0))


def room_of(*parts: Part) -> Room:
    ceiling = Part(quad((-3, -4, 4), (0, 8, 0), (6, 0, 0)), glowing((2.0, 2.0, 2.0)))
    return Room((6.0, 8.0, 4.0), [*parts, ceiling], np.zeros((0, 3)), np.zeros(0))


def wall(texture: np.ndarray) -> Part:
    return Part(quad((-3, 0, -2), (6, 0, 0), (0, 0, 6)), printed(texture, 6.0))


@pytest.fixture(scope='module')
def frame() -> RenderedFrame:
    """A wall 3 m away, red above and blue below, and a ball up and to the right."""
    texture = np.zeros((256, 256, 3), np.uint8)
    texture[:128, :, 0] = texture[128:, :, 2] = 220
    room = room_of(wall(texture), Part(ball(0.2, (0.5, -1.0, 1.4)), even((0.5, 0.5, 0.5))))
    return Renderer(room, CAMERA).render(POSE, seed=0)


def test_depth_is_along_the_optical_axis(frame: RenderedFrame) -> None:
    assert frame.depth_m.dtype == np.float32
    np.testing.assert_allclose(frame.depth_m[80:, :], 3.0, atol=1e-4)


def test_a_point_is_where_the_intrinsics_say(frame: RenderedFrame) -> None:
    # The ball's centre: 0.5 m right, 0.4 m up, 2 m ahead.
    seen = np.argwhere(frame.depth_m < 2.5)
    v, u = (seen.min(axis=0) + seen.max(axis=0)) / 2
    assert u == pytest.approx(CAMERA.cx + CAMERA.fx * 0.5 / 2, abs=1.0)
    assert v == pytest.approx(CAMERA.cy - CAMERA.fy * 0.4 / 2, abs=1.0)
    assert frame.depth_m[round(v), round(u)] == pytest.approx(1.8, abs=0.02)


def test_normals_face_the_camera(frame: RenderedFrame) -> None:
    np.testing.assert_allclose(frame.normals[100, 20], (0, 0, -1), atol=1e-4)


def test_textures_stand_upright(frame: RenderedFrame) -> None:
    red, _, blue = np.moveaxis(frame.rgb.astype(int), 2, 0)
    assert (red[:55, :60] > blue[:55, :60] + 30).all()
    assert (blue[65:, :60] > red[65:, :60] + 30).all()


def test_depth_is_the_same_byte_for_byte_and_does_not_depend_on_light_paths() -> None:
    views = []
    for seed in (0, 1):
        rng = np.random.default_rng(7)
        room = make_room(rng)
        renderer = Renderer(room, CAMERA, samples=1)
        views.append(renderer.render(random_pose(room, renderer, rng), seed).depth_m)
    assert views[0].tobytes() == views[1].tobytes()
    assert np.isfinite(views[0]).all()


def test_denoising_smooths_light_and_keeps_texture() -> None:
    rng = np.random.default_rng(0)
    albedo = np.where(np.arange(64)[None, :, None] // 4 % 2, 0.8, 0.2) * np.ones((64, 64, 3))
    normals = np.zeros((64, 64, 3), np.float32)
    normals[..., 2] = -1
    noisy = albedo * rng.exponential(1.0, (64, 64, 1))
    smooth = denoise(noisy.astype(np.float32), albedo.astype(np.float32), normals,
                     np.full((64, 64), 2.0, np.float32))
    inner = smooth[16:-16, 16:-16] / albedo[16:-16, 16:-16]
    assert inner.std() < 0.2
    assert inner.mean() == pytest.approx(1.0, abs=0.2)
