"""A flat, drawn from a random generator: furnished rooms in a row, joined by open doorways."""
from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from colorize_ros.errors import ConfigurationError
from colorize_ros.simulation.flat.furnishing import furnish, place_essential, place_in_the_middle
from colorize_ros.simulation.flat.layout import Block, Layout
from colorize_ros.simulation.flat.shell import (
    closed_door,
    door_frame,
    DOOR_TALL_M,
    DOOR_WIDE_M,
    draw_finish,
    Opening,
    shell,
    Side,
    sides,
    WALL_M,
)
from colorize_ros.simulation.flat.windows import draw_window, Window, window
from colorize_ros.simulation.flat.world import Area, ROOM_KINDS, World
from colorize_ros.simulation.furniture.clutter import place
from colorize_ros.simulation.shapes.materials import Palette, palette, Part

# Smallest and largest (x, y) lengths of each kind of room, metres.
SIZES = {
    'living_room': ((4.2, 4.0), (5.6, 5.2)),
    'bedroom': ((3.4, 3.6), (4.4, 4.6)),
    'office': ((3.2, 3.4), (4.4, 4.4)),
    'kitchen': ((3.5, 3.8), (4.6, 4.8)),
    'corridor': ((1.5, 3.6), (1.9, 5.4)),
}
# From a corner to the middle of a doorway, and the same where a kitchen's row may stand.
CORNER_M = (0.65, 1.28)
# Half the width of the ways through a room, on which nothing stands: a robot and some air.
WAY_M = 0.46
ATTEMPTS, WAYS = 12, 80


class Doorway(NamedTuple):
    """An open doorway from the room `first` in the row to the next, at (x, y) in the wall."""

    first: int
    x: float
    y: float


def make_world(rng: np.random.Generator, kinds: Sequence[str] | None = None) -> World:
    """Draw a flat with its light and its furniture.

    Args:
        rng: the same state gives the same world, vertex for vertex.
        kinds: the rooms in a row along x, each one of `ROOM_KINDS`; by default two different
            ones, next to each other or with a corridor between them.

    Raises:
        ConfigurationError: no room, or one of an unknown kind.
    """
    chosen = _draw_kinds(rng) if kinds is None else tuple(kinds)
    unknown = [kind for kind in chosen if kind not in ROOM_KINDS]
    if unknown or not chosen:
        raise ConfigurationError(f'rooms of kinds {chosen} cannot be made; expected at least one '
                                 f'of {", ".join(ROOM_KINDS)}. Take another kind of room')
    areas, doorways = _draw_plan(rng, chosen)
    parts: list[Part] = []
    circles: list[tuple[float, float, float]] = []
    heights: list[float] = []
    walls: list[tuple[float, float, float, float]] = []
    entrance = chosen.index('corridor') if 'corridor' in chosen else 0
    for index in range(len(areas)):
        room = _Room(rng, index, areas, doorways, entrance=index == entrance)
        parts += room.parts
        walls += [segment for side in room.walls for segment in side.walls()]
        covered, tall = room.layout.occupied()
        circles += covered
        heights += tall
    shared = palette(rng)
    for door in doorways:
        parts += place(door_frame(shared), door.x, door.y, np.pi / 2)
    return World(parts, areas, np.array(circles).reshape(-1, 3), np.array(heights),
                 np.array(walls))


def _draw_kinds(rng: np.random.Generator) -> tuple[str, ...]:
    rooms = [kind for kind in ROOM_KINDS if kind != 'corridor']
    first, second = (rooms[k] for k in rng.permutation(len(rooms))[:2])
    return (first, 'corridor', second) if rng.random() < 0.5 else (first, second)


def _draw_plan(rng: np.random.Generator,
               kinds: Sequence[str]) -> tuple[list[Area], list[Doorway]]:
    height = float(rng.uniform(2.4, 2.75))
    areas: list[Area] = []
    doorways: list[Doorway] = []
    x = 0.0
    for kind in kinds:
        width, depth = rng.uniform(*SIZES[kind])
        low = -depth / 2 + rng.uniform(-0.4, 0.4)
        areas.append(Area(kind, (x, float(low)), (float(x + width), float(low + depth)), height))
        x = float(x + width + WALL_M)
    for first, (one, other) in enumerate(zip(areas, areas[1:])):
        margins = [CORNER_M[area.kind == 'kitchen'] for area in (one, other)]
        bottom = max(one.low[1] + margins[0], other.low[1] + margins[1])
        top = min(one.high[1] - margins[0], other.high[1] - margins[1])
        doorways.append(Doorway(first, one.high[0] + WALL_M / 2, float(rng.uniform(bottom, top))))
    return areas, doorways


