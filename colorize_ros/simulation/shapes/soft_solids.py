"""Soft and grown forms: cushions, bodies, cloth. Made as `meshes` makes the hard ones."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from colorize_ros.simulation.shapes.meshes import merge, Mesh, surface


def puff(size: Sequence[float], centre: Sequence[float] = (0, 0, 0), power: float = 5.0,
         cells: int = 6) -> Mesh:
    """Stuff a box: a superellipsoid, crowned on every side.

    Args:
        size: full lengths (x, y, z) in metres.
        centre: of the solid.
        power: 2 is an ellipsoid, 5 a cushion, 10 nearly a box.
        cells: along each side of each face.
    """
    half = np.asarray(size, np.float64) / 2
    step = np.sin(np.linspace(-np.pi / 2, np.pi / 2, cells + 1))
    sides = []
    for axis in range(3):
        first, second = (axis + 1) % 3, (axis + 2) % 3
        for sign in (-1.0, 1.0):
            cube = np.empty((cells + 1, cells + 1, 3))
            cube[..., first], cube[..., second] = np.meshgrid(step[::int(sign)], step)
            cube[..., axis] = sign
            unit = cube / (np.abs(cube) ** power).sum(axis=2, keepdims=True) ** (1 / power)
            normals = np.sign(unit) * np.abs(unit) ** (power - 1) / half
            sides.append(surface(unit * half, (unit * half)[..., [first, second]], normals))
    return merge(sides).moved(centre)


def pillow(width: float, height: float, thick: float, cells: int = 10) -> Mesh:
    """Sew a cushion of two cloths, standing in the xz plane about the origin.

    Its corners stick out where the seams between them draw in.
    """
    u, v = np.meshgrid(*[np.sin(np.linspace(-np.pi / 2, np.pi / 2, cells + 1))] * 2)
    swell = thick / 2 * np.sqrt(np.maximum((1 - u ** 4) * (1 - v ** 4), 0))
    x = width / 2 * u * (1 - 0.07 * (1 - v ** 2))
    z = height / 2 * v * (1 - 0.07 * (1 - u ** 2))
    uv = np.stack([x, z], axis=2)
    return merge([surface(np.stack([x, -swell, z], axis=2), uv),
                  surface(np.stack([x, swell, z], axis=2)[:, ::-1], uv[:, ::-1])])


def loft(rings: Sequence[Sequence[float]], segments: int = 18, power: float = 2.0,
         levels: int = 0) -> Mesh:
    """Stretch a skin over level rings: trunks, heads, shades.

    Args:
        rings: (z, half width along x, half width along y, centre x, centre y), metres, upwards.
        segments: round each ring.
        power: 2 for ellipses, more for rounded rectangles.
        levels: how many rings to put smoothly through the given ones; 0 keeps them as they are.
    """
    outline = np.asarray(rings, np.float64)
    if levels:
        outline = _smooth(outline, levels)
    angle = np.linspace(0, 2 * np.pi, segments + 1)
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    ring = np.sign(ring) * np.abs(ring) ** (2 / power)
    points = np.empty((len(outline), segments + 1, 3))
    points[..., :2] = outline[:, None, 3:5] + outline[:, None, 1:3] * ring[None]
    points[..., 2] = outline[:, :1]
    along = np.asarray(np.gradient(points, axis=0))
    around = np.asarray(np.gradient(points, axis=1))
    # The seam's two columns are one place.
    around[:, 0] = around[:, -1] = points[:, 1] - points[:, -2]
    radius = outline[:, 1:3].max()
    u, v = np.meshgrid(angle * radius, outline[:, 0])
    return surface(points, np.stack([u, v], axis=2), np.cross(around, along))


def _smooth(knots: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Return `count` points on the Catmull-Rom spline through the knots (N, D)."""
    padded = np.concatenate([2 * knots[:1] - knots[1:2], knots, 2 * knots[-1:] - knots[-2:-1]])
    at = np.linspace(0, len(knots) - 1, count)
    k = np.minimum(at.astype(int), len(knots) - 2)
    t = (at - k)[:, None]
    a, b, c, d = (padded[k + shift] for shift in range(4))
    return np.asarray(b + t * (c - a) / 2 + t ** 2 * (a - 2.5 * b + 2 * c - d / 2)
                      + t ** 3 * (1.5 * (b - c) + (d - a) / 2))


def spline(points: ArrayLike, count: int) -> NDArray[np.float64]:
    """Return (count, D) points of a smooth curve through (N, D) points, for limbs and stems."""
    return _smooth(np.asarray(points, np.float64), count)


def hung_cloth(width: float, drop: float, folds: float, deep: float, phase: float,
               cells: tuple[int, int] = (40, 6)) -> Mesh:
    """Hang a cloth in folds from z = 0 down to z = -drop, along x, facing -y.

    Args:
        width: along the rail, metres.
        drop: metres.
        folds: how many.
        deep: of a fold at its foot, metres; half as much at the rail.
        phase: of the folds, radians.
        cells: along x and z.
    """
    x, z = np.meshgrid(np.linspace(-width / 2, width / 2, cells[0] + 1),
                       np.linspace(-drop, 0, cells[1] + 1))
    wave = np.sin(2 * np.pi * folds * x / width + phase + 0.8 * np.sin(3 * x + phase))
    y = deep / 2 * wave * (0.75 - 0.25 * (1 + 2 * z / drop))
    return surface(np.stack([x, y, z], axis=2))
