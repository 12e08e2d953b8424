"""What is rendered: surfaces, the rooms they stand in, and their light by day and by night."""
from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from colorize_ros.simulation.shapes.materials import Part, Thing

ROOM_KINDS = ('living_room', 'bedroom', 'office', 'kitchen', 'corridor')


class Light(NamedTuple):
    """How strongly the two kinds of light sources shine, relative to a bright day.

    Attributes:
        window: factor on what comes in through windows, linear RGB.
        lamp: factor on lamps.
        window_infrared: factor on the near infrared that comes in through windows.
    """

    window: tuple[float, float, float]
    lamp: float
    window_infrared: float


# At night a little of the moon and the street comes in, about a ten-thousandth of the day.
LIGHTS: dict[str, Light] = {
    'day': Light((1.0, 1.0, 1.0), 1.0, 1.0),
    'dusk': Light((0.016, 0.02, 0.032), 0.35, 0.015),
    'night': Light((1.0e-4, 1.2e-4, 1.6e-4), 0.0, 1.0e-4),
}


class Area(NamedTuple):
    """A room's place in the floor plan, metres.

    Attributes:
        kind: one of `ROOM_KINDS`.
        low: (x, y) of the corner with the smallest coordinates, inside the walls.
        high: (x, y) of the opposite corner.
        height_m: from floor (z = 0) to ceiling.
    """

    kind: str
    low: tuple[float, float]
    high: tuple[float, float]
    height_m: float


@dataclass(frozen=True)
class World:
    """Furnished rooms.

    Attributes:
        parts: every surface, lights included.
        areas: the rooms.
        occupied: (N, 3) circles on the floor that furniture covers: x, y, radius, metres.
        height_m: (N,) how tall what stands in each circle is, metres.
        walls: (M, 4) segments x1, y1, x2, y2 on the floor, open where doors are.
    """

    parts: list[Part]
    areas: list[Area]
    occupied: NDArray[np.float64]
    height_m: NDArray[np.float64]
    walls: NDArray[np.float64]

    @property
    def things(self) -> list[Thing]:
        """The labelled things, in the order of their first part."""
        found = {id(part.thing): part.thing for part in self.parts if part.thing is not None}
        return list(found.values())