class _Room:
    """One room of the flat.

    Attributes:
        walls: its four sides.
        layout: its furniture.
        parts: all of its surfaces.
    """

    def __init__(self, rng: np.random.Generator, index: int, areas: list[Area],
                 doorways: list[Doorway], *, entrance: bool) -> None:
        self.area = areas[index]
        self.palette: Palette = palette(rng)
        # Doorways lead on to the right and back to the left; the other walls are the flat's own.
        gaps = {3: [door for door in doorways if door.first == index],
                1: [door for door in doorways if door.first == index - 1]}
        bare = sides(self.area)
        self.doors = [(k, bare[k].along((door.x, door.y))) for k, doors in gaps.items()
                      for door in doors]
        outer = [k for k in range(4) if not gaps.get(k) and (k % 2 == 0 or self._is_end(k, areas))]
        outer = [outer[k] for k in rng.permutation(len(outer))]
        if self.area.kind == 'kitchen':
            # Its row of cupboards takes a whole wall.
            outer.remove(max(outer, key=lambda k: bare[k].length))
        self.entrance = outer.pop() if entrance else None
        self.windows = self._draw_windows(rng, outer, bare)
        self.walls = [self._with_openings(k, side) for k, side in enumerate(bare)]
        self.layout = self._furnished(rng)
        self.parts = self.layout.parts + self._shell(rng)

    def _is_end(self, side: int, areas: list[Area]) -> bool:
        return self.area is (areas[0] if side == 1 else areas[-1])

    def _draw_windows(self, rng: np.random.Generator, outer: list[int],
                      bare: list[Side]) -> dict[int, Window]:
        count = int(rng.integers(0, 2) if self.area.kind == 'corridor' else rng.integers(1, 3))
        windows = {}
        for k in outer[:count]:
            width = min(float(rng.uniform(0.9, 1.8)), bare[k].length - 0.7)
            corner = 0.8 if self.area.kind == 'kitchen' else 0.35
            reach = max(0.0, (bare[k].length - width) / 2 - corner)
            windows[k] = draw_window(rng, float(rng.uniform(-reach, reach)), width)
        return windows

    def _with_openings(self, k: int, side: Side) -> Side:
        openings = [Opening(along, DOOR_WIDE_M, 0.0, DOOR_TALL_M)
                    for at, along in self.doors if at == k]
        if k in self.windows:
            openings.append(self.windows[k].opening)
        return side._replace(openings=tuple(openings))

    def _furnished(self, rng: np.random.Generator) -> Layout:
        for attempt in range(ATTEMPTS):
            layout = Layout(self.area)
            for block in self._kept():
                layout.keep_free(block)
            complete = place_essential(rng, layout, self.walls, self.palette)
            if attempt < ATTEMPTS // 2:
                place_in_the_middle(rng, layout, self.palette)
            if self._keep_a_way(rng, layout) and complete:
                break
        furnish(rng, layout, self.walls, self.palette)
        return layout

    def _kept(self) -> list[Block]:
        """Return what furniture has to leave free: doors, windows and curtains."""
        doors = list(self.doors)
        if self.entrance is not None:
            doors.append((self.entrance, 0.0))
        kept = [Block(self.walls[k].at(along, 0.4), (WAY_M + 0.08, 0.42), self.walls[k].yaw_rad,
                      0.0, DOOR_TALL_M + 0.1) for k, along in doors]
        for k, drawn in self.windows.items():
            middle, _, low, high = drawn.opening
            kept.append(Block(self.walls[k].at(middle, 0.2), (drawn.reach_m, 0.2),
                              self.walls[k].yaw_rad, low - 0.1, high + 0.15))
        return kept

    def _keep_a_way(self, rng: np.random.Generator, layout: Layout) -> bool:
        """Keep a way free from doorway to doorway, past what stands already, if there is one."""
        for _ in range(WAYS):
            way = self._draw_way(rng)
            legs = [_leg(one, other) for one, other in zip(way, way[1:])]
            if not any(leg.overlaps(block) for leg in legs for block in layout.blocks):
                for leg in legs:
                    layout.keep_free(leg)
                return True
        return False

    def _draw_way(self, rng: np.random.Generator) -> list[tuple[float, float]]:
        low, high = np.array(self.area.low) + 0.55, np.array(self.area.high) - 0.55
        before = [self.walls[k].at(along, 0.55) for k, along in self.doors]
        if self.area.kind == 'corridor':
            x = rng.uniform(low[0], high[0])
            inner = [(float(x), float(low[1])), (float(x), float(high[1]))]
            return [*before[:1], *inner, *before[1:]]
        # Two points well apart, so that there is somewhere to go.
        share = rng.uniform(0, 1, 2)
        other = (share + rng.uniform(0.3, 0.7) * np.eye(2)[rng.integers(2)]) % 1
        inner = [tuple((low + s * (high - low)).tolist()) for s in (share, other)]
        return [*before[:1], *inner, *before[1:]]

    def _shell(self, rng: np.random.Generator) -> list[Part]:
        finish = draw_finish(rng, self.area.kind)
        parts = shell(self.area, self.walls, finish, self.palette)
        for k, drawn in self.windows.items():
            parts += self.walls[k].place(window(rng, self.palette, drawn), drawn.opening.middle)
        if self.entrance is not None:
            parts += self.walls[self.entrance].place(closed_door(self.palette, rng))
        return parts


def _leg(one: tuple[float, float], other: tuple[float, float]) -> Block:
    """Return the room that a robot takes on its way from one point to another."""
    step = np.subtract(other, one)
    centre = (float(one[0] + step[0] / 2), float(one[1] + step[1] / 2))
    return Block(centre, (float(np.hypot(*step) / 2 + WAY_M), WAY_M),
                 float(np.arctan2(step[1], step[0])), 0.0, DOOR_TALL_M)
