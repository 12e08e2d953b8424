"""Small things that stand on tables, shelves and floors. Each stands on z = 0."""
from __future__ import annotations

import numpy as np

from colorize_ros.simulation import textures
from colorize_ros.simulation.materials import color_of, even, Material, Palette, Part, printed
from colorize_ros.simulation.meshes import ball, box, lathe, merge, rotation, tube


def place(parts: list[Part], x: float, y: float, yaw_rad: float = 0.0,
          z: float = 0.0) -> list[Part]:
    """Return the parts turned about the vertical and then moved."""
    return [part._replace(mesh=part.mesh.turned(yaw_rad).moved((x, y, z))) for part in parts]


def mug(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Turn a mug and bend its handle."""
    radius, height = rng.uniform(0.035, 0.05), rng.uniform(0.08, 0.12)
    wall = lathe([(0, 0), (radius, 0), (radius, height), (radius - 0.005, height),
                  (radius - 0.005, 0.01), (0, 0.01)], 24)
    angle = np.linspace(-1.4, 1.4, 9)
    grip = [(radius - 0.004 + 0.028 * np.cos(a), 0, height / 2 + 0.3 * height * np.sin(a))
            for a in angle]
    return [Part(merge([wall, tube(grip, 0.005, 8)]), even(color_of(rng, (0, 0.8)), 'satin'))]


def bowl(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Turn a bowl and fill it with fruit."""
    radius = rng.uniform(0.08, 0.15)
    curve = np.linspace(0, 1, 8)
    outline = [(0, 0.004)] + [(radius * (0.4 + 0.6 * t ** 0.6), 0.55 * radius * t) for t in curve]
    fruit = [ball(0.034, (0.45 * radius * np.cos(a), 0.45 * radius * np.sin(a), 0.4 * radius), 16)
             for a in np.arange(int(rng.integers(0, 5))) * 1.5]
    parts = [Part(lathe(outline, 28), even(color_of(rng, (0, 0.5), (0.5, 0.95)), 'satin'))]
    if fruit:
        parts.append(Part(merge(fruit), even(color_of(rng, (0.7, 0.9), (0.6, 0.9)), 'satin')))
    return parts


def bottle(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Turn a bottle or a vase; dark glass ones return little of a projected pattern."""
    radius, height = rng.uniform(0.03, 0.06), rng.uniform(0.16, 0.34)
    neck = radius * rng.uniform(0.25, 0.6)
    t = np.linspace(0, 1, 7)
    shoulder = [(neck + (radius - neck) * (0.5 + 0.5 * np.cos(np.pi * s)),
                 height * (0.55 + 0.2 * s)) for s in t]
    shape = lathe([(0, 0), (radius, 0), *shoulder, (neck, height), (0, height)], 24)
    if rng.random() < 0.4:
        return [Part(shape, even((0.05, 0.13, 0.07), 'satin', 0.04))]
    return [Part(shape, even(color_of(rng), 'satin'))]


def book_row(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Stand a few books in a row, the last leaning, or lay them in a pile."""
    count, parts, at = int(rng.integers(3, 8)), [], 0.0
    pile = rng.random() < 0.25
    for k in range(count):
        thick, tall, deep = rng.uniform((0.012, 0.17, 0.13), (0.04, 0.26, 0.19))
        cover = even(color_of(rng, (0.1, 0.9), (0.12, 0.9)))
        if pile:
            book = box((tall, deep, thick), (0, 0, at + thick / 2), 0.002)
            parts.append(Part(book.turned(rng.uniform(-0.4, 0.4)), cover))
        else:
            lean = 0.22 if k == count - 1 else 0.0
            book = box((thick, deep, tall), (0, 0, tall / 2), 0.002).rotated(rotation('y', -lean))
            offset = at + thick / 2 - 0.09 + tall * np.sin(lean)
            parts.append(Part(book.moved((offset, 0, 0)), cover))
        at += thick + 0.001
    return parts


def cushion(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Lean a cushion back against a sofa."""
    pillow = box((0.42, 0.13, 0.42), (0, 0, 0), 0.064).rotated(rotation('x', -0.35))
    return [Part(pillow, palette.accent)]


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


def toy_ball(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Blow up a ball."""
    radius = rng.uniform(0.07, 0.2)
    skin = Material(textures.stripes(rng, color_of(rng), color_of(rng), 3), 2.0 * radius,
                    infrared=0.6)
    return [Part(ball(radius, (0, 0, radius)), skin)]


def papers(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Drop a few printed pages."""
    sheets = []
    for k in range(int(rng.integers(1, 4))):
        leaf = box((0.21, 0.297, 0.001), (0, 0, 0.001 + 0.0015 * k), 0.0005).turned(
            rng.uniform(0, 6.28)).moved((*rng.uniform(-0.1, 0.1, 2), 0))
        sheets.append(Part(leaf, printed(textures.page(rng), 0.3)))
    return sheets
