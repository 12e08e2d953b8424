"""What hangs on walls and lies on floors. What hangs has its back on y = 0, at its height."""
from __future__ import annotations

import numpy as np

from colorize_ros.simulation.furniture.bedroom import garment
from colorize_ros.simulation.furniture.clutter import place
from colorize_ros.simulation.furniture.electronics import filled
from colorize_ros.simulation.furniture.luggage import backpack
from colorize_ros.simulation.shapes import prints, textures
from colorize_ros.simulation.shapes.materials import (
    cloth,
    color_of,
    even,
    Material,
    named,
    Palette,
    Part,
    printed,
)
from colorize_ros.simulation.shapes.meshes import box, lathe, merge, Mesh, rotation, tube


def wall_picture(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Frame a picture, now and then behind a white mount, or pin up a poster."""
    width, height, level = rng.uniform(0.3, 0.85), rng.uniform(0.3, 0.75), rng.uniform(1.4, 1.65)
    if rng.random() < 0.25:
        sheet = filled(0.5, 0.7, 1.0).moved((0, -0.004, level))
        return [Part(sheet, printed(prints.poster(rng), 1.0))]
    mount = 0.06 if rng.random() < 0.5 else 0.0
    image = filled(width, height, width).moved((0, -0.0262, level))
    frame = box((width + 0.06 + 2 * mount, 0.025, height + 0.06 + 2 * mount), (0, -0.0125, level))
    bars = _bars(width / 2 + mount + 0.015, height / 2 + mount + 0.015, level)
    wood = (palette.dark_wood, palette.black, palette.wood)[rng.integers(3)]
    return [Part(frame, palette.white), Part(merge(bars), wood),
            Part(image, printed(prints.picture(rng), width))]


def _bars(half_x: float, half_z: float, level: float) -> list[Mesh]:
    """Return a picture frame's four bars."""
    return [box((2 * half_x + 0.03, 0.036, 0.03), (0, -0.018, level + sz * half_z))
            for sz in (-1, 1)] + [
        box((0.03, 0.036, 2 * half_z), (sx * half_x, -0.018, level)) for sx in (-1, 1)]


def gallery(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Hang three pictures side by side."""
    parts: list[Part] = []
    wide, tall, level = rng.uniform(0.25, 0.4), rng.uniform(0.3, 0.5), rng.uniform(1.45, 1.6)
    frame = palette.black if rng.random() < 0.5 else palette.wood
    bars = []
    for k in (-1, 0, 1):
        at = (k * (wide + 0.12), 0, 0)
        bars += [bar.moved(at) for bar in _bars(wide / 2, tall / 2, level)]
        image = filled(wide, tall, wide).moved((at[0], -0.01, level))
        parts.append(Part(image, printed(prints.picture(rng), wide)))
    return [Part(merge(bars), frame), *parts]


def blackboard(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Hang a blackboard in a wooden frame, with words in chalk."""
    width, height, level = rng.uniform(0.5, 1.0), rng.uniform(0.45, 0.75), rng.uniform(1.5, 1.75)
    board = filled(width, height, width).moved((0, -0.0102, level))
    back = box((width, 0.01, height), (0, -0.005, level))
    slate = Material(prints.chalked(rng), width, infrared=0.05)
    return [Part(merge([back, *_bars(width / 2, height / 2, level)]), palette.dark_wood),
            Part(board, slate)]


def chalk_wall(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Paint a piece of wall with blackboard paint, as cafes do, and write a menu on it.

    It has no frame: nothing stands out there. Chalk that was wiped off is everywhere on it.
    """
    width, height, level = rng.uniform(0.6, 1.1), rng.uniform(0.5, 0.85), rng.uniform(1.5, 1.7)
    board = filled(width, height, width).moved((0, -0.002, level))
    return [Part(board, Material(prints.chalked(rng), width, infrared=0.06))]


def clock(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Hang a round clock."""
    radius, level = rng.uniform(0.13, 0.19), rng.uniform(1.65, 1.95)
    rim = lathe([(radius, 0), (radius, 0.035), (0.93 * radius, 0.045), (0.88 * radius, 0.028)],
                40).rotated(rotation('x', np.pi / 2))
    face = lathe([(0.9 * radius, 0), (0, 0)], 40).rotated(rotation('x', np.pi / 2))
    # The dial fills the tile: its texture coordinates are where it lies.
    uv = (face.vertices[:, [0, 2]] / (1.8 * radius) + 0.5).astype(np.float32)
    dial = Mesh(face.vertices, face.normals, uv, face.faces).moved((0, -0.03, 0))
    frame = (palette.black, palette.metal, palette.dark_wood, palette.painted)[rng.integers(4)]
    parts = [Part(rim, frame), Part(dial, printed(prints.clock_face(rng), 1.0))]
    return named(place(parts, 0, 0, 0, level), 'clock')


def mirror(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Hang a tall mirror in a frame."""
    width, height = rng.uniform(0.4, 0.7), rng.uniform(0.9, 1.4)
    level = 0.45 + height / 2
    pane = filled(width, height, width).moved((0, -0.012, level))
    return [Part(pane, even((0.88, 0.9, 0.9), 'mirror', 0.0)),
            Part(merge([*_bars(width / 2, height / 2, level),
                        box((width, 0.008, height), (0, -0.004, level))]), palette.wood)]


def coat_hooks(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Fix a board with hooks to a wall, with coats and a bag on them."""
    width = rng.uniform(0.7, 1.1)
    hooks = np.arange(-width / 2 + 0.1, width / 2, 0.17)
    pegs = [tube([(x, -0.02, 1.66), (x, -0.07, 1.66), (x, -0.085, 1.7)], 0.008, 6) for x in hooks]
    parts = [Part(box((width, 0.022, 0.1), (0, -0.011, 1.68)), palette.wood),
             Part(merge(pegs), palette.metal)]
    for x in hooks:
        kind = rng.random()
        if kind < 0.45:
            cover = cloth(rng, color_of(rng, (0.1, 0.8), (0.12, 0.8)))
            parts.append(Part(garment(rng).moved((x, -0.1, 1.68)), cover))
        elif kind < 0.55:
            parts += place(backpack(rng, palette), x, -0.24, 0.0, 1.12)
    return parts


def ladder(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a step ladder: two slanted frames of thin rungs."""
    height, spread = rng.uniform(1.0, 1.7), rng.uniform(0.3, 0.45)
    bars = []
    for lean in (-spread, spread):
        bars += [tube([(sx * 0.24, lean, 0.004), (sx * 0.18, 0, height)], 0.014)
                 for sx in (-1, 1)]
        for level in np.arange(0.22, height - 0.05, 0.26):
            y = lean * (1 - level / height)
            half = 0.24 - 0.06 * level / height
            bars.append(tube([(-half, y, level), (half, y, level)], 0.011))
    return [Part(merge(bars), palette.metal if rng.random() < 0.4 else palette.wood)]


def rug(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Lay a carpet: a knotted pattern, stripes, or one color."""
    width, length = rng.uniform(1.2, 2.0), rng.uniform(1.6, 2.6)
    kind = rng.random()
    if kind < 0.5:
        colors = [color_of(rng, (0.1, 0.7), (0.2, 0.85)) for _ in range(int(rng.integers(2, 5)))]
        weave = textures.carpet(rng, colors)
    elif kind < 0.7:
        weave = textures.stripes(rng, color_of(rng), color_of(rng), 4)
    else:
        weave = textures.fabric(rng, color_of(rng, (0.05, 0.5), (0.3, 0.8)))
    pile = Material(weave, rng.uniform(0.7, 1.4), infrared=0.55, infrared_contrast=0.2)
    parts = [Part(box((width, length, 0.014), (0, 0, 0.007)), pile)]
    if rng.random() < 0.5:
        edge = [box((width + 0.06, 0.05, 0.015), (0, sy * length / 2, 0.0075)) for sy in (-1, 1)]
        parts.append(Part(merge(edge), palette.linen))
    return parts


def runner(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Lay a long narrow carpet."""
    colors = [color_of(rng, (0.1, 0.7), (0.2, 0.8)) for _ in range(3)]
    pile = Material(textures.carpet(rng, colors), 0.8, infrared=0.55, infrared_contrast=0.2)
    return [Part(box((0.7, rng.uniform(1.6, 2.4), 0.012), (0, 0, 0.006)), pile)]
