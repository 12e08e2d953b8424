"""The walls of a flat, with doorways and windows in them, its floors and ceilings."""
from __future__ import annotations

from typing import NamedTuple

import numpy as np

from colorize_ros.simulation.flat.world import Area
from colorize_ros.simulation.furniture.clutter import place
from colorize_ros.simulation.shapes import textures
from colorize_ros.simulation.shapes.materials import (
    color_of,
    even,
    Material,
    Palette,
    Part,
    WOODS,
)
from colorize_ros.simulation.shapes.meshes import box, merge, Mesh, quad, surface, tube

WALL_M = 0.1
DOOR_WIDE_M, DOOR_TALL_M = 0.9, 2.05


class Opening(NamedTuple):
    """A hole in a wall, metres: `middle` is along the wall from the wall's middle."""

    middle: float
    width: float
    low: float
    high: float


class Side(NamedTuple):
    """One wall of a room, seen from inside.

    In its own frame x runs to the right along the wall, y outwards, and y = 0 is the surface.

    Attributes:
        origin: (x, y) of the middle of the wall's foot.
        yaw_rad: of the side's frame: 0 where the room's largest y is.
        length: metres.
        height: metres.
        openings: doorways and windows.
    """

    origin: tuple[float, float]
    yaw_rad: float
    length: float
    height: float
    openings: tuple[Opening, ...] = ()

    def at(self, along: float, inwards: float = 0.0) -> tuple[float, float]:
        """Return the (x, y) on the floor of a place along the wall and away from it."""
        c, s = np.cos(self.yaw_rad), np.sin(self.yaw_rad)
        return (float(self.origin[0] + c * along + s * inwards),
                float(self.origin[1] + s * along - c * inwards))

    def along(self, point: tuple[float, float]) -> float:
        """Return how far along the wall a point on the floor is."""
        offset = np.subtract(point, self.origin)
        return float(offset @ (np.cos(self.yaw_rad), np.sin(self.yaw_rad)))

    def place(self, parts: list[Part], along: float = 0.0) -> list[Part]:
        """Hang parts on the wall, their backs on it."""
        return place(parts, *self.at(along), self.yaw_rad)

    def walls(self) -> list[tuple[float, float, float, float]]:
        """Return the wall on the floor as segments x1, y1, x2, y2, with doorways left out."""
        doors = sorted(gap for gap in self.openings if gap.low <= 0)
        ends = [-self.length / 2]
        for door in doors:
            ends += [door.middle - door.width / 2, door.middle + door.width / 2]
        ends.append(self.length / 2)
        segments = [(*self.at(a), *self.at(b)) for a, b in zip(ends[::2], ends[1::2])]
        # A doorway goes through the wall: its two sides are walls as well.
        for end in ends[1:-1]:
            segments.append((*self.at(end), *self.at(end, -WALL_M)))
        return segments


def sides(area: Area) -> list[Side]:
    """Return a room's four walls: at its largest y, smallest x, smallest y, largest x."""
    low, high = np.array(area.low), np.array(area.high)
    (x, y), (width, depth) = (low + high) / 2, high - low
    return [Side((float(x), float(high[1])), 0.0, float(width), area.height_m),
            Side((float(low[0]), float(y)), np.pi / 2, float(depth), area.height_m),
            Side((float(x), float(low[1])), np.pi, float(width), area.height_m),
            Side((float(high[0]), float(y)), -np.pi / 2, float(depth), area.height_m)]


def wall_mesh(side: Side) -> Mesh:
    """Return a wall's surface in its own frame, holes left open."""
    xs = {-side.length / 2, side.length / 2}
    zs = {0.0, side.height}
    for gap in side.openings:
        xs |= {gap.middle - gap.width / 2, gap.middle + gap.width / 2}
        zs |= {gap.low, gap.high}
    columns, rows = sorted(xs), sorted(zs)
    panes = []
    for left, right in zip(columns, columns[1:]):
        for bottom, top in zip(rows, rows[1:]):
            x, z = (left + right) / 2, (bottom + top) / 2
            if not any(abs(x - gap.middle) < gap.width / 2 and gap.low < z < gap.high
                       for gap in side.openings):
                panes.append(_pane(left, right, bottom, top))
    return merge(panes)


def _pane(left: float, right: float, bottom: float, top: float) -> Mesh:
    """Return a rectangle of a wall whose texture goes on in the next one."""
    corners = np.array([[(x, 0, z) for x in (left, right)] for z in (bottom, top)])
    normals = np.broadcast_to((0.0, -1.0, 0.0), corners.shape)
    return surface(corners, corners[..., [0, 2]], np.array(normals))


class Finish(NamedTuple):
    """What a room is painted and floored with."""

    wall: Material
    floor: Material
    ceiling: Material


