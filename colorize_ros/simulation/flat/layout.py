"""Where the pieces of a flat stand: inside their room, on nothing else, in nobody's way."""
from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from colorize_ros.simulation.flat.world import Area
from colorize_ros.simulation.furniture.clutter import place
from colorize_ros.simulation.shapes.materials import Part

# Circles on the floor that cover a piece are about as large as this, so that they do not stand
# out far beyond a long one.
CELL_M = 0.3
# What hangs higher than a robot reaches is in nobody's way, nor what hangs flat on a wall.
ROBOT_TALL_M, FLAT_M = 1.6, 0.1


class Block(NamedTuple):
    """An upright box that something takes up, metres.

    Attributes:
        centre: (x, y).
        half: half lengths along the box's own x and y.
        yaw_rad: of the box's x axis.
        low_m: lower end.
        high_m: upper end.
    """

    centre: tuple[float, float]
    half: tuple[float, float]
    yaw_rad: float
    low_m: float
    high_m: float

    def corners(self) -> NDArray[np.float64]:
        """Return the (4, 2) corners on the floor, in order."""
        signs = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])
        return self.centre + (signs * self.half) @ self.axes()

    def axes(self) -> NDArray[np.float64]:
        """Return the box's x and y axes as the rows of (2, 2)."""
        c, s = np.cos(self.yaw_rad), np.sin(self.yaw_rad)
        return np.array([[c, s], [-s, c]])

    def overlaps(self, other: Block) -> bool:
        """Say whether two boxes share space: whether no axis separates them."""
        if self.low_m >= other.high_m or other.low_m >= self.high_m:
            return False
        axes = np.concatenate([self.axes(), other.axes()])
        mine, theirs = self.corners() @ axes.T, other.corners() @ axes.T
        return bool(np.all((mine.min(axis=0) < theirs.max(axis=0) - 1e-9)
                           & (theirs.min(axis=0) < mine.max(axis=0) - 1e-9)))

    def placed(self, x: float, y: float, yaw_rad: float) -> Block:
        """Return the box turned about the origin and then moved."""
        c, s = np.cos(yaw_rad), np.sin(yaw_rad)
        u, v = self.centre
        return self._replace(centre=(float(x + c * u - s * v), float(y + s * u + c * v)),
                             yaw_rad=self.yaw_rad + yaw_rad)

    def circles(self) -> list[tuple[float, float, float]]:
        """Cover the box's floor with circles (x, y, radius)."""
        counts = [max(1, int(np.ceil(2 * half / CELL_M))) for half in self.half]
        cell = 2 * np.array(self.half) / counts
        steps = np.stack(np.meshgrid(*(np.arange(n) + 0.5 - n / 2 for n in counts)), axis=2)
        centres = self.centre + (steps.reshape(-1, 2) * cell) @ self.axes()
        radius = float(np.hypot(*cell) / 2)
        return [(float(x), float(y), radius) for x, y in centres]


def block_around(parts: list[Part]) -> Block:
    """Return the box that a piece takes up as it was built, about the origin."""
    points = np.concatenate([part.mesh.vertices for part in parts])
    low, high = points.min(axis=0).astype(np.float64), points.max(axis=0).astype(np.float64)
    middle, half = (low + high) / 2, (high - low) / 2
    return Block((float(middle[0]), float(middle[1])), (float(half[0]), float(half[1])), 0.0,
                 float(low[2]), float(high[2]))


class Layout:
    """Takes pieces into a room as long as they find a place.

    Attributes:
        area: the room.
        blocks: what its pieces take up.
        kept: what has to stay free: doorways, ways through the room, windows.
        parts: the placed surfaces.
    """

    def __init__(self, area: Area) -> None:
        self.area = area
        self.blocks: list[Block] = []
        self.kept: list[Block] = []
        self.parts: list[Part] = []

    def keep_free(self, block: Block) -> None:
        """Let nothing be placed in a box."""
        self.kept.append(block)

    def is_free(self, block: Block) -> bool:
        """Say whether a box lies inside the room and in nothing."""
        corners = block.corners()
        inside = ((corners > np.array(self.area.low) - 1e-4)
                  & (corners < np.array(self.area.high) + 1e-4)).all()
        return (bool(inside) and block.high_m <= self.area.height_m
                and not any(block.overlaps(other) for other in self.blocks + self.kept))

    def try_place(self, piece: list[Part], block: Block, x: float, y: float,
                  yaw_rad: float) -> bool:
        """Place a piece if there is room for it, and say whether there was.

        Args:
            piece: as it was built.
            block: around it.
            x: where its origin comes to.
            y: likewise.
            yaw_rad: by how much it is turned.
        """
        placed = block.placed(x, y, yaw_rad)
        if not self.is_free(placed):
            return False
        self.blocks.append(placed)
        self.parts += place(piece, x, y, yaw_rad)
        return True

    def occupied(self) -> tuple[list[tuple[float, float, float]], list[float]]:
        """Return circles (x, y, radius) that cover the pieces, and how tall each one's piece is.

        What hangs above a robot or flat on a wall is left out.
        """
        circles, heights = [], []
        for block in self.blocks:
            flat = block.low_m > 0.3 and min(block.half) < FLAT_M / 2
            if block.low_m < ROBOT_TALL_M and not flat:
                covering = block.circles()
                circles += covering
                heights += [block.high_m] * len(covering)
        return circles, heights
