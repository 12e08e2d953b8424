"""What else stands or hangs in a room: lamps, plants, screens, racks. Pieces face -y, on z = 0."""
from __future__ import annotations

import numpy as np

from colorize_ros.simulation import textures
from colorize_ros.simulation.materials import (
    color_of,
    even,
    glowing,
    Material,
    Palette,
    Part,
    printed,
)
from colorize_ros.simulation.meshes import (
    ball,
    box,
    cylinder,
    lathe,
    merge,
    Mesh,
    quad,
    sheet,
    surface,
    tube,
)


def screen(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a television on a low board: black glass sends no pattern back."""
    width = rng.uniform(0.8, 1.25)
    height = width * 9 / 16
    return [Part(box((1.4, 0.4, 0.42), (0, 0, 0.21)), palette.wood),
            Part(merge([box((width, 0.03, height), (0, 0, 0.55 + height / 2), 0.008),
                        box((0.06, 0.04, 0.1), (0, 0, 0.5)),
                        box((0.4, 0.22, 0.015), (0, 0, 0.43))]), palette.black)]


def floor_lamp(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a standing lamp with a glowing bulb in a shade."""
    height, warm = rng.uniform(1.35, 1.7), rng.uniform(14, 24)
    shade = lathe([(0.19, height - 0.14), (0.12, height + 0.14)], 32)
    return [Part(merge([cylinder(0.14, 0.02), tube([(0, 0, 0.02), (0, 0, height)], 0.011)]),
                 palette.black),
            Part(shade, even(color_of(rng, (0.05, 0.3), (0.8, 0.95)), infrared=0.5)),
            Part(ball(0.05, (0, 0, height), 12), glowing((warm, 0.74 * warm, 0.45 * warm)))]


def plant(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Grow a pot plant: stems and many narrow bent leaves."""
    tall = rng.uniform(0.6, 1.4)
    pot_height, pot_radius = rng.uniform(0.18, 0.32), rng.uniform(0.11, 0.18)
    pot = lathe([(0, 0), (0.72 * pot_radius, 0), (pot_radius, pot_height),
                 (0.9 * pot_radius, pot_height), (0.88 * pot_radius, pot_height - 0.03),
                 (0, pot_height - 0.03)], 28)
    leaves = [_leaf(rng, tall - pot_height).turned(angle + rng.uniform(-0.3, 0.3)).moved(
        (0, 0, pot_height - 0.03)) for angle in np.arange(int(rng.integers(14, 30))) * 2.4]
    green = (rng.uniform(0.1, 0.3), rng.uniform(0.35, 0.55), rng.uniform(0.08, 0.2))
    return [Part(pot, even(color_of(rng, (0.0, 0.6)), 'satin')),
            Part(merge(leaves), Material(even(green).texture, gloss='satin', infrared=0.75))]


def _leaf(rng: np.random.Generator, tall: float) -> Mesh:
    """Bend a narrow leaf up and outwards along +x, its stem included."""
    length, width = tall * rng.uniform(0.6, 1.1), rng.uniform(0.02, 0.055)
    lean, droop = rng.uniform(0.15, 0.7), rng.uniform(0.2, 1.3)
    along = np.linspace(0, 1, 12)
    angle = np.pi / 2 - lean - droop * along ** 2
    step = length / 11
    x, z = (np.concatenate([[0], np.cumsum(step * f(angle[:-1]))]) for f in (np.cos, np.sin))
    half = width * np.clip(np.sin(np.pi * along ** 1.6), 0.06, 1)
    points = np.stack([np.stack([x, side * half, z + 0.25 * abs(side) * half], axis=1)
                       for side in (-1, 0, 1)])
    return surface(points)


def rack(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a clothes rack: thin metal bars with hanging cloth."""
    width, height = rng.uniform(0.8, 1.3), rng.uniform(1.4, 1.7)
    bars = [tube([(sx * width / 2, -0.22, 0.02), (sx * width / 2, 0.22, 0.02)], 0.012)
            for sx in (-1, 1)]
    bars += [tube([(sx * width / 2, 0, 0), (sx * width / 2, 0, height)], 0.012)
             for sx in (-1, 1)]
    bars.append(tube([(-width / 2, 0, height), (width / 2, 0, height)], 0.012))
    parts = [Part(merge(bars), palette.metal)]
    for x in np.arange(-width / 2 + 0.12, width / 2 - 0.1, 0.16):
        if rng.random() < 0.7:
            drop, phase = rng.uniform(0.5, 1.0), rng.uniform(0, 6.28)

            def fold(u: np.ndarray, v: np.ndarray, phase: float = phase) -> np.ndarray:
                return np.asarray(0.02 * np.sin(16 * u + phase) + 0.015 * np.sin(5 * v))

            hung = sheet((0.42, drop), fold, 20).vertices
            points = np.stack([hung[:, 2] + x, hung[:, 0], hung[:, 1] + height - 0.06 - drop / 2],
                              axis=1).reshape(21, 21, 3)
            parts.append(Part(surface(points), [palette.cloth, palette.accent, palette.white,
                                                palette.black][rng.integers(4)]))
    return parts


def ladder(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a step ladder: two slanted frames of thin rungs."""
    height, spread = rng.uniform(1.0, 1.7), rng.uniform(0.3, 0.45)
    bars = []
    for lean in (-spread, spread):
        bars += [tube([(sx * 0.24, lean, 0), (sx * 0.18, 0, height)], 0.014) for sx in (-1, 1)]
        for level in np.arange(0.22, height - 0.05, 0.26):
            y = lean * (1 - level / height)
            half = 0.24 - 0.06 * level / height
            bars.append(tube([(-half, y, level), (half, y, level)], 0.011))
    return [Part(merge(bars), palette.metal if rng.random() < 0.4 else palette.wood)]


def rug(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Lay a carpet."""
    width, length = rng.uniform(1.2, 2.0), rng.uniform(1.6, 2.8)
    colors = [color_of(rng, (0.1, 0.7), (0.2, 0.85)) for _ in range(int(rng.integers(2, 5)))]
    cloth = Material(textures.carpet(rng, colors), rng.uniform(0.7, 1.4), infrared=0.5)
    return [Part(box((width, length, 0.014), (0, 0, 0.007)), cloth)]


def wall_picture(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Frame a picture that hangs at eye level, its back on y = 0."""
    width, height, level = rng.uniform(0.3, 0.9), rng.uniform(0.3, 0.8), rng.uniform(1.4, 1.7)
    image = textures.picture(rng) if rng.random() < 0.7 else textures.page(rng)
    print_ = quad((0, 0, 0), (width, 0, 0), (0, 0, height))
    stretched = Mesh(print_.vertices, print_.normals,
                     (print_.uv * [1, width / height]).astype(np.float32), print_.faces)
    corner = (-width / 2, -0.026, level - height / 2)
    return [Part(box((width + 0.06, 0.025, height + 0.06), (0, -0.0125, level)),
                 palette.dark_wood if rng.random() < 0.5 else palette.white),
            Part(stretched.moved(corner), printed(image, width))]


def ceiling_panel(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Fix a light panel under a ceiling at z = 0."""
    power, warmth, wide = rng.uniform(7, 16), rng.uniform(0.6, 1.0), rng.uniform(0.3, 0.6)
    panel = quad((-wide / 2, -wide / 2, -0.05), (0, wide, 0), (wide, 0, 0))
    light = (power, (0.75 + 0.25 * warmth) * power, warmth * power)
    return [Part(panel, glowing(light)),
            Part(box((wide + 0.04, wide + 0.04, 0.04), (0, 0, -0.025)), palette.white)]
