"""Procedural textures: what walls, floors, wood, cloth and pictures look like.

Every function takes a random generator and gives (S, S, 3) uint8 sRGB that tiles seamlessly
(pictures excepted, which do not tile).
"""
from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Color = tuple[float, float, float]
Texture = NDArray[np.uint8]

SIZE = 256


def noise(rng: np.random.Generator, cells: tuple[int, int],
          size: int = SIZE) -> NDArray[np.float32]:
    """Return tiling smooth noise, (size, size) float32 about 0 with deviation 1.

    Args:
        rng: where the randomness comes from.
        cells: (rows, columns) of random values that are interpolated; at most `size`.
        size: of the result.
    """
    grid = rng.standard_normal(cells).astype(np.float32)
    rows, columns = (size // count for count in cells)
    wrapped = np.pad(grid, 2, mode='wrap')
    smooth = cv2.resize(wrapped, (wrapped.shape[1] * columns, wrapped.shape[0] * rows),
                        interpolation=cv2.INTER_CUBIC)
    inner = smooth[2 * rows:(2 + cells[0]) * rows, 2 * columns:(2 + cells[1]) * columns]
    return np.ascontiguousarray(cv2.resize(inner, (size, size), interpolation=cv2.INTER_LINEAR))


def tinted(color: Color, shade: NDArray[np.float32]) -> Texture:
    """Return `color` (0 to 1, sRGB) multiplied by a (S, S) shade."""
    scaled = np.asarray(color, np.float32) * shade[..., None]
    return np.clip(scaled * 255 + 0.5, 0, 255).astype(np.uint8)


def plaster(rng: np.random.Generator, color: Color) -> Texture:
    """Paint a wall: nearly even, a little mottled."""
    mottle = 0.012 * noise(rng, (4, 4)) + 0.008 * noise(rng, (32, 32))
    return tinted(color, 1 + mottle + 0.012 * noise(rng, (128, 128)))


def wood(rng: np.random.Generator, color: Color, planks: int = 1) -> Texture:
    """Saw wood along the u axis, in `planks` boards."""
    grain = 0.06 * noise(rng, (64, 2)) + 0.05 * noise(rng, (128, 4)) + 0.05 * noise(rng, (16, 2))
    rings = 0.05 * np.sin(2 * np.pi * (6 * np.linspace(0, 1, SIZE, endpoint=False)[:, None]
                                       + 0.35 * noise(rng, (8, 2))))
    shade = (1 + grain + rings).astype(np.float32)
    if planks > 1:
        width = SIZE // planks
        for plank in range(planks):
            rows = slice(plank * width, (plank + 1) * width)
            shade[rows] = np.roll(shade[rows], int(rng.integers(SIZE)), axis=1)
            shade[rows] *= 1 + 0.09 * rng.standard_normal()
            shade[plank * width:plank * width + 2] *= 0.5
            joint = int(rng.integers(SIZE - 2))
            shade[rows, joint:joint + 2] *= 0.55
    return tinted(color, shade)


def tiles(rng: np.random.Generator, color: Color, grout: Color, count: int = 4) -> Texture:
    """Lay `count` x `count` tiles with grout between them."""
    shades = 1 + 0.04 * rng.standard_normal((count, count)).astype(np.float32)
    even = np.kron(shades, np.ones((SIZE // count, SIZE // count), np.float32))
    picture = tinted(color, even + 0.02 * noise(rng, (32, 32)))
    position = np.arange(SIZE) % (SIZE // count)
    line = position < 3
    picture[line, :] = np.asarray(grout) * 255
    picture[:, line] = np.asarray(grout) * 255
    return picture


def fabric(rng: np.random.Generator, color: Color) -> Texture:
    """Weave a plain cloth."""
    x = np.arange(SIZE) * (2 * np.pi * 64 / SIZE)
    weave = 0.06 * (np.sin(x)[None, :] * np.sin(x)[:, None])
    return tinted(color, (1 + weave + 0.05 * noise(rng, (64, 64))
                          + 0.03 * noise(rng, (8, 8))).astype(np.float32))


def stripes(rng: np.random.Generator, first: Color, second: Color, count: int = 6) -> Texture:
    """Print stripes of two colors on cloth or wallpaper."""
    wave = np.sin(np.arange(SIZE) * (2 * np.pi * count / SIZE)) > rng.uniform(-0.6, 0.6)
    shade = 1 + 0.03 * noise(rng, (64, 64))
    mask = np.broadcast_to(wave[:, None, None], (SIZE, SIZE, 1))
    return np.where(mask, tinted(first, shade), tinted(second, shade))


def carpet(rng: np.random.Generator, colors: list[Color]) -> Texture:
    """Knot a carpet: a mirrored pattern of up to four colors."""
    quarter = noise(rng, (8, 8), SIZE // 2) + noise(rng, (16, 16), SIZE // 2)
    pattern = np.block([[quarter, quarter[:, ::-1]], [quarter[::-1], quarter[::-1, ::-1]]])
    edges = np.quantile(pattern, np.linspace(0, 1, len(colors) + 1)[1:-1])
    level = np.digitize(pattern, edges)
    pile = 1 + 0.1 * noise(rng, (128, 128))
    return np.clip(np.asarray(colors)[level] * pile[..., None] * 255, 0, 255).astype(np.uint8)


def picture(rng: np.random.Generator) -> Texture:
    """Paint something to hang on a wall: a sky, hills, a few shapes."""
    sky, ground = rng.uniform(0.3, 0.95, 3), rng.uniform(0.1, 0.7, 3)
    fade = np.linspace(1, 0.6, SIZE)[:, None, None]
    canvas = np.broadcast_to(sky * fade, (SIZE, SIZE, 3)).astype(np.float32).copy()
    for layer in range(4):
        line = SIZE * (0.4 + 0.13 * layer) + 14 * noise(rng, (4, 8))[0]
        below = np.arange(SIZE)[:, None] > line[None, :]
        canvas[below] = ground * (0.6 + 0.18 * layer)
    for _ in range(int(rng.integers(2, 7))):
        centre = tuple(int(v) for v in rng.integers(20, SIZE - 20, 2))
        color = tuple(float(v) for v in rng.uniform(0.05, 1, 3))
        cv2.circle(canvas, centre, int(rng.integers(6, 40)), color, -1, cv2.LINE_AA)
    return np.clip(canvas * 255, 0, 255).astype(np.uint8)


def page(rng: np.random.Generator, paper: Color = (0.93, 0.92, 0.88)) -> Texture:
    """Print a page: a title and lines of text with a block of color."""
    sheet = np.empty((SIZE, SIZE, 3), np.float32)
    sheet[:] = paper
    sheet[24:44, 30:30 + int(rng.integers(90, 190))] = 0.12
    for row in range(62, SIZE - 30, 11):
        column = 30
        end = SIZE - 30 - int(rng.integers(0, 50))
        while column < end:
            word = int(rng.integers(6, 24))
            sheet[row:row + 4, column:min(column + word, end)] = 0.25
            column += word + 5
    top, left = (int(v) for v in rng.integers(60, 150, 2))
    sheet[top:top + 60, left:left + 70] = rng.uniform(0.1, 0.9, 3)
    return (sheet * 255).astype(np.uint8)
