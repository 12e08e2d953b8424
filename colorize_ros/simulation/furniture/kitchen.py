"""Kitchens: a row of cupboards with sink and stove, and what stands beside and on it.

Every piece stands on z = 0 and faces -y.
"""
from __future__ import annotations

from typing import NamedTuple

import numpy as np

from colorize_ros.simulation.furniture.appliances import (
    coffee_machine,
    DEEP_M,
    microwave,
    refrigerator,
    steel,
    stove,
    toaster,
)
from colorize_ros.simulation.furniture.clutter import bottle, bowl, laid, mug, place, water
from colorize_ros.simulation.shapes import textures
from colorize_ros.simulation.shapes.materials import (
    color_of,
    Material,
    named,
    Palette,
    Part,
    polished_stone,
    stained_black,
)
from colorize_ros.simulation.shapes.meshes import (
    ball,
    box,
    cylinder,
    lathe,
    merge,
    Mesh,
    quad,
    tube,
)
from colorize_ros.simulation.shapes.soft_solids import spline

WIDE_M = 0.6
TALL_M = 0.9
BOARD_M = 0.038
CUPBOARD_LOW_M = 1.42


class _Look(NamedTuple):
    """The materials of one kitchen."""

    front: Material
    worktop: Material
    wall: Material
    handle: Material


def _look(rng: np.random.Generator, palette: Palette) -> _Look:
    gray = float(0.08 + 0.7 * rng.random() ** 2)
    stone = polished_stone(textures.stone(rng, (gray, gray, 0.97 * gray)), gray)
    pale = rng.random() < 0.8
    tile = textures.tiles(rng, color_of(rng, (0.0, 0.3), (0.75, 0.97) if pale else (0.05, 0.12)),
                          (0.6, 0.6, 0.58) if pale else (0.2, 0.2, 0.2))
    return _Look((palette.painted, palette.white, palette.wood, stained_black())[
                     rng.choice(4, p=(0.31, 0.31, 0.31, 0.07))],
                 stone if rng.random() < 0.75 else palette.wood,
                 Material(tile, 0.4, 'satin', 0.7 if pale else 0.12, 0.5),
                 palette.metal if rng.random() < 0.6 else palette.black)


