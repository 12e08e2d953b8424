"""What hides depth: real Kinect holes, random holes, and sparse samplings.

Each degradation is a function `(depth_m, rng, hole_masks) -> sparse_depth_m`: it gives a copy of
float32 (H, W) metres in which more pixels are NaN, never fewer. Those of Makarov & Korinevskaya
2018, "Depth Map Reconstruction", are 'uniform' (p = 0.1), 'gradient', 'gradient-uniform' and
'grid'. The paper gives no numbers for the latter three: each gets about the same tenth of the
pixels here, the grid a ninth (every third row and column).
"""

from __future__ import annotations

from collections.abc import Callable
import zlib

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.hole_masks import HoleMasks
from colorize_ros.errors import DataError

Depth = NDArray[np.float32]
Degradation = Callable[[Depth, np.random.Generator, HoleMasks | None], Depth]

SAMPLED_SHARE = 0.1
GRID_STEP = 3


def generator_for(*names: str, seed: int = 0) -> np.random.Generator:
    """Give the random generator that belongs to these names, the same on every machine."""
    return np.random.default_rng([seed, *(zlib.crc32(name.encode()) for name in names)])


def kinect_holes(depth_m: Depth, rng: np.random.Generator, masks: HoleMasks | None) -> Depth:
    """Hide what a Kinect did not see in another frame.

    Raises:
        DataError: no masks were given.
    """
    if masks is None:
        raise DataError('the degradation kinect-holes needs hole masks; build them with '
                        'HoleMasks.from_items from Kinect frames')
    return _hide(depth_m, masks.draw(rng, depth_m.shape))


def random_holes(depth_m: Depth, rng: np.random.Generator, masks: HoleMasks | None) -> Depth:
    """Hide random ellipses, rectangles and strokes of mixed sizes, 10 to 50 % of the frame."""
    height, width = depth_m.shape
    hidden = np.zeros((height, width), np.uint8)
    goal = rng.uniform(0.1, 0.5) * height * width
    for _ in range(64):
        _draw_hole(hidden, rng)
        if cv2.countNonZero(hidden) >= goal:
            break
    return _hide(depth_m, hidden.astype(bool))


def uniform(depth_m: Depth, rng: np.random.Generator, masks: HoleMasks | None) -> Depth:
    """Keep each pixel with probability 0.1."""
    return _hide(depth_m, rng.random(depth_m.shape, np.float32) >= SAMPLED_SHARE)


def gradient(depth_m: Depth, rng: np.random.Generator, masks: HoleMasks | None) -> Depth:
    """Keep a tenth of the known pixels, drawn in proportion to the relative depth gradient."""
    count = int(SAMPLED_SHARE * np.isfinite(depth_m).sum())
    return _hide(depth_m, ~_draw_along_gradient(depth_m, rng, count))


def gradient_uniform(depth_m: Depth, rng: np.random.Generator, masks: HoleMasks | None) -> Depth:
    """Keep a tenth: half of it along the gradient, half uniformly."""
    count = int(SAMPLED_SHARE / 2 * np.isfinite(depth_m).sum())
    kept = _draw_along_gradient(depth_m, rng, count)
    kept |= rng.random(depth_m.shape, np.float32) < SAMPLED_SHARE / 2
    return _hide(depth_m, ~kept)


def grid(depth_m: Depth, rng: np.random.Generator, masks: HoleMasks | None) -> Depth:
    """Keep every third pixel of every third row, from a random corner."""
    row, column = rng.integers(GRID_STEP, size=2)
    sparse_m = np.full_like(depth_m, np.nan)
    kept = np.s_[row::GRID_STEP, column::GRID_STEP]
    sparse_m[kept] = depth_m[kept]
    return sparse_m


def samples(count: int) -> Degradation:
    """Make the degradation that keeps `count` known pixels of a frame, drawn uniformly."""
    def keep_samples(depth_m: Depth, rng: np.random.Generator, masks: HoleMasks | None) -> Depth:
        """Keep `count` known pixels, or all where there are fewer."""
        known = np.flatnonzero(np.isfinite(depth_m))
        kept = rng.choice(known, min(count, len(known)), replace=False, shuffle=False)
        sparse_m = np.full_like(depth_m, np.nan)
        sparse_m.flat[kept] = depth_m.flat[kept]
        return sparse_m
    return keep_samples


DEGRADATIONS: dict[str, Degradation] = {
    'kinect-holes': kinect_holes,
    'random-holes': random_holes,
    'uniform': uniform,
    'gradient': gradient,
    'gradient-uniform': gradient_uniform,
    'grid': grid,
    'samples-500': samples(500),
    'samples-200': samples(200),
}


def _hide(depth_m: Depth, hidden: NDArray[np.bool_]) -> Depth:
    return np.where(hidden, np.float32(np.nan), depth_m)


def _draw_hole(hidden: NDArray[np.uint8], rng: np.random.Generator) -> None:
    height, width = hidden.shape
    center = (int(rng.integers(width)), int(rng.integers(height)))
    # Log-uniform, so that there are many small holes and a few that swallow an object.
    radii = np.exp(rng.uniform(np.log(0.01), np.log(0.25), 2)) * min(height, width)
    axes = (max(1, int(radii[0])), max(1, int(radii[1])))
    angle = rng.uniform(0, 180)
    kind = rng.integers(3)
    if kind == 0:
        cv2.ellipse(hidden, center, axes, angle, 0, 360, 1, -1)
    elif kind == 1:
        box = (center, (2.0 * axes[0], 2.0 * axes[1]), angle)
        cv2.fillConvexPoly(hidden, cv2.boxPoints(box).astype(np.int32), 1)
    else:
        steps = rng.normal(0, 0.1 * min(height, width), (int(rng.integers(2, 7)), 2))
        points = (np.array(center) + np.cumsum(steps, axis=0)).astype(np.int32)
        thickness = 1 + int(min(axes) / 4)
        cv2.polylines(hidden, [points], False, 1, thickness)


def _draw_along_gradient(
        depth_m: Depth, rng: np.random.Generator, count: int) -> NDArray[np.bool_]:
    """Draw `count` known pixels without replacement, weighted by |gradient| / depth."""
    along_x = cv2.Sobel(depth_m, cv2.CV_32F, 1, 0, ksize=3)
    along_y = cv2.Sobel(depth_m, cv2.CV_32F, 0, 1, ksize=3)
    weights = cv2.magnitude(along_x, along_y) / depth_m
    # NaN spreads from unknown neighbors: the rim of a hole is no edge. The small constant keeps
    # a flat frame drawable.
    weights = np.where(np.isfinite(weights), weights, 0) + np.float32(1e-6)
    # Exponential races: the smallest arrival times are a weighted draw without replacement.
    arrivals = rng.standard_exponential(depth_m.shape, np.float32) / weights
    arrivals[np.isnan(depth_m)] = np.inf
    kept = np.zeros(depth_m.size, bool)
    if count > 0:
        kept[np.argpartition(arrivals, count - 1, axis=None)[:count]] = True
    return kept.reshape(depth_m.shape)
