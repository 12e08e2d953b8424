"""Figures of people in clothes, standing, walking and sitting. They face -y, on z = 0."""
from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from colorize_ros.simulation.furniture.clutter import mug, place
from colorize_ros.simulation.furniture.seating import chair, upholstered_chair
from colorize_ros.simulation.shapes import textures
from colorize_ros.simulation.shapes.materials import (
    cloth,
    color_of,
    dyed,
    even,
    Material,
    named,
    Palette,
    Part,
)
from colorize_ros.simulation.shapes.meshes import ball, merge, Mesh, tube
from colorize_ros.simulation.shapes.soft_solids import loft, puff, spline

SKINS = ((0.87, 0.68, 0.56), (0.78, 0.57, 0.44), (0.6, 0.41, 0.29), (0.42, 0.27, 0.19))
HAIRS = ((0.1, 0.07, 0.05), (0.24, 0.14, 0.08), (0.42, 0.28, 0.14), (0.72, 0.56, 0.32),
         (0.55, 0.54, 0.52))
# Joints are those of a figure of this height.
TALL_M = 1.77

Joint = tuple[float, float, float]


class Stance(NamedTuple):
    """Where the joints of a figure are; the first of two is at x < 0.

    Attributes:
        trunk: (y, z) that the trunk is moved by, from standing upright.
        knees: two.
        feet: two, the ankles.
        elbows: two.
        hands: two, the wrists.
    """

    trunk: tuple[float, float]
    knees: tuple[Joint, Joint]
    feet: tuple[Joint, Joint]
    elbows: tuple[Joint, Joint]
    hands: tuple[Joint, Joint]


class _Dress(NamedTuple):
    skin: Material
    hair: Material
    upper: Material
    lower: Material
    shoes: Material


def _dress(rng: np.random.Generator) -> _Dress:
    jeans = textures.fabric(rng, ((0.16, 0.2, 0.34), (0.1, 0.1, 0.12), (0.45, 0.4, 0.32),
                                  (0.28, 0.32, 0.4))[rng.integers(4)])
    skin = int(rng.integers(4))
    hair = HAIRS[rng.integers(5 if skin < 2 else 2)]
    return _Dress(even(SKINS[skin], infrared=float(rng.uniform(0.55, 0.64))),
                  even(hair, infrared=0.35),
                  cloth(rng, color_of(rng, (0.05, 0.8), (0.25, 0.9))), dyed(jeans, rng, 0.3),
                  even(color_of(rng, (0, 0.5), (0.08, 0.9)), 'satin', 0.45))


