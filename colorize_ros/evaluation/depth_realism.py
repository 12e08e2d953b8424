"""What the holes and the noise of a depth camera look like in numbers, to hold two cameras apart.

Everything is measured on depth maps alone, so that recorded and simulated ones are measured
alike. Lengths in pixels are those of a camera of 525 px focal length (640 wide); of other cameras
they are converted by the focal length, so that they mean the same angles.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.errors import DataError, DepthError, ShapeError

FOCAL_PX = 525.0
# A depth edge: where the depths of neighbouring pixels differ by more than this share.
EDGE_STEP = 0.05
# A patch that noise is measured on, and the largest deviation, in disparity of a baseline of
# 75 mm, that is still noise and not a structure.
PATCH_PX = 13
LARGEST_NOISE_PX = 1.0
BASELINE_M = 0.075
NOISE_BOUNDS_M = (0.6, 1.0, 2.0, 3.0, 4.0, 5.0, 6.5)
# By which frames are matched: the median distance of what they show.
DISTANCE_BOUNDS_M = (0.0, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, np.inf)
# How often pixels this far from a depth edge are unknown: that does not depend on how many edges
# a place has.
EDGE_BOUNDS_PX = (0.0, 3.0, 12.0, 48.0, np.inf)
QUARTILES = {'lower quartile': 0.25, 'median': 0.5, 'upper quartile': 0.75}
FEWEST_PATCHES = 50


class Frame(NamedTuple):
    """What is measured of one depth map.

    Attributes:
        distance_m: median depth, holes filled from their nearest known pixel.
        hole_fraction: share of the pixels that are unknown.
        size_px: (N,) areas of the connected holes.
        edge_distance_px: (M,) of each unknown pixel to the nearest depth edge of the filled map;
            the picture's diagonal where there is no edge.
        area_px: (4,) pixels by their distance to a depth edge, as `EDGE_BOUNDS_PX`.
        shadow_px: (2,) unknown pixels beside something nearer on the right, and on the left, no
            farther from it than a shadow reaches.
        patch_m: (P,) mean depth of smooth patches.
        noise_m: (P,) root mean square deviation of each patch from a smooth surface.
    """

    distance_m: float
    hole_fraction: float
    size_px: NDArray[np.float64]
    edge_distance_px: NDArray[np.float64]
    area_px: NDArray[np.float64]
    shadow_px: NDArray[np.float64]
    patch_m: NDArray[np.float64]
    noise_m: NDArray[np.float64]


class Comparison(NamedTuple):
    """A figure of two cameras; `difference` is relative to the real one's."""

    figure: str
    real: float
    simulated: float

    @property
    def difference(self) -> float:
        """The simulated figure's difference, as a share of the real one's."""
        return self.simulated / self.real - 1


def valid_margin(depths_m: Sequence[NDArray[np.float32]]) -> tuple[slice, slice]:
    """Find the part of the picture that a depth camera covers, from many frames of it.

    Args:
        depths_m: (H, W) metres each, NaN unknown, of one size.

    Returns:
        Rows and columns that are known not much more rarely than the median one, and on sides
        with an empty margin a sixtieth less, as its border moves with the distance.

    Raises:
        DepthError: no frames, or nothing is known in them.
    """
    if not depths_m or not any(np.isfinite(depth).any() for depth in depths_m):
        raise DepthError(f'none of {len(depths_m)} depth maps has a known pixel; give frames with '
                         'metres, NaN where unknown')
    known = np.mean([np.isfinite(depth) for depth in depths_m], axis=0)
    rows, columns = (_covered(known.mean(axis=axis)) for axis in (1, 0))
    return rows, columns


def _covered(known: NDArray[np.float64]) -> slice:
    inside = np.flatnonzero(known > 0.6 * np.median(known))
    first, last, shrink = int(inside[0]), int(inside[-1]) + 1, len(known) // 60
    return slice(first + shrink if first else 0,
                 last - shrink if last < len(known) else last)


