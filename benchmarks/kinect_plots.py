"""Plots of kinect_realism.py: holes and noise, recorded and simulated, and simulated views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import matplotlib
import numpy as np
from numpy.typing import NDArray

from colorize_ros.evaluation.depth_realism import Frame, matched_weights, quantile

SIZE_BOUNDS_PX = np.logspace(0, 5.4, 19)
EDGE_BOUNDS_PX = np.logspace(0, 2.4, 25)
NOISE_BOUNDS_M = np.arange(0.6, 6.6, 0.4)
COLORS = {'simulated': 'black'}
VIEWS = 4


def plot_statistics(folder: Path, real: Mapping[str, Sequence[Frame]],
                    simulated: Sequence[Frame]) -> None:
    """Write kinect_holes.png and kinect_noise.png: each recorded place, and the simulation."""
    matplotlib.use('Agg')
    from matplotlib import pyplot
    frames = [frame for part in real.values() for frame in part]
    share = np.concatenate([np.full(len(part), 1 / len(part)) for part in real.values()])
    series = {name: (part, np.full(len(part), 1 / len(part))) for name, part in real.items()}
    series['simulated'] = (simulated, matched_weights(frames, share / len(real), simulated))

    figure, axes = pyplot.subplots(1, 3, figsize=(12, 3.4), layout='constrained')
    for name, (part, weights) in series.items():
        style = {'label': name, 'color': COLORS.get(name)}
        _share_with_holes(axes[0], part, weights, style)
        sizes, size_weights = _pooled([f.size_px for f in part], weights)
        _cumulative(axes[1], sizes, sizes * size_weights, SIZE_BOUNDS_PX, style)
        edges, edge_weights = _pooled([f.edge_distance_px for f in part], weights)
        _cumulative(axes[2], edges, edge_weights, EDGE_BOUNDS_PX, style)
    axes[0].set(xlabel='hole fraction of a frame', ylabel='share of frames below it')
    axes[1].set(xlabel='size of a hole (px)', ylabel='share of hole area below it',
                xscale='log')
    axes[2].set(xlabel='distance to a depth edge (px)', ylabel='share of hole area below it',
                xscale='log')
    axes[0].legend()
    figure.savefig(folder / 'kinect_holes.png', dpi=90)

    figure, axis = pyplot.subplots(figsize=(6, 3.4), layout='constrained')
    for name, (part, weights) in series.items():
        _noise(axis, part, weights, {'label': name, 'color': COLORS.get(name)})
    axis.set(xlabel='distance (m)', ylabel='noise (mm)', xscale='log', yscale='log')
    axis.legend()
    figure.savefig(folder / 'kinect_noise.png', dpi=90)
    pyplot.close('all')


def _pooled(values: Sequence[NDArray[np.float64]],
            weights: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return np.concatenate(list(values)), np.repeat(weights, [len(part) for part in values])


def _share_with_holes(axis: Any, frames: Sequence[Frame], weights: NDArray[np.float64],
                      style: Mapping[str, Any]) -> None:
    fraction = np.array([frame.hole_fraction for frame in frames])
    order = np.argsort(fraction)
    axis.plot(fraction[order], np.cumsum(weights[order]) / weights.sum(), **style)


def _cumulative(axis: Any, values: NDArray[np.float64], weights: NDArray[np.float64],
                bounds: NDArray[np.float64], style: Mapping[str, Any]) -> None:
    below = np.histogram(values, np.concatenate([[-1.0], bounds]), weights=weights)[0]
    axis.plot(bounds, np.cumsum(below) / weights.sum(), **style)


def _noise(axis: Any, frames: Sequence[Frame], weights: NDArray[np.float64],
           style: Mapping[str, Any]) -> None:
    distance_m, patch_weights = _pooled([frame.patch_m for frame in frames], weights)
    noise_m = np.concatenate([frame.noise_m for frame in frames])
    middles, medians = [], []
    for low, high in zip(NOISE_BOUNDS_M, NOISE_BOUNDS_M[1:]):
        inside = (distance_m >= low) & (distance_m < high) & (patch_weights > 0)
        if inside.sum() >= 50:
            middles.append((low + high) / 2)
            medians.append(1000 * quantile(noise_m[inside], patch_weights[inside], 0.5))
    axis.plot(middles, medians, marker='.', **style)


def plot_views(folder: Path, depths_m: Sequence[tuple[NDArray[np.float32],
                                                      NDArray[np.float32]]]) -> None:
    """Write kinect_simulated.png: perfect depth above, what the Kinect makes below.

    Only simulated views are shown: recordings are not the package's to publish.

    Args:
        folder: exists.
        depths_m: (H, W) metres each: the perfect depth and what the camera gives.
    """
    chosen = [depths_m[k] for k in np.linspace(0, len(depths_m) - 1, VIEWS).astype(int)]
    picture = np.vstack([np.hstack([_colored(pair[row]) for pair in chosen]) for row in (0, 1)])
    cv2.imwrite(str(folder / 'kinect_simulated.png'), picture)


def _colored(depth_m: NDArray[np.float32]) -> NDArray[np.uint8]:
    nearness = np.clip((1 / np.nan_to_num(depth_m, nan=1.0) - 0.15) / 1.2, 0, 1)
    picture = cv2.applyColorMap((255 * nearness).astype(np.uint8), cv2.COLORMAP_TURBO)
    picture[np.isnan(depth_m)] = 0
    return np.asarray(picture[::2, ::2], np.uint8)
