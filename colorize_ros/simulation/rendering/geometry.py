"""What a camera sees of a world, apart from light: depth, normals, surfaces and things."""
from __future__ import annotations

from dataclasses import dataclass, replace
from types import ModuleType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from colorize_ros.messages import Intrinsics
from colorize_ros.simulation.flat.world import World
from colorize_ros.simulation.rendering import scene
from colorize_ros.simulation.rendering.surfaces import SurfaceTable
from colorize_ros.simulation.sensors.poses import inverse, Pose

AOVS = 'position:position,normal:sh_normal,uv:uv,triangle:prim_index'
GLIMPSE = 8
LAYERS = ('depth_m', 'normals', 'infrared', 'albedo', 'part', 'thing')
NEAR_M = 0.02

Box = tuple[slice, slice]


@dataclass(frozen=True)
class View:
    """What a camera sees; a pane of glass, or a mirror, hides in it what is behind.

    Attributes:
        camera: its intrinsics.
        pose: (4, 4) world_from_camera, optical frame.
        depth_m: (H, W) float32 metres along the optical axis, NaN where there is nothing.
        normals: (H, W, 3) float32 unit normals in the optical frame, towards the camera.
        infrared: (H, W) float32 share of near infrared that comes back, 0 to 1.
        albedo: (H, W, 3) float32 linear RGB.
        part: (H, W) int32 index into world.parts, -1 where there is nothing.
        thing: (H, W) int32, 0 where there is none, k for world.things[k - 1].
        through: the view without panes, None where none is seen.
    """

    camera: Intrinsics
    pose: Pose
    depth_m: NDArray[np.float32]
    normals: NDArray[np.float32]
    infrared: NDArray[np.float32]
    albedo: NDArray[np.float32]
    part: NDArray[np.int32]
    thing: NDArray[np.int32]
    through: View | None = None


class Outline:
    """The shapes of a world, to be looked at."""

    def __init__(self, mi: ModuleType, world: World, surfaces: SurfaceTable) -> None:
        self._mi = mi
        self._surfaces = surfaces
        number = {id(thing): k + 1 for k, thing in enumerate(world.things)}
        # The last entry is that of index -1.
        self._thing = np.array([number.get(id(part.thing), 0) for part in world.parts] + [0],
                               np.int32)
        clear = np.isin([part.material.gloss for part in world.parts], scene.PANES)
        self._solid = _Shapes(mi, world, np.flatnonzero(~clear))
        self._panes = _Shapes(mi, world, np.flatnonzero(clear)) if clear.any() else None

    def view(self, camera: Intrinsics, pose: Pose) -> View:
        """Look at the world; the same bytes for the same pose."""
        through = self._surface(camera, pose, self._solid.seen(camera, pose))
        box = self._panes.window(camera, pose, through.depth_m) if self._panes else None
        if self._panes is None or box is None:
            return through
        part_of = windowed(camera, box)
        pane = self._surface(part_of, pose, self._panes.seen(part_of, pose))
        nearer = (np.nan_to_num(pane.depth_m, nan=np.inf)
                  < np.nan_to_num(through.depth_m[box], nan=np.inf))
        if not nearer.any():
            return through
        arrays = {name: getattr(through, name).copy() for name in LAYERS}
        for name, array in arrays.items():
            array[box][nearer] = getattr(pane, name)[nearer]
        return replace(through, through=through, **arrays)

    def distances(self, camera: Intrinsics, pose: Pose) -> NDArray[np.float32]:
        """Return (H, W) float32 metres along the rays, infinite where there is nothing."""
        layers = [shapes.seen(camera, pose) for shapes in (self._solid, self._panes) if shapes]
        reach = [np.nan_to_num(np.linalg.norm(layer.points, axis=2), nan=np.inf)
                 for layer in layers]
        return np.asarray(np.minimum.reduce(reach), np.float32)

    def _surface(self, camera: Intrinsics, pose: Pose, seen: _Seen) -> View:
        points, normals, uv_m, part = seen
        facing = np.sum(normals * points, axis=2)
        normals = np.where((facing > 0)[..., None], -normals, normals)
        tilt = np.abs(facing) / np.linalg.norm(points, axis=2)
        footprint = np.nan_to_num(points[..., 2] / camera.fx / np.maximum(tilt, 0.15))
        albedo, infrared = self._surfaces.look_up(part, uv_m, footprint.astype(np.float32))
        return View(camera, pose, np.ascontiguousarray(points[..., 2]), normals, infrared,
                    albedo, part, self._thing[part])