def kitchen_row(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a worktop on cupboards with a sink and a stove, wall cupboards, and a refrigerator."""
    look = _look(rng, palette)
    units = int(rng.integers(3, 5))
    # Something lies between water and fire.
    sink, fire = (0, units - 1) if rng.random() < 0.5 else (units - 1, 0)
    if units > 3:
        sink += 1 if sink == 0 else -1
    width = units * WIDE_M
    lefts = np.arange(units) * WIDE_M - width / 2
    parts = _base(look, lefts, sink, fire) + _worktop(look, lefts, sink, fire)
    parts += place(basin(rng, palette), lefts[sink] + WIDE_M / 2, 0.0, 0.0, TALL_M)
    parts += place(stove(rng, palette), lefts[fire] + WIDE_M / 2, 0.0)
    parts += _wall_cupboards(rng, palette, look, lefts, fire)
    free = [k for k in range(units) if k not in (sink, fire)]
    parts += _on_worktop(rng, palette, lefts, free)
    side = 1 if fire == 0 else -1
    cold = refrigerator(rng, palette)
    half = float(cold[0].mesh.vertices[:, 0].max())
    return parts + place(cold, side * (width / 2 + half + 0.02), 0.0)


def _base(look: _Look, lefts: np.ndarray, sink: int, fire: int) -> list[Part]:
    """Return plinth, carcases, fronts and handles under the worktop, open where the oven is."""
    boxes, fronts, handles = [], [], []
    for k, left in enumerate(lefts):
        if k == fire:
            continue
        x = float(left) + WIDE_M / 2
        # The basin hangs into its cupboard.
        tall = TALL_M - BOARD_M - 0.1 - (0.2 if k == sink else 0.0)
        boxes.append(box((WIDE_M, DEEP_M - 0.06, tall), (x, 0.02, 0.1 + tall / 2), 0.002))
        boxes.append(box((WIDE_M, DEEP_M - 0.12, 0.1), (x, 0.04, 0.05), 0.002))
        for low, high in ([(0.1, 0.86)] if k == sink or k % 2 else
                          [(0.1, 0.42), (0.42, 0.67), (0.67, 0.86)]):
            fronts.append(box((WIDE_M - 0.01, 0.02, high - low - 0.01),
                              (x, -DEEP_M / 2 + 0.03, (low + high) / 2)))
            y, z = -DEEP_M / 2 - 0.005, high - 0.06
            handles.append(tube([(x - 0.09, y + 0.025, z), (x - 0.09, y, z), (x + 0.09, y, z),
                                 (x + 0.09, y + 0.025, z)], 0.006, 6))
    return [Part(merge(boxes + fronts), look.front), Part(merge(handles), look.handle)]


def _worktop(look: _Look, lefts: np.ndarray, sink: int, fire: int) -> list[Part]:
    """Return the board with a hole for the basin, and the tiles above it."""
    level, left, right = TALL_M - BOARD_M / 2, float(lefts[0]), float(lefts[-1]) + WIDE_M
    hole = (float(lefts[sink]) + 0.06, float(lefts[sink]) + WIDE_M - 0.06)
    oven = (float(lefts[fire]), float(lefts[fire]) + WIDE_M)
    boards = []
    for low, high in _gaps(left, right, [hole, oven]):
        boards.append(box((high - low, DEEP_M, BOARD_M), ((low + high) / 2, 0, level)))
    x, wide = (hole[0] + hole[1]) / 2, hole[1] - hole[0]
    for y, deep in ((-0.25, 0.1), (0.25, 0.1)):
        boards.append(box((wide, deep, BOARD_M), (x, y, level)))
    tiles = quad((left, DEEP_M / 2 - 0.006, TALL_M), (right - left, 0, 0),
                 (0, 0, CUPBOARD_LOW_M - TALL_M))
    return [Part(merge(boards), look.worktop), Part(tiles, look.wall)]


def _gaps(left: float, right: float,
          taken: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return what is left of an interval between the taken ones."""
    ends = [left] + [end for span in sorted(taken) for end in span] + [right]
    return [(low, high) for low, high in zip(ends[::2], ends[1::2]) if high - low > 0.001]


def basin(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Sink a basin below z = 0, holding a little water, with a tap behind it."""
    half_x, half_y, deep = 0.23, 0.18, 0.17
    skin = steel(rng) if rng.random() < 0.7 else palette.ceramic
    walls = [quad((-half_x, -half_y, -deep), (2 * half_x, 0, 0), (0, 2 * half_y, 0))]
    for u, v in (((1, 0), (0, 1)), ((0, 1), (-1, 0)), ((-1, 0), (0, -1)), ((0, -1), (1, 0))):
        corner = (-half_x * (u[0] - v[0]) if v[0] or u[0] else 0,
                  -half_y * (u[1] - v[1]), -deep)
        walls.append(quad(corner, (2 * half_x * u[0], 2 * half_y * u[1], 0), (0, 0, deep)))
    rim = [box((2 * half_x + 0.09, 0.045, 0.01), (0, sy * (half_y + 0.02), 0.005))
           for sy in (-1, 1)]
    rim += [box((0.045, 2 * half_y + 0.05, 0.01), (sx * (half_x + 0.02), 0, 0.005))
            for sx in (-1, 1)]
    level = rng.uniform(0.015, 0.06) - deep
    pool = quad((-half_x, -half_y, level), (2 * half_x, 0, 0), (0, 2 * half_y, 0))
    sink = named([Part(merge(walls + rim), skin), Part(pool, water())], 'sink')
    # Those who draw boxes around sinks leave the tap out.
    return [*sink, Part(_tap(rng), palette.metal)]


def _tap(rng: np.random.Generator) -> Mesh:
    """Bend a tap towards -y, standing behind the basin."""
    tall, y = rng.uniform(0.22, 0.36), 0.245
    neck = tube(spline([(0, y, 0.02), (0, y, 0.75 * tall), (0, y - 0.05, tall),
                        (0, y - 0.13, 0.93 * tall), (0, y - 0.15, 0.75 * tall)], 18), 0.015, 10)
    lever = tube([(0.02, y, 0.05), (0.075, y, 0.09)], 0.008, 8)
    return merge([cylinder(0.026, 0.06, (0, y, 0)), neck, lever])


def _wall_cupboards(rng: np.random.Generator, palette: Palette, look: _Look, lefts: np.ndarray,
                    fire: int) -> list[Part]:
    """Hang cupboards on the wall, with a hood over the stove and now and then an open shelf."""
    tall, y = rng.uniform(0.6, 0.72), DEEP_M / 2 - 0.175
    open_at = int(rng.integers(len(lefts) * 2))
    boxes, handles, parts = [], [], []
    for k, left in enumerate(lefts):
        x = float(left) + WIDE_M / 2
        if k == fire:
            parts.append(Part(merge([_hood(x)]), palette.metal))
            continue
        if k == open_at:
            boxes += [box((WIDE_M, 0.3, 0.025), (x, y + 0.02, CUPBOARD_LOW_M + dz))
                      for dz in (0.012, 0.36)]
            parts += place(laid(rng, palette, 0.5, 0.1, CUPBOARD_LOW_M + 0.025, 3), x, y)
            continue
        boxes.append(box((WIDE_M, 0.33, tall), (x, y + 0.01, CUPBOARD_LOW_M + tall / 2), 0.002))
        for side in (-1, 1):
            boxes.append(box((WIDE_M / 2 - 0.008, 0.02, tall - 0.008),
                             (x + side * WIDE_M / 4, y - 0.165, CUPBOARD_LOW_M + tall / 2)))
            at = x + side * 0.03
            handles.append(tube([(at, y - 0.195, CUPBOARD_LOW_M + 0.05),
                                 (at, y - 0.195, CUPBOARD_LOW_M + 0.17)], 0.006, 6))
    return [*parts, Part(merge(boxes), look.front), Part(merge(handles), look.handle)]


def _hood(x: float) -> Mesh:
    """Return an extractor: a slanted box with a chimney."""
    y, low = DEEP_M / 2, CUPBOARD_LOW_M + 0.1
    rings = np.array([[0.3, 0.5, low], [0.3, 0.5, low + 0.05], [0.14, 0.26, low + 0.28],
                      [0.14, 0.26, 2.12]])
    sides = []
    for (a, b, z), (c, d, top) in zip(rings[:-1], rings[1:]):
        lower = [(x - a, y), (x - a, y - b), (x + a, y - b), (x + a, y)]
        upper = [(x - c, y), (x - c, y - d), (x + c, y - d), (x + c, y)]
        sides += [_facet((*lower[k], z), (*lower[k + 1], z), (*upper[k + 1], top),
                         (*upper[k], top)) for k in range(3)]
    under = quad((x - 0.3, y - 0.5, low), (0, 0.5, 0), (0.6, 0, 0))
    return merge([*sides, under])


def _facet(*corners: tuple[float, float, float]) -> Mesh:
    """Return a plane quadrilateral through four corners, in order."""
    points = np.array(corners)
    shape = quad((0, 0, 0), (1, 0, 0), (0, 1, 0))
    normal = np.cross(points[1] - points[0], points[3] - points[0])
    return Mesh(points[[0, 1, 3, 2]].astype(np.float32),
                np.tile(normal / np.linalg.norm(normal), (4, 1)).astype(np.float32), shape.uv,
                shape.faces)


def _on_worktop(rng: np.random.Generator, palette: Palette, lefts: np.ndarray,
                free: list[int]) -> list[Part]:
    parts: list[Part] = []
    for number, k in enumerate(free):
        x = float(lefts[k]) + WIDE_M / 2
        if number == 0:
            parts += place(microwave(rng, palette), x, 0.08, 0.0, TALL_M)
        elif rng.random() < 0.4:
            parts += place(coffee_machine(rng, palette), x, 0.08, rng.uniform(-0.2, 0.2), TALL_M)
        elif rng.random() < 0.5:
            parts += place(toaster(rng, palette), x - 0.1, 0.1, rng.uniform(-0.2, 0.2), TALL_M)
            parts += place(mug(rng, palette), x + 0.15, 0.0, rng.uniform(0, 6), TALL_M)
        else:
            thing = (bowl, bottle, jars)[rng.integers(3)]
            parts += place(thing(rng, palette), x, 0.08, rng.uniform(-0.3, 0.3), TALL_M)
            parts += place(bottle(rng, palette), x + 0.2, 0.15, 0.0, TALL_M)
    return parts


def jars(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Stand three jars with lids in a row."""
    bodies, lids = [], []
    for k in range(3):
        radius, height = 0.045 + 0.006 * k, 0.1 + 0.035 * k
        x = 0.11 * (k - 1)
        bodies.append(lathe([(0, 0), (radius, 0), (radius, height), (0, height)], 20).moved(
            (x, 0, 0)))
        lids += [cylinder(1.04 * radius, 0.015, (x, 0, height)), ball(0.011, (x, 0, height + 0.02),
                                                                      8)]
    return [Part(merge(bodies), palette.ceramic), Part(merge(lids), palette.wood)]
