"""Plants in pots. Each stands on z = 0."""
from __future__ import annotations

import numpy as np

from colorize_ros.simulation.furniture.clutter import vase, water
from colorize_ros.simulation.shapes.materials import color_of, even, foliage, named, Palette, Part
from colorize_ros.simulation.shapes.meshes import ball, lathe, merge, Mesh, surface, tube
from colorize_ros.simulation.shapes.soft_solids import spline

GOLDEN_ANGLE = np.pi * (3 - 5 ** 0.5)


def _green(rng: np.random.Generator) -> tuple[float, float, float]:
    return (float(rng.uniform(0.12, 0.3)), float(rng.uniform(0.35, 0.55)),
            float(rng.uniform(0.08, 0.2)))


def _leaves(rng: np.random.Generator, meshes: list[Mesh]) -> Part:
    return Part(merge(meshes), foliage(_green(rng), float(rng.uniform(0.66, 0.78))))


def _pot(rng: np.random.Generator, palette: Palette, radius: float, height: float) -> list[Part]:
    """Return a pot with a rim, filled with earth to a little below it."""
    shape = lathe([(0, 0), (0.72 * radius, 0), (0.94 * radius, 0.82 * height),
                   (radius, 0.82 * height), (radius, height), (0.9 * radius, height),
                   (0.88 * radius, 0.86 * height)], 28)
    earth = lathe([(0.9 * radius, 0.88 * height), (0, 0.9 * height)], 20)
    clay = even((0.68, 0.36, 0.22), infrared=0.6)
    glaze = even(color_of(rng, (0.0, 0.6), (0.3, 0.95)), 'satin', 0.6)
    return [Part(shape, [clay, palette.ceramic, glaze][rng.integers(3)]),
            Part(earth, even((0.13, 0.09, 0.06), infrared=0.18))]


def _blade(length: float, width: float, rise_rad: float, droop_rad: float,
           cells: int = 9) -> Mesh:
    """Bend a leaf along +x from the origin: it starts at `rise_rad` above level, then droops."""
    along = np.linspace(0, 1, cells)
    angle = rise_rad - droop_rad * along ** 1.5
    x, z = (np.concatenate([[0], np.cumsum(length / (cells - 1) * f(angle[:-1]))])
            for f in (np.cos, np.sin))
    half = width / 2 * np.clip(np.sin(np.pi * along ** 0.8) ** 0.8, 0.04, 1)
    return surface(np.stack([np.stack([x, side * half, z + 0.3 * abs(side) * half], axis=1)
                             for side in (-1, 0, 1)]))


