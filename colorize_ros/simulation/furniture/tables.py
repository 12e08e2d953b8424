"""Tables and desks, with what lies on them. Every piece stands on z = 0 and faces -y."""
from __future__ import annotations

from dataclasses import replace

import numpy as np

from colorize_ros.simulation.furniture.clutter import bottle, bowl, laid, mug, papers, place, vase
from colorize_ros.simulation.furniture.electronics import keyboard, laptop, monitor, mouse
from colorize_ros.simulation.furniture.luminaires import desk_lamp
from colorize_ros.simulation.furniture.plants import flowers
from colorize_ros.simulation.furniture.seating import chair, legs, office_chair, upholstered_chair
from colorize_ros.simulation.shapes.materials import named, Palette, Part, stained_black
from colorize_ros.simulation.shapes.meshes import box, lathe, merge, tube


def table(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a dining table, round or not, laid with a few things."""
    height = rng.uniform(0.72, 0.76)
    if rng.random() < 0.25:
        width = depth = rng.uniform(0.9, 1.15)
        parts = _round(palette, width / 2, height)
    else:
        width, depth = rng.uniform(1.2, 1.8), rng.uniform(0.78, 0.95)
        parts = _rectangular(rng, palette, width, depth, height)
    return named(parts, 'dining table') + _laid_for(rng, palette, width, depth, height)


def _rectangular(rng: np.random.Generator, palette: Palette, width: float, depth: float,
                 height: float) -> list[Part]:
    frame = legs(width - 0.14, depth - 0.14, height - 0.02, rng.uniform(0.028, 0.04),
                 rng.uniform(0, 0.04))
    frame += [box((width - 0.16, 0.02, 0.08), (0, sy * (depth / 2 - 0.08), height - 0.075))
              for sy in (-1, 1)]
    frame += [box((0.02, depth - 0.16, 0.08), (sx * (width / 2 - 0.08), 0, height - 0.075))
              for sx in (-1, 1)]
    top = Part(box((width, depth, 0.035), (0, 0, height - 0.0175), 0.008),
               palette.wood if rng.random() < 0.8 else palette.black)
    return [top, Part(merge(frame), palette.dark_wood if rng.random() < 0.5 else palette.wood)]


def _round(palette: Palette, radius: float, height: float) -> list[Part]:
    top = lathe([(0, -0.03), (radius - 0.02, -0.03), (radius, -0.012), (radius, 0), (0, 0)], 40)
    post = lathe([(0.05, 0.06), (0.035, 0.2), (0.06, 0.45), (0.045, 0.6), (0.1, height - 0.03)],
                 20, smooth=True)
    feet = [tube([(0, 0, 0.13), (0.2 * np.cos(a), 0.2 * np.sin(a), 0.07),
                  (0.34 * np.cos(a), 0.34 * np.sin(a), 0.022)], (0.035, 0.03, 0.022))
            for a in np.arange(4) * np.pi / 2 + 0.4]
    return [Part(top.moved((0, 0, height)), palette.wood),
            Part(merge([post, *feet]), palette.dark_wood)]


def _laid_for(rng: np.random.Generator, palette: Palette, width: float, depth: float,
              height: float) -> list[Part]:
    """Lay plates, or leave a few things about; now and then spread a cloth first."""
    parts: list[Part] = []
    square = width > depth + 0.05
    if square and rng.random() < 0.3:
        runner = box((width * 0.99, 0.34, 0.003), (0, 0, 0.0015), 0.001)
        parts.append(Part(runner.moved((0, 0, height)), palette.accent))
    if rng.random() < 0.6:
        for x, y in ((-0.25, -1), (0.25, -1), (-0.25, 1), (0.25, 1)):
            reach = depth / 2 - 0.17 if square else 0.26
            at = (x * width, y * reach) if square else (
                y * reach * np.cos(x * np.pi), y * reach * np.sin(x * np.pi))
            parts += place(_cover(rng, palette), at[0], at[1],
                           0.0 if y < 0 else np.pi, height)
        middle = (bowl, vase, bottle, flowers)[rng.integers(4)]
        return parts + place(middle(rng, palette), 0, 0, 0, height + 0.003)
    return parts + laid(rng, palette, 0.8 * width if square else 0.6 * width, 0.7 * depth,
                        height + 0.003, int(rng.integers(3, 6)))


def _cover(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Lay a plate with fork and knife, and a cup."""
    plate = lathe([(0, 0.004), (0.07, 0.004), (0.125, 0.018), (0.12, 0.02), (0.07, 0.008),
                   (0, 0.008)], 28)
    forks = [box((0.012, 0.18, 0.003), (sx * 0.16, 0, 0.0035), 0.001) for sx in (-1, 1)]
    parts = [Part(plate, palette.ceramic), Part(merge(forks), palette.metal)]
    return parts + (place(mug(rng, palette), 0.14, 0.14, 0.5) if rng.random() < 0.7 else [])


def dining_group(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Put three to six chairs of one kind round a laid table."""
    parts = table(rng, palette)
    top = parts[0].mesh.vertices
    half_x, half_y = float(top[:, 0].max()), float(top[:, 1].max())
    seat = chair if rng.random() < 0.65 else upholstered_chair
    places = [(x, side * (half_y + 0.1), 0.0 if side > 0 else np.pi) for side in (-1.0, 1.0)
              for x in ((-0.3, 0.3) if half_x > half_y + 0.1 else (0.0,))]
    places += [(side * (half_x + 0.12), 0.0, -side * np.pi / 2) for side in (-1.0, 1.0)]
    # All chairs of a set are alike: drawn from one state, turned each its own way.
    seed = int(rng.integers(2 ** 31))
    for k in rng.permutation(len(places))[:int(rng.integers(3, len(places) + 1))]:
        x, y, yaw = places[k]
        one = seat(np.random.default_rng(seed), palette)
        out = rng.uniform(0.0, 0.25)
        parts += place(one, x + out * np.sign(x) * (yaw % np.pi > 1), y + out * np.sign(y),
                       yaw + rng.uniform(-0.25, 0.25))
    return parts


def stained_dining_group(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Put chairs round a table, stained where they are black: near infrared passes stains."""
    return dining_group(rng, replace(palette, black=stained_black()))


def desk(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a desk with a computer, papers and a lamp on it, for a wall."""
    width, depth, height = rng.uniform(1.2, 1.6), rng.uniform(0.65, 0.8), rng.uniform(0.71, 0.75)
    parts = [Part(box((width, depth, 0.03), (0, 0, height - 0.015), 0.006), palette.wood)]
    frame = legs(width - 0.1, depth - 0.1, height - 0.03, 0.025)
    parts.append(Part(merge([*frame, box((width - 0.1, 0.02, 0.3),
                                         (0, depth / 2 - 0.05, height - 0.2))]),
                      palette.metal if rng.random() < 0.5 else palette.dark_wood))
    side = float(rng.choice([-1, 1]))
    drawers = [box((0.38, 0.02, 0.17), (side * (width / 2 - 0.26), -depth / 2 + 0.08,
                                        height - 0.14 - 0.18 * k)) for k in range(3)]
    chest = box((0.4, depth - 0.14, 0.56), (side * (width / 2 - 0.26), 0.02, height - 0.31))
    parts.append(Part(merge([chest, *drawers]), palette.painted))
    return named(parts, 'dining table') + _computer(rng, palette, width, depth, height, side)


def _computer(rng: np.random.Generator, palette: Palette, width: float, depth: float,
              height: float, side: float) -> list[Part]:
    if rng.random() < 0.65:
        parts = place(monitor(rng, palette), -0.05 * side, depth * 0.22,
                      rng.uniform(-0.15, 0.15), height)
        parts += place(keyboard(rng, palette), -0.05 * side, -depth * 0.22, 0.0, height)
        parts += place(mouse(rng, palette), -0.05 * side + 0.3, -depth * 0.22, 0.0, height)
    else:
        parts = place(laptop(rng, palette), -0.05 * side, -depth * 0.05,
                      rng.uniform(-0.2, 0.2), height)
    parts += place(papers(rng, palette), side * width * 0.32, -0.1, 0.0, height)
    if rng.random() < 0.6:
        parts += place(desk_lamp(rng, palette), -side * width * 0.38, depth * 0.25, 0.0, height)
    return parts + place(laid(rng, palette, 0.3, 0.2, height, 2), side * width * 0.33,
                         depth * 0.22)


def workplace(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Put an office chair before a desk."""
    parts = desk(rng, palette)
    front = float(parts[0].mesh.vertices[:, 1].min())
    return parts + place(office_chair(rng, palette), rng.uniform(-0.2, 0.2),
                         front - rng.uniform(0.1, 0.35), np.pi + rng.uniform(-0.7, 0.7))


def coffee_table(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a low table with things on it."""
    width, depth, height = rng.uniform(0.8, 1.15), rng.uniform(0.5, 0.62), rng.uniform(0.36, 0.45)
    frame = legs(width - 0.14, depth - 0.14, height - 0.02, 0.024, rng.uniform(0, 0.05))
    under = box((width - 0.16, depth - 0.16, 0.015), (0, 0, 0.15))
    top = box((width, depth, 0.03), (0, 0, height - 0.015), 0.012)
    parts = named([Part(top, palette.wood), Part(merge([*frame, under]), palette.dark_wood)],
                  'dining table')
    return parts + laid(rng, palette, 0.85 * width, 0.7 * depth, height, int(rng.integers(2, 5)))
