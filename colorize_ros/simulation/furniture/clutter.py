"""Small things that stand on tables, shelves and floors. Each stands on z = 0."""
from __future__ import annotations

import numpy as np

from colorize_ros.simulation.shapes import prints, textures
from colorize_ros.simulation.shapes.materials import (
    color_of,
    even,
    Material,
    named,
    Palette,
    Part,
    printed,
    Thing,
)
from colorize_ros.simulation.shapes.meshes import (
    ball,
    block,
    box,
    lathe,
    merge,
    Mesh,
    rotation,
    tube,
)


def place(parts: list[Part], x: float, y: float, yaw_rad: float = 0.0,
          z: float = 0.0) -> list[Part]:
    """Return the parts turned about the vertical and then moved."""
    return [part._replace(mesh=part.mesh.turned(yaw_rad).moved((x, y, z))) for part in parts]


def mug(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Turn a mug and bend its handle."""
    radius, height = rng.uniform(0.035, 0.05), rng.uniform(0.08, 0.12)
    wall = lathe([(0, 0), (radius, 0), (radius, height), (radius - 0.005, height),
                  (radius - 0.005, 0.01), (0, 0.01)], 18)
    angle = np.linspace(-1.4, 1.4, 7)
    grip = [(radius - 0.004 + 0.028 * np.cos(a), 0, height / 2 + 0.3 * height * np.sin(a))
            for a in angle]
    glaze = even(color_of(rng, (0, 0.8)), 'satin', float(rng.uniform(0.5, 0.75)))
    return named([Part(merge([wall, tube(grip, 0.005, 6)]), glaze)], 'cup')


def glass(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Turn a drinking glass, or a wine glass on its stem; some hold water."""
    if rng.random() < 0.4:
        outline = [(0.035, 0), (0.006, 0.006), (0.005, 0.08), (0.02, 0.1), (0.038, 0.14),
                   (0.032, 0.2)]
        return named([Part(lathe(outline, 18, smooth=True), palette.glass)], 'wine glass')
    radius, height = rng.uniform(0.03, 0.04), rng.uniform(0.09, 0.14)
    parts = [Part(lathe([(0, 0.004), (0.85 * radius, 0), (radius, height)], 18), palette.glass)]
    if rng.random() < 0.6:
        parts.append(Part(lathe([(0.8 * radius, 0.008), (0.88 * radius, 0.6 * height),
                                 (0, 0.6 * height)], 18), water()))
    return named(parts, 'cup')


def water() -> Material:
    """Return still water: it swallows near infrared."""
    return even((0.3, 0.38, 0.4), 'satin', 0.03)


def bowl(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Turn a bowl and fill it with fruit."""
    radius = rng.uniform(0.09, 0.15)
    curve = np.linspace(0, 1, 7)
    outer = [(radius * (0.4 + 0.6 * t ** 0.6), 0.55 * radius * t) for t in curve]
    inner = [(0.94 * r, z + 0.006) for r, z in outer[::-1]]
    shell = lathe([(0, 0), *outer, *inner, (0, 0.006)], 24)
    count = int(rng.integers(0, 6))
    fruit = [ball(0.036, (0.5 * radius * np.cos(a), 0.5 * radius * np.sin(a), 0.45 * radius), 12)
             for a in np.arange(count) * 1.26]
    parts = [Part(shell, even(color_of(rng, (0, 0.5), (0.5, 0.95)), 'satin', 0.65))]
    if fruit:
        skin = ((0.85, 0.45, 0.08), (0.75, 0.12, 0.08), (0.5, 0.65, 0.15))[rng.integers(3)]
        parts.append(Part(merge(fruit), even(skin, 'satin', 0.7)))
    return named(parts, 'bowl')


def bottle(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Turn a bottle with a label; dark glass ones return little of a projected pattern."""
    radius, height = rng.uniform(0.03, 0.045), rng.uniform(0.2, 0.32)
    neck = 0.35 * radius
    t = np.linspace(0, 1, 7)
    shoulder = [(neck + (radius - neck) * (0.5 + 0.5 * np.cos(np.pi * s)),
                 height * (0.58 + 0.2 * s)) for s in t]
    shape = lathe([(0, 0), (0.9 * radius, 0), (radius, 0.006), *shoulder, (neck, height - 0.02)],
                  20)
    cap = lathe([(1.15 * neck, height - 0.025), (1.15 * neck, height), (0, height)], 12)
    band = lathe([(radius + 0.001, 0.2 * height), (radius + 0.001, 0.48 * height)], 20)
    dark = rng.random() < 0.5
    body = even(((0.05, 0.13, 0.07), (0.2, 0.09, 0.03))[rng.integers(2)], 'satin', 0.06) if (
        dark) else even(color_of(rng, (0.1, 0.7), (0.5, 0.95)), 'satin', 0.6)
    return named([Part(shape, body), Part(cap, even(color_of(rng, (0, 0.9)), 'satin', 0.5)),
                  Part(band, printed(prints.page(rng), 0.14))], 'bottle')


def vase(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Turn a vase."""
    height, radius = rng.uniform(0.18, 0.34), rng.uniform(0.05, 0.085)
    bulge, mouth = rng.uniform(0.25, 0.6), rng.uniform(0.35, 0.7)
    t = np.linspace(0, 1, 14)
    belly = np.exp(-((t - bulge) / 0.28) ** 2)
    outline = [(radius * (mouth * 0.8 + (1 - mouth * 0.8) * b + 0.12 * s ** 6), height * s)
               for b, s in zip(belly, t)]
    glaze = even(color_of(rng, (0.0, 0.75), (0.3, 0.95)), 'satin', float(rng.uniform(0.5, 0.75)))
    return named([Part(merge([lathe(outline, 24, smooth=True),
                              lathe([(0, 0.003), (outline[0][0], 0)], 24)]), glaze)], 'vase')


def book_row(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Stand books in a row, the last leaning, or lay a few in a pile; each is a thing.

    All of them share one material, a column of its texture for the back and cover of each.
    """
    pile = rng.random() < 0.25
    count = int(rng.integers(2, 5)) if pile else int(rng.integers(5, 10))
    colors = [color_of(rng, (0.1, 0.9), (0.12, 0.9)) for _ in range(count)]
    meshes, at = [], 0.0
    for k in range(count):
        thick, tall, deep = rng.uniform((0.015, 0.17, 0.13), (0.045, 0.26, 0.19))
        book = _book(thick, tall, deep, k, count)
        if pile:
            book = book.rotated(rotation('y', np.pi / 2)).turned(rng.uniform(-0.35, 0.35))
            meshes.append(book.moved((0, 0, at + thick / 2)))
        else:
            lean = 0.2 if k == count - 1 else 0.0
            offset = at + thick / 2 + 0.5 * tall * np.sin(lean)
            stood = book.rotated(rotation('y', -lean))
            meshes.append(stood.moved((offset, 0, -float(stood.vertices[:, 2].min()))))
        at += thick + 0.001
    backs = printed(prints.spines(rng, colors), 1.0)
    return [Part(mesh.moved((0 if pile else -at / 2, 0, 0)), backs, Thing('book'))
            for mesh in meshes]


def _book(thick: float, tall: float, deep: float, column: int, columns: int) -> Mesh:
    """Return an upright book, back to -y, that shows one column of a tile of texture."""
    shape = block((thick, deep, tall))
    # Its back shows the column, its covers a narrow strip of it: one color.
    place_in_tile = shape.vertices / (thick, deep, tall) + 0.5
    back = shape.normals[:, 1] < -0.5
    across = np.where(back, place_in_tile[:, 0], 0.5 + 0.02 * place_in_tile[:, 1])
    wide = (prints.SIZE // columns) / prints.SIZE
    uv = np.stack([(column + 0.02 + 0.96 * across) * wide,
                   np.where(back, place_in_tile[:, 2], 0.04 * place_in_tile[:, 2])], axis=1)
    return Mesh(shape.vertices, shape.normals, uv.astype(np.float32), shape.faces)


def carton(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Fold a cardboard box, now and then open, with its flaps standing out."""
    width, depth, height = rng.uniform(0.2, 0.55, 3)
    card = Material(textures.plaster(rng, (0.66, 0.5, 0.33)), 0.8, infrared=0.6)
    parts = [Part(box((width, depth, height), (0, 0, height / 2), 0.003), card)]
    if rng.random() < 0.5:
        flaps = []
        for side in (-1, 1):
            flap = box((width, depth / 2, 0.004), (0, side * depth / 4, 0), 0.001).rotated(
                rotation('x', side * rng.uniform(0.3, 1.2)))
            flaps.append(flap.moved((0, side * depth / 2, height)))
        parts.append(Part(merge(flaps), card))
    return parts


def waste_bin(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Mould a bin of black plastic, or press one of steel."""
    radius, height = rng.uniform(0.12, 0.18), rng.uniform(0.3, 0.6)
    wall = lathe([(0, 0), (0.85 * radius, 0), (radius, height), (0.96 * radius, height),
                  (0.82 * radius, 0.01), (0, 0.01)], 28)
    return [Part(wall, palette.black if rng.random() < 0.7 else palette.metal)]


def toy_ball(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Blow up a ball."""
    radius = rng.uniform(0.09, 0.15)
    skin = Material(textures.stripes(rng, color_of(rng), color_of(rng), 3), 2.0 * radius,
                    infrared=0.6, infrared_contrast=0.3)
    return named([Part(ball(radius, (0, 0, radius)), skin)], 'sports ball')


def papers(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Drop a few printed pages."""
    sheets = []
    for k in range(int(rng.integers(1, 4))):
        leaf = block((0.21, 0.297, 0.001), (0, 0, 0.001 + 0.0015 * k)).turned(
            rng.uniform(0, 6.28)).moved((*rng.uniform(-0.1, 0.1, 2), 0))
        sheets.append(Part(leaf, printed(prints.page(rng), 0.3)))
    return sheets


THINGS = (mug, bowl, bottle, book_row, vase, glass)


def laid(rng: np.random.Generator, palette: Palette, width: float, depth: float,
         height: float, count: int) -> list[Part]:
    """Stand `count` small things on a (width, depth) board at `height`, side by side."""
    parts: list[Part] = []
    for x in (rng.permutation(count) + 0.5) / count - 0.5:
        thing = THINGS[rng.integers(len(THINGS))]
        parts += place(thing(rng, palette), float(x) * width, rng.uniform(-0.3, 0.3) * depth,
                       rng.uniform(-0.4, 0.4), height)
    return parts