class _Seen(NamedTuple):
    """Where the rays of a view end.

    Attributes:
        points: (H, W, 3) float32 metres in the optical frame, NaN where there is nothing.
        normals: (H, W, 3) float32 in the optical frame, towards either side.
        uv_m: (H, W, 2) float32 metres along the surface.
        part: (H, W) int32, -1 where there is nothing.
    """

    points: NDArray[np.float32]
    normals: NDArray[np.float32]
    uv_m: NDArray[np.float32]
    part: NDArray[np.int32]


class _Shapes:
    def __init__(self, mi: ModuleType, world: World, chosen: NDArray[np.intp]) -> None:
        parts = [world.parts[index] for index in chosen]
        self._mi = mi
        self._chosen = np.append(chosen, -1).astype(np.int32)
        self._scene = scene.outline(mi, parts)
        self._integrator = mi.load_dict({'type': 'aov', 'aovs': AOVS, 'block_size': scene.BLOCK})
        self._vertices = [part.mesh.vertices for part in parts]
        self._last_face = np.cumsum([len(part.mesh.faces) for part in parts])

    def seen(self, camera: Intrinsics, pose: Pose) -> _Seen:
        layers = np.asarray(self._mi.render(
            self._scene, sensor=scene.sensor(self._mi, camera, pose, samples=1, exact=True),
            integrator=self._integrator, spp=1), np.float32)
        hit = np.any(layers[..., 3:6] != 0, axis=2)
        camera_from_world = inverse(pose).astype(np.float32)
        turn = camera_from_world[:3, :3].T
        points = np.where(hit[..., None], layers[..., :3] @ turn + camera_from_world[:3, 3],
                          np.float32(np.nan))
        triangle = np.round(layers[..., 8]).astype(np.int64)
        part = np.searchsorted(self._last_face, triangle, side='right')
        return _Seen(points, layers[..., 3:6] @ turn, layers[..., 6:8],
                     self._chosen[np.where(hit, part, -1)])

    def window(self, camera: Intrinsics, pose: Pose, depth_m: NDArray[np.float32]) -> Box | None:
        """Return rows and columns beyond which no shape is seen before `depth_m`, if any is."""
        camera_from_world = inverse(pose)
        low, high = np.full(2, np.inf), np.full(2, -np.inf)
        size = np.array([camera.width, camera.height])
        for vertices in self._vertices:
            x, y, z = camera_from_world[:3, :3] @ vertices.T + camera_from_world[:3, 3:]
            if z.max() < NEAR_M:
                continue
            first, last = np.zeros(2), size
            if z.min() > NEAR_M:
                at = np.stack([camera.fx * x / z + camera.cx, camera.fy * y / z + camera.cy])
                first = np.clip(np.floor(at.min(axis=1)), 0, size)
                last = np.clip(np.ceil(at.max(axis=1)) + 1, 0, size)
            (left, top), (right, bottom) = first.astype(int), last.astype(int)
            behind = np.nan_to_num(depth_m[top:bottom, left:right], nan=np.inf)
            if behind.size and behind.max() > z.min():
                low, high = np.minimum(low, first), np.maximum(high, last)
        if not np.isfinite(low).all():
            return None
        return slice(int(low[1]), int(high[1])), slice(int(low[0]), int(high[0]))


def windowed(camera: Intrinsics, box: Box) -> Intrinsics:
    """Return the camera of a part of its picture, rows and columns."""
    rows, columns = box
    return replace(camera, width=columns.stop - columns.start, height=rows.stop - rows.start,
                   cx=float(camera.cx - columns.start), cy=float(camera.cy - rows.start))


def scaled(camera: Intrinsics, divisor: int) -> Intrinsics:
    """Return the camera with every `divisor`-th pixel of each row and column, from the first."""
    return Intrinsics(-(-camera.width // divisor), -(-camera.height // divisor),
                      camera.fx / divisor, camera.fy / divisor,
                      camera.cx / divisor, camera.cy / divisor)
