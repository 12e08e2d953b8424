"""Kitchen appliances. Every piece stands on z = 0 and faces -y."""
from __future__ import annotations

import numpy as np

from colorize_ros.simulation.furniture.electronics import filled
from colorize_ros.simulation.shapes import prints, textures
from colorize_ros.simulation.shapes.materials import (
    color_of,
    even,
    Material,
    named,
    Palette,
    Part,
    printed,
)
from colorize_ros.simulation.shapes.meshes import (
    block,
    box,
    cylinder,
    lathe,
    merge,
    Mesh,
    rotation,
    tube,
)
from colorize_ros.simulation.shapes.soft_solids import puff

DEEP_M = 0.6


def steel(rng: np.random.Generator) -> Material:
    """Draw brushed steel: its shine is wide, but little of a pattern comes back diffusely."""
    gray = float(rng.uniform(0.6, 0.75))
    return Material(textures.brushed(rng, (gray, gray, 1.01 * gray)), 0.5, 'satin', 0.22, 0.5)


def enamel() -> Material:
    """Return black enamel or glass ceramic: near infrared passes it further than soot."""
    return even((0.035, 0.035, 0.04), 'satin', infrared=0.12)


def _steel_or(rng: np.random.Generator, other: Material) -> Material:
    return steel(rng) if rng.random() < 0.75 else other


