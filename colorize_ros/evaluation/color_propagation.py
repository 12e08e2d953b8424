"""Colors spread from where they are known, up to the edges of a monochrome image.

Levin, Lischinski & Weiss 2004, "Colorization Using Optimization": neighbors of like intensity
have like colors. Their equations are solved as Min et al. 2014 do ("Fast Global Image Smoothing
Based on Weighted Least Squares"): along rows and columns in turn, each line exactly, so that an
image takes a part of a second.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Map = NDArray[np.float32]

# All chosen on pairs of the train split, in both setups. A strength is about how far colors get,
# squared, in pixels; a step of the guide as high as the edge's levels lets a third through.
FILL_STRENGTH, FILL_EDGE_LEVELS = 1000.0, 3.0
SMOOTHING_STRENGTH, SMOOTHING_EDGE_LEVELS = 20.0, 4.0
ROUNDS = 3
# A pixel that no color reaches, across edges all around it, stays gray.
LEAST_WEIGHT = 1e-20


def propagate(chroma: Map, known: NDArray[np.bool_], guide: NDArray[np.uint8]) -> Map:
    """Spread colors to where none is known, then smooth all a little, which quiets their noise.

    Args:
        chroma: (H, W, 2).
        known: (H, W); what `chroma` holds elsewhere does not matter.
        guide: (H, W), whose edges stop the colors.

    Returns:
        (H, W, 2).
    """
    weights = known[..., None].astype(np.float32)
    # Section III-D of Min et al.: colors and the weight of what is known spread alike.
    spread = smooth(np.concatenate([chroma * weights, weights], axis=2), guide,
                    strength=FILL_STRENGTH, edge_levels=FILL_EDGE_LEVELS)
    filled = spread[..., :2] / np.maximum(spread[..., 2:], LEAST_WEIGHT)
    return smooth(np.where(known[..., None], chroma, filled), guide,
                  strength=SMOOTHING_STRENGTH, edge_levels=SMOOTHING_EDGE_LEVELS)


def smooth(values: Map, guide: NDArray[np.uint8], *, strength: float, edge_levels: float) -> Map:
    """Smooth (H, W, C) between the edges of a guide (H, W)."""
    levels = guide.astype(np.float32)
    down, across = (np.exp(-np.abs(np.diff(levels, axis=axis)) / np.float32(edge_levels))
                    for axis in (0, 1))
    across = np.ascontiguousarray(across.T)
    result = values.astype(np.float32)
    for turn in range(1, ROUNDS + 1):
        # Equation 14: less each turn, so that streaks of the first ones fade.
        share = 1.5 * 4.0 ** (ROUNDS - turn) / (4.0 ** ROUNDS - 1) * strength
        turned = np.ascontiguousarray(result.swapaxes(0, 1))
        _solve_lines(turned, np.float32(share) * across)
        result = np.ascontiguousarray(turned.swapaxes(0, 1))
        _solve_lines(result, np.float32(share) * down)
    return result


def _solve_lines(values: Map, ties: Map) -> None:
    """Solve the least squares of each line in place, by elimination (tridiagonal).

    Args:
        values: (N, lines, C), a line along the first axis.
        ties: (N - 1, lines) how strongly each pixel is tied to the next.
    """
    none = np.zeros_like(values[:1, :, 0])
    before, after = np.concatenate([none, ties]), np.concatenate([ties, none])
    diagonal = 1 + before + after
    carried = np.empty_like(after)
    pivot = diagonal[0]
    carried[0] = after[0] / pivot
    values[0] /= pivot[:, None]
    for i in range(1, len(values)):
        pivot = diagonal[i] - before[i] * carried[i - 1]
        carried[i] = after[i] / pivot
        values[i] = (values[i] + before[i][:, None] * values[i - 1]) / pivot[:, None]
    for i in range(len(values) - 2, -1, -1):
        values[i] += carried[i][:, None] * values[i + 1]
