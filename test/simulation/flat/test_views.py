"""Views of flats for data sets."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
import pytest

from colorize_ros.messages import Intrinsics
from colorize_ros.simulation.flat.views import is_free, is_interesting, random_view
from colorize_ros.simulation.sensors.poses import Pose
from flats import flat

CAMERA = Intrinsics(width=160, height=120, fx=131.0, fy=131.0, cx=79.5, cy=59.5)


class Glimpses:
    """Looks like a renderer that sees one thing after another, the last for ever."""

    def __init__(self, *seen: NDArray[np.float32]) -> None:
        self.seen = list(seen)
        self.poses: list[Pose] = []

    def glimpse(self, camera: Intrinsics, pose: Pose) -> NDArray[np.float32]:
        self.poses.append(pose)
        return self.seen[min(len(self.poses), len(self.seen)) - 1]


ROOM = np.linspace(1, 4, 300, dtype=np.float32).reshape(15, 20)
TOO_NEAR = np.full((15, 20), 0.3, np.float32)
BARE_WALL = np.full((15, 20), 2.0, np.float32)


@pytest.mark.parametrize('seed', range(6))
def test_views_stand_in_a_room_and_in_nothing(seed: int) -> None:
    world = flat(seed)
    rng = np.random.default_rng(seed)
    for _ in range(10):
        pose = random_view(world, Glimpses(ROOM), CAMERA, rng)
        eye = pose[:3, 3]
        assert any((eye[:2] > area.low).all() and (eye[:2] < area.high).all()
                   for area in world.areas)
        assert 0.3 < eye[2] < 1.85
        assert is_free(world, eye)
        # Upright: the image's x axis is level, and its y axis points down.
        assert abs(pose[2, 0]) < 1e-9
        assert pose[2, 1] < 0


def test_the_same_seed_gives_the_same_view() -> None:
    one, again, other = (random_view(flat(0), Glimpses(ROOM), CAMERA, np.random.default_rng(seed))
                         for seed in (5, 5, 6))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


def test_blocked_and_empty_views_are_not_taken() -> None:
    renderer = Glimpses(TOO_NEAR, BARE_WALL, ROOM)
    pose = random_view(flat(1), renderer, CAMERA, np.random.default_rng(0))
    assert len(renderer.poses) == 3
    np.testing.assert_array_equal(pose, renderer.poses[2])
    assert not is_interesting(TOO_NEAR)
    assert not is_interesting(BARE_WALL)
    assert is_interesting(ROOM)


def test_where_nothing_is_good_enough_a_corner_is_taken() -> None:
    pose = random_view(flat(1), Glimpses(TOO_NEAR), CAMERA, np.random.default_rng(0))
    area = flat(1).areas[0]
    np.testing.assert_allclose(pose[:2, 3], np.add(area.low, 0.2))


def test_a_camera_does_not_stand_in_furniture() -> None:
    x, y, _ = flat(0).occupied[0]
    assert not is_free(flat(0), np.array([x, y, 0.1]))
    assert is_free(flat(0), np.array([x, y, 20.0]))
