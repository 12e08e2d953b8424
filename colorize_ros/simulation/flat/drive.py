"""How the robot drives through a flat."""
from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from colorize_ros.errors import ConfigurationError
from colorize_ros.simulation.flat.paths import arc_length, blurred, FreeSpace, Points, SPACING_M
from colorize_ros.simulation.flat.routes import (
    first_path,
    headings,
    is_blocked,
    next_path,
    wrapped,
)
from colorize_ros.simulation.flat.world import World
from colorize_ros.simulation.sensors.poses import make_pose, Pose
from colorize_ros.simulation.shapes.meshes import rotation

SPEED_MPS, ACCELERATION_MPS2 = 0.55, 0.35
# The path turns the robot at most this fast, and glances to the side add the rest.
TURN_RADPS, GLANCE_RADPS = 0.38, 0.18
GLANCE_RAD = 0.35
RATE_HZ = 100
# Usual mean speed, to guess how far one comes.
MEAN_MPS = 0.36
# A path may end earlier by this much, for the sake of the view from its end.
BACK_M = 1.2
BOB_M, SWAY_RAD = 0.0006, np.radians(0.12)
# Shaking of a small wheeled base: Hz, and how much of each.
SHAKES = ((3.1, 0.6), (5.3, 0.5), (8.7, 0.3))


@dataclass(frozen=True)
class Drive:
    """Where the robot's base is at each moment.

    Attributes:
        seconds: how long the drive takes.
        track: (N, 4) x, y (metres), heading (radians, unwrapped), speed (metres a second) at
            `RATE_HZ`.
        phases: (3, S) of the shaking, radians: bob, roll, pitch.
    """

    seconds: float
    track: NDArray[np.float64]
    phases: NDArray[np.float64]

    def pose(self, t_s: float) -> Pose:
        """Return world_from_base, x forward, at a time since the start; at rest at both ends."""
        times = np.arange(len(self.track)) / RATE_HZ
        x, y, yaw, speed = (float(np.interp(t_s, times, column)) for column in self.track.T)
        bob, roll, pitch = (speed / SPEED_MPS * sum(
            share * np.sin(2 * np.pi * hz * t_s + phase)
            for (hz, share), phase in zip(SHAKES, phases)) for phases in self.phases)
        turn = (rotation('z', yaw) @ rotation('y', SWAY_RAD * pitch)
                @ rotation('x', SWAY_RAD * roll))
        return make_pose(turn, (x, y, BOB_M * bob))

    def and_back(self) -> Drive:
        """Return this drive, and then the same way back in reverse gear: all is seen twice."""
        return Drive(2 * self.seconds, np.concatenate([self.track, self.track[-2::-1]]),
                     self.phases)


class Leg(NamedTuple):
    """A part of a drive: (N,) times in seconds from its start, (N, 3) x, y, heading."""

    times: Points
    states: Points


def make_drive(world: World, seconds: float, rng: np.random.Generator) -> Drive:
    """Drive through a flat, from rest to rest, past furniture and never into it.

    The robot goes through a doorway when there is time for it. Where there is no room to drive
    it turns on the spot.

    Args:
        world: to drive through.
        seconds: how long.
        rng: the same state gives the same drive.

    Raises:
        ConfigurationError: not a positive time.
    """
    if not seconds > 0:
        raise ConfigurationError(f'a drive of {seconds:g} s has no moments; expected more than 0. '
                                 'Ask for more seconds')
    rest = min(0.5, 0.08 * seconds)
    legs = _tour(world, seconds - 2 * rest, rng)
    track = _timed(legs, seconds, rest)
    return Drive(seconds, track, rng.uniform(0, 2 * np.pi, (3, len(SHAKES))))


def _timed(legs: list[Leg], seconds: float, rest_s: float) -> NDArray[np.float64]:
    """Sample legs one after the other at `RATE_HZ`, stretched to the time there is."""
    starts = np.cumsum([0.0] + [leg.times[-1] for leg in legs])
    times = np.concatenate([leg.times + start for leg, start in zip(legs, starts)])
    states = np.concatenate([leg.states for leg in legs])
    stretch = (seconds - 2 * rest_s) / starts[-1]
    moments = np.arange(int(np.ceil(seconds * RATE_HZ)) + 1) / RATE_HZ
    even = np.stack([np.interp(moments, times * stretch + rest_s, column)
                     for column in states.T], axis=1)
    # Rounds off what jerks; the rest at both ends is long enough to remain one.
    even = blurred(even, rest_s * RATE_HZ / 3.2)
    speed = np.linalg.norm(np.gradient(even[:, :2], 1 / RATE_HZ, axis=0), axis=1)
    return np.concatenate([even, speed[:, None]], axis=1)


