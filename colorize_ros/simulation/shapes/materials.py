"""What surfaces are made of: how they look, and how much near-infrared they send back."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from colorize_ros.simulation.shapes import textures
from colorize_ros.simulation.shapes.meshes import Mesh
from colorize_ros.simulation.shapes.textures import Color, Texture


@dataclass(frozen=True)
class Material:
    """The look of a surface and its answer to a depth camera's projector.

    Attributes:
        texture: (S, S, 3) uint8 sRGB, or (1, 1, 3) for an even color.
        size_m: what one tile of the texture measures.
        gloss: 'matt', 'satin' (a clear coat), 'metal', 'mirror' or 'glass' (clear, thin).
        infrared: share of near infrared (about 850 nm) that comes back diffusely, 0 to 1, the mean
            over the texture. Dyed cloth and paint that look black in daylight may well be bright
            here, foliage is bright, water and screens are dark, and glass is 0.
        infrared_contrast: how much of the texture's relative contrast is left in the near
            infrared: 1 for wood or plaster, about 0.1 for dyes and printing inks, which near
            infrared passes.
        radiance: light sent out (linear RGB, on a bright day) where the texture is white, or None.
        source: which kind of light that is, 'lamp' or 'window'.
        infrared_radiance: near infrared sent out; a window's is strong, a bulb's too, an LED's
            nearly nothing.
    """

    texture: Texture
    size_m: float = 1.0
    gloss: str = 'matt'
    infrared: float = 0.6
    infrared_contrast: float = 1.0
    radiance: tuple[float, float, float] | None = None
    source: str = 'lamp'
    infrared_radiance: float = 0.0


@dataclass(frozen=True, eq=False)
class Thing:
    """One thing that a detector may know; two chairs are two things.

    Attributes:
        label: its class, as COCO names it ('chair', 'couch', 'potted plant', ...).
    """

    label: str


class Part(NamedTuple):
    """A mesh, what it is made of, and what thing it belongs to (None: walls, floors, ...)."""

    mesh: Mesh
    material: Material
    thing: Thing | None = None


def named(parts: Iterable[Part], label: str) -> list[Part]:
    """Return the parts as one thing; those that belong to a thing already keep it."""
    thing = Thing(label)
    return [part if part.thing else part._replace(thing=thing) for part in parts]


def even(color: Color, gloss: str = 'matt', infrared: float | None = None) -> Material:
    """Return a material of one color; its infrared follows its brightness unless given."""
    pixel = np.round(np.clip(np.asarray(color), 0, 1) * 255).astype(np.uint8).reshape(1, 1, 3)
    if infrared is None:
        # Black plastics and lacquers are colored by soot, which is black there too.
        infrared = float(0.05 + 0.83 * np.mean(color))
    return Material(pixel, gloss=gloss, infrared=infrared)


def glowing(radiance: tuple[float, float, float], infrared: float = 0.0,
            source: str = 'lamp') -> Material:
    """Return a lamp's surface, too bright for a pattern projected on it.

    Args:
        radiance: linear RGB.
        infrared: what it sends out in the near infrared.
        source: 'lamp' or 'window'.
    """
    return Material(np.full((1, 1, 3), 230, np.uint8), infrared=0.02, radiance=radiance,
                    source=source, infrared_radiance=infrared)


def bulb(power: float, warmth: float = 0.0) -> Material:
    """Return an incandescent bulb: it sends out as much near infrared as red, or more.

    Args:
        power: radiance of its red.
        warmth: 0 for a halogen bulb's light, 1 for a candle's.
    """
    light = (power, (0.8 - 0.15 * warmth) * power, (0.56 - 0.3 * warmth) * power)
    return glowing(light, infrared=power)


def diodes(power: float, warmth: float = 0.0) -> Material:
    """Return an LED panel: its light ends before the near infrared.

    Args:
        power: radiance of its red.
        warmth: 0 for neutral white, 1 for warm white.
    """
    light = (power, (1.0 - 0.18 * warmth) * power, (1.0 - 0.45 * warmth) * power)
    return glowing(light, infrared=0.02 * power)


def color_of(rng: np.random.Generator, saturation: tuple[float, float] = (0.05, 0.6),
             value: tuple[float, float] = (0.25, 0.9)) -> Color:
    """Draw an sRGB color by hue, saturation and value."""
    hue, v = rng.uniform(0, 6), rng.uniform(*value)
    # Pale colors are commoner in rooms than loud ones.
    s = saturation[0] + (saturation[1] - saturation[0]) * rng.random() ** 1.6
    offsets = np.array([5.0, 3.0, 1.0])
    k = (offsets + hue) % 6
    red, green, blue = v - v * s * np.clip(np.minimum(k, 4 - k), 0, 1)
    return float(red), float(green), float(blue)


WOODS: tuple[Color, ...] = (
    (0.72, 0.53, 0.34), (0.55, 0.36, 0.22), (0.83, 0.70, 0.52), (0.38, 0.24, 0.16),
    (0.64, 0.42, 0.25), (0.88, 0.80, 0.68))


@dataclass(frozen=True)
class Palette:
    """The materials that the furniture of one room shares, drawn once."""

    wood: Material
    dark_wood: Material
    cloth: Material
    accent: Material
    painted: Material
    linen: Material
    metal: Material = field(default_factory=lambda: even((0.75, 0.75, 0.76), 'metal', 0.09))
    black: Material = field(default_factory=lambda: even((0.035, 0.035, 0.04), 'satin', 0.04))
    white: Material = field(default_factory=lambda: even((0.9, 0.9, 0.88)))
    ceramic: Material = field(default_factory=lambda: even((0.93, 0.93, 0.92), 'satin', 0.75))
    glass: Material = field(default_factory=lambda: even((0.97, 0.98, 0.98), 'glass', 0.0))


def palette(rng: np.random.Generator) -> Palette:
    """Draw a room's palette."""
    first, second = (WOODS[k] for k in rng.choice(len(WOODS), 2, replace=False))
    return Palette(
        wood=Material(textures.wood(rng, first), 0.9, 'satin', 0.62),
        dark_wood=Material(textures.wood(rng, second), 0.8, 'matt', 0.5),
        cloth=dyed(textures.fabric(rng, color_of(rng, (0.03, 0.55), (0.25, 0.85))), rng, 0.35),
        accent=cloth(rng, color_of(rng, (0.4, 0.85), (0.35, 0.85))),
        painted=even(color_of(rng, (0.0, 0.35), (0.6, 0.95)), 'satin'),
        linen=cloth(rng, color_of(rng, (0.0, 0.3), (0.75, 0.97))))


