"""What people sit on. Every piece stands on z = 0 and faces -y."""
from __future__ import annotations

import numpy as np

from colorize_ros.simulation.furniture.clutter import place
from colorize_ros.simulation.shapes import textures
from colorize_ros.simulation.shapes.materials import (
    cloth,
    color_of,
    dyed,
    even,
    leather,
    Material,
    named,
    Palette,
    Part,
)
from colorize_ros.simulation.shapes.meshes import box, cylinder, lathe, merge, Mesh, rotation, tube
from colorize_ros.simulation.shapes.soft_solids import pillow, puff, spline


def legs(width: float, depth: float, height: float, radius: float,
         splay: float = 0.0) -> list[Mesh]:
    """Return four legs under a (width, depth) plate, thinner at the floor."""
    return [tube([(sx * (width / 2 + splay), sy * (depth / 2 + splay), 0),
                  (sx * width / 2, sy * depth / 2, height)], (0.7 * radius, radius))
            for sx in (-1, 1) for sy in (-1, 1)]


def chair(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a wooden chair with a slatted, barred or plain back."""
    width, height, back = rng.uniform(0.4, 0.46), rng.uniform(0.43, 0.47), rng.uniform(0.82, 1.0)
    lean, half = rng.uniform(0.06, 0.1), 0.46 * width
    rear = [spline([(sx * half, 0.23, 0), (sx * half, 0.19, height),
                    (sx * half, 0.19 + lean, back)], 9) for sx in (-1, 1)]
    frame = [tube(post, 0.017) for post in rear]
    frame += [tube([(sx * half, -0.19, 0), (sx * half, -0.19, height)], (0.013, 0.019))
              for sx in (-1, 1)]
    frame += _back(rng, half, height, back, lean)
    frame += [box((2 * half, 0.02, 0.05), (0, y, height - 0.035)) for y in (-0.185, 0.185)]
    frame += [box((0.02, 0.38, 0.05), (sx * half, 0, height - 0.035)) for sx in (-1, 1)]
    frame += [tube([(sx * half, -0.19, 0.16), (sx * half, 0.2, 0.16)], 0.009) for sx in (-1, 1)]
    parts = [Part(merge(frame), palette.dark_wood),
             Part(box((width, 0.43, 0.025), (0, -0.01, height), 0.012), palette.wood)]
    if rng.random() < 0.5:
        parts.append(Part(puff((width * 0.94, 0.4, 0.06), (0, -0.01, height + 0.035), 6),
                          palette.accent))
    return named(parts, 'chair')


def _back(rng: np.random.Generator, half: float, height: float, back: float,
          lean: float) -> list[Mesh]:
    """Return what joins the two rear posts of a chair."""
    def post_y(level: float) -> float:
        return 0.19 + lean * (level - height) / (back - height)

    top = box((2 * half + 0.03, 0.02, 0.08), (0, 0, 0), 0.009).rotated(
        rotation('x', -lean / (back - height))).moved((0, post_y(back - 0.04), back - 0.04))
    if rng.random() < 0.5:
        return [top] + [box((2 * half, 0.014, 0.05), (0, post_y(level), level))
                        for level in np.linspace(height + 0.16, back - 0.16,
                                                 int(rng.integers(1, 4)))]
    low = height + 0.12
    bars = [tube([(x, post_y(low), low), (x, post_y(back - 0.05), back - 0.05)], 0.007, 8)
            for x in np.linspace(-0.75, 0.75, int(rng.integers(4, 7))) * half]
    return [top, box((2 * half, 0.018, 0.04), (0, post_y(low), low)), *bars]


def upholstered_chair(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a chair with a shell, padded or of black plastic, on thin legs."""
    cover = palette.black if rng.random() < 0.3 else cloth(
        rng, color_of(rng, (0.02, 0.7), (0.2, 0.8)))
    seat, back = 0.45, rng.uniform(0.8, 0.95)
    rest = puff((0.46, 0.075, back - 0.43), (0, 0, 0), 5).rotated(rotation('x', -0.2))
    soft = [puff((0.48, 0.46, 0.09), (0, 0, seat), 6), rest.moved((0, 0.21, (seat + back) / 2))]
    frame = legs(0.36, 0.34, seat - 0.03, 0.014, 0.05)
    return named([Part(merge(soft), cover),
                  Part(merge(frame), [palette.black, palette.wood, palette.metal][
                      rng.integers(3)])], 'chair')


def office_chair(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a swivel chair: five castors, a gas spring, a padded seat and back, arm rests."""
    seat, spin = rng.uniform(0.45, 0.52), rng.uniform(0, 1.2)
    dark = Material(textures.fabric(rng, (0.13, 0.13, 0.14)), 0.35, infrared=0.55,
                    infrared_contrast=0.15)
    cover = dark if rng.random() < 0.6 else dyed(
        textures.fabric(rng, color_of(rng, (0.2, 0.8), (0.2, 0.7))), rng, 0.35)
    rays = np.arange(5) * 2 * np.pi / 5 + spin
    frame = [tube([(0, 0, 0.13), (0.29 * np.cos(a), 0.29 * np.sin(a), 0.085)], (0.03, 0.017))
             for a in rays]
    frame += [puff((0.05, 0.05, 0.058), (0.29 * np.cos(a), 0.29 * np.sin(a), 0.029), 2.5, 4)
              for a in rays]
    frame += [cylinder(0.024, seat - 0.16, (0, 0, 0.12)),
              box((0.22, 0.24, 0.04), (0, 0, seat - 0.05)),
              tube([(0, 0.1, seat - 0.05), (0, 0.29, seat - 0.03), (0, 0.32, seat + 0.25)], 0.02)]
    for side in (-1, 1):
        frame.append(tube(spline([(side * 0.14, 0, seat - 0.05), (side * 0.29, 0, seat),
                                  (side * 0.29, 0.02, seat + 0.2)], 8), 0.015))
        frame.append(puff((0.06, 0.26, 0.03), (side * 0.29, 0, seat + 0.21), 4, 4))
    tall = rng.uniform(0.42, 0.62)
    soft = [puff((0.5, 0.49, 0.1), (0, 0, seat), 4.5),
            puff((0.45, 0.085, tall), (0, 0, 0), 4).rotated(rotation('x', -0.14)).moved(
                (0, 0.27, seat + 0.13 + tall / 2))]
    return named([Part(merge(soft), cover), Part(merge(frame), palette.black)], 'chair')


def stool(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a round stool on thin metal legs."""
    height, radius = rng.uniform(0.42, 0.72), rng.uniform(0.15, 0.2)
    seat = lathe([(0, 0), (radius - 0.01, 0), (radius, 0.012), (radius, 0.024),
                  (radius - 0.01, 0.035), (0, 0.035)], 28)
    foot = tube([(radius * np.cos(a), radius * np.sin(a), 0.35 * height)
                 for a in np.linspace(0, 2 * np.pi, 20)], 0.007, 8)
    frame = legs(1.1 * radius, 1.1 * radius, height, 0.012, 0.08)
    return named([Part(seat.moved((0, 0, height)), palette.wood),
                  Part(merge([*frame, foot]), palette.metal)], 'chair')


def sofa(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a sofa for two or three with loose cushions."""
    return named(_upholstered(rng, palette, int(rng.integers(2, 4)), palette.cloth), 'couch')


def armchair(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build an armchair, a sofa for one."""
    cover = palette.cloth if rng.random() < 0.6 else cloth(rng, color_of(rng))
    return named(_upholstered(rng, palette, 1, cover), 'chair')


def corner_sofa(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a sofa with a long seat at one end to lie on."""
    parts = _upholstered(rng, palette, 3, palette.cloth)
    side = float(rng.choice([-1, 1]))
    chaise = [puff((0.66, 0.8, 0.17), (side * 0.62, -0.75, 0.385), 7),
              box((0.68, 0.8, 0.22), (side * 0.62, -0.75, 0.2), 0.03)]
    feet = [cylinder(0.02, 0.1, (side * 0.62 + dx, -1.08, 0)) for dx in (-0.28, 0.28)]
    return named([*parts, Part(merge(chaise), palette.cloth),
                  Part(merge(feet), palette.dark_wood)], 'couch')


def _upholstered(rng: np.random.Generator, palette: Palette, seats: int,
                 cover: Material) -> list[Part]:
    seat, arm, reach = rng.uniform(0.6, 0.68), rng.uniform(0.15, 0.23), rng.uniform(0.4, 0.52)
    if rng.random() < 0.25:
        cover = leather(((0.32, 0.16, 0.09), (0.09, 0.08, 0.08), (0.55, 0.35, 0.2))[
            rng.integers(3)])
    width = seats * seat
    base = [box((width, 0.8, 0.2), (0, 0, 0.21), 0.03),
            puff((width + arm, 0.22, 0.6), (0, 0.35, 0.45), 9)]
    base += [puff((arm, 0.88, reach), (sx * (width + arm) / 2, 0, 0.1 + reach / 2),
                  rng.uniform(6, 9)) for sx in (-1, 1)]
    soft = []
    for k in range(seats):
        x = (k - (seats - 1) / 2) * seat
        soft.append(puff((seat - 0.012, 0.7, 0.17), (x, -0.09, 0.38), 7))
        back = puff((seat - 0.02, 0.2, 0.44), (0, 0, 0), 5).rotated(rotation('x', -0.2))
        soft.append(back.moved((x, 0.2, 0.64)))
    parts = [Part(merge(base + soft), cover),
             Part(merge(legs(width, 0.66, 0.12, 0.022)), palette.dark_wood)]
    for x in rng.uniform(-0.42, 0.42, int(rng.integers(seats))):
        parts += place(cushion(rng, palette), x * width, 0.02, rng.uniform(-0.3, 0.3), 0.65)
    return parts


def cushion(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Lean a cushion back against a sofa."""
    cover = palette.accent if rng.random() < 0.6 else cloth(rng, color_of(rng, (0.2, 0.8)))
    return [Part(pillow(0.42, 0.42, 0.16).rotated(rotation('x', -0.4)), cover)]


def bench(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a wooden bench for a hall, with shoes under it."""
    width = rng.uniform(0.8, 1.2)
    parts = [Part(merge([box((width, 0.34, 0.035), (0, 0, 0.44)),
                         *[box((0.035, 0.32, 0.43), (sx * (width / 2 - 0.06), 0, 0.215))
                           for sx in (-1, 1)]]), palette.wood)]
    parts = named(parts, 'bench')
    for x in np.arange(-width / 2 + 0.2, width / 2 - 0.2, 0.3):
        skin = even(color_of(rng, (0, 0.6), (0.08, 0.8)), 'satin', 0.45)
        pair = [puff((0.085, 0.26, 0.09), (x + dx, 0, 0.045), 3) for dx in (-0.05, 0.05)]
        parts.append(Part(merge(pair), skin))
    return parts
