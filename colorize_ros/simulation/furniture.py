"""Furniture of a room, built of simple solids. Every piece stands on z = 0 and faces -y."""
from __future__ import annotations

import numpy as np

from colorize_ros.simulation.clutter import book_row, bottle, bowl, cushion, mug, place
from colorize_ros.simulation.materials import Palette, Part
from colorize_ros.simulation.meshes import box, cylinder, merge, Mesh, rotation, sheet, tube


def legs(width: float, depth: float, height: float, radius: float,
         splay: float = 0.0) -> list[Mesh]:
    """Return four legs under a (width, depth) plate."""
    return [tube([(sx * (width / 2 + splay), sy * (depth / 2 + splay), 0),
                  (sx * width / 2, sy * depth / 2, height)], radius)
            for sx in (-1, 1) for sy in (-1, 1)]


def table(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a dining table or a desk, laid with a few things."""
    width, depth, height = rng.uniform(1.1, 1.8), rng.uniform(0.7, 0.95), rng.uniform(0.71, 0.76)
    parts = [Part(box((width, depth, 0.035), (0, 0, height - 0.0175), 0.008), palette.wood)]
    frame = legs(width - 0.12, depth - 0.12, height - 0.03, rng.uniform(0.018, 0.03),
                 rng.uniform(0, 0.04))
    rails = [box((width - 0.14, 0.02, 0.07), (0, sy * (depth / 2 - 0.07), height - 0.07))
             for sy in (-1, 1)]
    parts.append(Part(merge(frame + rails), palette.dark_wood))
    things = [mug, bowl, bottle, book_row]
    for _ in range(int(rng.integers(3, 7))):
        thing = things[rng.integers(len(things))]
        parts += place(thing(rng, palette), rng.uniform(-0.4, 0.4) * width,
                       rng.uniform(-0.35, 0.35) * depth, rng.uniform(0, 6.28), height)
    return parts


def chair(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a wooden chair with a slatted back."""
    width, height, back = rng.uniform(0.4, 0.46), rng.uniform(0.43, 0.47), rng.uniform(0.8, 1.0)
    lean = 0.08
    posts = [tube([(sx * width * 0.46, 0.19, 0), (sx * width * 0.46, 0.19, height),
                   (sx * width * 0.46, 0.19 + lean, back)], 0.016) for sx in (-1, 1)]
    front = [tube([(sx * width * 0.46, -0.19, 0), (sx * width * 0.46, -0.19, height)], 0.016)
             for sx in (-1, 1)]
    slats = []
    for level in np.linspace(height + 0.14, back - 0.03, int(rng.integers(2, 5))):
        y = 0.19 + lean * (level - height) / (back - height)
        slats.append(box((width * 0.9, 0.014, 0.055), (0, y, level)))
    rungs = [tube([(sx * width * 0.46, -0.19, 0.16), (sx * width * 0.46, 0.19, 0.16)], 0.009)
             for sx in (-1, 1)]
    parts = [Part(merge(posts + front + slats + rungs), palette.dark_wood),
             Part(box((width, 0.42, 0.03), (0, 0, height), 0.012), palette.wood)]
    if rng.random() < 0.4:
        parts.append(Part(box((width * 0.92, 0.38, 0.05), (0, 0, height + 0.035), 0.022),
                          palette.accent))
    return parts


def stool(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a round stool on thin metal legs."""
    height, radius = rng.uniform(0.42, 0.75), rng.uniform(0.15, 0.2)
    frame = legs(radius, radius, height, 0.01, 0.08)
    return [Part(cylinder(radius, 0.035, (0, 0, height)), palette.wood),
            Part(merge(frame), palette.metal)]


def sofa(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build an upholstered sofa with seat, back and loose cushions."""
    seats = int(rng.integers(1, 4))
    seat, arm = rng.uniform(0.58, 0.7), rng.uniform(0.14, 0.2)
    width = seats * seat
    soft = [box((width + 2 * arm, 0.85, 0.24), (0, 0, 0.2), 0.04),
            box((width + 2 * arm, 0.2, 0.62), (0, 0.34, 0.48), 0.08)]
    soft += [box((arm, 0.83, 0.5), (sx * (width + arm) / 2, 0, 0.36), 0.065) for sx in (-1, 1)]
    for k in range(seats):
        x = (k - (seats - 1) / 2) * seat
        soft.append(box((seat - 0.015, 0.62, 0.16), (x, -0.08, 0.39), 0.06))
        back = box((seat - 0.03, 0.17, 0.42), (0, 0, 0), 0.075).rotated(rotation('x', -0.22))
        soft.append(back.moved((x, 0.19, 0.64)))
    parts = [Part(merge(soft), palette.cloth),
             Part(merge(legs(width, 0.7, 0.09, 0.022)), palette.dark_wood)]
    for _ in range(int(rng.integers(0, 3))):
        parts += place(cushion(rng, palette), rng.uniform(-0.45, 0.45) * width, 0.0,
                       rng.uniform(-0.4, 0.4), 0.66)
    return parts


def bed(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a bed with a headboard, pillows and a rumpled blanket."""
    width, length = rng.choice([0.95, 1.45, 1.65]), 2.0
    parts = [Part(merge([box((width + 0.06, length + 0.04, 0.22), (0, 0, 0.21), 0.01),
                         box((width + 0.1, 0.05, rng.uniform(0.8, 1.1)), (0, 1.02, 0.45), 0.015)]
                        + legs(width - 0.1, length - 0.2, 0.12, 0.03)), palette.wood),
             Part(box((width, length, 0.2), (0, 0, 0.42), 0.06), palette.white)]
    for x in ((0.0,) if width < 1.2 else (-0.24 * width, 0.24 * width)):
        parts.append(Part(box((0.6, 0.4, 0.14), (0, 0, 0), 0.069).rotated(
            rotation('x', 0.25)).moved((x, 0.72, 0.58)), palette.white))
    phase = rng.uniform(0, 6.28, 4)

    def fall(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        over = np.maximum(np.abs(x) - width / 2, 0)
        rumple = 0.012 * (np.sin(9 * x + 5 * y + phase[0]) + np.sin(13 * y - 4 * x + phase[1])
                          + 0.6 * np.sin(21 * x + phase[2]) * np.sin(17 * y + phase[3]))
        return np.asarray(0.56 + rumple - 6.0 * over ** 1.3)

    parts.append(Part(sheet((width + 0.22, 1.35), fall, 48).moved((0, -0.31, 0)), palette.accent))
    return parts


def shelf(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build an open shelf, filled with books and small things."""
    width, depth, height = rng.uniform(0.7, 1.3), rng.uniform(0.26, 0.36), rng.uniform(0.8, 2.0)
    boards = [box((0.022, depth, height), (sx * width / 2, 0, height / 2)) for sx in (-1, 1)]
    levels = np.linspace(0.06, height - 0.02, max(3, int(height / 0.36) + 1))
    boards += [box((width, depth, 0.022), (0, 0, level)) for level in levels]
    parts = [Part(merge(boards), palette.wood)]
    if rng.random() < 0.6:
        parts.append(Part(box((width, 0.008, height), (0, depth / 2, height / 2), 0.002),
                          palette.painted))
    for level in levels[:-1]:
        for x in np.arange(-width / 2 + 0.2, width / 2 - 0.1, 0.34):
            thing = [book_row, book_row, bowl, bottle, mug, None][rng.integers(6)]
            if thing is not None:
                parts += place(thing(rng, palette), float(x), -0.02, 0.0, float(level) + 0.012)
    return parts


def cabinet(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a chest of drawers or a sideboard with metal handles."""
    columns, rows = int(rng.integers(1, 4)), int(rng.integers(2, 4))
    width, height, depth = columns * rng.uniform(0.45, 0.6), rng.uniform(0.6, 1.1), 0.42
    parts = [Part(box((width, depth, height - 0.08), (0, 0, height / 2 + 0.02)), palette.painted),
             Part(box((width + 0.03, depth + 0.03, 0.025), (0, 0, height)), palette.wood)]
    fronts, handles = [], []
    for column in range(columns):
        for row in range(rows):
            x = (column + 0.5 - columns / 2) * width / columns
            z = 0.07 + (row + 0.5) * (height - 0.1) / rows
            fronts.append(box((width / columns - 0.02, 0.02, (height - 0.1) / rows - 0.02),
                              (x, -depth / 2 - 0.005, z)))
            handles.append(tube([(x - 0.06, -depth / 2 - 0.035, z),
                                 (x + 0.06, -depth / 2 - 0.035, z)], 0.006))
    parts += [Part(merge(fronts), palette.wood), Part(merge(handles), palette.metal)]
    for x in rng.uniform(-0.4, 0.4, 2):
        thing = [bottle, bowl, book_row][rng.integers(3)]
        parts += place(thing(rng, palette), x * width, 0.0, 0.0, height + 0.013)
    return parts
