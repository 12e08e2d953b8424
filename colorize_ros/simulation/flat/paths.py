"""Ways for a robot through a furnished flat: free space, shortest paths, smoothing."""
from __future__ import annotations

import heapq

import numpy as np
from numpy.typing import NDArray

from colorize_ros.simulation.flat.world import World

Points = NDArray[np.float64]
Cell = tuple[int, int]

CELL_M = 0.1
# From the middle of the robot to what it may not touch.
CLEARANCE_M = 0.3
# Smoothing may come this near, no nearer.
SMOOTH_CLEARANCE_M = 0.27
SPACING_M = 0.02
# Where a robot likes to keep away from things, if there is room.
COMFORT_M = 0.55
NEIGHBOURS = tuple((dx, dy, float(np.hypot(dx, dy)))
                   for dx in (-1, 0, 1) for dy in (-1, 0, 1) if dx or dy)


class FreeSpace:
    """Where the floor of a world is free, on a grid.

    Attributes:
        clear: (X, Y) bool cells whose middle is `CLEARANCE_M` away from everything.
    """

    def __init__(self, world: World) -> None:
        self._circles, self._walls = world.occupied, world.walls
        areas = np.array([[area.low, area.high] for area in world.areas])
        self._low = areas[:, 0].min(axis=0)
        shape = np.ceil((areas[:, 1].max(axis=0) - self._low) / CELL_M).astype(int)
        points = self.point(np.indices(shape).reshape(2, -1).T)
        # Doorways lie between rooms: rooms reach half into the wall.
        inside = np.zeros(len(points), bool)
        for low, high in areas:
            inside |= ((points > low - 0.06) & (points < high + 0.06)).all(axis=1)
        distance = self.clearance(points)
        self.clear = (inside & (distance > CLEARANCE_M)).reshape(shape)
        self._distance = distance.reshape(shape)
        lack = np.clip((COMFORT_M - distance) / COMFORT_M, 0, 1).reshape(shape)
        self._toll = (1 + 3 * lack).tolist()

    def point(self, cell: NDArray[np.int64]) -> Points:
        """Return the middles (N, 2) of cells (N, 2), metres."""
        return np.asarray(self._low + (np.asarray(cell) + 0.5) * CELL_M)

    def clearance(self, points: Points) -> NDArray[np.float64]:
        """Return how far (N, 2) points are from the nearest furniture or wall, metres (N,).

        It is negative inside the circles that cover furniture.
        """
        result = np.full(len(points), np.inf)
        if len(self._circles):
            apart = np.linalg.norm(points[:, None] - self._circles[None, :, :2], axis=2)
            result = (apart - self._circles[:, 2]).min(axis=1)
        start, run = self._walls[:, :2], self._walls[:, 2:] - self._walls[:, :2]
        offset = points[:, None] - start
        share = np.sum(offset * run, axis=2) / np.maximum(np.sum(run * run, axis=1), 1e-12)
        apart = np.linalg.norm(offset - np.clip(share, 0, 1)[..., None] * run, axis=2)
        return np.minimum(result, apart.min(axis=1))

    def roughly_free(self, points: Points) -> NDArray[np.bool_]:
        """Say quickly, from the grid, which of (N, 2) points are away from everything."""
        at = np.clip((points - self._low) / CELL_M - 0.5, 0, np.array(self.clear.shape) - 1.001)
        corner = at.astype(int)
        (u, v), (x, y) = (at - corner).T, corner.T
        grid = self._distance
        distance = ((1 - u) * ((1 - v) * grid[x, y] + v * grid[x, y + 1])
                    + u * ((1 - v) * grid[x + 1, y] + v * grid[x + 1, y + 1]))
        return np.asarray(distance > CLEARANCE_M + 0.03)

    def sees(self, eye: Points, targets: Points) -> NDArray[np.bool_]:
        """Say which of the (N, 2) targets no wall hides from an eye (2,)."""
        a, b = self._walls[None, :, :2], self._walls[None, :, 2:]
        goal = targets[:, None]

        def turn(one: Points, two: Points, three: Points) -> Points:
            u, v = two - one, three - one
            return np.asarray(u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0])

        crosses = ((turn(a, b, eye) * turn(a, b, goal) < 0)
                   & (turn(eye, goal, a) * turn(eye, goal, b) < 0))
        return np.asarray(~crosses.any(axis=1))

    def flood(self, start: Cell) -> Flood:
        """Find the best way from a clear cell to every other one (Dijkstra 1959)."""
        cost = {start: 0.0}
        came: dict[Cell, Cell] = {}
        done: set[Cell] = set()
        queue = [(0.0, start)]
        clear, toll = self.clear.tolist(), self._toll
        while queue:
            here, cell = heapq.heappop(queue)
            if cell in done:
                continue
            done.add(cell)
            for dx, dy, step in NEIGHBOURS:
                x, y = cell[0] + dx, cell[1] + dy
                if not (0 <= x < len(clear) and 0 <= y < len(clear[0]) and clear[x][y]):
                    continue
                further = here + CELL_M * step * toll[x][y]
                if further < cost.get((x, y), np.inf):
                    cost[x, y], came[x, y] = further, cell
                    heapq.heappush(queue, (further, (x, y)))
        return Flood(self, start, came)


