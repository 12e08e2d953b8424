"""Where the simulated camera stands and how it moves."""
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from colorize_ros.simulation.render import Pose, Renderer
from colorize_ros.simulation.room import Room

NEAREST_M = 0.45
TRIES = 40


def random_pose(room: Room, renderer: Renderer, rng: np.random.Generator) -> Pose:
    """Draw a view of a room that shows something and stands in nothing.

    Half of the views look at a piece of furniture from 0.6 to 2.5 m, the others across the room.

    Args:
        room: to look at.
        renderer: of that room, asked whether a view is free.
        rng: the same state gives the same pose.
    """
    half = np.array(room.size[:2]) / 2
    for _ in range(TRIES):
        at = int(rng.integers(len(room.occupied)))
        target = np.append(room.occupied[at, :2] + 0.1 * rng.standard_normal(2),
                           rng.uniform(0.2, 1.1) * min(room.height_m[at], 1.5))
        angle, close = rng.uniform(0, 2 * np.pi), rng.random() < 0.5
        reach = room.occupied[at, 2] + (rng.uniform(0.6, 2.5) if close else rng.uniform(2, 5.5))
        spot = target[:2] + reach * np.array([np.cos(angle), np.sin(angle)])
        spot = np.clip(spot, -half + 0.15, half - 0.15)
        pose = Pose((float(spot[0]), float(spot[1]), float(rng.uniform(0.35, 1.8))),
                    (float(target[0]), float(target[1]), float(target[2])))
        if is_free(room, pose) and is_interesting(renderer.glimpse(pose)):
            return pose
    return Pose((float(-half[0] + 0.2), float(-half[1] + 0.2), 1.7), (0.0, 0.0, 0.8))


def is_free(room: Room, pose: Pose) -> bool:
    """Say whether no furniture stands where the camera is."""
    x, y, z = pose.position
    apart = np.hypot(room.occupied[:, 0] - x, room.occupied[:, 1] - y) - room.occupied[:, 2]
    level = np.hypot(pose.target[0] - x, pose.target[1] - y)
    return bool(level > 0.3 and np.all((apart > 0.1) | (room.height_m < z - 0.15)))


def is_interesting(distance_m: NDArray[np.float32]) -> bool:
    """Say whether a view is neither blocked by something near nor of an empty wall."""
    near, middle, far = np.quantile(distance_m, (0.02, 0.5, 0.98))
    return bool(near > NEAREST_M and middle < 6.0 and far - near > 0.5)


def camera_path(room: Room, count: int, rng: np.random.Generator) -> list[Pose]:
    """Walk an arc through the room at a robot's eye level, looking at what stands there.

    Args:
        room: to walk through.
        count: poses, evenly spaced in time; the walk starts and ends at rest.
        rng: the same state gives the same walk.
    """
    half = np.array(room.size[:2]) / 2 - 0.35
    start, sweep = rng.uniform(0, 2 * np.pi), rng.choice([-1.0, 1.0]) * rng.uniform(1.0, 1.5)
    time = np.linspace(0, 1, count)
    eased = time * time * (3 - 2 * time)
    angle = start + sweep * eased
    bob = rng.uniform(0, 2 * np.pi, 3)
    eye = np.stack([half[0] * np.cos(angle), half[1] * np.sin(angle),
                    1.35 - 0.2 * eased + 0.012 * np.sin(11 * time + bob[0])], axis=1)
    gaze = np.stack([0.35 * np.sin(4 * eased + bob[1]), 0.35 * np.cos(5 * eased + bob[2]),
                     0.62 + 0.12 * np.sin(6 * eased)], axis=1)
    return [Pose(tuple(e), tuple(g)) for e, g in zip(eye.tolist(), gaze.tolist())]
