"""Where people sleep and keep clothes. Every piece stands on z = 0 and faces -y."""
from __future__ import annotations

import numpy as np

from colorize_ros.simulation.furniture.clutter import book_row, glass, place
from colorize_ros.simulation.furniture.luminaires import table_lamp
from colorize_ros.simulation.shapes.materials import (
    cloth,
    color_of,
    even,
    Material,
    named,
    Palette,
    Part,
)
from colorize_ros.simulation.shapes.meshes import (
    ball,
    box,
    cylinder,
    merge,
    Mesh,
    rotation,
    surface,
    tube,
)
from colorize_ros.simulation.shapes.soft_solids import hung_cloth, pillow, puff


def bed(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a bed with a headboard, pillows and a rumpled blanket, its foot towards -y."""
    width, length = float(rng.choice([0.95, 1.45, 1.65])), 2.0
    tall = rng.uniform(0.85, 1.15)
    frame = [box((width + 0.06, length + 0.04, 0.16), (0, 0, 0.25), 0.01)]
    frame += [box((0.06, 0.06, 0.2), (sx * (width / 2 - 0.03), sy * 0.96, 0.1))
              for sx in (-1, 1) for sy in (-1, 1)]
    if rng.random() < 0.4:
        head, board = Part(puff((width + 0.12, 0.1, tall - 0.15), (0, 1.05, 0.575 + 0.15), 9),
                           palette.cloth), []
    else:
        board = _headboard(rng, width, tall)
        head = Part(box((width + 0.06, 0.03, 0.14), (0, 1.03, 0.4)), palette.wood)
    if rng.random() < 0.4:
        board.append(box((width + 0.08, 0.035, 0.52), (0, -1.02, 0.26), 0.01))
    parts = [Part(merge(frame + board), palette.wood), head,
             Part(puff((width, length, 0.24), (0, 0, 0.42), 10), palette.white)]
    cover = cloth(rng, color_of(rng, (0.05, 0.75), (0.3, 0.95)))
    parts += _pillows(rng, palette, width, cover)
    parts.append(Part(_blanket(rng, width), cover))
    if rng.random() < 0.4:
        throw = _blanket(rng, width + 0.03, 0.5).moved((0, 0, 0.022))
        parts.append(Part(throw, palette.accent))
    return named(parts, 'bed')


def _headboard(rng: np.random.Generator, width: float, tall: float) -> list[Mesh]:
    half = width / 2 + 0.03
    if rng.random() < 0.5:
        return [box((2 * half + 0.04, 0.05, tall), (0, 1.045, tall / 2), 0.015)]
    bars = [box((0.06, 0.05, tall), (sx * half, 1.045, tall / 2)) for sx in (-1, 1)]
    bars += [box((2 * half, 0.04, 0.07), (0, 1.045, z)) for z in (tall - 0.05, 0.45)]
    bars += [box((0.05, 0.02, tall - 0.5), (x, 1.045, tall / 2 + 0.2))
             for x in np.linspace(-half, half, int(width / 0.12))[1:-1]]
    return bars


def _pillows(rng: np.random.Generator, palette: Palette, width: float,
             cover: Material) -> list[Part]:
    parts = []
    for x in ((0.0,) if width < 1.2 else (-0.25 * width, 0.25 * width)):
        for lift, lean in ((0.0, -1.2), (0.06, -0.75)):
            if lift and rng.random() < 0.4:
                continue
            shape = pillow(0.64, 0.44, 0.2).rotated(rotation('x', lean + rng.uniform(-0.1, 0.1)))
            soft = palette.linen if lift == 0 or rng.random() < 0.5 else cover
            parts.append(Part(shape.moved((x + rng.uniform(-0.02, 0.02), 0.74 + lift,
                                           0.61 + 1.2 * lift)), soft))
    return parts


def _blanket(rng: np.random.Generator, width: float, length: float = 1.42) -> Mesh:
    """Lay a cloth over the mattress and down its sides."""
    phase, fall = rng.uniform(0, 6.28, 4), rng.uniform(0.16, 0.3)
    half = width / 2 + 0.012
    across, y = np.meshgrid(np.linspace(-half - fall, half + fall, 45),
                            np.linspace(-length / 2, length / 2, 31))
    rumple = (np.sin(9 * across + 5 * y + phase[0]) + np.sin(13 * y - 4 * across + phase[1])
              + 0.6 * np.sin(21 * across + phase[2]) * np.sin(17 * y + phase[3]))
    over = np.maximum(np.abs(across) - half + 0.05, 0)
    bend = np.minimum(over / 0.1, 1)
    # A quarter of a circle, near enough, then straight down.
    x = np.sign(across) * (np.minimum(np.abs(across), half - 0.05) + 0.05 * bend * (2 - bend)
                           + 0.012 * rumple * bend)
    z = 0.55 + 0.01 * rumple * (1 - 0.7 * bend) - np.where(
        over < 0.1, 0.05 * bend ** 2, over - 0.05)
    return surface(np.stack([x, y - (0.27 if length > 1 else 0.6), z], axis=2))


def bedside_table(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a small chest with a lamp, a book and a glass on it."""
    width, height = rng.uniform(0.4, 0.5), rng.uniform(0.45, 0.6)
    drawers = int(rng.integers(1, 4))
    tall = (height - 0.14) / drawers
    fronts = [box((width - 0.03, 0.02, tall - 0.015), (0, -0.205, 0.11 + (k + 0.5) * tall))
              for k in range(drawers)]
    knobs = [ball(0.013, (0, -0.225, 0.11 + (k + 0.5) * tall), 10) for k in range(drawers)]
    feet = [cylinder(0.018, 0.1, (sx * (width / 2 - 0.03), sy * 0.17, 0))
            for sx in (-1, 1) for sy in (-1, 1)]
    parts = [Part(merge([box((width, 0.4, height - 0.1), (0, 0, height / 2 + 0.05)), *feet]),
                  palette.wood),
             Part(merge(fronts), palette.painted), Part(merge(knobs), palette.metal)]
    parts += place(table_lamp(rng, palette), 0.05, 0.06, 0.0, height)
    thing = book_row if rng.random() < 0.5 else glass
    return parts + place(thing(rng, palette), -0.1, -0.1, rng.uniform(-0.4, 0.4), height)


def wardrobe(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a wardrobe with two to four doors, one of them now and then a mirror."""
    doors, height = int(rng.integers(2, 5)), rng.uniform(1.9, 2.2)
    wide, skin = rng.uniform(0.42, 0.52), palette.wood if rng.random() < 0.5 else palette.painted
    width = doors * wide
    mirrored = int(rng.integers(doors)) if rng.random() < 0.35 else -1
    fronts, handles, inset = [], [], []
    for k in range(doors):
        x = (k + 0.5 - doors / 2) * wide
        fronts.append(box((wide - 0.012, 0.022, height - 0.13), (x, -0.3, height / 2 + 0.035)))
        edge = x + (1 - 2 * (k % 2)) * (wide / 2 - 0.025)
        handles.append(tube([(edge, -0.335, height * 0.45), (edge, -0.335, height * 0.55)],
                            0.007, 8))
        inset.append(box((wide - 0.09, 0.006, height - 0.25), (x, -0.313, height / 2 + 0.035)))
    parts = [Part(merge([box((width, 0.58, height - 0.06), (0, 0, height / 2 + 0.03)),
                         box((width - 0.04, 0.52, 0.07), (0, 0, 0.035)),
                         box((width + 0.04, 0.64, 0.03), (0, 0, height))]), skin),
             Part(merge(fronts), skin), Part(merge(handles), palette.metal)]
    if mirrored >= 0:
        parts.append(Part(inset.pop(mirrored), even((0.85, 0.87, 0.87), 'mirror', 0.0)))
    if rng.random() < 0.6:
        parts.append(Part(merge(inset), palette.linen if rng.random() < 0.2 else palette.wood))
    return parts


def clothes_rack(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a rail of thin metal bars with clothes on it."""
    width, height = rng.uniform(0.8, 1.3), rng.uniform(1.45, 1.7)
    bars = [tube([(sx * width / 2, -0.22, 0.012), (sx * width / 2, 0.22, 0.012)], 0.012)
            for sx in (-1, 1)]
    bars += [tube([(sx * width / 2, 0, 0.012), (sx * width / 2, 0, height)], 0.012)
             for sx in (-1, 1)]
    bars.append(tube([(-width / 2, 0, height), (width / 2, 0, height)], 0.012))
    parts = [Part(merge(bars), palette.metal)]
    for x in np.arange(-width / 2 + 0.12, width / 2 - 0.1, 0.1):
        if rng.random() < 0.8:
            cover = [palette.cloth, palette.accent, palette.linen,
                     cloth(rng, color_of(rng, (0.1, 0.9), (0.1, 0.9)))][rng.integers(4)]
            parts.append(Part(garment(rng).turned(np.pi / 2 + rng.uniform(-0.25, 0.25)).moved(
                (x, 0, height - 0.03)), cover))
    return parts


def garment(rng: np.random.Generator) -> Mesh:
    """Hang a shirt, jacket or dress on a hanger at z = 0, across x."""
    drop, half = rng.uniform(0.6, 1.1), rng.uniform(0.19, 0.23)
    body = [hung_cloth(2 * half, drop, rng.uniform(2, 4), 0.03, rng.uniform(0, 6.28), (16, 6))]
    body = [mesh.moved((0, y, -0.09)) for mesh in body for y in (-0.03, 0.03)]
    slope = [tube([(0, 0, -0.02), (side * half, 0, -0.11)], 0.035, 8) for side in (-1, 1)]
    sleeves = [tube([(side * (half - 0.01), 0, -0.11), (side * (half + 0.035), 0, -0.3),
                     (side * (half + 0.03), 0, -0.58)], (0.05, 0.05, 0.04), 8)
               for side in (-1, 1)]
    return merge([*body, *slope, *sleeves])


def coat_stand(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a pole on three feet with hooks, hung with coats."""
    height = rng.uniform(1.65, 1.8)
    rays = np.arange(3) * 2 * np.pi / 3 + rng.uniform(0, 2)
    bars = [tube([(0, 0, 0.02), (0, 0, height)], 0.02), ball(0.032, (0, 0, height), 12)]
    bars += [tube([(0, 0, 0.16), (0.24 * np.cos(a), 0.24 * np.sin(a), 0.012)], 0.016)
             for a in rays]
    bars += [tube([(0, 0, height - 0.12), (0.14 * np.cos(a), 0.14 * np.sin(a), height - 0.05)],
                  0.01, 8) for a in np.arange(6) * np.pi / 3]
    parts = [Part(merge(bars), palette.dark_wood if rng.random() < 0.6 else palette.metal)]
    for a in np.arange(int(rng.integers(2, 4))) * 2 * np.pi / 3 + rng.uniform(0, 6):
        coat = garment(rng).turned(a + np.pi / 2)
        cover = cloth(rng, color_of(rng, (0.1, 0.8), (0.1, 0.8)))
        parts.append(Part(coat.moved((0.12 * np.cos(a), 0.12 * np.sin(a), height - 0.05)), cover))
    return parts
