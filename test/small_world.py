"""Worlds of a few surfaces, to be rendered in tests."""
from __future__ import annotations

import numpy as np

from colorize_ros.messages import Intrinsics
from colorize_ros.simulation.flat.world import Area, World
from colorize_ros.simulation.sensors.poses import look_at
from colorize_ros.simulation.shapes.materials import Material, Part, printed
from colorize_ros.simulation.shapes.meshes import quad
from colorize_ros.simulation.shapes.textures import Texture

CAMERA = Intrinsics(width=160, height=120, fx=131.25, fy=131.25, cx=79.5, cy=59.5)
POSE = look_at((0.0, -3.0, 1.0), (0.0, 0.0, 1.0))
WHITE = np.full((1, 1, 3), 255, np.uint8)


def world_of(*parts: Part, source: str | None = 'lamp') -> World:
    """Return a world about the origin that a ceiling of light shines on, if there is a source."""
    light = Material(WHITE, radiance=(2.0, 2.0, 2.0), source=source or '', infrared_radiance=0.5)
    ceiling = [Part(quad((-3, -4, 4), (0, 8, 0), (6, 0, 0)), light)] if source else []
    return World([*parts, *ceiling], [Area('office', (-3.0, -4.0), (3.0, 0.0), 4.0)],
                 np.zeros((0, 3)), np.zeros(0), np.zeros((0, 4)))


def wall(texture: Texture = WHITE) -> Part:
    """Return a wall 6 m wide at y = 0, which `POSE` faces from 3 m."""
    return Part(quad((-3, 0, -2), (6, 0, 0), (0, 0, 6)), printed(texture, 6.0))