def measure(depth_m: NDArray[np.float32], *, focal_px: float = FOCAL_PX) -> Frame:
    """Measure a depth map.

    Args:
        depth_m: (H, W) metres, NaN unknown, without a margin that is always empty.
        focal_px: of the camera.

    Raises:
        ShapeError: not (H, W).
        DepthError: nothing is known.
    """
    if depth_m.ndim != 2:
        raise ShapeError(f'depth has shape {depth_m.shape}; expected (H, W)')
    hole = np.isnan(depth_m)
    if hole.all():
        raise DepthError('depth has no known pixel; leave empty frames out')
    scale = FOCAL_PX / focal_px
    _, _, statistics, _ = cv2.connectedComponentsWithStatsWithAlgorithm(
        hole.astype(np.uint8), 4, cv2.CV_32S, cv2.CCL_WU)
    filled_m = fill_from_nearest(depth_m)
    edge_px = _edge_distance_px(filled_m) * scale
    area_px = np.histogram(edge_px, EDGE_BOUNDS_PX)[0] * scale ** 2
    return Frame(float(np.median(filled_m)), float(hole.mean()),
                 np.asarray(statistics[1:, cv2.CC_STAT_AREA] * scale ** 2, np.float64),
                 edge_px[hole], area_px, _shadows_px(depth_m, focal_px) * scale ** 2,
                 *_noise(depth_m, focal_px))


