"""What is printed or shown: pictures, pages, posters, the backs of books, screens, dials.

Every function gives (S, S, 3) uint8 sRGB that fills its surface once; the first row is its upper
edge.
"""
from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.simulation.shapes.textures import Color, noise, SIZE, Texture

SYLLABLES = ('ka', 'lo', 'mir', 'ten', 'sol', 'ar', 've', 'no', 'da', 'ris', 'hu', 'pel')


def word(rng: np.random.Generator) -> str:
    """Make up a word."""
    return ''.join(SYLLABLES[k] for k in rng.integers(len(SYLLABLES), size=rng.integers(1, 4)))


def write(canvas: NDArray[np.float32], text: str, corner: tuple[int, int], wide: int,
          ink: Color, bold: int = 1, largest: float = 1.6) -> None:
    """Write a line of text to fill `wide` pixels, its foot at `corner` (x, y)."""
    (natural, _), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 1.0, bold)
    # Through a mask: newer OpenCV writes on bytes only.
    mask = np.zeros(canvas.shape[:2], np.uint8)
    cv2.putText(mask, text, corner, cv2.FONT_HERSHEY_SIMPLEX,
                min(wide / max(natural, 1), largest), 255, bold, cv2.LINE_AA)
    cover = (mask / np.float32(255))[..., None]
    canvas += cover * (np.asarray(ink, np.float32) - canvas)


def _done(canvas: NDArray[np.float32]) -> Texture:
    return (np.clip(canvas, 0, 1) * 255 + 0.5).astype(np.uint8)


def _lines(rng: np.random.Generator, canvas: NDArray[np.float32], rows: range,
           columns: tuple[int, int], ink: Color) -> None:
    """Set words too small to read."""
    for row in rows:
        column = columns[0]
        end = columns[1] - int(rng.integers(0, 40))
        while column < end:
            length = int(rng.integers(5, 20))
            canvas[row:row + 3, column:min(column + length, end)] = ink
            column += length + 4


