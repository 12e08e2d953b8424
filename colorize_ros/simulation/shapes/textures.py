"""Procedural textures: what walls, floors, wood, stone, metal and cloth look like.

Every function takes a random generator and gives (S, S, 3) uint8 sRGB that tiles seamlessly.
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
    """Saw wood along the u axis, in `planks` boards: growth rings, fibres and pores."""
    across = np.linspace(0, 1, SIZE, endpoint=False)[:, None]
    # Rings are cut at a slant: evenly spaced lines, bent by how the trunk had grown.
    phase = 7 * across + 0.45 * noise(rng, (4, 2)) + 0.06 * noise(rng, (32, 4))
    rings = 0.075 * (2 * np.abs(phase % 1) ** 0.6 - 1.2)
    fibres = 0.04 * noise(rng, (128, 4)) + 0.03 * noise(rng, (256, 16))
    pores = -0.14 * (noise(rng, (256, 32)) > 2.2)
    shade = (1 + rings + fibres + pores + 0.04 * noise(rng, (8, 2))).astype(np.float32)
    if planks > 1:
        width = SIZE // planks
        for plank in range(planks):
            rows = slice(plank * width, (plank + 1) * width)
            shade[rows] = np.roll(shade[rows], int(rng.integers(SIZE)), axis=1)
            shade[rows] *= 1 + 0.09 * rng.standard_normal()
            shade[plank * width:plank * width + 2] *= 0.5
            joint = int(rng.integers(SIZE - 2))
            shade[rows, joint:joint + 2] *= 0.55
    picture = tinted(color, shade)
    # Late wood is redder as well as darker.
    warm = np.clip(1 - shade, 0, 0.3)[..., None] * np.array([0.0, 0.12, 0.3], np.float32)
    return np.clip(picture * (1 - warm), 0, 255).astype(np.uint8)


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


def brushed(rng: np.random.Generator, color: Color) -> Texture:
    """Brush a sheet of metal along the u axis."""
    return tinted(color, 1 + 0.03 * noise(rng, (256, 4)) + 0.02 * noise(rng, (128, 2)))


def stone(rng: np.random.Generator, color: Color) -> Texture:
    """Polish a speckled worktop."""
    grains = noise(rng, (128, 128)) + 0.7 * noise(rng, (64, 64))
    shade = 1 + 0.05 * noise(rng, (8, 8)) + 0.3 * (grains > 1.9) - 0.25 * (grains < -1.7)
    return tinted(color, shade.astype(np.float32))


def knitted(rng: np.random.Generator, color: Color, second: Color) -> Texture:
    """Knit rows of stitches, with a band of another color."""
    x, y = np.meshgrid(np.arange(SIZE), np.arange(SIZE))
    stitch = 0.12 * np.cos(2 * np.pi * (x / 8 + 0.5 * np.abs((y / 8) % 1 - 0.5)))
    shade = (1 + stitch + 0.04 * noise(rng, (64, 64))).astype(np.float32)
    band = (y // 16 % 8 == 0)[..., None]
    return np.where(band, tinted(second, shade), tinted(color, shade))


def checked(rng: np.random.Generator, first: Color, second: Color, count: int = 4) -> Texture:
    """Weave a check of two colors and what they mix to."""
    wave = (np.arange(SIZE) * count // SIZE * 2 + np.arange(SIZE) * 2 * count // SIZE) % 2
    mix = (0.5 * wave[:, None] + 0.5 * wave[None, :])[..., None].astype(np.float32)
    shade = 1 + 0.04 * noise(rng, (64, 64))
    return (tinted(first, shade) * mix + tinted(second, shade) * (1 - mix)).astype(np.uint8)


def dotted(rng: np.random.Generator, ground: Color, dots: Color, count: int = 6) -> Texture:
    """Print dots on cloth."""
    x, y = np.meshgrid(*[np.arange(SIZE) * (2 * np.pi * count / SIZE)] * 2)
    mask = (np.sin(x) * np.sin(y) > rng.uniform(0.4, 0.7))[..., None]
    shade = 1 + 0.04 * noise(rng, (64, 64))
    return np.where(mask, tinted(dots, shade), tinted(ground, shade))
