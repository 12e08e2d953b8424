"""Screens and what belongs to them. Every piece stands on z = 0 and faces -y."""
from __future__ import annotations

import numpy as np

from colorize_ros.simulation.furniture.clutter import book_row, bowl, place, vase
from colorize_ros.simulation.shapes import prints
from colorize_ros.simulation.shapes.materials import (
    even,
    lit_screen,
    Material,
    named,
    Palette,
    Part,
)
from colorize_ros.simulation.shapes.meshes import block, box, merge, Mesh, quad, rotation, tube
from colorize_ros.simulation.shapes.soft_solids import puff


def filled(width: float, height: float, tile_m: float) -> Mesh:
    """Return an upright rectangle facing -y about the origin, filled once by a texture.

    Args:
        width: metres.
        height: metres.
        tile_m: what the texture's material says a tile measures.
    """
    shape = quad((-width / 2, 0, -height / 2), (width, 0, 0), (0, 0, height))
    uv = shape.uv * (tile_m / width, tile_m / height)
    return Mesh(shape.vertices, shape.normals, uv.astype(np.float32), shape.faces)


def _glass(rng: np.random.Generator, lit: float, width: float) -> Material:
    """Draw a screen that is on, or black."""
    if rng.random() < lit:
        shown = prints.landscape(rng) if rng.random() < 0.4 else prints.desktop(rng)
        return lit_screen(shown, width, rng.uniform(0.5, 1.0))
    return even((0.018, 0.018, 0.022), 'satin', 0.03)


def _framed(rng: np.random.Generator, palette: Palette, width: float, lit: float,
            thick: float) -> list[Part]:
    """Return a 16 to 9 screen in its frame, about the origin."""
    height = width * 9 / 16
    case = box((width + 0.02, thick, height + 0.025), (0, thick / 2, 0), 0.006)
    hump = box((0.5 * width, 0.03, 0.5 * height), (0, thick + 0.012, 0), 0.01)
    return [Part(filled(width, height, width).moved((0, -0.002, 0)), _glass(rng, lit, width)),
            Part(merge([case, hump]), palette.black)]


def television(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a television on its foot; black glass sends no pattern back."""
    width = rng.uniform(0.75, 1.25)
    height = width * 9 / 16
    feet = [tube([(sx * 0.3 * width, y, 0.006), (sx * 0.28 * width, 0.02, 0.075)], 0.008, 6)
            for sx in (-1, 1) for y in (-0.1, 0.12)]
    screen = place(_framed(rng, palette, width, 0.4, 0.03), 0, 0, 0, 0.08 + height / 2)
    return named([*screen, Part(merge(feet), palette.black)], 'tv')


def tv_board(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Put a television on a low board with drawers, a recorder and a few things."""
    width, height = rng.uniform(1.4, 1.8), rng.uniform(0.4, 0.52)
    count = int(rng.integers(2, 4))
    wide = width / count
    fronts = [box((wide - 0.02, 0.02, height - 0.17), ((k + 0.5 - count / 2) * wide, -0.205, 0.19))
              for k in range(count)]
    carcase = [box((width, 0.4, 0.03), (0, 0, z)) for z in (height - 0.015, height - 0.115, 0.08)]
    carcase += [box((0.03, 0.4, height - 0.065), (sx * (width / 2 - 0.015), 0, height / 2 + 0.03))
                for sx in (-1, 1)]
    carcase.append(box((width, 0.02, height - 0.07), (0, 0.19, height / 2 + 0.03)))
    feet = [box((0.05, 0.05, 0.07), (sx * (width / 2 - 0.08), sy * 0.14, 0.035))
            for sx in (-1, 1) for sy in (-1, 1)]
    recorder = box((0.38, 0.25, 0.05), (0.2 * width, 0, height - 0.075), 0.004)
    parts = [Part(merge(carcase + feet), palette.wood), Part(merge(fronts), palette.painted),
             Part(recorder, palette.black)]
    parts += place(television(rng, palette), rng.uniform(-0.05, 0.05), 0.05, 0.0, height)
    for x in (-1, 1):
        if rng.random() < 0.4 and width > 1.55:
            thing = (vase, bowl, book_row)[rng.integers(3)]
            parts += place(thing(rng, palette), x * (width / 2 - 0.1), -0.1, 0.0, height)
    return parts


def wall_television(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Hang a television on a wall, its back on y = 0."""
    width = rng.uniform(0.85, 1.3)
    return named(place(_framed(rng, palette, width, 0.5, 0.03), 0, -0.06, 0.0,
                       rng.uniform(1.25, 1.45)), 'tv')


def monitor(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a monitor on its foot."""
    width = rng.uniform(0.5, 0.65)
    height = width * 9 / 16
    foot = [box((0.24, 0.18, 0.012), (0, 0.04, 0.006)), box((0.06, 0.025, 0.25), (0, 0.07, 0.13))]
    screen = place(_framed(rng, palette, width, 0.65, 0.025), 0, 0, 0, 0.13 + height / 2)
    return named([*screen, Part(merge(foot), palette.black)], 'tv')


def laptop(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build an open laptop."""
    width, depth = rng.uniform(0.31, 0.37), rng.uniform(0.21, 0.25)
    gray = even((0.62, 0.63, 0.65), 'satin', 0.3) if rng.random() < 0.6 else palette.black
    body = box((width, depth, 0.016), (0, 0, 0.008), 0.004)
    board = filled(width * 0.9, depth * 0.48, 1.0).rotated(rotation('x', -np.pi / 2))
    pad = block((0.1, 0.065, 0.001), (0, -0.27 * depth, 0.0165))
    lid = box((width, 0.007, depth), (0, 0.0035, depth / 2), 0.003)
    screen = filled(width - 0.02, depth - 0.025, width - 0.02).moved((0, -0.001, depth / 2))
    lean = rotation('x', -rng.uniform(0.15, 0.4))
    hinge = (0, depth / 2 - 0.003, 0.014)
    shown = _glass(rng, 0.75, width - 0.02)
    caps = prints.keys(rng, (0.12, 0.12, 0.13), (0.2, 0.2, 0.21))
    return named([Part(merge([body, lid.rotated(lean).moved(hinge)]), gray),
                  Part(screen.rotated(lean).moved(hinge), shown),
                  Part(board.moved((0, 0.14 * depth, 0.0168)), Material(caps, infrared=0.06)),
                  Part(pad, palette.black)], 'laptop')


def keyboard(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a keyboard."""
    dark = rng.random() < 0.6
    caps = (prints.keys(rng, (0.05, 0.05, 0.05), (0.14, 0.14, 0.15)) if dark
            else prints.keys(rng, (0.55, 0.55, 0.55), (0.88, 0.88, 0.87)))
    top = filled(0.43, 0.135, 1.0).rotated(rotation('x', -np.pi / 2))
    return named([Part(box((0.44, 0.145, 0.018), (0, 0, 0.009), 0.004),
                       palette.black if dark else palette.white),
                  Part(top.moved((0, 0, 0.0185)),
                       Material(caps, infrared=0.06 if dark else 0.6))], 'keyboard')


def mouse(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a mouse."""
    shell = puff((0.062, 0.105, 0.036), (0, 0, 0.018), 2.6, 5)
    wheel = block((0.008, 0.02, 0.008), (0, -0.03, 0.035))
    skin = palette.black if rng.random() < 0.7 else palette.white
    return named([Part(merge([shell, wheel]), skin)], 'mouse')
