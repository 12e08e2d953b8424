"""Which furniture makes which kind of room."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from colorize_ros.simulation.furniture.bedroom import (
    bed,
    bedside_table,
    clothes_rack,
    coat_stand,
    wardrobe,
)
from colorize_ros.simulation.furniture.clutter import carton, papers, toy_ball, waste_bin
from colorize_ros.simulation.furniture.decor import (
    blackboard,
    chalk_wall,
    clock,
    coat_hooks,
    gallery,
    ladder,
    mirror,
    rug,
    runner,
    wall_picture,
)
from colorize_ros.simulation.furniture.electronics import tv_board, wall_television
from colorize_ros.simulation.furniture.kitchen import kitchen_row
from colorize_ros.simulation.furniture.luggage import backpack, handbag, suitcase
from colorize_ros.simulation.furniture.luminaires import (
    ceiling_dome,
    ceiling_panel,
    floor_lamp,
    pendant,
)
from colorize_ros.simulation.furniture.people import seated_person, standing_person, walking_person
from colorize_ros.simulation.furniture.plants import (
    dracaena,
    palm,
    plant,
    rubber_plant,
    snake_plant,
)
from colorize_ros.simulation.furniture.seating import (
    armchair,
    bench,
    chair,
    corner_sofa,
    office_chair,
    sofa,
    stool,
    upholstered_chair,
)
from colorize_ros.simulation.furniture.storage import cabinet, glass_cabinet, shelf, wall_shelf
from colorize_ros.simulation.furniture.tables import (
    coffee_table,
    dining_group,
    stained_dining_group,
    workplace,
)
from colorize_ros.simulation.shapes.materials import Palette, Part

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


def living_sofa(rng: np.random.Generator, palette: Palette) -> list[Part]:
    """Build a sofa, now and then one round a corner."""
    return (sofa, sofa, corner_sofa)[rng.integers(3)](rng, palette)


CATALOGUE: dict[str, Furnishing] = {
    'living_room': Furnishing(
        essential=(living_sofa, tv_board),
        along_walls=Several((shelf, shelf, cabinet, glass_cabinet, plant, palm, floor_lamp,
                             armchair, armchair), 3, 6),
        in_the_middle=Several((coffee_table, coffee_table, dining_group), 1, 1),
        on_the_floor=Several((upholstered_chair, plant, rubber_plant, toy_ball, standing_person,
                              armchair, backpack), 1, 3),
        on_walls=Several((wall_picture, wall_picture, gallery, wall_shelf, clock), 2, 4),
        hanging=Several((pendant, ceiling_dome, ceiling_panel), 1, 2),
        rugs=Several((rug,), 1, 1)),
    'bedroom': Furnishing(
        essential=(bed, bedside_table),
        along_walls=Several((wardrobe, wardrobe, cabinet, shelf, clothes_rack, armchair, chair,
                             floor_lamp, plant), 3, 5),
        in_the_middle=Several((), 0, 0),
        on_the_floor=Several((chair, suitcase, backpack, carton, toy_ball, walking_person), 0, 2),
        on_walls=Several((wall_picture, gallery, mirror, wall_shelf, clock, wall_television), 1,
                         3),
        hanging=Several((ceiling_dome, pendant), 1, 1),
        rugs=Several((rug,), 0, 1)),
    'office': Furnishing(
        essential=(workplace, shelf),
        along_walls=Several((workplace, shelf, cabinet, glass_cabinet, dracaena, coat_stand,
                             floor_lamp, upholstered_chair), 2, 5),
        in_the_middle=Several((), 0, 0),
        on_the_floor=Several((office_chair, carton, papers, backpack, seated_person,
                              standing_person, snake_plant, waste_bin), 1, 3),
        on_walls=Several((wall_picture, clock, clock, gallery, wall_shelf, blackboard), 1, 3),
        hanging=Several((ceiling_panel,), 2, 3),
        rugs=Several((rug,), 0, 1)),
    'kitchen': Furnishing(
        essential=(kitchen_row,),
        along_walls=Several((cabinet, glass_cabinet, shelf, plant, stool), 1, 3),
        in_the_middle=Several((stained_dining_group,), 1, 1),
        on_the_floor=Several((chair, stool, ladder, standing_person, handbag, waste_bin,
                              waste_bin), 0, 3),
        on_walls=Several((clock, wall_picture, wall_shelf, blackboard, chalk_wall, chalk_wall,
                          chalk_wall, wall_television), 7, 10),
        hanging=Several((ceiling_panel, ceiling_dome, pendant), 1, 2),
        rugs=Several((), 0, 0)),
    'corridor': Furnishing(
        essential=(),
        along_walls=Several((bench, cabinet, coat_stand, plant, shelf, suitcase), 1, 3),
        in_the_middle=Several((), 0, 0),
        on_the_floor=Several((suitcase, backpack, carton, handbag, walking_person), 0, 1),
        on_walls=Several((coat_hooks, coat_hooks, mirror, wall_picture, gallery, clock), 1, 3),
        hanging=Several((ceiling_dome, ceiling_panel), 1, 2),
        rugs=Several((runner,), 0, 1)),
}
