"""A furnished room, drawn from a random generator."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colorize_ros.simulation import (
    bedroom,
    clutter,
    decor,
    electronics,
    luminaires,
    plants,
    seating,
    storage,
    tables,
    textures,
)
from colorize_ros.simulation.clutter import place
from colorize_ros.simulation.materials import (
    color_of,
    even,
    glowing,
    Material,
    Palette,
    palette,
    Part,
    WOODS,
)
from colorize_ros.simulation.meshes import box, merge, quad

ALONG_WALLS = (seating.sofa, storage.shelf, storage.shelf, storage.cabinet, bedroom.bed,
               electronics.tv_board, plants.plant, luminaires.floor_lamp,
               bedroom.clothes_rack, seating.chair)
ON_THE_FLOOR = (seating.chair, seating.stool, clutter.carton, clutter.carton, decor.ladder,
                plants.plant, clutter.toy_ball, clutter.papers, seating.chair)


@dataclass(frozen=True)
class Room:
    """What is rendered.

    Attributes:
        size: (x, y, z) metres inside; the floor's centre is the origin.
        parts: every surface.
        occupied: (N, 3) circles on the floor: x, y, radius, metres.
        height_m: (N,) how tall what stands in each circle is, metres.
    """

    size: tuple[float, float, float]
    parts: list[Part]
    occupied: NDArray[np.float64]
    height_m: NDArray[np.float64]


class _Layout:
    """Places furniture so that no two pieces overlap."""

    def __init__(self, width: float, depth: float) -> None:
        self.half = np.array([width, depth]) / 2
        self.circles: list[tuple[float, float, float]] = []
        self.heights: list[float] = []
        self.parts: list[Part] = []

    def try_place(self, parts: list[Part], x: float, y: float, yaw_rad: float) -> bool:
        placed = place(parts, x, y, yaw_rad)
        points = np.concatenate([part.mesh.vertices for part in placed])
        low, high = points.min(axis=0), points.max(axis=0)
        if (low[:2] < -self.half).any() or (high[:2] > self.half).any():
            return False
        circles = _cover(low, high)
        for x1, y1, r1 in circles:
            if any(np.hypot(x1 - x2, y1 - y2) < 0.85 * (r1 + r2) for x2, y2, r2 in self.circles):
                return False
        self.circles += circles
        self.heights += [float(high[2])] * len(circles)
        self.parts += placed
        return True


def _cover(low: NDArray[np.float32],
           high: NDArray[np.float32]) -> list[tuple[float, float, float]]:
    """Cover a rectangle on the floor with a row of circles along its longer side."""
    extent, middle = high[:2] - low[:2], (high[:2] + low[:2]) / 2
    axis = int(np.argmax(extent))
    radius = float(max(extent.min() / 2, 0.05)) * 1.15
    count = int(np.ceil(extent[axis] / (2 * radius)))
    steps = (np.arange(count) + 0.5) / count - 0.5
    centres = np.repeat(middle[None].astype(np.float64), count, axis=0)
    centres[:, axis] += steps * extent[axis]
    return [(float(x), float(y), radius) for x, y in centres]


def make_room(rng: np.random.Generator) -> Room:
    """Draw a room with walls, lights and furniture.

    Args:
        rng: the same state gives the same room, vertex for vertex.
    """
    width, depth, height = rng.uniform(3.6, 6.5), rng.uniform(3.4, 6.0), rng.uniform(2.4, 2.9)
    shared = palette(rng)
    layout = _Layout(width, depth)
    if rng.random() < 0.6:
        _dining_group(rng, shared, layout)
    _furnish_walls(rng, shared, layout)
    for _ in range(int(rng.integers(6, 16))):
        piece = ON_THE_FLOOR[rng.integers(len(ON_THE_FLOOR))]
        x, y = rng.uniform(-0.9, 0.9, 2) * layout.half
        layout.try_place(piece(rng, shared), x, y, rng.uniform(0, 2 * np.pi))
    parts = layout.parts + _shell(rng, shared, width, depth, height)
    parts += _lights(rng, width, depth, height)
    if rng.random() < 0.7:
        x, y, yaw = rng.uniform((-0.5, -0.5, -0.2), (0.5, 0.5, 0.2))
        parts += place(decor.rug(rng, shared), x, y, yaw)
    return Room((width, depth, height), parts, np.array(layout.circles),
                np.array(layout.heights))


def _dining_group(rng: np.random.Generator, shared: Palette, layout: _Layout) -> None:
    x, y = rng.uniform(-0.25, 0.25, 2) * layout.half
    yaw = rng.choice([0.0, np.pi / 2]) + rng.uniform(-0.1, 0.1)
    layout.try_place(tables.table(rng, shared), x, y, yaw)
    for angle in np.arange(4) * np.pi / 2:
        if rng.random() < 0.75:
            reach = 0.62 if round(2 * (angle - yaw) / np.pi) % 2 else 0.95
            layout.try_place(seating.chair(rng, shared), x + reach * np.sin(angle),
                             y - reach * np.cos(angle), angle + np.pi + rng.uniform(-0.4, 0.4))


def _furnish_walls(rng: np.random.Generator, shared: Palette, layout: _Layout) -> None:
    for yaw, along, across in ((0.0, 0, 1), (np.pi / 2, 1, 0), (np.pi, 0, 1), (-np.pi / 2, 1, 0)):
        for _ in range(int(rng.integers(3, 7))):
            piece = ALONG_WALLS[rng.integers(len(ALONG_WALLS))](rng, shared)
            back = max(float(part.mesh.vertices[:, 1].max()) for part in piece)
            spot = np.empty(2)
            spot[along] = rng.uniform(-0.95, 0.95) * layout.half[along]
            outward = layout.half[across] - back - rng.uniform(0.02, 0.08)
            spot[across] = outward * (1 if yaw in (0.0, -np.pi / 2) else -1)
            layout.try_place(piece, spot[0], spot[1], yaw)


def _shell(rng: np.random.Generator, shared: Palette, width: float, depth: float,
           height: float) -> list[Part]:
    wall = Material(textures.plaster(rng, color_of(rng, (0.0, 0.35), (0.65, 0.95))), 1.3,
                    infrared=0.7)
    if rng.random() < 0.25:
        wall = Material(textures.stripes(rng, color_of(rng, (0, 0.3), (0.7, 0.95)),
                                         color_of(rng, (0, 0.3), (0.6, 0.9))), 0.9, infrared=0.7)
    wooden = WOODS[rng.integers(len(WOODS))]
    floor = [Material(textures.wood(rng, wooden, 8), 1.1, 'satin', 0.5),
             Material(textures.tiles(rng, color_of(rng, (0, 0.3)), (0.4, 0.4, 0.38)), 1.4,
                      'satin', 0.5),
             Material(textures.fabric(rng, color_of(rng, (0, 0.4))), 0.5, infrared=0.45)]
    x, y, z = width / 2, depth / 2, height
    parts = [Part(quad((-x, -y, 0), (width, 0, 0), (0, depth, 0)), floor[rng.integers(3)]),
             Part(quad((-x, -y, z), (width, 0, 0), (0, depth, 0)), even((0.93, 0.93, 0.91)))]
    skirting = []
    for yaw, half, run in ((0, y, width), (np.pi / 2, x, depth), (np.pi, y, width),
                           (-np.pi / 2, x, depth)):
        parts += place([Part(quad((-run / 2, half, 0), (run, 0, 0), (0, 0, z)), wall)], 0, 0, yaw)
        skirting.append(box((run, 0.016, 0.09), (0, half - 0.008, 0.045)).turned(yaw))
        for _ in range(int(rng.integers(0, 3))):
            shift = rng.uniform(-0.4, 0.4) * run
            parts += place(place(decor.wall_picture(rng, shared), shift, half), 0, 0, yaw)
    parts.append(Part(merge(skirting), shared.white))
    return parts + _window(rng, shared, x, y, rng.integers(4) * np.pi / 2)


def _window(rng: np.random.Generator, shared: Palette, x: float, y: float,
            yaw: float) -> list[Part]:
    half = y if round(2 * yaw / np.pi) % 2 == 0 else x
    wide, tall, sill = rng.uniform(0.9, 1.7), rng.uniform(1.0, 1.3), rng.uniform(0.85, 1.0)
    sky = rng.uniform(2.0, 7.0)
    pane = quad((-wide / 2, half - 0.012, sill), (wide, 0, 0), (0, 0, tall))
    bars = [box((wide + 0.14, 0.05, 0.06), (0, half - 0.02, sill + tall * k)) for k in (0, 1)]
    bars += [box((0.06, 0.05, tall), (k * wide, half - 0.02, sill + tall / 2))
             for k in (-0.5, 0, 0.5)]
    bars.append(box((wide + 0.3, 0.18, 0.03), (0, half - 0.09, sill - 0.04)))
    return place([Part(pane, glowing((0.85 * sky, 0.95 * sky, 1.1 * sky))),
                  Part(merge(bars), shared.white)], 0, 0, yaw)


def _lights(rng: np.random.Generator, width: float, depth: float, height: float) -> list[Part]:
    parts = []
    for _ in range(int(rng.integers(1, 4))):
        x, y = rng.uniform(-0.3, 0.3, 2) * (width, depth)
        power, warmth, wide = rng.uniform(7, 16), rng.uniform(0.6, 1.0), rng.uniform(0.3, 0.6)
        panel = quad((x - wide / 2, y - wide / 2, height - 0.05), (0, wide, 0), (wide, 0, 0))
        parts += [Part(panel, glowing((power, (0.75 + 0.25 * warmth) * power, warmth * power))),
                  Part(box((wide + 0.04, wide + 0.04, 0.04), (x, y, height - 0.025)),
                       even((0.85, 0.85, 0.85)))]
    return parts