def standing_person(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Stand somebody: arms hanging, at the hips, or holding a cup."""
    lean = rng.uniform(-0.03, 0.03)
    knees = ((-0.1, -0.015, 0.5), (0.1 + lean, -0.02, 0.5))
    feet = ((-0.11, 0.02, 0.085), (0.12 + lean, 0.02 - abs(lean), 0.085))
    elbows = [(-0.26, 0.035, 1.14), (0.26, 0.035, 1.14)]
    hands = [(-0.27, -0.05, 0.9), (0.27, -0.05, 0.9)]
    pose, side = rng.random(), int(rng.integers(2))
    sign = 2 * side - 1
    if pose < 0.35:
        elbows[side] = (sign * 0.255, 0.03, 1.13)
        hands[side] = (sign * 0.17, -0.22, 1.2)
    elif pose < 0.55:
        elbows[side], hands[side] = (sign * 0.37, 0.08, 1.18), (sign * 0.2, -0.06, 1.03)
    stance = Stance((0, 0), knees, feet, (elbows[0], elbows[1]), (hands[0], hands[1]))
    scale = rng.uniform(0.91, 1.05)
    parts = _figure(rng, stance, scale)
    if pose < 0.2:
        parts += place(mug(rng, palette), sign * 0.12 * scale, -0.29 * scale, 0.0, 1.17 * scale)
    return parts


def walking_person(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Stop somebody in the middle of a step."""
    stride = rng.uniform(0.18, 0.28)
    ahead = 1 if rng.random() < 0.5 else -1
    knees = [(-0.1, 0.05 - 0.6 * stride, 0.51), (0.1, 0.02 + 0.1 * stride, 0.49)]
    feet = [(-0.1, -stride, 0.085), (0.1, stride + 0.1, 0.13)]
    elbows = [(-0.25, 0.14, 1.16), (0.25, -0.06, 1.15)]
    hands = [(-0.24, 0.08, 0.92), (0.24, -0.24, 0.98)]
    if ahead < 0:
        knees, feet, elbows, hands = ([(-x, y, z) for x, y, z in pair[::-1]]
                                      for pair in (knees, feet, elbows, hands))
    stance = Stance((0, -0.01), (knees[0], knees[1]), (feet[0], feet[1]),
                    (elbows[0], elbows[1]), (hands[0], hands[1]))
    return _figure(rng, stance, rng.uniform(0.92, 1.04))


def seated_person(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Seat somebody on a chair."""
    seat = (chair if rng.random() < 0.5 else upholstered_chair)(rng, palette)
    apart = rng.uniform(0.1, 0.18)
    knees = ((-apart, -0.37, 0.565), (apart, -0.37, 0.565))
    feet = ((-apart, -0.38 - rng.uniform(0, 0.1), 0.085), (apart, -0.36, 0.085))
    elbows = ((-0.26, 0.02, 0.77), (0.26, 0.02, 0.77))
    hands = ((-0.12, -0.24, 0.68), (0.12, -0.24, 0.68))
    return _figure(rng, Stance((0.06, -0.36), knees, feet, elbows, hands), 1.0) + seat


def _figure(rng: np.random.Generator, stance: Stance, scale: float) -> list[Part]:
    dress = _dress(rng)
    y, z = stance.trunk
    broad = rng.uniform(0.92, 1.08)
    sleeve = 1.0 if rng.random() < 0.6 else 0.4
    trunk = loft([(level + z, broad * wide, broad * deep, 0, y + shift)
                  for level, wide, deep, shift in TRUNK], 22, 2.5, 20)
    hips = loft([(0.82 + z, 0.1, 0.08, 0, y), (0.87 + z, 0.16, 0.115, 0, y),
                 (0.94 + z, broad * 0.162, broad * 0.113, 0, y + 0.005),
                 (1.03 + z, broad * 0.14, broad * 0.095, 0, y)], 20, 2.4, 8)
    sleeves, bare = [], []
    for side in range(2):
        sign = 2 * side - 1
        arm = spline([(sign * broad * 0.166, y + 0.003, 1.405 + z), stance.elbows[side],
                      stance.hands[side]], 15)
        radii = np.interp(np.linspace(0, 1, 15), [0, 0.15, 0.5, 1], [0.05, 0.056, 0.043, 0.029])
        end = 15 if sleeve == 1.0 else 8
        sleeves += [tube(arm[:end], 1.12 * radii[:end], 12), ball(0.057, arm[0], 14)]
        bare += [tube(arm[end - 2:], radii[end - 2:], 10), _hand(arm)]
    legs = []
    for side in range(2):
        sign = 2 * side - 1
        hip = (sign * 0.088, y, 0.9 + z)
        leg = spline([hip, stance.knees[side], stance.feet[side]], 15)
        legs.append(tube(leg, np.interp(np.linspace(0, 1, 15), [0, 0.5, 1],
                                        [0.095, 0.066, 0.057]), 14))
        legs.append(ball(0.095, hip, 14))
    head = _head(rng, dress)
    parts = [Part(merge([trunk, *sleeves]), dress.upper), Part(merge([hips, *legs]), dress.lower),
             Part(merge([*bare, tube([(0, y + 0.012, 1.44 + z), (0, y - 0.005, 1.57 + z)],
                                     (0.06, 0.05), 14)]), dress.skin),
             Part(merge([_shoe(foot) for foot in stance.feet]), dress.shoes)]
    parts += place(head, 0, y, 0, z)
    return named([part._replace(mesh=_scaled(part.mesh, scale)) for part in parts], 'person')


# (height, half width, half depth, shift to the back) of the trunk's outline.
TRUNK = ((0.9, 0.168, 0.122, 0.005), (0.97, 0.17, 0.122, 0.005), (1.08, 0.15, 0.108, 0.0),
         (1.2, 0.163, 0.115, -0.005), (1.31, 0.185, 0.122, -0.005), (1.39, 0.19, 0.11, 0.0),
         (1.45, 0.15, 0.085, 0.008), (1.49, 0.085, 0.065, 0.01), (1.505, 0.058, 0.056, 0.01))


def _hand(arm: NDArray[np.float64]) -> Mesh:
    """Return a hand at an arm's end, along it."""
    way = arm[-1] - arm[-3]
    way /= np.linalg.norm(way)
    tip = arm[-1]
    return tube(spline([tip, tip + 0.05 * way, tip + 0.11 * way, tip + 0.16 * way], 8),
                (0.028, 0.033, 0.038, 0.04, 0.037, 0.03, 0.022, 0.008), 10)


def _shoe(ankle: Joint) -> Mesh:
    """Return a shoe whose sole is below an ankle."""
    x, y, z = ankle
    sole = z - 0.085
    return merge([puff((0.094, 0.275, 0.075), (x, y - 0.065, sole + 0.0375), 3.2),
                  puff((0.085, 0.12, 0.11), (x, y - 0.005, sole + 0.06), 3)])


def _head(rng: np.random.Generator, dress: _Dress) -> list[Part]:
    """Return head and hair, at the height of a standing figure."""
    skull = loft([(1.525, 0.03, 0.032, 0, -0.06), (1.545, 0.05, 0.06, 0, -0.035),
                  (1.575, 0.062, 0.084, 0, -0.014), (1.63, 0.072, 0.096, 0, 0.0),
                  (1.68, 0.075, 0.1, 0, 0.003), (1.73, 0.062, 0.083, 0, 0.006),
                  (1.758, 0.025, 0.035, 0, 0.006), (1.762, 0.002, 0.003, 0, 0.006)], 20, 2.1, 18)
    nose = puff((0.026, 0.04, 0.05), (0, -0.098, 1.622), 2.2, 4)
    ears = [puff((0.018, 0.04, 0.062), (sx * 0.075, 0.008, 1.625), 2.2, 4) for sx in (-1, 1)]
    eyes = [puff((0.026, 0.01, 0.012), (sx * 0.031, -0.091, 1.645), 2, 4) for sx in (-1, 1)]
    brows = [puff((0.036, 0.012, 0.008), (sx * 0.032, -0.096, 1.667), 2.2, 4) for sx in (-1, 1)]
    lips = puff((0.046, 0.014, 0.014), (0, -0.092, 1.578), 2.2, 4)
    rings = [(1.6, 0.06, 0.05, 0, 0.055), (1.65, 0.08, 0.075, 0, 0.037),
             (1.695, 0.084, 0.108, 0, 0.008), (1.735, 0.074, 0.097, 0, 0.006),
             (1.772, 0.035, 0.045, 0, 0.006), (1.778, 0.003, 0.004, 0, 0.006)]
    if rng.random() < 0.45:
        rings = [(1.36, 0.07, 0.025, 0, 0.1), (1.42, 0.1, 0.045, 0, 0.085),
                 (1.55, 0.098, 0.06, 0, 0.05), *rings[1:]]
    hair = loft(rings, 20, 2.1, 16)
    return [Part(merge([skull, nose, *ears]), dress.skin),
            Part(merge([hair, *brows]), dress.hair),
            Part(merge(eyes), even((0.12, 0.1, 0.1), 'satin', 0.2)),
            Part(lips, even((0.62, 0.3, 0.28), infrared=0.6))]


def _scaled(mesh: Mesh, scale: float) -> Mesh:
    return Mesh((mesh.vertices * np.float32(scale)).astype(np.float32), mesh.normals, mesh.uv,
                mesh.faces)
