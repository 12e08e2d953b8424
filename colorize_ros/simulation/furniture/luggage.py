"""Bags. Each stands on z = 0 and faces -y."""
from __future__ import annotations

import numpy as np

from colorize_ros.simulation.shapes import textures
from colorize_ros.simulation.shapes.materials import color_of, dyed, even, named, Palette, Part
from colorize_ros.simulation.shapes.meshes import box, cylinder, merge, tube
from colorize_ros.simulation.shapes.soft_solids import puff, spline


def suitcase(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a ribbed shell on castors, its handle drawn out now and then."""
    width, deep, height = rng.uniform(0.38, 0.48), rng.uniform(0.22, 0.28), rng.uniform(0.5, 0.68)
    skin = palette.black if rng.random() < 0.3 else even(
        color_of(rng, (0.2, 0.9), (0.15, 0.85)), 'satin', float(rng.uniform(0.4, 0.7)))
    low = 0.06
    shell = [puff((width, deep, height), (0, 0, low + height / 2), 9)]
    shell += [box((0.022, deep + 0.012, 0.82 * height), (x, 0, low + height / 2), 0.009)
              for x in np.linspace(-0.36, 0.36, 6) * width]
    wheels = [cylinder(0.024, 0.055, (sx * 0.38 * width, sy * 0.32 * deep, 0))
              for sx in (-1, 1) for sy in (-1, 1)]
    top = low + height + (0.4 if rng.random() < 0.5 else 0.03)
    bar = tube([(-0.09, 0.3 * deep, low + height - 0.02), (-0.09, 0.3 * deep, top),
                (0.09, 0.3 * deep, top), (0.09, 0.3 * deep, low + height - 0.02)], 0.009, 8)
    grip = box((0.2, 0.03, 0.025), (0, 0.3 * deep, top), 0.009)
    seam = box((width + 0.004, 0.012, 0.9 * height), (0, 0, low + height / 2), 0.005)
    lock = box((0.05, 0.02, 0.03), (0, -deep / 2, low + 0.8 * height))
    return named([Part(merge(shell), skin), Part(merge([*wheels, grip, seam]), palette.black),
                  Part(merge([bar, lock]), palette.metal)], 'suitcase')


def backpack(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Sew a backpack with two pockets, straps and a loop."""
    skin = dyed(textures.fabric(rng, color_of(rng, (0.2, 0.9), (0.15, 0.7))), rng, 0.3)
    body = puff((0.31, 0.19, 0.46), (0, 0, 0.23), 3.6, 8)
    pockets = [puff((0.25, 0.1, 0.2), (0, -0.09, 0.13), 4), puff((0.22, 0.07, 0.12),
                                                                   (0, -0.085, 0.31), 4)]
    zips = [tube(spline([(-0.11 * s, -0.105 - 0.02 * s, z - 0.05), (-0.08 * s, -0.125, z),
                         (0.08 * s, -0.125, z), (0.11 * s, -0.105 - 0.02 * s, z - 0.05)], 10),
                 0.004, 5) for z, s in ((0.37, 1.0), (0.225, 1.1))]
    straps = [tube(spline([(sx * 0.07, 0.08, 0.43), (sx * 0.1, 0.17, 0.36), (sx * 0.12, 0.16, 0.2),
                           (sx * 0.12, 0.08, 0.06)], 12), 0.017, 8) for sx in (-1, 1)]
    loop = tube(spline([(-0.04, 0.05, 0.445), (-0.03, 0.05, 0.5), (0.03, 0.05, 0.5),
                        (0.04, 0.05, 0.445)], 8), 0.008, 6)
    # It stands with a strap in view.
    turn = rng.uniform(0.7, 1.3) * rng.choice([-1, 1])
    return named([Part(merge([body, *pockets]).turned(turn), skin),
                  Part(merge([*zips, *straps, loop]).turned(turn), palette.black)], 'backpack')


def handbag(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Sew a leather handbag."""
    skin = even(color_of(rng, (0.3, 0.8), (0.15, 0.6)), 'satin', 0.5)
    body = puff((0.32, 0.14, 0.24), (0, 0, 0.12), 5)
    grips = [tube(spline([(-0.09, y, 0.21), (-0.07, y, 0.34), (0.07, y, 0.34), (0.09, y, 0.21)],
                         12), 0.008, 6) for y in (-0.05, 0.05)]
    clasp = box((0.04, 0.015, 0.03), (0, -0.07, 0.18))
    return named([Part(merge([body, *grips]), skin), Part(clasp, palette.metal)], 'handbag')