def dracaena(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Grow narrow leaves in fountains on one to three canes."""
    tall, radius = rng.uniform(0.8, 1.5), rng.uniform(0.13, 0.19)
    pot = 1.7 * radius
    canes, blades = [], []
    for k in range(int(rng.integers(1, 4))):
        top = (tall - pot) * (0.35 + 0.25 * k) * rng.uniform(0.8, 1.1)
        x, y = 0.4 * radius * np.cos(2 * k), 0.4 * radius * np.sin(2 * k)
        canes.append(tube([(x, y, 0.85 * pot), (1.3 * x, 1.3 * y, pot + top)], 0.017, 8))
        for j in range(24):
            blade = _blade(rng.uniform(0.28, 0.5), rng.uniform(0.025, 0.045),
                           1.45 - 0.045 * j, rng.uniform(0.8, 1.7), 7)
            blades.append(blade.turned(j * GOLDEN_ANGLE).moved(
                (1.3 * x, 1.3 * y, pot + top - 0.004 * j)))
    return named([*_pot(rng, palette, radius, pot), _leaves(rng, blades),
                  Part(merge(canes), even((0.42, 0.33, 0.22)))], 'potted plant')


def rubber_plant(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Grow broad leaves all the way up a few stems."""
    tall, radius = rng.uniform(0.7, 1.4), rng.uniform(0.13, 0.18)
    pot = 1.7 * radius
    stems, blades = [], []
    for k in range(int(rng.integers(2, 5))):
        lean, way = rng.uniform(0.05, 0.28), 2.1 * k + rng.uniform(0, 0.8)
        top = (tall - pot) * rng.uniform(0.6, 1.0)
        path = spline([(0, 0, 0.85 * pot), (0.4 * lean, 0, pot + 0.5 * top),
                       (lean, 0, pot + top)], 12)
        stems.append(tube(path, 0.008, 6).turned(way))
        for j, at in enumerate(np.linspace(2, 11, int(9 * top / 0.5) + 6).astype(int)):
            blade = _blade(rng.uniform(0.14, 0.26), rng.uniform(0.08, 0.13),
                           rng.uniform(0.2, 0.9), rng.uniform(0.4, 1.2))
            blades.append(blade.turned(j * GOLDEN_ANGLE).moved(path[at]).turned(way))
    return named([*_pot(rng, palette, radius, pot), _leaves(rng, blades),
                  Part(merge(stems), even((0.3, 0.28, 0.14)))], 'potted plant')


def palm(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Grow feathered fronds that bow outwards."""
    tall, radius = rng.uniform(0.9, 1.5), rng.uniform(0.14, 0.19)
    pot = 1.6 * radius
    stems, blades = [], []
    for k in range(int(rng.integers(8, 14))):
        length, lean = (tall - pot) * rng.uniform(0.8, 1.2), rng.uniform(0.15, 0.6)
        along = np.linspace(0, 1, 14)
        angle = np.pi / 2 - lean - 1.1 * along ** 2
        x, z = (np.concatenate([[0], np.cumsum(length / 13 * f(angle[:-1]))])
                for f in (np.cos, np.sin))
        rib = np.stack([x, 0 * x, z + 0.85 * pot], axis=1)
        stems.append(tube(rib, 0.005, 5).turned(k * GOLDEN_ANGLE))
        for j in range(3, 14):
            for side in (-1, 1):
                reach = 0.22 * (1.15 - along[j]) * tall / 1.2 + 0.05
                blade = _blade(1.15 * reach, 0.034, 0.15, 0.7, 5)
                blade = blade.turned(side * 0.95).moved(rib[j])
                blades.append(blade.turned(k * GOLDEN_ANGLE))
    return named([*_pot(rng, palette, radius, pot), _leaves(rng, blades),
                  Part(merge(stems), foliage((0.35, 0.45, 0.15), 0.65))], 'potted plant')


def snake_plant(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Grow stiff upright blades."""
    tall, radius = rng.uniform(0.45, 0.8), rng.uniform(0.09, 0.14)
    pot = 1.5 * radius
    blades = []
    for k in range(int(rng.integers(10, 18))):
        blade = _blade((tall - pot) * rng.uniform(0.6, 1.1), rng.uniform(0.05, 0.075),
                       rng.uniform(1.2, 1.5), rng.uniform(-0.15, 0.15))
        blades.append(blade.moved((0.02 * k ** 0.5, 0, 0.85 * pot)).turned(k * GOLDEN_ANGLE))
    return named([*_pot(rng, palette, radius, pot), _leaves(rng, blades)], 'potted plant')


def fern(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Grow a bush of small leaves, for boards and sills."""
    radius, spread = rng.uniform(0.06, 0.1), rng.uniform(0.12, 0.22)
    pot = 1.6 * radius
    blades = []
    for k in range(90):
        up = rng.uniform(0.05, 1.0)
        around = spread * np.sqrt(1.02 - up ** 2) * rng.uniform(0.0, 1.0) ** 0.5
        blade = _blade(rng.uniform(0.06, 0.12), rng.uniform(0.025, 0.045),
                       rng.uniform(-0.3, 0.9), rng.uniform(0.3, 1.2), 4)
        blades.append(blade.moved((around, 0, pot + 0.9 * spread * up - 0.02)).turned(
            k * GOLDEN_ANGLE))
    return named([*_pot(rng, palette, radius, pot), _leaves(rng, blades)], 'potted plant')


def plant(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Grow one of the plants that stand on floors."""
    return (dracaena, rubber_plant, palm, snake_plant)[rng.integers(4)](rng, palette)


def flowers(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Put flowers into a vase with water."""
    parts = vase(rng, palette)
    outline = parts[0].mesh.vertices
    top = float(outline[:, 2].max())
    mouth = float(np.hypot(*outline[outline[:, 2] > top - 0.001][0, :2]))
    surface_ = lathe([(0.9 * mouth, top - 0.03), (0, top - 0.03)], 16)
    stems, heads, blades = [], [], []
    for k in range(int(rng.integers(5, 10))):
        a, lean = k * GOLDEN_ANGLE, rng.uniform(0.03, 0.14)
        tip = (lean * np.cos(a), lean * np.sin(a), top + rng.uniform(0.1, 0.25))
        stems.append(tube([(0.3 * mouth * np.cos(a), 0.3 * mouth * np.sin(a), top - 0.05), tip],
                          0.003, 5))
        heads.append(ball(rng.uniform(0.02, 0.035), tip, 8))
        blades.append(_blade(0.12, 0.03, 1.0, 1.0, 5).turned(a).moved((0, 0, top)))
    petals = even(color_of(rng, (0.4, 0.9), (0.7, 1.0)), infrared=0.7)
    return parts[:1] + named([Part(surface_, water()), Part(merge(heads), petals),
                              _leaves(rng, stems + blades)], 'potted plant')