def landscape(rng: np.random.Generator) -> Texture:
    """Paint a sky with a sun, ranges of hills that pale with their distance, and trees."""
    sky, ground = rng.uniform((0.3, 0.5, 0.6), (0.95, 0.8, 1.0)), rng.uniform(0.05, 0.55, 3)
    fade = np.linspace(0, 1, SIZE)[:, None, None]
    haze = sky * (1 - 0.5 * fade) + np.array([0.9, 0.75, 0.6]) * 0.5 * fade
    canvas = np.empty((SIZE, SIZE, 3), np.float32)
    canvas[:] = haze
    canvas *= 1 + 0.03 * noise(rng, (8, 4))[..., None]
    sun = tuple(int(v) for v in rng.integers(40, (SIZE - 40, 110)))
    cv2.circle(canvas, sun, int(rng.integers(8, 24)), (1.0, 0.93, 0.75), -1, cv2.LINE_AA)
    for layer in range(5):
        line = SIZE * (0.42 + 0.11 * layer) + (22 - 3 * layer) * noise(rng, (4, 4 + layer))[0]
        below = np.arange(SIZE)[:, None] > line[None, :]
        shade = sky * 0.8 * (1 - layer / 4) + ground * (layer / 4)
        canvas[below] = shade
    for _ in range(int(rng.integers(3, 12))):
        x, y = int(rng.integers(SIZE)), int(rng.integers(150, 230))
        tall = (y - 110) // 2
        tree = np.array([(x - tall // 4, y), (x + tall // 4, y), (x, y - tall)], np.int32)
        cv2.fillPoly(canvas, [tree], tuple(float(v) for v in 0.5 * ground))
    canvas *= 1 + 0.04 * noise(rng, (64, 64))[..., None]
    return _done(canvas)


def abstract(rng: np.random.Generator) -> Texture:
    """Paint a few large shapes of few colors."""
    canvas = np.full((SIZE, SIZE, 3), rng.uniform(0.75, 0.97, 3), np.float32)
    inks = rng.uniform(0.05, 0.95, (3, 3))
    for k in range(int(rng.integers(4, 9))):
        ink = tuple(float(v) for v in inks[k % 3])
        x, y, reach = (int(v) for v in rng.integers((20, 20, 15), (236, 236, 80)))
        if rng.random() < 0.5:
            cv2.circle(canvas, (x, y), reach // 2 + 6, ink, -1, cv2.LINE_AA)
        else:
            canvas[max(y - reach // 3, 0):y + reach // 2, max(x - reach, 0):x + reach] = ink
    canvas *= 1 + 0.03 * noise(rng, (128, 128))[..., None]
    return _done(canvas)


def poster(rng: np.random.Generator) -> Texture:
    """Print a poster: a picture over a band with a title and small print."""
    canvas = np.full((SIZE, SIZE, 3), rng.uniform(0.75, 0.98, 3), np.float32)
    dark = rng.uniform(0.02, 0.35, 3)
    ink: Color = (float(dark[0]), float(dark[1]), float(dark[2]))
    image = landscape(rng) if rng.random() < 0.5 else abstract(rng)
    canvas[16:160, 16:240] = cv2.resize(image, (224, 144)) / np.float32(255)
    write(canvas, word(rng).upper(), (18, 196), int(rng.integers(110, 210)), ink, 3)
    _lines(rng, canvas, range(212, 244, 8), (18, 236), ink)
    return _done(canvas)


def picture(rng: np.random.Generator) -> Texture:
    """Paint something to hang on a wall."""
    return (landscape, landscape, abstract, poster)[rng.integers(4)](rng)


def page(rng: np.random.Generator, paper: Color = (0.93, 0.92, 0.88)) -> Texture:
    """Print a page: a title and lines of text with a block of color."""
    canvas = np.full((SIZE, SIZE, 3), paper, np.float32)
    write(canvas, f'{word(rng)} {word(rng)}'.capitalize(), (30, 46), int(rng.integers(90, 190)),
          (0.1, 0.1, 0.12), 2)
    _lines(rng, canvas, range(62, SIZE - 30, 9), (30, SIZE - 30), (0.25, 0.25, 0.25))
    top, left = (int(v) for v in rng.integers(60, 150, 2))
    canvas[top:top + 60, left:left + 70] = rng.uniform(0.1, 0.9, 3)
    return _done(canvas)


def chalked(rng: np.random.Generator) -> Texture:
    """Write a few words on a blackboard."""
    canvas = np.full((SIZE, SIZE, 3), (0.09, 0.1, 0.1), np.float32)
    for row in range(60, SIZE - 20, int(rng.integers(45, 70))):
        write(canvas, f'{word(rng)} {word(rng)}', (int(rng.integers(16, 60)), row),
              int(rng.integers(90, 170)), (0.8, 0.8, 0.78), 2)
    return _done(canvas)


def spines(rng: np.random.Generator, colors: list[Color]) -> Texture:
    """Print the backs of books side by side, in as many equal columns as there are colors.

    Titles run up the back, between bands.
    """
    wide = SIZE // len(colors)
    canvas = np.empty((SIZE, SIZE, 3), np.float32)
    for k, color in enumerate(colors):
        back = np.full((wide, SIZE, 3), color, np.float32)
        bright = float(np.mean(color)) > 0.45
        ink: Color = (0.08, 0.07, 0.1) if bright else (0.95, 0.88, 0.66)
        size = min(int(rng.integers(80, 150)), 7 * wide)
        write(back, word(rng).upper(), (int(rng.integers(40, 60)), wide // 2 + wide // 6), size,
              ink, 2, wide / 38)
        if rng.random() < 0.6:
            back[:, 14:20] = back[:, -26:-20] = ink
        if rng.random() < 0.3:
            back[:, -90:-50] = rng.uniform(0.2, 0.95, 3)
        # The back is round: its edges turn away from the light.
        back *= (0.78 + 0.3 * np.sin(np.linspace(0.1, 3.04, wide)))[:, None, None]
        canvas[:, k * wide:(k + 1) * wide] = cv2.rotate(back, cv2.ROTATE_90_CLOCKWISE)
    canvas[:, len(colors) * wide:] = 0.5
    return _done(canvas)


def clock_face(rng: np.random.Generator) -> Texture:
    """Draw a dial with twelve hours, some as numbers, and two hands."""
    paper: Color = (0.95, 0.94, 0.9) if rng.random() < 0.75 else (0.12, 0.12, 0.14)
    ink: Color = (0.06, 0.06, 0.07) if paper[0] > 0.5 else (0.93, 0.93, 0.9)
    canvas = np.full((SIZE, SIZE, 3), paper, np.float32)
    numbers = rng.random() < 0.75
    for hour in range(1, 13):
        angle = np.pi * hour / 6
        way = np.array([np.sin(angle), -np.cos(angle)])
        if numbers:
            x, y = (128 + 92 * way).astype(int)
            write(canvas, str(hour), (int(x) - (10 if hour < 10 else 17), int(y) + 11),
                  20 if hour < 10 else 34, ink, 3)
        else:
            ends = [tuple(int(v) for v in 128 + reach * way) for reach in (90, 110)]
            cv2.line(canvas, ends[0], ends[1], ink, 7 if hour % 3 == 0 else 4, cv2.LINE_AA)
    hours = rng.uniform(0, 12)
    for angle, reach, thick in ((np.pi * hours / 6, 58, 8), (2 * np.pi * (hours % 1), 88, 5)):
        tip = (int(128 + reach * np.sin(angle)), int(128 - reach * np.cos(angle)))
        cv2.line(canvas, (128, 128), tip, ink, thick, cv2.LINE_AA)
    cv2.circle(canvas, (128, 128), 7, ink, -1, cv2.LINE_AA)
    return _done(canvas)


def desktop(rng: np.random.Generator) -> Texture:
    """Show a computer's windows: text, a menu, a bar of icons."""
    canvas = np.asarray(landscape(rng) * np.float32(0.8 / 255), np.float32)
    for _ in range(int(rng.integers(1, 3))):
        left, top = (int(v) for v in rng.integers((8, 8), (90, 50)))
        dark = rng.random() < 0.4
        window = canvas[top:top + 176, left:left + 150]
        window[:] = 0.13 if dark else 0.95
        window[:14] = (0.25, 0.32, 0.45)
        ink: Color = (0.65, 0.8, 0.65) if dark else (0.25, 0.25, 0.3)
        _lines(rng, window, range(24, 168, 7), (8, 148), ink)
    canvas[240:] = (0.1, 0.11, 0.14)
    for x in range(8, 130, 18):
        canvas[243:253, x:x + 10] = rng.uniform(0.2, 0.9, 3)
    return _done(canvas)


def keys(rng: np.random.Generator, body: Color, cap: Color) -> Texture:
    """Set a keyboard's keys, five rows to the height of the texture."""
    canvas = np.full((SIZE, SIZE, 3), body, np.float32)
    for row in range(5):
        top = 6 + row * 50
        edges = np.arange(4 + 3 * row, SIZE - 14, 16)
        if row == 4:
            edges = np.array([4, 22, 40, 58, 160, 178, 196, 214, 232])
        for left, right in zip(edges[:-1], edges[1:]):
            canvas[top:top + 40, left:right - 3] = cap
            canvas[top + 8:top + 20, left + 4:left + 8] = np.subtract(1, cap) * 0.8
    return _done(canvas)
