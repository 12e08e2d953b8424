"""Drives through flats."""

from __future__ import annotations

import numpy as np
import pytest

from colorize_ros.errors import ConfigurationError
from colorize_ros.simulation.flat.drive import Drive, make_drive
from colorize_ros.simulation.flat.world import Area, World
from flats import flat, SEEDS


def drive(seed: int, seconds: float) -> Drive:
    return make_drive(flat(seed), seconds, np.random.default_rng(seed))


def poses(driven: Drive, rate_hz: float = 50) -> np.ndarray:
    return np.array([driven.pose(t) for t in np.arange(0, driven.seconds, 1 / rate_hz)])


def crosses(walls: np.ndarray, path: np.ndarray) -> bool:
    """Say whether a path's steps and walls (M, 4) meet, by the determinants of their ends."""
    def side(a: np.ndarray, b: np.ndarray, p: np.ndarray) -> np.ndarray:
        return np.sign((b - a)[..., 0] * (p - a)[..., 1] - (b - a)[..., 1] * (p - a)[..., 0])

    a, b = walls[None, :, :2], walls[None, :, 2:]
    p, q = path[:-1, None], path[1:, None]
    return bool(((side(a, b, p) != side(a, b, q)) & (side(p, q, a) != side(p, q, b))).any())


@pytest.mark.parametrize('seconds', [6, 25])
@pytest.mark.parametrize('seed', SEEDS)
def test_the_robot_touches_nothing(seed: int, seconds: float) -> None:
    world = flat(seed)
    path = poses(drive(seed, seconds))[:, :2, 3]
    apart = np.linalg.norm(path[:, None] - world.occupied[None, :, :2], axis=2)
    assert (apart - world.occupied[:, 2]).min() > 0.2
    assert not crosses(world.walls, path[::5])


@pytest.mark.parametrize('seconds', [2, 10, 40])
@pytest.mark.parametrize('seed', [0, 3])
def test_speeds_are_a_robots_and_both_ends_at_rest(seed: int, seconds: float) -> None:
    driven = drive(seed, seconds)
    path = poses(driven, 100)
    speed = np.linalg.norm(np.diff(path[:, :3, 3], axis=0), axis=1) * 100
    yaw = np.unwrap(np.arctan2(path[:, 1, 0], path[:, 0, 0]))
    assert 0.15 < speed.max() < 0.65
    assert np.abs(np.diff(yaw)).max() * 100 < 0.65
    assert np.abs(np.diff(speed)).max() * 100 < 1.5
    for t in (0.0, driven.seconds - 0.01):
        np.testing.assert_allclose(driven.pose(t), driven.pose(t + 0.01), atol=1e-5)
    assert driven.seconds == seconds


def test_the_base_stays_on_the_floor_nearly_level() -> None:
    path = poses(drive(1, 10))
    assert np.abs(path[:, 2, 3]).max() < 0.004
    tilt = np.degrees(np.arccos(np.clip(path[:, 2, 2], -1, 1)))
    assert 0.01 < tilt.max() < 0.6
    np.testing.assert_allclose(path[:, :3, :3] @ path[:, :3, :3].transpose(0, 2, 1),
                               np.broadcast_to(np.eye(3), (len(path), 3, 3)), atol=1e-9)


def test_with_time_it_goes_through_a_doorway() -> None:
    # Now and then furniture leaves no way worth driving.
    assert sum(rooms_on_the_way(seed) > 1 for seed in SEEDS) >= len(SEEDS) - 1


def rooms_on_the_way(seed: int) -> int:
    path = poses(drive(seed, 20), 5)[:, :2, 3]
    return sum(((path > area.low) & (path < area.high)).all(axis=1).any()
               for area in flat(seed).areas)


def test_the_same_seed_gives_the_same_drive() -> None:
    np.testing.assert_array_equal(drive(2, 8).pose(3.7), drive(2, 8).pose(3.7))
    other = make_drive(flat(2), 8, np.random.default_rng(99))
    assert not np.array_equal(other.pose(3.7), drive(2, 8).pose(3.7))


def test_back_in_reverse_gear_all_is_seen_again() -> None:
    there = drive(2, 6)
    both = there.and_back()
    assert both.seconds == 12
    for t_s in (0.0, 1.3, 4.0, 6.0):
        np.testing.assert_array_equal(both.pose(t_s), there.pose(t_s))
        # But for the shaking, which is less than a millimetre and a quarter of a degree.
        np.testing.assert_allclose(both.pose(12 - t_s), both.pose(t_s), atol=6e-3)
    assert np.linalg.norm((both.pose(6) - both.pose(0))[:2, 3]) > 0.5


def test_where_there_is_no_room_to_drive_it_turns_on_the_spot() -> None:
    walls = np.array([[0, 0, 0.5, 0], [0.5, 0, 0.5, 0.5], [0.5, 0.5, 0, 0.5], [0, 0.5, 0, 0.0]])
    closet = World([], [Area('corridor', (0.0, 0.0), (0.5, 0.5), 2.4)], np.zeros((0, 3)),
                   np.zeros(0), walls)
    path = poses(make_drive(closet, 5, np.random.default_rng(0)))
    assert np.ptp(path[:, :2, 3], axis=0).max() < 1e-9
    np.testing.assert_allclose(path[0, :2, 3], (0.25, 0.25), atol=0.03)
    assert np.ptp(np.unwrap(np.arctan2(path[:, 1, 0], path[:, 0, 0]))) > 1


@pytest.mark.parametrize('seconds', [0, -1, float('nan')])
def test_a_drive_takes_time(seconds: float) -> None:
    with pytest.raises(ConfigurationError, match='expected more than 0'):
        make_drive(flat(0), seconds, np.random.default_rng(0))
