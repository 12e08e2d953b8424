"""Poses as (4, 4) float64 matrices that take points of one frame to another.

Frames are those of REP 103: the world and the robot's base have x forward, y left, z up; a
camera's optical frame has x right, y down, z forward. Metres.
"""
from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Pose = NDArray[np.float64]

# Columns: the optical frame's axes, seen from a camera body with x forward, y left, z up.
BODY_FROM_OPTICAL = np.array([[0.0, 0.0, 1.0], [-1.0, 0.0, 0.0], [0.0, -1.0, 0.0]])


def look_at(position: ArrayLike, target: ArrayLike) -> Pose:
    """Return world_from_camera of a camera at `position` (3,) that looks at `target` (3,).

    The camera is upright: the world's z is up in its image.

    Raises:
        ValueError: the target is straight above or below, or is the position itself.
    """
    forward = np.subtract(target, position).astype(np.float64)
    right = np.cross(forward, (0.0, 0.0, 1.0))
    if np.linalg.norm(right) < 1e-9:
        raise ValueError(f'a camera at {position!r} cannot stand upright and look at {target!r}; '
                         'expected a target that is not straight above or below')
    forward /= np.linalg.norm(forward)
    right /= np.linalg.norm(right)
    return make_pose(np.stack([right, np.cross(forward, right), forward], axis=1), position)


def make_pose(rotation: ArrayLike, translation: ArrayLike) -> Pose:
    """Return the pose of a (3, 3) rotation followed by a (3,) translation."""
    pose = np.eye(4)
    pose[:3, :3] = rotation
    pose[:3, 3] = translation
    return pose


def inverse(pose: Pose) -> Pose:
    """Return the pose that undoes a pose."""
    turned = pose[:3, :3].T
    return make_pose(turned, -turned @ pose[:3, 3])


def mounted(x: float, y: float, z: float, *, pitch_rad: float = 0.0,
            yaw_rad: float = 0.0) -> Pose:
    """Return base_from_camera of an optical frame on a robot.

    Args:
        x: forward of the base, metres.
        y: to the left.
        z: above.
        pitch_rad: positive looks down.
        yaw_rad: positive looks left.
    """
    c, s = np.cos(pitch_rad), np.sin(pitch_rad)
    pitch = np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])
    c, s = np.cos(yaw_rad), np.sin(yaw_rad)
    yaw = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
    return make_pose(yaw @ pitch @ BODY_FROM_OPTICAL, (x, y, z))


def quaternion(rotation: ArrayLike) -> NDArray[np.float64]:
    """Return the unit quaternion (x, y, z, w), w at least 0, of a (3, 3) rotation."""
    matrix = np.asarray(rotation, np.float64)
    # The eigenvector of the largest eigenvalue (Bar-Itzhack 2000): no case distinctions.
    (xx, xy, xz), (yx, yy, yz), (zx, zy, zz) = matrix
    symmetric = np.array([
        [xx - yy - zz, xy + yx, xz + zx, zy - yz],
        [xy + yx, yy - xx - zz, yz + zy, xz - zx],
        [xz + zx, yz + zy, zz - xx - yy, yx - xy],
        [zy - yz, xz - zx, yx - xy, xx + yy + zz]]) / 3
    values, vectors = np.linalg.eigh(symmetric)
    result = np.asarray(vectors[:, np.argmax(values)], np.float64)
    return result if result[3] >= 0 else -result
