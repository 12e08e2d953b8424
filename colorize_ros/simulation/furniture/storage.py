"""What things are kept in: shelves, chests, glass cabinets. Stand on z = 0 and face -y."""
from __future__ import annotations

from collections.abc import Callable

import numpy as np

from colorize_ros.simulation.furniture.clutter import (
    book_row,
    bottle,
    bowl,
    glass,
    laid,
    mug,
    place,
    vase,
)
from colorize_ros.simulation.furniture.plants import fern
from colorize_ros.simulation.shapes.materials import Palette, Part
from colorize_ros.simulation.shapes.meshes import block, box, lathe, merge, Mesh, tube

Thing = Callable[[np.random.Generator, Palette], list[Part]]


def shelf(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build an open shelf, filled with books and small things."""
    width, depth, height = rng.uniform(0.7, 1.2), rng.uniform(0.26, 0.34), rng.uniform(0.9, 2.0)
    levels = np.linspace(0.06, height - 0.02, max(3, int(height / 0.37) + 1))
    boards = [box((0.022, depth, height), (sx * width / 2, 0, height / 2)) for sx in (-1, 1)]
    boards += [box((width, depth, 0.022), (0, 0, level)) for level in levels]
    parts = [Part(merge(boards), palette.wood)]
    if rng.random() < 0.6:
        parts.append(Part(block((width, 0.008, height - 0.04), (0, depth / 2, height / 2)),
                          palette.painted))
    for level in levels[:-1]:
        parts += _shelved(rng, palette, width, depth, float(level) + 0.011,
                          (book_row, book_row, book_row, bowl, vase, fern, mug))
    if height < 1.5:
        parts += laid(rng, palette, 0.8 * width, 0.4 * depth, height - 0.009, 2)
    return parts


def _shelved(rng: np.random.Generator, palette: Palette, width: float, depth: float,
             level: float, things: tuple[Thing, ...]) -> list[Part]:
    """Fill one board with a few things side by side, at most 0.33 m tall."""
    parts: list[Part] = []
    left = -width / 2 + 0.03
    while True:
        thing = things[rng.integers(len(things))](rng, palette)
        points = np.concatenate([part.mesh.vertices for part in thing])
        low, high = points.min(axis=0), points.max(axis=0)
        wide = float(high[0] - low[0])
        if left + wide > width / 2 - 0.03:
            return parts
        if high[2] < 0.33:
            back = min(-0.02, depth / 2 - 0.012 - float(high[1]))
            parts += place(thing, left - float(low[0]), back, 0.0, level)
        left += wide + rng.uniform(0.02, 0.12)


def cabinet(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a chest of drawers or a sideboard with handles, and a few things on it."""
    columns, rows = int(rng.integers(1, 4)), int(rng.integers(2, 5))
    width, height, depth = columns * rng.uniform(0.45, 0.6), rng.uniform(0.65, 1.1), 0.42
    skin = (palette.painted, palette.wood, palette.black)[rng.choice(3, p=(0.4, 0.4, 0.2))]
    fronts, handles = _fronts(rng, width, height, depth, columns, rows)
    feet = [box((0.045, 0.045, 0.09), (sx * (width / 2 - 0.04), sy * (depth / 2 - 0.04), 0.045))
            for sx in (-1, 1) for sy in (-1, 1)]
    body = [box((width, depth - 0.02, height - 0.1), (0, 0.01, height / 2 + 0.04)), *feet]
    parts = [Part(merge(body), skin),
             Part(box((width + 0.03, depth + 0.03, 0.025), (0, 0, height)), palette.wood),
             Part(merge(fronts), palette.painted if skin is palette.wood else (
                 palette.wood if skin is palette.painted else skin)),
             Part(merge(handles), palette.metal if rng.random() < 0.7 else palette.black)]
    parts += laid(rng, palette, 0.85 * width, 0.3 * depth, height + 0.013, columns + 1)
    return parts


def _fronts(rng: np.random.Generator, width: float, height: float, depth: float, columns: int,
            rows: int) -> tuple[list[Mesh], list[Mesh]]:
    """Return drawers, or doors where there is but one row, and their handles."""
    fronts, handles = [], []
    doors = rng.random() < 0.3
    wide, tall = width / columns, (height - 0.12) / (1 if doors else rows)
    y = -depth / 2 - 0.03
    for x in (np.arange(columns) + 0.5 - columns / 2) * wide:
        for z in 0.1 + (np.arange(1 if doors else rows) + 0.5) * tall:
            fronts.append(box((wide - 0.014, 0.02, tall - 0.014), (x, -depth / 2, z)))
            if doors:
                handles.append(tube([(x + 0.38 * wide, y, z), (x + 0.38 * wide, y, z + 0.12)],
                                    0.007, 8))
            else:
                handles.append(tube([(x - 0.07, y + 0.025, z), (x - 0.06, y, z), (x + 0.06, y, z),
                                     (x + 0.07, y + 0.025, z)], 0.006, 6))
    return fronts, handles


def glass_cabinet(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a tall cabinet with crockery behind glass doors, and wooden doors below."""
    width, depth, height = rng.uniform(0.8, 1.1), 0.38, rng.uniform(1.7, 2.0)
    split = 0.75
    skin = palette.wood if rng.random() < 0.6 else palette.painted
    levels = np.linspace(split, height - 0.02, 4)
    boards = [box((0.025, depth, height), (sx * width / 2, 0, height / 2)) for sx in (-1, 1)]
    boards += [box((width, depth - 0.03, 0.02), (0, 0.01, level)) for level in levels]
    boards += [block((width, 0.01, height), (0, depth / 2, height / 2)),
               box((width, depth - 0.02, split - 0.06), (0, 0.005, split / 2 + 0.03)),
               box((width + 0.06, depth + 0.03, 0.03), (0, 0, height))]
    panes, front = [], -depth / 2
    for side in (-1, 1):
        x, wide = side * width / 4, width / 2 - 0.012
        boards.append(box((wide, 0.02, split - 0.1), (x, front, split / 2 + 0.02)))
        boards += [box((0.045, 0.02, height - split - 0.05),
                       (x + edge * (wide / 2 - 0.0225), front, (height + split) / 2))
                   for edge in (-1, 1)]
        boards += [box((wide, 0.02, 0.045), (x, front, z)) for z in (split + 0.04, height - 0.05)]
        panes.append(block((wide - 0.08, 0.004, height - split - 0.12),
                           (x, front, (height + split) / 2)))
    knobs = [box((0.015, 0.02, 0.05), (side * 0.03, front - 0.02, z)) for side in (-1, 1)
             for z in (split - 0.15, (height + split) / 2)]
    parts = [Part(merge(boards), skin), Part(merge(knobs), palette.metal),
             Part(merge(panes), palette.glass)]
    for level in levels[:-1]:
        parts += _shelved(rng, palette, width - 0.04, depth, float(level) + 0.01,
                          (mug, glass, glass, bowl, plates, bottle))
    return parts


def plates(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Pile plates."""
    radius = rng.uniform(0.09, 0.13)
    count = int(rng.integers(3, 9))
    points: list[tuple[float, float]] = [(0, 0)]
    for k in range(count):
        points += [(0.6 * radius, 0.008 * k), (radius, 0.008 * k + 0.014),
                   (0.97 * radius, 0.008 * k + 0.016)]
    outline = [*points, (0.6 * radius, 0.008 * count), (0, 0.008 * count)]
    return [Part(lathe(outline, 24), palette.ceramic)]


def wall_shelf(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Fix one to three boards to a wall, its face on y = 0, with things on them."""
    width, parts = rng.uniform(0.6, 1.1), []
    boards = []
    for k in range(int(rng.integers(1, 4))):
        level = 1.25 + 0.36 * k
        boards += [box((width, 0.22, 0.025), (0, -0.11, level)),
                   box((0.02, 0.14, 0.09), (-0.35 * width, -0.07, level - 0.055)),
                   box((0.02, 0.14, 0.09), (0.35 * width, -0.07, level - 0.055))]
        parts += place(_shelved(rng, palette, width, 0.22, level + 0.0125,
                                (book_row, book_row, vase, mug, fern, bowl)), 0, -0.11)
    return [Part(merge(boards), palette.wood if rng.random() < 0.6 else palette.white), *parts]