def draw_finish(rng: np.random.Generator, kind: str) -> Finish:
    """Draw a room's walls and floor; a kitchen is not carpeted."""
    wall = Material(textures.plaster(rng, color_of(rng, (0.0, 0.35), (0.65, 0.95))), 1.3,
                    infrared=0.7)
    if rng.random() < 0.2:
        first, second = (color_of(rng, (0, 0.25), (0.7, 0.95)) for _ in range(2))
        upright = np.ascontiguousarray(textures.stripes(rng, first, second).swapaxes(0, 1))
        wall = Material(upright, 0.9, infrared=0.7, infrared_contrast=0.2)
    wooden = WOODS[rng.integers(len(WOODS))]
    floors = [Material(textures.wood(rng, wooden, 8), 1.1, 'satin', 0.5),
              Material(textures.tiles(rng, color_of(rng, (0, 0.3)), (0.4, 0.4, 0.38)), 1.4,
                       'satin', 0.5),
              Material(textures.fabric(rng, color_of(rng, (0, 0.4))), 0.5, infrared=0.45,
                       infrared_contrast=0.3)]
    choice = int(rng.integers(2 if kind in ('kitchen', 'corridor') else 3))
    return Finish(wall, floors[choice], even((0.93, 0.93, 0.91)))


def shell(area: Area, walls: list[Side], finish: Finish, palette: Palette) -> list[Part]:
    """Build floor, ceiling, walls and skirting boards of a room."""
    (x, y), (width, depth) = area.low, np.subtract(area.high, area.low)
    parts = [Part(quad((x, y, 0), (width, 0, 0), (0, depth, 0)), finish.floor),
             Part(quad((x, y, area.height_m), (0, depth, 0), (width, 0, 0)), finish.ceiling)]
    skirting: list[Mesh] = []
    for side in walls:
        parts += side.place([Part(wall_mesh(side), finish.wall)])
        skirting += [part.mesh for part in side.place(_skirting(side, palette))]
    return parts + [Part(merge(skirting), palette.white)]


def _skirting(side: Side, palette: Palette) -> list[Part]:
    ends = [-side.length / 2]
    for door in sorted(gap for gap in side.openings if gap.low <= 0):
        # Up to the frame around the doorway.
        ends += [door.middle - door.width / 2 - 0.06, door.middle + door.width / 2 + 0.06]
    ends.append(side.length / 2)
    return [Part(box((b - a, 0.016, 0.09), ((a + b) / 2, -0.008, 0.045)), palette.white)
            for a, b in zip(ends[::2], ends[1::2]) if b > a]


def door_frame(palette: Palette) -> list[Part]:
    """Build the lining and the frames of a doorway in a wall `WALL_M` thick.

    Its opening is `DOOR_WIDE_M` by `DOOR_TALL_M`; one walks through along y, and y = 0 is the
    middle of the wall.
    """
    wide, tall, thick = DOOR_WIDE_M, DOOR_TALL_M, 0.02
    lining = [box((thick, WALL_M + 0.01, tall), (side * (wide + thick) / 2, 0, tall / 2))
              for side in (-1, 1)]
    lining.append(box((wide + 2 * thick, WALL_M + 0.01, thick), (0, 0, tall + thick / 2)))
    for face in (-1, 1):
        lining += _architrave(face * (WALL_M / 2 + 0.008))
    threshold = box((wide, WALL_M + 0.03, 0.012), (0, 0, 0.004))
    return [Part(merge(lining), palette.white), Part(threshold, palette.dark_wood)]


def _architrave(y: float) -> list[Mesh]:
    """Frame a doorway on one face of the wall."""
    wide, tall = DOOR_WIDE_M, DOOR_TALL_M
    posts = [box((0.07, 0.016, tall + 0.07), (side * (wide + 0.07) / 2, y, (tall + 0.07) / 2))
             for side in (-1, 1)]
    return [*posts, box((wide + 0.14, 0.016, 0.07), (0, y, tall + 0.035))]


def closed_door(palette: Palette, rng: np.random.Generator) -> list[Part]:
    """Build a closed door with its frame, back on y = 0."""
    wide, tall = DOOR_WIDE_M, DOOR_TALL_M
    leaf = [box((wide, 0.02, tall), (0, -0.01, tall / 2), 0.006)]
    if rng.random() < 0.6:
        leaf += [box((wide - 0.3, 0.012, height), (0, -0.022, middle), 0.006)
                 for height, middle in ((0.7, 0.5), (0.85, 1.45))]
    hand = 1 if rng.random() < 0.5 else -1
    stem = tube([(hand * (wide / 2 - 0.08), y, 1.02) for y in (0, -0.07)], 0.012)
    lever = box((0.13, 0.018, 0.022), (hand * (wide / 2 - 0.13), -0.07, 1.02), 0.008)
    return [Part(merge(leaf), palette.wood if rng.random() < 0.5 else palette.white),
            Part(merge(_architrave(-0.008)), palette.white),
            Part(merge([stem, lever]), palette.metal)]
