"""Rooms drawn from a random generator, and walks through them."""

from __future__ import annotations

import numpy as np
import pytest

from colorize_ros.simulation import prints, textures
from colorize_ros.simulation.camera import camera_path, is_free
from colorize_ros.simulation.render import Pose
from colorize_ros.simulation.room import make_room, Room


@pytest.fixture(scope='module')
def room() -> Room:
    return make_room(np.random.default_rng(3))


def test_the_same_seed_gives_the_same_room_vertex_for_vertex(room: Room) -> None:
    again = make_room(np.random.default_rng(3))
    assert len(again.parts) == len(room.parts)
    for one, other in zip(room.parts, again.parts):
        np.testing.assert_array_equal(one.mesh.vertices, other.mesh.vertices)
        np.testing.assert_array_equal(one.material.texture, other.material.texture)
    assert make_room(np.random.default_rng(4)).size != room.size


@pytest.mark.parametrize('seed', range(5))
def test_furniture_stands_inside_and_there_is_light(seed: int) -> None:
    room = make_room(np.random.default_rng(seed))
    half = np.array(room.size[:2]) / 2
    points = np.concatenate([part.mesh.vertices for part in room.parts])
    assert (np.abs(points[:, :2]) <= half + 0.1).all()
    assert points[:, 2].min() > -0.2
    assert any(part.material.radiance for part in room.parts)
    assert len(room.occupied) == len(room.height_m) > 5


def test_a_walk_is_smooth_and_stays_inside(room: Room) -> None:
    poses = camera_path(room, 90, np.random.default_rng(0))
    eyes = np.array([pose.position for pose in poses])
    assert (np.abs(eyes[:, :2]) < np.array(room.size[:2]) / 2).all()
    steps = np.linalg.norm(np.diff(eyes, axis=0), axis=1)
    assert steps.max() < 0.1
    assert np.abs(np.diff(steps)).max() < 0.02


def test_a_camera_does_not_stand_in_furniture(room: Room) -> None:
    x, y, _ = room.occupied[0]
    assert not is_free(room, Pose((x, y, 0.1), (0.0, 0.0, 0.5)))
    assert is_free(room, Pose((x, y, 20.0), (x + 5.0, y, 0.5)))


@pytest.mark.parametrize('texture', [
    lambda rng: textures.plaster(rng, (0.8, 0.8, 0.7)),
    lambda rng: textures.wood(rng, (0.6, 0.4, 0.2), planks=8),
    lambda rng: textures.tiles(rng, (0.7, 0.7, 0.7), (0.4, 0.4, 0.4)),
    lambda rng: textures.fabric(rng, (0.2, 0.3, 0.6)),
    lambda rng: textures.stripes(rng, (0.2, 0.3, 0.6), (0.9, 0.9, 0.9)),
    lambda rng: textures.carpet(rng, [(0.2, 0.3, 0.6), (0.9, 0.9, 0.9), (0.6, 0.1, 0.1)]),
    prints.picture,
    prints.page,
])
def test_textures_are_pictures_and_repeatable(texture) -> None:
    made = texture(np.random.default_rng(1))
    assert made.shape == (textures.SIZE, textures.SIZE, 3)
    assert made.dtype == np.uint8
    assert made.std() > 0.5
    np.testing.assert_array_equal(made, texture(np.random.default_rng(1)))


def test_noise_tiles() -> None:
    field = textures.noise(np.random.default_rng(0), (8, 8))
    inside = np.abs(np.diff(field, axis=1)).max()
    assert np.abs(field[:, 0] - field[:, -1]).max() < 1.5 * inside
    assert np.abs(field[0] - field[-1]).max() < 1.5 * np.abs(np.diff(field, axis=0)).max()
