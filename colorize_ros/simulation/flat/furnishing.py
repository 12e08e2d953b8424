"""Furnishing of a room with what the catalogue names for its kind."""
from __future__ import annotations

import numpy as np

from colorize_ros.simulation.flat.layout import block_around, Layout
from colorize_ros.simulation.flat.shell import Side
from colorize_ros.simulation.furniture.catalogue import CATALOGUE, Piece, Several
from colorize_ros.simulation.furniture.clutter import place
from colorize_ros.simulation.shapes.materials import Palette, Part

STEP_M = 0.1
TRIES, REDRAWN = 60, 3
# Farther than any room is wide.
ACROSS_M = 10.0

Spot = tuple[Side, float]


def place_essential(rng: np.random.Generator, layout: Layout, walls: list[Side],
                    palette: Palette) -> bool:
    """Place what a room is known by, against its walls.

    Args:
        rng: the same state gives the same furniture.
        layout: of the room, where doorways, windows and ways are kept free already.
        walls: the room's four.
        palette: its materials.

    Returns:
        Whether all of it found a place.
    """
    last: Spot | None = None
    for piece in CATALOGUE[layout.area.kind].essential:
        parts = piece(rng, palette)
        spots = _spots(rng, walls)
        if last is not None:
            side, along = last
            # A couch looks at the television; what belongs together stands in a row.
            wanted = side.at(along, ACROSS_M if _is_television(parts) else 0.0)
            spots.sort(key=lambda spot: _distance(spot[0].at(spot[1]), wanted))
        last = _place_at_wall(layout, parts, spots, 0.03)
        if last is None:
            return False
    return True


def place_in_the_middle(rng: np.random.Generator, layout: Layout, palette: Palette) -> None:
    """Place what stands free, tables with their chairs, if there is room for it.

    Args:
        rng: the same state gives the same furniture.
        layout: of the room.
        palette: its materials.
    """
    for piece in _drawn(rng, CATALOGUE[layout.area.kind].in_the_middle):
        # Not every table is too large.
        any(_place_free(rng, layout, piece, palette, square=True) for _ in range(REDRAWN))


def furnish(rng: np.random.Generator, layout: Layout, walls: list[Side],
            palette: Palette) -> None:
    """Place the rest of a room's furniture, as far as it fits, its lamps, rugs and pictures.

    Args:
        rng: the same state gives the same furniture.
        layout: of the room.
        walls: the room's four.
        palette: its materials.
    """
    furnishing = CATALOGUE[layout.area.kind]
    for piece in _drawn(rng, furnishing.along_walls):
        _place_at_wall(layout, piece(rng, palette), _spots(rng, walls), rng.uniform(0.025, 0.06))
    for piece in _drawn(rng, furnishing.on_the_floor):
        _place_free(rng, layout, piece, palette, square=False)
    for piece in _drawn(rng, furnishing.on_walls):
        _hang_on_wall(layout, piece(rng, palette), _spots(rng, walls))
    _hang_lamps(rng, layout, _drawn(rng, furnishing.hanging), palette)
    for piece in _drawn(rng, furnishing.rugs):
        _lay(rng, layout, piece(rng, palette))


def _drawn(rng: np.random.Generator, several: Several) -> list[Piece]:
    count = int(rng.integers(several.least, several.most + 1))
    return [several.pieces[rng.integers(len(several.pieces))] for _ in range(count)]


def _spots(rng: np.random.Generator, walls: list[Side]) -> list[Spot]:
    """Return places along the walls, shuffled."""
    spots = [(side, float(along)) for side in walls
             for along in np.arange(-side.length / 2, side.length / 2, STEP_M)]
    return [spots[k] for k in rng.permutation(len(spots))]


def _is_television(parts: list[Part]) -> bool:
    return any(part.thing is not None and part.thing.label == 'tv' for part in parts)


def _distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    return float(np.hypot(one[0] - other[0], one[1] - other[1]))


def _place_at_wall(layout: Layout, parts: list[Part], spots: list[Spot],
                   gap_m: float) -> Spot | None:
    """Stand a piece with its back to a wall, at the first of the spots where it fits."""
    block = block_around(parts)
    back = block.centre[1] + block.half[1]
    for side, along in spots:
        if layout.try_place(parts, block, *side.at(along, back + gap_m), side.yaw_rad):
            return side, along
    return None


def _place_free(rng: np.random.Generator, layout: Layout, piece: Piece, palette: Palette, *,
                square: bool) -> bool:
    """Stand a piece anywhere, along the walls or turned anyhow, and say whether it fits."""
    low, high = layout.area.low, layout.area.high
    parts = piece(rng, palette)
    block = block_around(parts)
    for _ in range(TRIES):
        x, y = rng.uniform(low, high)
        yaw = (rng.integers(4) * np.pi / 2 + rng.normal(0, 0.04) if square
               else rng.uniform(0, 2 * np.pi))
        if layout.try_place(parts, block, float(x), float(y), float(yaw)):
            return True
    return False


def _hang_on_wall(layout: Layout, parts: list[Part], spots: list[Spot]) -> None:
    """Hang something where neither a window is nor something tall stands before it."""
    block = block_around(parts)
    deep = max(block.half[1], 0.15)
    ahead = block._replace(centre=(block.centre[0], -deep), half=(block.half[0] + 0.05, deep))
    for side, along in spots[:TRIES]:
        spot = (*side.at(along), side.yaw_rad)
        if layout.is_free(ahead.placed(*spot)) and layout.try_place(parts, block, *spot):
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
    block = block_around(parts)
    for turns in rng.permutation(4)[:2]:
        half = np.array(block.half)[::1 if turns % 2 == 0 else -1] + 0.1
        if (2 * half < high - low).all():
            x, y = np.clip(rng.normal((low + high) / 2, 0.4), low + half, high - half)
            layout.parts += place(parts, float(x), float(y), turns * np.pi / 2)
            return
