"""Furnishing of a room with what the catalogue names for its kind."""
from __future__ import annotations

import numpy as np

from colorize_ros.simulation.catalogue import CATALOGUE, Piece, Several
from colorize_ros.simulation.clutter import place
from colorize_ros.simulation.layout import block_around, Layout
from colorize_ros.simulation.materials import Palette, Part
from colorize_ros.simulation.shell import Side

STEP_M = 0.1
TRIES = 30

Spot = tuple[Side, float]


def furnish(rng: np.random.Generator, layout: Layout, walls: list[Side],
            palette: Palette) -> bool:
    """Place a room's furniture, lamps, rugs and pictures.

    Args:
        rng: the same state gives the same furniture.
        layout: of the room, where doorways, windows and ways are kept free already.
        walls: the room's four.
        palette: its materials.

    Returns:
        Whether all that the room is known by found a place.
    """
    furnishing = CATALOGUE[layout.area.kind]
    complete = _place_essential(rng, layout, walls, palette, furnishing.essential)
    for piece in _drawn(rng, furnishing.in_the_middle):
        _place_free(rng, layout, piece, palette, square=True)
    for piece in _drawn(rng, furnishing.along_walls):
        _place_at_wall(layout, piece(rng, palette), _spots(rng, walls), rng.uniform(0.025, 0.06))
    for piece in _drawn(rng, furnishing.on_the_floor):
        _place_free(rng, layout, piece, palette, square=False)
    for piece in _drawn(rng, furnishing.on_walls):
        _hang_on_wall(layout, piece(rng, palette), _spots(rng, walls))
    _hang_lamps(rng, layout, _drawn(rng, furnishing.hanging), palette)
    for piece in _drawn(rng, furnishing.rugs):
        _lay(rng, layout, piece(rng, palette))
    return complete


def _drawn(rng: np.random.Generator, several: Several) -> list[Piece]:
    count = int(rng.integers(several.least, several.most + 1))
    return [several.pieces[rng.integers(len(several.pieces))] for _ in range(count)]


def _spots(rng: np.random.Generator, walls: list[Side]) -> list[Spot]:
    """Return places along the walls, shuffled."""
    spots = [(side, float(along)) for side in walls
             for along in np.arange(-side.length / 2, side.length / 2, STEP_M)]
    return [spots[k] for k in rng.permutation(len(spots))]


def _place_essential(rng: np.random.Generator, layout: Layout, walls: list[Side],
                     palette: Palette, pieces: tuple[Piece, ...]) -> bool:
    last: Spot | None = None
    complete = True
    for piece in pieces:
        parts = piece(rng, palette)
        spots = _spots(rng, walls)
        if last is not None:
            side, along = last
            beside = side.at(along)
            # A couch looks at the television; a kitchen stands in a row.
            wanted = (side.at(along, 10.0) if _label(parts) == 'tv' else beside)
            spots.sort(key=lambda spot: _distance(spot[0].at(spot[1]), wanted))
        spot = _place_at_wall(layout, parts, spots, 0.03)
        complete &= spot is not None
        last = spot or last
    return complete


def _label(parts: list[Part]) -> str | None:
    labels = [part.thing.label for part in parts if part.thing is not None]
    return 'tv' if 'tv' in labels else None


def _distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    return float(np.hypot(one[0] - other[0], one[1] - other[1]))


def _place_at_wall(layout: Layout, parts: list[Part], spots: list[Spot],
                   gap_m: float) -> Spot | None:
    """Stand a piece with its back to a wall, at the first of the spots where it fits."""
    block = block_around(parts, 0.0, 0.0, 0.0)
    back = block.centre[1] + block.half[1]
    for side, along in spots:
        if layout.try_place(parts, *side.at(along, back + gap_m), side.yaw_rad):
            return side, along
    return None


def _place_free(rng: np.random.Generator, layout: Layout, piece: Piece, palette: Palette, *,
                square: bool) -> None:
    """Stand a piece anywhere, along the walls or turned anyhow."""
    low, high = layout.area.low, layout.area.high
    parts = piece(rng, palette)
    for _ in range(TRIES):
        x, y = rng.uniform(low, high)
        yaw = (rng.integers(4) * np.pi / 2 + rng.normal(0, 0.06) if square
               else rng.uniform(0, 2 * np.pi))
        if layout.try_place(parts, float(x), float(y), float(yaw)):
            return


def _hang_on_wall(layout: Layout, parts: list[Part], spots: list[Spot]) -> None:
    """Hang something where neither a window is nor something tall stands before it."""
    block = block_around(parts, 0.0, 0.0, 0.0)
    (middle, _), (half, deep) = block.centre, block.half
    deep = max(deep, 0.15)
    for side, along in spots[:TRIES]:
        before = block._replace(centre=side.at(along + middle, deep), half=(half + 0.05, deep),
                                yaw_rad=side.yaw_rad)
        if layout.is_free(before) and layout.try_place(parts, *side.at(along), side.yaw_rad):
            return


def _hang_lamps(rng: np.random.Generator, layout: Layout, lamps: list[Piece],
                palette: Palette) -> None:
    """Spread lamps over the ceiling, along its longer side; they are all of one make."""
    low, high = np.array(layout.area.low), np.array(layout.area.high)
    along = int(np.argmax(high - low))
    parts = lamps[0](rng, palette)
    for k in range(len(lamps)):
        share = rng.uniform(0.45, 0.55, 2)
        share[along] = (k + 0.5) / len(lamps) + rng.uniform(-0.04, 0.04)
        x, y = low + share * (high - low)
        layout.parts += place(parts, float(x), float(y), 0.0, layout.area.height_m)


def _lay(rng: np.random.Generator, layout: Layout, parts: list[Part]) -> None:
    """Lay a rug near the middle of the room, under what stands there."""
    low, high = np.array(layout.area.low), np.array(layout.area.high)
    block = block_around(parts, 0.0, 0.0, 0.0)
    for turns in rng.permutation(4)[:2]:
        half = np.array(block.half)[::1 if turns % 2 == 0 else -1] + 0.1
        if (2 * half < high - low).all():
            x, y = np.clip(rng.normal((low + high) / 2, 0.4), low + half, high - half)
            layout.parts += place(parts, float(x), float(y), turns * np.pi / 2)
            return