def refrigerator(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a refrigerator with a freezer under or over it, or with two doors side by side."""
    height, double = rng.uniform(1.65, 1.95), rng.random() < 0.25
    width = 0.9 if double else rng.uniform(0.58, 0.68)
    skin = steel(rng) if rng.random() < 0.5 else Material(
        even((0.92, 0.92, 0.91)).texture, gloss='satin', infrared=0.75)
    split = height * (rng.uniform(0.35, 0.42) if rng.random() < 0.6 else rng.uniform(0.62, 0.7))
    front = -DEEP_M / 2 - 0.035
    # Doors as (left, right, low, high), and the side of each where its handle is.
    doors = [(-width / 2, width / 2, 0.07, split), (-width / 2, width / 2, split, height)]
    if double:
        doors = [(-width / 2, 0, 0.07, height), (0, width / 2, 0.07, height)]
    hinge = float(rng.choice([-1, 1]))
    slabs, handles = [], []
    for k, (left, right, low, high) in enumerate(doors):
        slabs.append(box((right - left - 0.008, 0.07, high - low - 0.01),
                         ((left + right) / 2, front + 0.035, (low + high) / 2), 0.012))
        side = (1.0 - 2 * k) if double else hinge
        x = (right if side > 0 else left) - side * 0.05
        near = (0.85, 1.45) if double else (
            (max(high - 0.55, low + 0.1), high - 0.08) if k == 0 else
            (low + 0.08, min(low + 0.55, high - 0.1)))
        handles.append(tube([(x, front, near[0]), (x, front - 0.045, near[0] + 0.02),
                             (x, front - 0.045, near[1] - 0.02), (x, front, near[1])], 0.011, 8))
    case = box((width, DEEP_M - 0.04, height - 0.03), (0, 0.02, height / 2 + 0.015), 0.006)
    seams = box((width - 0.02, 0.03, height - 0.09), (0, front + 0.07, height / 2 + 0.03), 0.002)
    foot = box((width - 0.06, 0.05, 0.06), (0, -DEEP_M / 2 + 0.06, 0.03))
    parts = [Part(merge([case, *slabs]), skin), Part(merge(handles), palette.metal),
             Part(merge([seams, foot]), palette.black)]
    return named(parts + _notes(rng, width, doors[-1], front), 'refrigerator')


def _notes(rng: np.random.Generator, width: float, door: tuple[float, float, float, float],
           front: float) -> list[Part]:
    """Pin a few notes to a door."""
    if rng.random() < 0.4:
        return []
    left, right, low, high = door
    notes = [filled(0.1, 0.13, 1.0).rotated(rotation('y', rng.uniform(-0.15, 0.15))).moved(
        (rng.uniform(0.35, 0.65) * (right - left) + left, front - 0.002 - 0.001 * k,
         rng.uniform(0.45, 0.8) * (high - low) + low)) for k in range(int(rng.integers(1, 4)))]
    return [Part(merge(notes), printed(prints.page(rng), 1.0))]


def stove(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build an oven under a hob: a dark glass door, a bar across it, knobs, four plates."""
    width, height = 0.596, 0.9
    case = _steel_or(rng, enamel()) if rng.random() < 0.7 else palette.white
    front = -DEEP_M / 2
    body = box((width, DEEP_M - 0.02, height - 0.09), (0, 0.01, height / 2 + 0.035), 0.004)
    door = box((width - 0.02, 0.03, 0.5), (0, front + 0.005, 0.44), 0.006)
    window = filled(width - 0.13, 0.32, 1.0).moved((0, front - 0.0115, 0.43))
    bar = tube([(-0.23, front, 0.645), (-0.23, front - 0.045, 0.645),
                (0.23, front - 0.045, 0.645), (0.23, front, 0.645)], 0.011, 8)
    knobs = [lathe([(0.024, 0), (0.021, 0.026), (0, 0.026)], 16).rotated(
        rotation('x', np.pi / 2)).moved((x, front, 0.79))
        for x in (-0.22, -0.13, 0.07, 0.15, 0.23)]
    clock = block((0.11, 0.004, 0.045), (-0.03, front - 0.001, 0.79))
    foot = box((width - 0.04, DEEP_M - 0.1, 0.08), (0, 0.04, 0.04))
    hob = box((width, DEEP_M - 0.01, 0.012), (0, 0.0, height - 0.004), 0.003)
    parts = [Part(merge([body, door]), case), Part(merge([bar, *knobs]), palette.metal),
             Part(merge([window, clock, foot, hob]), enamel()),
             Part(merge(_plates(rng, height + 0.002)), even((0.16, 0.16, 0.17), infrared=0.12))]
    pot = rng.random() < 0.6
    return named(parts, 'oven') + (_pot(rng, palette, height + 0.01) if pot else [])


def _plates(rng: np.random.Generator, level: float) -> list[Mesh]:
    """Return four cooking plates, as rings of glass ceramic or iron discs."""
    rings = []
    for x, y, radius in ((-0.15, -0.14, 0.09), (0.15, -0.14, 0.075), (-0.15, 0.13, 0.075),
                         (0.15, 0.13, 0.1)):
        rings.append(lathe([(radius, 0), (radius, 0.005), (0, 0.005)], 24).moved((x, y, level)))
    return rings


def _pot(rng: np.random.Generator, palette: Palette, level: float) -> list[Part]:
    """Put a saucepan with its lid on a plate."""
    x, y = ((-0.15, 0.13), (0.15, 0.13), (-0.15, -0.14))[rng.integers(3)]
    radius, tall = rng.uniform(0.085, 0.11), rng.uniform(0.09, 0.15)
    body = lathe([(0, 0), (radius, 0), (radius, tall), (1.04 * radius, tall), (0.7 * radius,
                  tall + 0.02), (0, tall + 0.026)], 24)
    grips = [tube([(sx * radius, -0.03, tall - 0.03), (sx * (radius + 0.035), -0.03, tall - 0.03),
                   (sx * (radius + 0.035), 0.03, tall - 0.03), (sx * radius, 0.03, tall - 0.03)],
                  0.006, 6) for sx in (-1, 1)]
    knob = cylinder(0.014, 0.025, (0, 0, tall + 0.024))
    skin = palette.metal if rng.random() < 0.5 else even(
        color_of(rng, (0.5, 0.9), (0.4, 0.85)), 'satin', 0.5)
    return [Part(merge([body, *grips]).moved((x, y, level)), skin),
            Part(knob.moved((x, y, level)), palette.black)]


def microwave(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a microwave oven: a dark window, a bar, keys at the right."""
    width, deep, height = 0.48, 0.34, 0.28
    light = rng.random() < 0.5
    skin = palette.white if light else _steel_or(rng, palette.black)
    front = -deep / 2
    case = box((width, deep, height - 0.01), (0, 0, height / 2 + 0.005), 0.008)
    frame = box((0.345, 0.012, height - 0.03), (-0.06, front - 0.003, height / 2 + 0.005), 0.004)
    window = block((0.27, 0.004, 0.17), (-0.07, front - 0.009, height / 2 + 0.005))
    bar = tube([(0.095, front, 0.05), (0.095, front - 0.035, 0.06), (0.095, front - 0.035, 0.23),
                (0.095, front, 0.24)], 0.008, 8)
    panel = block((0.1, 0.004, 0.045), (0.18, front - 0.001, 0.225))
    keys = [block((0.024, 0.006, 0.016), (0.147 + 0.033 * k, front, 0.17 - 0.026 * row))
            for k in range(3) for row in range(4)]
    feet = [cylinder(0.012, 0.012, (sx * 0.2, sy * 0.13, 0)) for sx in (-1, 1) for sy in (-1, 1)]
    key = even((0.55, 0.55, 0.56)) if light else even((0.85, 0.85, 0.86))
    return named([Part(merge([case, frame]), skin),
                  Part(merge([window, panel, *feet]), palette.black),
                  Part(bar, palette.metal), Part(merge(keys), key)], 'microwave')


def coffee_machine(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a coffee machine: a tall back, a head over a tray, cups' warmer on top."""
    width, deep, height = rng.uniform(0.24, 0.34), 0.34, rng.uniform(0.32, 0.42)
    skin = _steel_or(rng, palette.black)
    back = box((width, 0.16, height), (0, deep / 2 - 0.08, height / 2), 0.01)
    head = box((width, deep - 0.04, 0.11), (0, 0.01, height - 0.055), 0.012)
    tray = box((width, deep, 0.05), (0, 0, 0.025), 0.006)
    spouts = [cylinder(0.012, 0.04, (x, -0.06, height - 0.15)) for x in (-0.02, 0.02)]
    panel = block((0.8 * width, 0.004, 0.06), (0, 0.03 - deep / 2 - 0.002, height - 0.055))
    return [Part(merge([back, head]), skin), Part(merge([tray, panel, *spouts]), palette.black)]


def toaster(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a toaster with two slots."""
    skin = palette.metal if rng.random() < 0.5 else even(
        color_of(rng, (0.2, 0.9), (0.3, 0.95)), 'satin', 0.5)
    slots = [block((0.2, 0.026, 0.004), (0, y, 0.1805)) for y in (-0.035, 0.035)]
    trim = [box((0.27, 0.15, 0.02), (0, 0, 0.01)), block((0.016, 0.03, 0.02), (0.143, 0, 0.12))]
    return named([Part(puff((0.28, 0.16, 0.17), (0, 0, 0.096), 7), skin),
                  Part(merge(slots + trim), palette.black)], 'toaster')
