"""Lamps. Those that stand do so on z = 0, those of the ceiling have it at z = 0."""
from __future__ import annotations

import numpy as np

from colorize_ros.simulation.shapes.materials import (
    bulb,
    color_of,
    diodes,
    even,
    Material,
    Palette,
    Part,
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


def _shade(rng: np.random.Generator) -> Material:
    """Draw a lampshade's cloth."""
    return even(color_of(rng, (0.03, 0.3), (0.8, 0.95)), infrared=0.55)


def floor_lamp(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a standing lamp with a glowing bulb in a shade, straight or on an arc."""
    height = rng.uniform(1.35, 1.7)
    arc = 0.35 if rng.random() < 0.35 else 0.0
    low, high = ((0.15, 0.13) if rng.random() < 0.4 else (0.2, 0.12))
    shade = lathe([(low, -0.14), (high, 0.14)], 32)
    path = [(-arc, 0, 0.02), (-arc, 0, 0.75 * height), (-0.4 * arc, 0, height + 0.5 * arc),
            (0, 0, height)]
    pole = tube(spline(path, 24) if arc else [path[0], path[-1]], 0.011)
    lamp = ball(0.055, (0, 0, height), 12)
    return [Part(merge([cylinder(0.14, 0.022, (-arc, 0, 0)), pole]),
                 palette.black if rng.random() < 0.5 else palette.metal),
            Part(shade.moved((0, 0, height)), _shade(rng)),
            Part(lamp, bulb(rng.uniform(22, 38), rng.uniform(0, 0.7)))]


def table_lamp(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a lamp with a turned foot and a shade."""
    height = rng.uniform(0.32, 0.45)
    curve = np.linspace(0, 1, 12)
    foot = [(0.02 + 0.05 * np.sin(np.pi * t) ** rng.uniform(0.8, 2), 0.02 + 0.6 * height * t)
            for t in curve]
    shade = lathe([(0.13, 0.6 * height), (0.08, height)], 28)
    return [Part(merge([cylinder(0.07, 0.02), lathe(foot, 20, smooth=True)]),
                 [palette.ceramic, palette.painted, palette.metal][rng.integers(3)]),
            Part(shade, _shade(rng)),
            Part(ball(0.035, (0, 0, 0.78 * height), 10), bulb(rng.uniform(18, 30), 0.6))]


def desk_lamp(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a jointed lamp that leans over a desk."""
    elbow, head = (-0.12, 0.05, 0.32), (0.1, -0.08, 0.42)
    hood = lathe([(0.07, -0.05), (0.03, 0.05), (0.0, 0.06)], 20).moved(head)
    arm: list[Mesh] = [tube([(0, 0, 0.02), elbow], 0.008, 8), tube([elbow, head], 0.008, 8)]
    return [Part(merge([cylinder(0.075, 0.02), *arm, hood]),
                 palette.black if rng.random() < 0.5 else palette.painted),
            Part(ball(0.03, (head[0], head[1], head[2] - 0.02), 10), bulb(rng.uniform(20, 35)))]


def ceiling_panel(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Fix an LED panel under a ceiling at z = 0."""
    wide, deep = rng.uniform(0.35, 0.6), rng.uniform(0.35, 0.6)
    glow = quad((-wide / 2, -deep / 2, -0.052), (0, deep, 0), (wide, 0, 0))
    return [Part(glow, diodes(rng.uniform(8, 15), rng.uniform(0, 1))),
            Part(box((wide + 0.04, deep + 0.04, 0.048), (0, 0, -0.025)), palette.white)]


def ceiling_dome(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Fix a dome of frosted glass under a ceiling at z = 0."""
    radius = rng.uniform(0.16, 0.24)
    curve = np.linspace(0.08, np.pi / 2, 7)
    outline = [(radius * float(np.sin(a)), -0.03 - 0.5 * radius * float(np.cos(a)))
               for a in curve]
    power = rng.uniform(9, 15)
    light = bulb(power, 0.5) if rng.random() < 0.5 else diodes(power, rng.uniform(0.3, 1))
    return [Part(lathe(outline, 28, smooth=True), light),
            Part(cylinder(radius + 0.015, 0.03, (0, 0, -0.03)), palette.metal)]


def pendant(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Hang a shade on a cord from a ceiling at z = 0, with a bulb in it."""
    drop, radius = rng.uniform(0.4, 0.6), rng.uniform(0.16, 0.24)
    if rng.random() < 0.5:
        shade = lathe([(radius, -drop - 0.12), (0.35 * radius, -drop + 0.06)], 32)
    else:
        curve = np.linspace(np.pi / 2, 0.3, 9)
        shade = lathe([(radius * float(np.sin(a)), -drop - 0.12 + radius * float(np.cos(a)))
                       for a in curve], 32, smooth=True)
    top = float(shade.vertices[:, 2].max())
    return [Part(shade, _shade(rng) if rng.random() < 0.6 else palette.black),
            Part(merge([tube([(0, 0, 0), (0, 0, top)], 0.004, 6),
                        cylinder(0.05, 0.025, (0, 0, -0.025))]), palette.black),
            Part(ball(0.075, (0, 0, -drop - 0.07), 14), bulb(rng.uniform(35, 60), 0.5))]
