"""Views of a flat that show something: where a camera may be for a data set."""
from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from colorize_ros.messages import Intrinsics
from colorize_ros.simulation.flat.world import Area, World
from colorize_ros.simulation.sensors.poses import look_at, Pose

NEAREST_M = 0.45
MARGIN_M = 0.15
TRIES = 60

Point = NDArray[np.float64]


class Glimpsing(Protocol):
    """What a renderer can do that is asked for here."""

    def glimpse(self, camera: Intrinsics, pose: Pose) -> NDArray[np.float32]:
        """Return distances along the rays, coarsely, metres."""


def random_view(world: World, renderer: Glimpsing, camera: Intrinsics,
                rng: np.random.Generator) -> Pose:
    """Draw a view that shows something and stands in nothing.

    Half of the views look at a piece of furniture from 0.6 to 2.5 m, the others across the room.

    Args:
        world: to look at.
        renderer: of that world, asked for a glimpse of each view that is considered.
        camera: that looks.
        rng: the same state gives the same view.

    Returns:
        world_from_camera, upright.
    """
    for _ in range(TRIES):
        target, radius = _draw_target(world, rng)
        angle, close = rng.uniform(0, 2 * np.pi), rng.random() < 0.5
        reach = radius + (rng.uniform(0.6, 2.5) if close else rng.uniform(2, 5.5))
        area = world.areas[_area_of(world, target)]
        spot = target[:2] + reach * np.array([np.cos(angle), np.sin(angle)])
        spot = np.clip(spot, np.add(area.low, MARGIN_M), np.subtract(area.high, MARGIN_M))
        eye = np.append(spot, rng.uniform(0.35, 1.8))
        if is_free(world, eye) and np.hypot(*(target - eye)[:2]) > 0.3:
            pose = look_at(eye, target)
            if is_interesting(renderer.glimpse(camera, pose)):
                return pose
    return _across(world.areas[0])


def is_free(world: World, eye: Point) -> bool:
    """Say whether no furniture stands where a camera (3,) is."""
    apart = np.hypot(*(world.occupied[:, :2] - eye[:2]).T) - world.occupied[:, 2]
    return bool(np.all((apart > 0.1) | (world.height_m < eye[2] - 0.15)))


def is_interesting(distance_m: NDArray[np.float32]) -> bool:
    """Say whether a view is neither blocked by something near nor of an empty wall."""
    near, middle, far = np.quantile(distance_m, (0.02, 0.5, 0.98))
    return bool(near > NEAREST_M and middle < 6.0 and far - near > 0.5)


def _draw_target(world: World, rng: np.random.Generator) -> tuple[Point, float]:
    """Draw a point to look at, and how far what stands there reaches to the side."""
    things = world.things
    if things and (rng.random() < 0.6 or not len(world.occupied)):
        # Things, not circles: a bed is covered by many, a chair by few.
        thing = things[rng.integers(len(things))]
        points = np.concatenate([part.mesh.vertices for part in world.parts
                                 if part.thing is thing])
        low, high = points.min(axis=0).astype(float), points.max(axis=0).astype(float)
        middle = low + rng.uniform(0.3, 0.7, 3) * (high - low)
        return middle, float((high - low)[:2].max() / 2)
    if not len(world.occupied):
        area = world.areas[rng.integers(len(world.areas))]
        return np.append(rng.uniform(area.low, area.high), rng.uniform(0.4, 1.5)), 0.0
    at = int(rng.integers(len(world.occupied)))
    level = rng.uniform(0.2, 1.1) * min(world.height_m[at], 1.5)
    target = world.occupied[at, :2] + 0.1 * rng.standard_normal(2)
    return np.append(target, level), float(world.occupied[at, 2])


def _area_of(world: World, point: Point) -> int:
    """Return the room that a point is in, or nearest to."""
    outside = [np.maximum(0, np.maximum(np.subtract(area.low, point[:2]),
                                        np.subtract(point[:2], area.high))).sum()
               for area in world.areas]
    return int(np.argmin(outside))


def _across(area: Area) -> Pose:
    """Look from a corner under the ceiling to the opposite one."""
    low, high = np.array(area.low), np.array(area.high)
    return look_at((*(low + 0.2).tolist(), 1.7), (*((low + high) / 2).tolist(), 0.8))
