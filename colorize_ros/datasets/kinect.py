"""What a structured-light depth camera (Kinect v1) makes of perfect depth.

The projector throws a dot pattern, a camera beside it finds each dot again by correlating small
windows; so there are shadows where the projector does not reach, disparities in steps of an eighth
of a pixel, noise that grows with the square of the distance, edges that are off by a pixel or two,
and no return from what is dark, shiny, far or seen at a grazing angle. After Khoshelham & Elberink
2012, "Accuracy and Resolution of Kinect Depth Data", and Handa et al. 2014, "A Benchmark for RGB-D
Visual Odometry, 3D Reconstruction and SLAM", section IV.
"""
from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.errors import DepthError, ShapeError

BASELINE_M = 0.075
# Of the color camera to the right of the infrared one, and of its wider view.
COLOR_OFFSET_M = 0.025
INFRARED_ZOOM = 585 / 525
DISPARITY_STEP_PX = 1 / 8
NEAREST_M, FARTHEST_M = 0.45, 8.0
# Infrared that comes back, as share at 1 m, below which the pattern drowns.
DARKEST = 0.008
GRAZING = 0.13
SMALLEST_ISLAND_PX = 40


def kinect_depth(depth_m: NDArray[np.float32], rng: np.random.Generator, *,
                 focal_px: float = 525.0, infrared: NDArray[np.float32] | None = None,
                 normals: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
    """Degrade perfect depth to what a Kinect gives, registered to its color camera.

    Args:
        depth_m: (H, W) metres along the color camera's optical axis, NaN where unknown.
        rng: where noise comes from; the same state gives the same result.
        focal_px: of the color camera.
        infrared: (H, W) share of near-infrared light that surfaces send back; 0.6 by default.
        normals: (H, W, 3) unit normals in the optical frame; by default from the depth.

    Returns:
        (H, W) float32 metres, NaN where a Kinect has no return.

    Raises:
        ShapeError: arrays of other shapes.
        DepthError: no pixel has a depth above 0.
    """
    _check(depth_m, infrared, normals)
    depth = np.where(np.isfinite(depth_m) & (depth_m > 0), depth_m, np.nan).astype(np.float32)
    cosine = _cosine(depth, focal_px, normals)
    reflected = np.full(depth.shape, 0.6, np.float32) if infrared is None else infrared

    seen = np.isfinite(depth) & (depth > NEAREST_M) & (depth < FARTHEST_M)
    seen &= _reached(depth, BASELINE_M - COLOR_OFFSET_M, focal_px)
    seen &= _reached(depth, -COLOR_OFFSET_M, focal_px)
    seen &= _in_view(depth, focal_px)
    signal = reflected * cosine / np.maximum(depth, 0.1) ** 2
    seen &= signal > DARKEST * np.exp(0.25 * _smooth_noise(rng, depth.shape, 6))
    seen &= cosine > GRAZING + 0.03 * _smooth_noise(rng, depth.shape, 4)
    seen &= ~_unsteady_edges(depth, focal_px, rng)

    matched = _displaced(depth, rng)
    seen = _without_islands(seen & np.isfinite(matched))
    return np.where(seen, _measured(matched, focal_px, rng), np.nan).astype(np.float32)


def _check(depth_m: NDArray[np.float32], infrared: NDArray[np.float32] | None,
           normals: NDArray[np.float32] | None) -> None:
    if depth_m.ndim != 2 or min(depth_m.shape) < 16:
        raise ShapeError(f'depth has shape {depth_m.shape}; expected (H, W) of at least 16 x 16. '
                         'Decode it with colorize_ros.messages first')
    for name, values, shape in (('infrared', infrared, depth_m.shape),
                                ('normals', normals, (*depth_m.shape, 3))):
        if values is not None and values.shape != shape:
            raise ShapeError(f'{name} has shape {values.shape}; expected {shape}, as depth has '
                             f'{depth_m.shape}. Render both at one size')
    if not np.any(depth_m > 0):
        raise DepthError('depth has no pixel above 0 m; expected metres, NaN where unknown. '
                         'Is the image empty?')


def _rays(shape: tuple[int, ...], focal_px: float) -> NDArray[np.float32]:
    """Return (H, W, 3) rays of the color camera with z = 1."""
    height, width = shape
    u, v = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return np.stack([(u - (width - 1) / 2) / focal_px, (v - (height - 1) / 2) / focal_px,
                     np.ones_like(u)], axis=2)


def _cosine(depth: NDArray[np.float32], focal_px: float,
            normals: NDArray[np.float32] | None) -> NDArray[np.float32]:
    """Return (H, W) how squarely each surface faces the camera, 0 to 1."""
    rays = _rays(depth.shape, focal_px)
    if normals is None:
        points = rays * np.nan_to_num(depth)[..., None]
        normals = np.cross(np.gradient(points, axis=1), np.gradient(points, axis=0))
        normals = normals / np.maximum(np.linalg.norm(normals, axis=2, keepdims=True), 1e-12)
    away = np.sum(normals * rays, axis=2) / np.linalg.norm(rays, axis=2)
    return np.abs(away).astype(np.float32)


def _reached(depth: NDArray[np.float32], offset_m: float, focal_px: float) -> NDArray[np.bool_]:
    """Say which pixels a point `offset_m` to the camera's right sees, by a depth buffer there."""
    height, width = depth.shape
    distance = np.nan_to_num(depth, nan=1e3)
    column = np.arange(width, dtype=np.float32) - focal_px * offset_m / distance
    margin = int(np.ceil(focal_px * abs(offset_m) / NEAREST_M)) + 2
    row = np.arange(height)[:, None] * (width + 2 * margin)
    left = np.clip(np.floor(column).astype(np.int64) + margin, 0, width + 2 * margin - 2)
    nearest = np.full(height * (width + 2 * margin), np.inf, np.float32)
    # Into both neighbours, so that surfaces stretched from there have no gaps.
    for step in (0, 1):
        np.minimum.at(nearest, (row + left + step).ravel(), distance.ravel())
    at = np.clip(np.rint(column).astype(np.int64) + margin, 0, width + 2 * margin - 1)
    return np.asarray(distance <= 1.02 * nearest[row + at] + 0.01)


def _in_view(depth: NDArray[np.float32], focal_px: float) -> NDArray[np.bool_]:
    """Say which pixels lie within the infrared camera's narrower picture."""
    height, width = depth.shape
    rays = _rays(depth.shape, focal_px)
    shift = COLOR_OFFSET_M / np.nan_to_num(depth, nan=1e3)
    zoomed = focal_px * INFRARED_ZOOM
    u = zoomed * (rays[..., 0] + shift) + (width - 1) / 2
    v = zoomed * rays[..., 1] + (height - 1) / 2
    # Correlation windows of nine columns do not fit at the sides.
    return np.asarray((u > 4) & (u < width - 5) & (v > 0) & (v < height - 1))


def _unsteady_edges(depth: NDArray[np.float32], focal_px: float,
                    rng: np.random.Generator) -> NDArray[np.bool_]:
    """Say where a window sees two surfaces and finds neither, differently in each frame."""
    disparity = focal_px * BASELINE_M / np.nan_to_num(depth, nan=1e3)
    window = np.ones((3, 3), np.uint8)
    step = cv2.dilate(disparity, window) - cv2.erode(disparity, window)
    lost = 0.9 * _smooth_noise(rng, depth.shape, 3) + 0.25 * np.minimum(step, 4.0) > 1.0
    return np.asarray((step > 1.0) & lost)


def _displaced(depth: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Look depth up a pixel or so beside where it belongs, as windows of pixels do."""
    height, width = depth.shape
    u, v = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    u += 0.7 * _smooth_noise(rng, depth.shape, 3)
    v += 0.7 * _smooth_noise(rng, depth.shape, 3)
    return np.asarray(cv2.remap(depth, u, v, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE),
                      np.float32)


def _measured(depth: NDArray[np.float32], focal_px: float,
              rng: np.random.Generator) -> NDArray[np.float32]:
    """Return depth from a noisy disparity in steps."""
    noise = 0.02 * rng.standard_normal(depth.shape) + 0.06 * _smooth_noise(rng, depth.shape, 5)
    disparity = focal_px * INFRARED_ZOOM * BASELINE_M / depth + noise
    steps = np.maximum(np.round(disparity / DISPARITY_STEP_PX), 1)
    return (focal_px * INFRARED_ZOOM * BASELINE_M / (steps * DISPARITY_STEP_PX)).astype(np.float32)


def _smooth_noise(rng: np.random.Generator, shape: tuple[int, ...],
                  cell_px: int) -> NDArray[np.float32]:
    """Return (H, W) noise of deviation about 1 that changes over `cell_px` pixels."""
    height, width = shape
    grid = rng.standard_normal((height // cell_px + 2, width // cell_px + 2)).astype(np.float32)
    # Interpolation takes about a third off the deviation.
    return 1.4 * cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)


def _without_islands(seen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Take out the specks, as the camera's own speckle filter does."""
    # The default algorithm of OpenCV 4.5.5 (Humble has 4.5.4) ends the process on some images.
    _, label, statistics, _ = cv2.connectedComponentsWithStatsWithAlgorithm(
        seen.astype(np.uint8), 4, cv2.CV_32S, cv2.CCL_WU)
    large = statistics[:, cv2.CC_STAT_AREA] >= SMALLEST_ISLAND_PX
    return np.asarray(seen & large[label])
