"""Which ways through a flat are worth driving: long enough, from room to room, past furniture."""
from __future__ import annotations

import numpy as np

from colorize_ros.simulation.flat.paths import (
    arc_length,
    blurred,
    Cell,
    Flood,
    FreeSpace,
    Points,
    resample,
    smooth,
    SPACING_M,
)
from colorize_ros.simulation.flat.world import World

STARTS, GOALS = 10, 5
# A path of fewer cells is none.
SHORTEST = 5


def first_path(world: World, space: FreeSpace, length_m: float,
               rng: np.random.Generator) -> Points | None:
    """Choose, among drawn ones, the path that shows most and is about as long as wanted.

    Returns:
        (N, 2) points, or None where there is no room to drive.
    """
    cells = np.argwhere(space.clear)
    best, most = None, -np.inf
    for start in (cells[rng.integers(len(cells), size=STARTS)] if len(cells) else ()):
        flood = space.flood((int(start[0]), int(start[1])))
        for goal in _drawn_goals(flood, space, length_m, rng):
            corners = flood.corners(goal)
            if len(corners) < SHORTEST:
                continue
            value = _worth(world, space, resample(corners, SPACING_M), length_m)
            if value > most:
                best, most = corners, value
    return None if best is None else smooth(space, best)


def _drawn_goals(flood: Flood, space: FreeSpace, length_m: float,
                 rng: np.random.Generator) -> list[Cell]:
    """Draw goals about as far away as wanted, as the crow flies, or farther."""
    if not len(flood.goals):
        return []
    far = np.linalg.norm(space.point(flood.goals) - space.point(np.array([flood.start])), axis=1)
    order = np.argsort(np.abs(far - length_m) + rng.uniform(0, 1.5, len(far)))
    return [(int(x), int(y)) for x, y in flood.goals[order[:GOALS]]]


def _worth(world: World, space: FreeSpace, path: Points, length_m: float) -> float:
    """Say how good a path is: its length, the rooms it joins, the things in sight."""
    length = arc_length(path)[-1]
    ends = [_room(world, point) for point in (path[0], path[min(
        len(path) - 1, round(0.9 * length_m / SPACING_M))])]
    value = -max(0.0, 1 - length / length_m)
    if length_m > 2.5 and ends[0] != ends[1]:
        value += 0.7
    ahead = headings(blurred(path, 15))
    last = min(len(path), round(length_m / SPACING_M)) - 1
    seen = [_in_sight(world, space, path[k], ahead[k])
            for k in np.linspace(0, last, 5).astype(int)]
    return value + float(np.mean(seen)) + min(seen)


def _room(world: World, point: Points) -> int:
    inside = [bool((point > area.low).all() and (point < area.high).all()) for area in world.areas]
    return inside.index(True) if True in inside else -1


def _in_sight(world: World, space: FreeSpace, eye: Points, heading: float) -> float:
    """Return the share of what is ahead that shows furniture, neither too near nor too far."""
    offset = world.occupied[:, :2] - eye
    away = np.linalg.norm(offset, axis=1)
    bearing = wrapped(np.arctan2(offset[:, 1], offset[:, 0]) - heading)
    good = (np.abs(bearing) < 0.5) & (away > 0.9) & (away < 4.5) & (world.height_m > 0.3)
    good[good] = space.sees(eye, world.occupied[good, :2])
    slices = np.unique(np.floor(bearing[good] * 10))
    return len(slices) / 10 - float(is_blocked(space, eye, heading))


def is_blocked(space: FreeSpace, eye: Points, heading: float) -> bool:
    """Say whether something stands so near ahead of a robot that it sees little else."""
    ahead = eye + np.array([[0.5], [0.8], [1.1]]) * (np.cos(heading), np.sin(heading))
    return bool((space.clearance(ahead) < 0.08).any())


def next_path(space: FreeSpace, at: Points, rng: np.random.Generator) -> Points | None:
    """Draw a path (N, 2) from a point (2,) to somewhere a good way off, None if there is none."""
    cells = np.argwhere(space.clear)
    start = cells[np.argmin(np.linalg.norm(space.point(cells) - at, axis=1))]
    flood = space.flood((int(start[0]), int(start[1])))
    if not len(flood.goals):
        return None
    far = np.linalg.norm(space.point(flood.goals) - at, axis=1)
    goal = flood.goals[rng.choice(np.flatnonzero(far >= np.quantile(far, 0.6)))]
    corners = flood.corners((int(goal[0]), int(goal[1])))
    corners[0] = at
    return smooth(space, corners) if len(corners) >= SHORTEST else None


def wrapped(angle: Points | float) -> Points:
    """Return angles, radians, as the same ones between -pi and pi."""
    return np.asarray((np.asarray(angle) + np.pi) % (2 * np.pi) - np.pi)


def headings(path: Points) -> Points:
    """Return where a robot looks that follows a path, radians, unwrapped."""
    step = np.gradient(path, axis=0)
    angle = np.unwrap(np.arctan2(step[:, 1], step[:, 0]))
    return blurred(angle[:, None], 6)[:, 0]