def dyed(texture: Texture, rng: np.random.Generator, size_m: float) -> Material:
    """Return a dyed cloth: in the near infrared the fibre shows, hardly the dye."""
    return Material(texture, size_m, infrared=float(rng.uniform(0.45, 0.78)),
                    infrared_contrast=0.15)


def cloth(rng: np.random.Generator, color: Color) -> Material:
    """Return a cloth: mostly plain, else striped, checked, dotted or knitted."""
    kind = rng.random()
    if kind < 0.55:
        return dyed(textures.fabric(rng, color), rng, 0.35)
    if kind < 0.7:
        return dyed(textures.stripes(rng, color, color_of(rng)), rng, 0.4)
    if kind < 0.8:
        return dyed(textures.checked(rng, color, color_of(rng, (0.0, 0.2), (0.8, 0.97))), rng, 0.3)
    if kind < 0.9:
        return dyed(textures.dotted(rng, color, color_of(rng)), rng, 0.35)
    return dyed(textures.knitted(rng, color, color_of(rng)), rng, 0.3)


def leather(color: Color) -> Material:
    """Return dyed leather: glossy, and bright in the near infrared even where it is black."""
    return Material(even(color).texture, gloss='satin', infrared=0.5)


def stained_black() -> Material:
    """Return wood stained black: near infrared passes the stain, as it passes other dyes."""
    return even((0.035, 0.035, 0.04), 'satin', 0.35)


def polished_stone(texture: Texture, gray: float) -> Material:
    """Return a worktop's stone: dark ones throw nearly all light on like a mirror."""
    return Material(texture, 0.6, 'satin', 0.03 + 0.6 * gray * gray)


def foliage(color: Color, infrared: float = 0.72) -> Material:
    """Return leaves: water and air between their cells throw near infrared back."""
    return Material(even(color).texture, gloss='satin', infrared=infrared, infrared_contrast=0.3)


def printed(texture: NDArray[np.uint8], width_m: float) -> Material:
    """Return a print that fills a surface `width_m` wide once; its inks pass near infrared."""
    return Material(texture, width_m, infrared=0.7, infrared_contrast=0.1)


def lit_screen(texture: NDArray[np.uint8], width_m: float, glow: float) -> Material:
    """Return a screen that shows a picture.

    Args:
        texture: what it shows.
        width_m: of the picture.
        glow: radiance of its white, small beside a lamp's.
    """
    return Material(texture, width_m, 'satin', 0.05, 0.1, (glow, glow, glow))