def _tour(world: World, seconds: float, rng: np.random.Generator) -> list[Leg]:
    space = FreeSpace(world)
    path = first_path(world, space, MEAN_MPS * seconds, rng)
    if path is None:
        return [_turn(_open_spot(world, space), rng.uniform(-np.pi, np.pi), 1.5, seconds)]
    legs: list[Leg] = []
    left, heading = seconds, 0.0
    while True:
        leg = _along(world, space, path, left)
        # Headings go on where they were, not a whole turn beside it.
        leg.states[:, 2] += heading - leg.states[0, 2] if legs else 0.0
        legs.append(leg)
        left -= leg.times[-1]
        further = next_path(space, leg.states[-1, :2], rng) if left > 1 else None
        if further is None:
            return legs
        turned = _turn(leg.states[-1, :2], leg.states[-1, 2],
                       wrapped(headings(further)[0] - leg.states[-1, 2]), 0.0)
        if left < turned.times[-1] + 3:
            return legs
        legs.append(turned)
        left -= turned.times[-1]
        path = further
        heading = turned.states[-1, 2]


def _open_spot(world: World, space: FreeSpace) -> Points:
    """Return the place in the flat that is farthest from everything."""
    points = np.concatenate([np.stack(np.meshgrid(*np.linspace(area.low, area.high, 25).T),
                                      axis=2).reshape(-1, 2) for area in world.areas])
    return np.asarray(points[np.argmax(space.clearance(points))])


def _turn(at: Points, heading: float, angle: float | Points, seconds: float) -> Leg:
    """Turn on the spot, in at least so many seconds."""
    needed = max(abs(float(angle)) * np.pi / 2 / (TURN_RADPS + 0.1), seconds, 0.1)
    share = np.linspace(0, 1, 100)
    yaw = heading + float(angle) * (1 - np.cos(np.pi * share)) / 2
    return Leg(needed * share, np.stack([np.full(100, at[0]), np.full(100, at[1]), yaw], axis=1))


def _along(world: World, space: FreeSpace, path: Points, seconds: float) -> Leg:
    """Follow a path as far as the time allows."""
    heading = headings(path)
    arc = arc_length(path)
    curve = np.abs(np.gradient(heading, arc))
    limit = np.minimum(SPEED_MPS, TURN_RADPS / np.maximum(curve, 1e-6))
    low, high = 3, len(path)
    while low < high:
        middle = (low + high + 1) // 2
        if _times(limit[:middle], arc[:middle])[-1] <= seconds:
            low = middle
        else:
            high = middle - 1
    low = _stop(space, path, heading, low)
    look = heading[:low] + _glance(world, space, path[:low], heading[:low], arc[:low])
    return Leg(_times(limit[:low], arc[:low]), np.concatenate([path[:low], look[:, None]], axis=1))


def _stop(space: FreeSpace, path: Points, heading: Points, count: int) -> int:
    """Return after how many points to stop, at most `count`: before the view is blocked."""
    for k in range(count, max(count - round(BACK_M / SPACING_M), count // 3, 3), -2):
        if not is_blocked(space, path[k - 1], heading[k - 1]):
            return k
    return count


def _times(limit: Points, arc: Points) -> Points:
    """Return when a robot passes each point, from rest to rest within its acceleration."""
    speed = limit.copy()
    gain = 2 * ACCELERATION_MPS2 * np.diff(arc)
    speed[0] = speed[-1] = 0.0
    for k in range(1, len(speed)):
        speed[k] = min(speed[k], np.sqrt(speed[k - 1] ** 2 + gain[k - 1]))
    for k in range(len(speed) - 2, -1, -1):
        speed[k] = min(speed[k], np.sqrt(speed[k + 1] ** 2 + gain[k]))
    return np.concatenate([[0.0], np.cumsum(2 * np.diff(arc) / (speed[1:] + speed[:-1]))])


def _glance(world: World, space: FreeSpace, path: Points, heading: Points, arc: Points) -> Points:
    """Return by how much the robot looks to the side, towards what it passes, radians."""
    picked = np.unique(np.linspace(0, len(path) - 1, max(2, len(path) // 10)).astype(int))
    wanted = []
    for k in picked:
        offset = world.occupied[:, :2] - path[k]
        away = np.linalg.norm(offset, axis=1)
        bearing = wrapped(np.arctan2(offset[:, 1], offset[:, 0]) - heading[k])
        weight = ((np.abs(bearing) < 1.2) & (away > 0.7) & (away < 3.5)) * world.height_m / away
        weight[weight > 0] *= space.sees(path[k], world.occupied[weight > 0, :2])
        wanted.append(float(weight @ bearing) / max(float(weight.sum()), 1e-6))
    side = np.clip(np.interp(arc, arc[picked], wanted), -GLANCE_RAD, GLANCE_RAD)
    side = blurred(side[:, None], 20)[:, 0]
    side *= np.sin(np.pi * np.linspace(0, 1, len(path))) ** 0.5 if len(path) < 80 else np.minimum(
        1, np.minimum(arc, arc[-1] - arc) / 0.6)
    side = blurred(side[:, None], 10)[:, 0]
    steepest = np.abs(np.gradient(side, arc)).max() * SPEED_MPS
    return side * min(1.0, GLANCE_RADPS / max(float(steepest), 1e-6))
