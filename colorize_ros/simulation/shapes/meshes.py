"""Triangle meshes of simple solids, made with NumPy: the clay of the simulated rooms.

World axes: x right, y forward, z up, metres. Texture coordinates are in metres too, so that a
texture keeps its size on every object.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Point = tuple[float, float, float]


@dataclass(frozen=True)
class Mesh:
    """Triangles with a normal and a texture coordinate at each vertex.

    Attributes:
        vertices: (N, 3) float32 metres.
        normals: (N, 3) float32, unit length.
        uv: (N, 2) float32 metres along the surface.
        faces: (M, 3) uint32 vertex indices.
    """

    vertices: NDArray[np.float32]
    normals: NDArray[np.float32]
    uv: NDArray[np.float32]
    faces: NDArray[np.uint32]

    def moved(self, offset: ArrayLike) -> Mesh:
        """Return the mesh shifted by `offset` (x, y, z) metres."""
        shifted = (self.vertices + np.asarray(offset, np.float32)).astype(np.float32)
        return Mesh(shifted, self.normals, self.uv, self.faces)

    def rotated(self, rotation: NDArray[np.float64]) -> Mesh:
        """Return the mesh turned about the origin by a (3, 3) rotation matrix."""
        turn = rotation.astype(np.float32).T
        return Mesh(self.vertices @ turn, self.normals @ turn, self.uv, self.faces)

    def turned(self, yaw_rad: float) -> Mesh:
        """Return the mesh turned about the vertical axis."""
        return self.rotated(rotation('z', yaw_rad))


def rotation(axis: str, angle_rad: float) -> NDArray[np.float64]:
    """Return the (3, 3) matrix of a rotation about `axis`, one of 'x', 'y', 'z'."""
    c, s = np.cos(angle_rad), np.sin(angle_rad)
    i, j = {'x': (1, 2), 'y': (2, 0), 'z': (0, 1)}[axis]
    matrix = np.eye(3)
    matrix[i, i] = matrix[j, j] = c
    matrix[i, j], matrix[j, i] = -s, s
    return matrix


def merge(meshes: Iterable[Mesh]) -> Mesh:
    """Return one mesh of all the triangles."""
    parts = list(meshes)
    starts = np.cumsum([0] + [len(part.vertices) for part in parts[:-1]])
    return Mesh(
        np.concatenate([part.vertices for part in parts]),
        np.concatenate([part.normals for part in parts]),
        np.concatenate([part.uv for part in parts]),
        np.concatenate([part.faces + np.uint32(start) for part, start in zip(parts, starts)]))


def surface(points: NDArray[np.float64], uv: NDArray[np.float64] | None = None,
            normals: NDArray[np.float64] | None = None) -> Mesh:
    """Make a mesh of a grid of points.

    Args:
        points: (R, C, 3) metres, neighbours in the grid being neighbours on the surface.
        uv: (R, C, 2) metres; by default the arc lengths along the first row and column.
        normals: (R, C, 3); by default from the grid's own differences.
    """
    rows, columns = points.shape[:2]
    if normals is None:
        normals = np.cross(np.gradient(points, axis=1), np.gradient(points, axis=0))
    if uv is None:
        along = [np.linalg.norm(np.diff(points, axis=axis), axis=2).mean(axis=1 - axis)
                 for axis in (1, 0)]
        u, v = (np.concatenate([[0.0], np.cumsum(steps)]) for steps in along)
        uv = np.stack(np.meshgrid(u, v), axis=2)
    length = np.linalg.norm(normals, axis=2, keepdims=True)
    index = np.arange(rows * columns, dtype=np.uint32).reshape(rows, columns)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, :-1], index[1:, 1:]
    faces = np.concatenate([np.stack([a, b, d], axis=2), np.stack([a, d, c], axis=2)])
    return Mesh(points.reshape(-1, 3).astype(np.float32),
                (normals / np.maximum(length, 1e-12)).reshape(-1, 3).astype(np.float32),
                uv.reshape(-1, 2).astype(np.float32), faces.reshape(-1, 3))


def quad(corner: ArrayLike, edge_u: ArrayLike, edge_v: ArrayLike) -> Mesh:
    """Make the parallelogram spanned by two edges at a corner."""
    origin, u, v = (np.asarray(value, np.float64) for value in (corner, edge_u, edge_v))
    steps = np.array([0.0, 1.0])
    points = origin + steps[None, :, None] * u + steps[:, None, None] * v
    normals = np.broadcast_to(np.cross(u, v), points.shape)
    return surface(points, normals=np.array(normals))


def box(size: Sequence[float], centre: Sequence[float] = (0, 0, 0), radius: float = 0.004) -> Mesh:
    """Make a box with rounded edges.

    Args:
        size: full lengths (x, y, z) in metres.
        centre: of the box.
        radius: of the rounding, metres; at most half the shortest side is used.
    """
    half = np.asarray(size, np.float64) / 2
    bevel = min(radius, float(half.min()) * 0.999)
    # An edge that no camera resolves needs no curve: its normals alone round it.
    profile = np.array([0.0, 1.0] if bevel < 0.01 else [0.0, 0.2, 0.55, 1.0]) * bevel
    inner = half - bevel
    sides = []
    for axis in range(3):
        first, second = (axis + 1) % 3, (axis + 2) % 3
        # Grain runs along a board.
        along = [first, second] if half[first] >= half[second] else [second, first]
        u, v = (np.concatenate([profile - half[k], half[k] - profile[::-1]])
                for k in (first, second))
        for sign in (-1.0, 1.0):
            points = np.empty((len(v), len(u), 3))
            points[..., first], points[..., second] = np.meshgrid(u, v)
            points[..., axis] = sign * half[axis]
            core = np.clip(points, -inner, inner)
            outward = points - core
            outward /= np.linalg.norm(outward, axis=2, keepdims=True)
            grid = core + bevel * outward, points[..., along], outward
            # Rows reversed where the grid would be wound inside out.
            sides.append(surface(*(values[::-1] if sign < 0 else values for values in grid)))
    return merge(sides).moved(centre)


def block(size: Sequence[float], centre: Sequence[float] = (0, 0, 0)) -> Mesh:
    """Make a box with sharp edges, for small things: 12 triangles.

    Args:
        size: full lengths (x, y, z) in metres.
        centre: of the box.
    """
    sides = []
    for axis in range(3):
        first, second = (axis + 1) % 3, (axis + 2) % 3
        for sign in (-1.0, 1.0):
            u, v, corner = np.zeros(3), np.zeros(3), -np.asarray(size, np.float64) / 2
            u[first], v[second] = size[first], size[second]
            corner[axis] *= -sign
            sides.append(quad(corner, u, v) if sign > 0 else quad(corner, v, u))
    return merge(sides).moved(centre)


def lathe(profile: Sequence[tuple[float, float]], segments: int = 24,
          smooth: bool = False) -> Mesh:
    """Turn a profile about the z axis.

    Args:
        profile: (radius, height) pairs in metres, from the bottom to the top.
        segments: round the axis.
        smooth: shade across the profile's corners.
    """
    outline = np.asarray(profile, np.float64)
    if smooth:
        return _turned(outline, np.gradient(outline, axis=0), segments)
    bands = [outline[k:k + 2] for k in range(len(outline) - 1)]
    return merge(_turned(band, np.repeat(np.diff(band, axis=0), 2, axis=0), segments)
                 for band in bands)


def _turned(outline: NDArray[np.float64], tangents: NDArray[np.float64], segments: int) -> Mesh:
    angle = np.linspace(0, 2 * np.pi, segments + 1)
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    points = np.empty((len(outline), segments + 1, 3))
    points[..., :2] = outline[:, :1, None] * ring[None]
    points[..., 2] = outline[:, 1:]
    normals = np.empty_like(points)
    normals[..., :2] = tangents[:, 1:, None] * ring[None]
    normals[..., 2] = -tangents[:, :1]
    length = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(outline, axis=0).T))])
    u, v = np.meshgrid(angle * outline[:, 0].max(), length)
    return surface(points, np.stack([u, v], axis=2), normals)


def cylinder(radius: float, height: float, base: Sequence[float] = (0, 0, 0)) -> Mesh:
    """Make an upright cylinder standing on `base`."""
    return lathe([(0, 0), (radius, 0), (radius, height), (0, height)]).moved(base)


def ball(radius: float, centre: Sequence[float] = (0, 0, 0), segments: int = 24) -> Mesh:
    """Make a sphere."""
    angle = np.linspace(-np.pi / 2, np.pi / 2, segments // 2 + 1)
    outline = [(radius * np.cos(a), radius * np.sin(a)) for a in angle]
    return lathe(outline, segments, smooth=True).moved(centre)


def tube(points: ArrayLike, radius: ArrayLike, sides: int = 10) -> Mesh:
    """Sweep a circle along a polyline: legs, bars, stems, cables.

    Args:
        points: (N, 3) metres, at least two.
        radius: metres, the same all along or (N,).
        sides: of the cross-section.
    """
    path = np.asarray(points, np.float64)
    reach = np.broadcast_to(np.asarray(radius, np.float64), len(path))
    tangent = np.gradient(path, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    # The axis that the tube follows least is never parallel to it.
    reference = np.eye(3)[np.argmin(np.abs(tangent).max(axis=0))]
    side = np.cross(tangent, reference)
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    up = np.cross(side, tangent)
    angle = np.linspace(0, 2 * np.pi, sides + 1)
    outward = (np.cos(angle)[None, :, None] * side[:, None]
               + np.sin(angle)[None, :, None] * up[:, None])
    # Texture runs along the tube, as the grain of a chair's leg does.
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    v, u = np.meshgrid(angle * reach.max(), length)
    slope = np.gradient(reach, np.maximum(length, 1e-9 * np.arange(len(path))))
    normals = outward - slope[:, None, None] * tangent[:, None]
    return surface(path[:, None] + reach[:, None, None] * outward, np.stack([u, v], axis=2),
                   normals)


def sheet(size: tuple[float, float], height: Callable[[NDArray[np.float64], NDArray[np.float64]],
                                                      NDArray[np.float64]],
          cells: int = 32) -> Mesh:
    """Make a bent sheet over the xy plane, centred on the origin.

    Args:
        size: (x, y) extent, metres.
        height: of the sheet, metres, from (cells + 1, cells + 1) arrays of x and of y.
        cells: along each side.
    """
    x, y = np.meshgrid(*(np.linspace(-extent / 2, extent / 2, cells + 1) for extent in size))
    return surface(np.stack([x, y, height(x, y)], axis=2))
