"""Windows: a pane that lights the room with what is outside, its frame, and curtains."""
from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from colorize_ros.simulation.flat.shell import Opening
from colorize_ros.simulation.shapes.materials import Material, Palette, Part
from colorize_ros.simulation.shapes.meshes import box, merge, Mesh, quad, surface, tube
from colorize_ros.simulation.shapes.textures import noise, SIZE, Texture

RECESS_M = 0.14
CURTAIN_M = 0.12


class Window(NamedTuple):
    """A window's hole in the wall, and whether it has curtains."""

    opening: Opening
    curtains: bool

    @property
    def reach_m(self) -> float:
        """How far the window's sill and curtains go to either side of its middle."""
        return self.opening.width / 2 + (0.32 if self.curtains else 0.1)


def draw_window(rng: np.random.Generator, middle: float, width: float) -> Window:
    """Draw a window `width` metres wide, `middle` along its wall."""
    sill = rng.uniform(0.85, 1.0)
    opening = Opening(middle, width, sill, sill + rng.uniform(1.05, 1.3))
    return Window(opening, bool(rng.random() < 0.5))


def window(rng: np.random.Generator, palette: Palette, drawn: Window) -> list[Part]:
    """Build a window, about x = 0 in the frame of its wall."""
    _, wide, low, high = drawn.opening
    frame = _reveal(wide, low, high) + _bars(rng, wide, low, high)
    board = box((wide + 0.12, 0.2 + RECESS_M - 0.04, 0.03),
                (0, (RECESS_M - 0.04 - 0.2) / 2 + 0.02, low - 0.01))
    parts = [_outside(rng, wide, low, high), Part(merge([*frame, board]), palette.white)]
    if drawn.curtains:
        parts += _curtains(rng, palette, wide, low, high)
    return parts


def _reveal(wide: float, low: float, high: float) -> list[Mesh]:
    half, tall = wide / 2, high - low
    inwards = (0, RECESS_M, 0)
    return [quad((-half, 0, low), (wide, 0, 0), inwards),
            quad((-half, 0, high), inwards, (wide, 0, 0)),
            quad((-half, 0, low), inwards, (0, 0, tall)),
            quad((half, 0, low), (0, 0, tall), inwards)]


def _bars(rng: np.random.Generator, wide: float, low: float, high: float) -> list[Mesh]:
    y, tall = RECESS_M - 0.03, high - low
    casements = 1 if wide < 0.8 else 2 if wide < 1.5 else 3
    bars = [box((0.065, 0.05, tall), (wide * (k / casements - 0.5), y, low + tall / 2))
            for k in range(casements + 1)]
    bars += [box((wide, 0.05, 0.065), (0, y, z)) for z in (low + 0.03, high - 0.03)]
    if rng.random() < 0.4:
        bars.append(box((wide, 0.035, 0.03), (0, y, low + 0.68 * tall)))
    return bars


def _outside(rng: np.random.Generator, wide: float, low: float, high: float) -> Part:
    """Return the pane: the view glows as brightly as the sky, and sends no pattern back."""
    pane = quad((-wide / 2, RECESS_M - 0.02, low), (wide, 0, 0), (0, 0, high - low))
    across = (pane.uv * [1.0, wide / (high - low)]).astype(np.float32)
    sky = rng.uniform(2.0, 7.0)
    view = Material(outdoors(rng), wide, infrared=0.02, infrared_contrast=0.3,
                    source='window', infrared_radiance=sky,
                    radiance=(0.85 * sky, 0.95 * sky, 1.1 * sky))
    return Part(Mesh(pane.vertices, pane.normals, across, pane.faces), view)


def outdoors(rng: np.random.Generator) -> Texture:
    """Paint what is seen through a window: sky and clouds, houses, and the crowns of trees.

    Returns:
        (S, S, 3) uint8 sRGB; the brightest sky is white.
    """
    rows = np.linspace(0, 1, SIZE)[:, None, None]
    clouds = np.clip(noise(rng, (8, 4)) + 0.6 * noise(rng, (16, 8)), 0, 1.5)[..., None] / 1.5
    canvas = np.array([0.72, 0.85, 1.0]) * (1 - rows) + np.array([0.93, 0.96, 0.98]) * rows
    canvas = (canvas + clouds * (1 - canvas)).astype(np.float32)
    horizon = int(rng.uniform(0.55, 0.75) * SIZE)
    canvas[horizon:] = (0.42, 0.47, 0.33)
    at = -int(rng.integers(40))
    while at < SIZE:
        at += _house(rng, canvas, at, horizon) + int(rng.integers(-6, 40))
    crowns = (SIZE * rng.uniform(0.6, 0.95) + 14 * noise(rng, (4, 8))[0]
              + 5 * noise(rng, (4, 64))[1])
    leaves = np.array([0.24, 0.36, 0.18]) * (1 + 0.25 * noise(rng, (64, 64)))[..., None]
    trees = np.arange(SIZE)[:, None] > crowns[None, :]
    canvas[trees] = leaves[trees]
    return np.clip(cv2.GaussianBlur(canvas, (0, 0), 0.8) * 255, 0, 255).astype(np.uint8)


def _house(rng: np.random.Generator, canvas: np.ndarray, left: int, horizon: int) -> int:
    """Draw a house with rows of windows, and return how wide it is."""
    wide, tall = (int(v) for v in rng.integers((40, 30), (100, 130)))
    top, right = max(horizon - tall, 8), left + wide
    wall = rng.uniform(0.4, 0.75) * np.array([1.0, rng.uniform(0.8, 1.0), rng.uniform(0.65, 0.95)])
    canvas[top:horizon + 20, max(left, 0):max(right, 0)] = wall
    for y in range(top + 8, horizon, 18):
        for x in range(left + 8, right - 10, 16):
            canvas[y:y + 10, max(x, 0):max(x + 8, 0)] = 0.45 * wall
    return wide


def _curtains(rng: np.random.Generator, palette: Palette, wide: float, low: float,
              high: float) -> list[Part]:
    """Hang a curtain at either side, drawn back."""
    top, bottom = high + 0.1, low - 0.1
    rail = tube([(-wide / 2 - 0.3, -0.08, top), (wide / 2 + 0.3, -0.08, top)], 0.012)
    cloths = []
    for side in (-1, 1):
        broad, phase = rng.uniform(0.25, 0.4), rng.uniform(0, 6.28)
        u, v = np.meshgrid(np.linspace(0, 1, 48), np.linspace(0, 1, 12))
        x = side * (wide / 2 + 0.28 - broad * u)
        y = -0.07 + 0.03 * (0.6 + 0.4 * v) * np.sin(2 * np.pi * 5 * u + phase)
        points = np.stack([x, y, top - v * (top - bottom)], axis=2)
        cloths.append(surface(points))
    return [Part(merge(cloths), palette.accent if rng.random() < 0.5 else palette.cloth),
            Part(rail, palette.metal)]