class Flood:
    """The best ways from one cell.

    Attributes:
        goals: (N, 2) the other cells that can be reached.
        start: the cell.
    """

    def __init__(self, space: FreeSpace, start: Cell, came: dict[Cell, Cell]) -> None:
        self._space, self.start, self._came = space, start, came
        self.goals = np.array(sorted(came), np.int64).reshape(-1, 2)

    def corners(self, goal: Cell) -> Points:
        """Return the way to a goal, (N, 2) points from cell to cell."""
        cells = [goal]
        while cells[-1] != self.start:
            cells.append(self._came[cells[-1]])
        return self._space.point(np.array(cells[::-1]))


def smooth(space: FreeSpace, corners: Points) -> Points:
    """Pull a path straight where nothing stands in the way, and round its corners.

    Args:
        space: what to keep away from.
        corners: (N, 2) at least two points.

    Returns:
        (M, 2) points about `SPACING_M` apart, with the same ends.
    """
    points = resample(corners, CELL_M)
    for _ in range(120):
        pulled = points.copy()
        pulled[1:-1] = (points[:-2] + points[2:]) / 2
        points = np.where(space.roughly_free(pulled)[:, None], pulled, points)
    fine = resample(points, SPACING_M)
    for sigma in (12, 8, 5, 3):
        rounded = blurred(fine, sigma)
        if space.clearance(rounded).min() > SMOOTH_CLEARANCE_M:
            return resample(rounded, SPACING_M)
    return fine


def resample(points: Points, spacing_m: float) -> Points:
    """Return points evenly spaced along a polyline, ends included."""
    arc = arc_length(points)
    count = max(2, round(arc[-1] / spacing_m) + 1)
    even = np.linspace(0, arc[-1], count)
    return np.stack([np.interp(even, arc, points[:, k]) for k in (0, 1)], axis=1)


def arc_length(points: Points) -> Points:
    """Return how far along a polyline its points are, metres."""
    return np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])


def blurred(values: Points, sigma: float) -> Points:
    """Blur (N, C) samples along the first axis, by `sigma` samples; the ends stay where they are.

    They are mirrored through the end points, so that a straight line remains one.
    """
    reach = min(int(np.ceil(3 * sigma)), len(values) - 1)
    weight = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    before = 2 * values[:1] - values[reach:0:-1]
    after = 2 * values[-1:] - values[-2:-reach - 2:-1]
    padded = np.concatenate([before, values, after])
    return np.stack([np.convolve(column, weight / weight.sum(), 'valid') for column in padded.T],
                    axis=1)
