"""Which furniture makes which kind of room."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from colorize_ros.simulation import clutter, decor, furniture
from colorize_ros.simulation.materials import Palette, Part

Piece = Callable[[np.random.Generator, Palette], list[Part]]


class Several(NamedTuple):
    """A number of pieces, each drawn anew from a choice.

    Attributes:
        pieces: to draw from; one named twice is drawn twice as often.
        least: how many at least.
        most: how many at most, inclusive.
    """

    pieces: tuple[Piece, ...]
    least: int
    most: int


@dataclass(frozen=True)
class Furnishing:
    """What stands in one kind of room.

    Every piece stands on z = 0 about the origin and faces -y, so that the side with its largest y
    belongs to the wall. Some are groups (a table with chairs round it): all of it moves together.

    Attributes:
        essential: what the room is known by: one of each, against walls, placed first.
        along_walls: what else stands against walls.
        in_the_middle: what stands free, with room to drive round it.
        on_the_floor: smaller things that stand or lie anywhere, turned anyhow.
        on_walls: what hangs on walls, its back on y = 0, already at its height above the floor.
        hanging: lamps that hang from the ceiling, which is their z = 0; they reach to z < 0.
        rugs: flat ones, to lie on the floor under whatever stands there.
    """

    essential: tuple[Piece, ...]
    along_walls: Several
    in_the_middle: Several
    on_the_floor: Several
    on_walls: Several
    hanging: Several
    rugs: Several


CATALOGUE: dict[str, Furnishing] = {
    'living_room': Furnishing(
        essential=(furniture.sofa, decor.screen),
        along_walls=Several((furniture.shelf, furniture.cabinet, decor.plant, decor.floor_lamp,
                             furniture.sofa), 3, 6),
        in_the_middle=Several((furniture.table,), 0, 1),
        on_the_floor=Several((furniture.chair, furniture.stool, decor.plant, clutter.toy_ball),
                             1, 3),
        on_walls=Several((decor.wall_picture,), 2, 4),
        hanging=Several((decor.ceiling_panel,), 1, 2),
        rugs=Several((decor.rug,), 1, 1)),
    'bedroom': Furnishing(
        essential=(furniture.bed,),
        along_walls=Several((furniture.cabinet, furniture.shelf, decor.rack, furniture.chair,
                             decor.floor_lamp, decor.plant), 3, 5),
        in_the_middle=Several((), 0, 0),
        on_the_floor=Several((furniture.chair, clutter.carton, clutter.toy_ball), 0, 2),
        on_walls=Several((decor.wall_picture,), 1, 3),
        hanging=Several((decor.ceiling_panel,), 1, 1),
        rugs=Several((decor.rug,), 0, 1)),
    'office': Furnishing(
        essential=(furniture.table, furniture.shelf),
        along_walls=Several((furniture.shelf, furniture.cabinet, decor.plant, furniture.chair,
                             decor.floor_lamp), 2, 5),
        in_the_middle=Several((furniture.table,), 0, 1),
        on_the_floor=Several((furniture.chair, clutter.carton, clutter.papers), 1, 3),
        on_walls=Several((decor.wall_picture,), 1, 3),
        hanging=Several((decor.ceiling_panel,), 2, 3),
        rugs=Several((decor.rug,), 0, 1)),
    'kitchen': Furnishing(
        essential=(furniture.cabinet, furniture.cabinet),
        along_walls=Several((furniture.cabinet, furniture.shelf, decor.plant), 1, 3),
        in_the_middle=Several((furniture.table,), 1, 1),
        on_the_floor=Several((furniture.chair, furniture.stool, decor.ladder), 1, 4),
        on_walls=Several((decor.wall_picture,), 1, 2),
        hanging=Several((decor.ceiling_panel,), 1, 2),
        rugs=Several((), 0, 0)),
    'corridor': Furnishing(
        essential=(),
        along_walls=Several((decor.rack, furniture.cabinet, decor.plant), 1, 3),
        in_the_middle=Several((), 0, 0),
        on_the_floor=Several((clutter.carton,), 0, 1),
        on_walls=Several((decor.wall_picture,), 1, 3),
        hanging=Several((decor.ceiling_panel,), 1, 2),
        rugs=Several((decor.rug,), 0, 1)),
}