def fill_from_nearest(depth_m: NDArray[np.float32]) -> NDArray[np.float32]:
    """Fill each unknown pixel of (H, W) with the known one nearest to it in the image."""
    hole = np.isnan(depth_m)
    _, label = cv2.distanceTransformWithLabels(
        hole.astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    value = np.zeros(int(label.max()) + 1, np.float32)
    value[label[~hole]] = depth_m[~hole]
    return np.asarray(value[label], np.float32)


def _edge_distance_px(filled_m: NDArray[np.float32]) -> NDArray[np.float64]:
    edge = np.zeros(filled_m.shape, bool)
    for axis in (0, 1):
        depth, at = np.moveaxis(filled_m, axis, 0), np.moveaxis(edge, axis, 0)
        step = np.abs(np.diff(depth, axis=0))
        at[:-1] |= step > EDGE_STEP * np.minimum(depth[:-1], depth[1:])
    if not edge.any():
        height, width = filled_m.shape
    if not edge.any():
        return np.full((height, width), np.hypot(height, width))
    return np.asarray(cv2.distanceTransform((~edge).astype(np.uint8), cv2.DIST_L2, 5), np.float64)


def _shadows_px(depth_m: NDArray[np.float32], focal_px: float) -> NDArray[np.float64]:
    """Count unknown pixels from something far on to something nearer on the right, or left.

    Only runs as short as shadows are count, not dark things with something beside them.
    """
    hole, width = np.isnan(depth_m), depth_m.shape[1]
    column = np.arange(width)[None]
    left = np.maximum.accumulate(np.where(hole, -1, column), axis=1)
    right = np.minimum.accumulate(np.where(hole, width, column)[:, ::-1], axis=1)[:, ::-1]
    between = hole & (left >= 0) & (right < width)
    row, left, right = np.nonzero(between)[0], left[between], right[between]
    step = 1 / depth_m[row, right] - 1 / depth_m[row, left]
    longest_px = 1.2 * focal_px * BASELINE_M * np.abs(step) + PATCH_PX * focal_px / FOCAL_PX / 2
    shadow = (right - left - 1 <= longest_px) & (np.abs(step) * depth_m[row, left] > EDGE_STEP)
    return np.array([(shadow & (step > 0)).sum(), (shadow & (step < 0)).sum()], float)


def _noise(depth_m: NDArray[np.float32],
           focal_px: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return depths of smooth patches and their deviations from a quadratic in inverse depth.

    A plane in space is linear in inverse depth, so that curved things are covered too.
    """
    side = max(5, round(PATCH_PX * focal_px / FOCAL_PX) | 1)
    if min(depth_m.shape) < side:
        return np.zeros(0), np.zeros(0)
    windows = np.lib.stride_tricks.sliding_window_view(1 / depth_m, (side, side))
    patches = windows[::side // 2 + 1, ::side // 2 + 1].reshape(-1, side * side)
    patches = patches[np.isfinite(patches).all(axis=1)].astype(np.float64)
    y, x = (axis.ravel() for axis in np.mgrid[-1:1:side * 1j, -1:1:side * 1j])
    basis, _ = np.linalg.qr(np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=1))
    residual = patches - patches @ basis @ basis.T
    smooth = np.abs(residual).max(axis=1) * FOCAL_PX * BASELINE_M < LARGEST_NOISE_PX
    residual, distance_m = residual[smooth], 1 / patches[smooth].mean(axis=1)
    deviation = np.sqrt(np.sum(residual ** 2, axis=1) / (side * side - basis.shape[1]))
    return distance_m, deviation * distance_m ** 2


def figures(frames: Sequence[Frame], weights: NDArray[np.float64]) -> dict[str, float]:
    """Sum up frames in the figures that are compared.

    Args:
        frames: at least one.
        weights: (N,) how much each counts.

    Returns:
        The hole fraction; quartiles of the hole sizes, each pixel of a hole counting (px); those
        of its distance to a depth edge (px); hole fractions by that distance; the share of
        shadows on the left; the noise by distance (m), NaN where there are hardly any smooth
        surfaces.
    """
    def pooled(values: Iterable[NDArray[np.float64]]) -> tuple[NDArray[np.float64], ...]:
        parts = list(values)
        return np.concatenate(parts), np.repeat(weights, [len(part) for part in parts])

    size_px, size_weight = pooled(frame.size_px for frame in frames)
    edge_px, edge_weight = pooled(frame.edge_distance_px for frame in frames)
    patch_m, patch_weight = pooled(frame.patch_m for frame in frames)
    noise_m = np.concatenate([frame.noise_m for frame in frames])
    area_px = np.average([frame.area_px for frame in frames], axis=0, weights=weights)
    shadow = np.sum([w * frame.shadow_px for w, frame in zip(weights, frames)], axis=0)
    found = {'hole fraction': float(np.average([f.hole_fraction for f in frames],
                                               weights=weights))}
    for name, share in QUARTILES.items():
        found[f'hole size, {name} (px)'] = quantile(size_px, size_weight * size_px, share)
    for name, share in QUARTILES.items():
        found[f'hole to depth edge, {name} (px)'] = quantile(edge_px, edge_weight, share)
    hole_px = np.histogram(edge_px, EDGE_BOUNDS_PX, weights=edge_weight / weights.sum())[0]
    for low, high, share in zip(EDGE_BOUNDS_PX, EDGE_BOUNDS_PX[1:],
                                hole_px / np.maximum(area_px, 1)):
        found[f'hole fraction {low:g} to {high:g} px from edges'] = float(share)
    found['shadows on the left'] = float(shadow[0] / max(shadow.sum(), 1e-9))
    for low, high in zip(NOISE_BOUNDS_M, NOISE_BOUNDS_M[1:]):
        inside = (patch_m >= low) & (patch_m < high) & (patch_weight > 0)
        enough = inside.sum() >= FEWEST_PATCHES
        found[f'noise at {low:g} to {high:g} m (m)'] = quantile(
            noise_m[inside], patch_weight[inside], 0.5) if enough else float('nan')
    return found


def quantile(values: NDArray[np.float64], weights: NDArray[np.float64], share: float) -> float:
    """Return the value below which `share` of the weight lies; NaN of nothing."""
    if not len(values):
        return float('nan')
    order = np.argsort(values)
    below = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(below, share * below[-1])])


def matched_weights(real: Sequence[Frame], real_weights: NDArray[np.float64],
                    simulated: Sequence[Frame]) -> NDArray[np.float64]:
    """Weigh simulated frames so that they show things as far away as the real ones do.

    Returns:
        (N,) weights whose sums by distance are those of the real frames, as far as there are
        simulated frames of such a distance.

    Raises:
        DataError: none of them is of a distance that the real ones have.
    """
    bins = [np.digitize([frame.distance_m for frame in frames], DISTANCE_BOUNDS_M)
            for frames in (real, simulated)]
    weights = np.zeros(len(simulated))
    for distance in np.unique(bins[1]):
        mine = bins[1] == distance
        weights[mine] = real_weights[bins[0] == distance].sum() / mine.sum()
    if not weights.sum():
        raise DataError('no simulated frame shows things as far away as the real ones; simulate '
                        'more views')
    return weights / weights.sum()


def compare(real: Sequence[Frame], real_weights: NDArray[np.float64],
            simulated: Sequence[Frame]) -> list[Comparison]:
    """Compare each figure of real frames and of simulated ones of like distances."""
    weights = matched_weights(real, real_weights, simulated)
    truth, found = figures(real, real_weights), figures(simulated, weights)
    return [Comparison(name, truth[name], found[name]) for name in truth
            if np.isfinite(truth[name]) and np.isfinite(found[name])]


def hole_overlap(one_m: NDArray[np.float32], other_m: NDArray[np.float32]) -> float:
    """Return intersection over union of the holes of two depth maps; 1 without any."""
    one, other = np.isnan(one_m), np.isnan(other_m)
    union = int((one | other).sum())
    return float((one & other).sum() / union) if union else 1.0
