"""What a structured-light depth camera (Kinect v1) makes of perfect depth.

The projector throws a dot pattern, a camera beside it finds each dot again by correlating small
windows. So there are shadows where the projector does not reach and no return from what is dark,
shiny, far or seen at a grazing angle; a window takes the surface that most of it sees, so that
edges are ragged and off by a pixel or two and thin things vanish; and disparities come in steps of
an eighth of a pixel, with a noise that grows with the square of the distance. After Khoshelham &
Elberink 2012, "Accuracy and Resolution of Kinect Depth Data", and Handa et al. 2014, "A Benchmark
for RGB-D Visual Odometry, 3D Reconstruction and SLAM", section IV; the numbers are tuned to
recordings (benchmarks/kinect_realism.py).
"""
from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.errors import DepthError, ShapeError

# Lengths in pixels below are those of a camera of this focal length, 640 wide; for others they
# are scaled with it.
FOCAL_PX = 525.0
BASELINE_M = 0.075
# Of the color camera to the right of the infrared one, and of its wider view.
COLOR_OFFSET_M = 0.025
INFRARED_ZOOM = 585 / 525
DISPARITY_STEP_PX = 1 / 8
NEAREST_M, FARTHEST_M = 0.45, 8.0
# Infrared that comes back, as share at 1 m, below which the pattern drowns.
DARKEST = 0.055
# How it falls with the distance and with the cosine of the angle it is seen at: more slowly than
# the light on a wall, as each dot is a narrow beam, which stays bright for itself.
FADE, OBLIQUE = 1.0, 0.5
# How unevenly that is so (logarithm): what stays from frame to frame, and what comes and goes.
UNEVEN, UNEVEN_CELL_PX = 0.9, 70.0
FLICKER, FLICKER_CELL_PX = 0.2, 7.0
# Nothing comes back from the darkest surfaces even where the pattern is brightest; bright ones
# that are near have no holes even where it is faintest.
LEAST_UNEVEN, MOST_UNEVEN = -2.0, 1.6
GRAZING = 0.10
# A window has to agree on a disparity to a pixel in more than this share of it.
WINDOW_PX = 9
MAJORITY, UNSTEADY = 0.32, 0.03
# How far near surfaces spread into what sends nothing back, and how far edges are off.
FATTEN_PX = 2.0
RAGGED_PX, RAGGED_CELL_PX = 1.0, 8.0
SMOOTH_NOISE_PX, NOISE_PX = 0.033, 0.01
SMALLEST_ISLAND_PX = 40
# Disparities are those of a camera 640 wide too: smaller pictures are sampled from such ones.
FOCAL_TIMES_BASELINE = np.float32(FOCAL_PX * INFRARED_ZOOM * BASELINE_M)
PATTERN_CELLS = 64
# Interpolation takes about a third off the deviation of noise.
SPREAD = 1.4
FAR_AWAY_M, NOTHING = 1e3, -1e3


def kinect_depth(depth_m: NDArray[np.float32], rng: np.random.Generator, *,
                 focal_px: float = FOCAL_PX, infrared: NDArray[np.float32] | None = None,
                 normals: NDArray[np.float32] | None = None,
                 projector: int | None = None) -> NDArray[np.float32]:
    """Degrade perfect depth to what a Kinect gives, registered to its color camera.

    Args:
        depth_m: (H, W) metres along the color camera's optical axis, NaN where unknown.
        rng: where noise comes from; the same state gives the same result.
        focal_px: of the color camera.
        infrared: (H, W) share of near-infrared light that surfaces send back; 0.6 by default.
        normals: (H, W, 3) unit normals in the optical frame; by default from the depth.
        projector: which of all projectors, each of which has a pattern of its own, the same in
            every frame; by default any.

    Returns:
        (H, W) float32 metres, NaN where a Kinect has no return.

    Raises:
        ShapeError: arrays of other shapes.
        DepthError: no pixel has a depth above 0.
    """
    _check(depth_m, infrared, normals)
    known = np.isfinite(depth_m) & (depth_m > 0)
    depth = np.where(known, depth_m, FAR_AWAY_M).astype(np.float32)
    scale = focal_px / FOCAL_PX

    lit = (depth > NEAREST_M) & (depth < FARTHEST_M) & _in_view(depth, focal_px)
    lit &= _reached(depth, BASELINE_M - COLOR_OFFSET_M, focal_px)
    lit &= _reached(depth, -COLOR_OFFSET_M, focal_px)
    # Steep surfaces have gaps a pixel wide there.
    lit = cv2.medianBlur(lit.astype(np.uint8), 3) > 0
    pattern = np.random.default_rng(rng.integers(2**32) if projector is None else projector)
    lit &= _returned(depth, _cosine(depth, focal_px, normals), infrared, focal_px, pattern, rng)

    true_px = np.where(lit, FOCAL_TIMES_BASELINE / depth, np.float32(NOTHING))
    found_px = _displaced(true_px, scale, rng)
    majority = MAJORITY + UNSTEADY * _smooth_noise(rng, depth.shape, RAGGED_CELL_PX * scale)
    seen = (found_px > 0) & (_agreement(found_px, true_px, scale) > majority)
    seen = _without_islands(seen, SMALLEST_ISLAND_PX * scale ** 2)
    return np.where(seen, FOCAL_TIMES_BASELINE / _measured(found_px, scale, rng),
                    np.float32(np.nan))


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


def _rays(shape: tuple[int, ...],
          focal_px: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return x (W,) and y (H, 1) of the color camera's rays at z = 1."""
    height, width = shape
    x = (np.arange(width, dtype=np.float32) - np.float32((width - 1) / 2)) / np.float32(focal_px)
    y = (np.arange(height, dtype=np.float32) - np.float32((height - 1) / 2)) / np.float32(focal_px)
    return x, y[:, None]


def _cosine(depth: NDArray[np.float32], focal_px: float,
            normals: NDArray[np.float32] | None) -> NDArray[np.float32]:
    """Return (H, W) how squarely each surface faces the camera, 0 to 1."""
    x, y = _rays(depth.shape, focal_px)
    if normals is None:
        points = np.stack([x * depth, y * depth, depth], axis=2)
        normals = np.cross(np.gradient(points, axis=1), np.gradient(points, axis=0))
        normals = normals / np.maximum(np.linalg.norm(normals, axis=2, keepdims=True), 1e-12)
    away = normals[..., 0] * x + normals[..., 1] * y + normals[..., 2]
    return np.asarray(np.abs(away) / np.sqrt(x * x + y * y + 1), np.float32)


def _returned(depth: NDArray[np.float32], cosine: NDArray[np.float32],
              infrared: NDArray[np.float32] | None, focal_px: float,
              pattern: np.random.Generator, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Say where enough of the projected light comes back."""
    scale = focal_px / FOCAL_PX
    signal = (0.6 if infrared is None else infrared) * cosine ** OBLIQUE / depth ** FADE
    uneven = UNEVEN * _projected(depth, focal_px, pattern) + FLICKER * _smooth_noise(
        rng, depth.shape, FLICKER_CELL_PX * scale)
    darkest = DARKEST * np.exp(np.clip(uneven, LEAST_UNEVEN, MOST_UNEVEN))
    grazing = GRAZING + 0.03 * _smooth_noise(rng, depth.shape, 5 * scale)
    return np.asarray((signal > darkest) & (cosine > grazing))


def _projected(depth: NDArray[np.float32], focal_px: float,
               pattern: np.random.Generator) -> NDArray[np.float32]:
    """Return (H, W) unevenness of the projected pattern, fixed in the projector's picture."""
    dots = pattern.standard_normal((PATTERN_CELLS, PATTERN_CELLS), np.float32)
    x, y = _rays(depth.shape, focal_px)
    cells = np.float32(FOCAL_PX / UNEVEN_CELL_PX)
    column = (x - np.float32(BASELINE_M - COLOR_OFFSET_M) / np.maximum(depth, NEAREST_M)) * cells
    row = np.broadcast_to(y * cells, depth.shape)
    size = np.float32(PATTERN_CELLS)
    return np.asarray(SPREAD * cv2.remap(
        dots, np.mod(column, size).astype(np.float32), np.mod(row, size).astype(np.float32),
        cv2.INTER_CUBIC, borderMode=cv2.BORDER_WRAP), np.float32)


def _reached(depth: NDArray[np.float32], offset_m: float, focal_px: float) -> NDArray[np.bool_]:
    """Say which pixels a point `offset_m` to the camera's right sees, by a depth buffer there."""
    height, width = depth.shape
    margin = int(np.ceil(focal_px * abs(offset_m) / NEAREST_M)) + 2
    stride = width + 2 * margin
    start = (np.arange(height) * stride + margin)[:, None] + np.arange(width)
    shift = np.float32(focal_px * offset_m) / np.maximum(depth, np.float32(NEAREST_M))
    left = np.floor(-shift)
    at = start + left.astype(np.int32)
    nearest = np.full(height * stride, np.inf, np.float32)
    # Into both neighbours, so that surfaces stretched from there have no gaps.
    for step in (0, 1):
        np.minimum.at(nearest, (at + step).ravel(), depth.ravel())
    closest = at + (-shift - left >= 0.5)
    return np.asarray(depth <= np.float32(1.02) * nearest[closest] + np.float32(0.01))


def _in_view(depth: NDArray[np.float32], focal_px: float) -> NDArray[np.bool_]:
    """Say which pixels lie within the infrared camera's narrower picture."""
    height, width = depth.shape
    x, y = _rays(depth.shape, focal_px)
    # Correlation windows do not fit at the sides.
    columns = (width - 1) / 2 - WINDOW_PX // 2 * focal_px / FOCAL_PX
    zoomed = focal_px * INFRARED_ZOOM
    u = zoomed * (x + np.float32(COLOR_OFFSET_M) / depth)
    return np.asarray((np.abs(u) < columns) & (np.abs(zoomed * y) < (height - 1) / 2))


def _displaced(disparity_px: NDArray[np.float32], scale: float,
               rng: np.random.Generator) -> NDArray[np.float32]:
    """Look disparity up a pixel or so beside where it belongs, as windows of pixels do.

    Where nothing comes back, it is that of the nearest surface beside it: the window sees it too.
    """
    height, width = disparity_px.shape
    side = 2 * round(FATTEN_PX * scale) + 1
    beside = cv2.dilate(disparity_px, np.ones((side, side), np.uint8))
    u, v = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    u += RAGGED_PX * scale * _smooth_noise(rng, disparity_px.shape, RAGGED_CELL_PX * scale)
    v += RAGGED_PX * scale * _smooth_noise(rng, disparity_px.shape, RAGGED_CELL_PX * scale)
    return np.asarray(cv2.remap(np.where(disparity_px > 0, disparity_px, beside), u, v,
                                cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE), np.float32)


def _agreement(found_px: NDArray[np.float32], true_px: NDArray[np.float32],
               scale: float) -> NDArray[np.float32]:
    """Return (H, W) which share of each window has the disparity that is found for it."""
    height, width = found_px.shape
    reach = max(1, round(WINDOW_PX // 2 * scale))
    offsets = np.unique(np.round(np.linspace(-reach, reach, 5)).astype(int))
    around = cv2.copyMakeBorder(true_px, reach, reach, reach, reach, cv2.BORDER_REPLICATE)
    votes = np.zeros(found_px.shape, np.uint8)
    for dy in offsets + reach:
        for dx in offsets + reach:
            other = np.ascontiguousarray(around[dy:dy + height, dx:dx + width])
            votes += np.abs(found_px - other) < 1.0
    return np.asarray(votes / np.float32(len(offsets) ** 2), np.float32)


def _measured(disparity_px: NDArray[np.float32], scale: float,
              rng: np.random.Generator) -> NDArray[np.float32]:
    """Return disparities with noise, in steps."""
    noise = NOISE_PX * rng.standard_normal(disparity_px.shape, np.float32)
    noise += SMOOTH_NOISE_PX * _smooth_noise(rng, disparity_px.shape, 5 * scale)
    steps = np.maximum(np.round((disparity_px + noise) / DISPARITY_STEP_PX), 1)
    return np.asarray(steps * DISPARITY_STEP_PX, np.float32)


def _smooth_noise(rng: np.random.Generator, shape: tuple[int, ...],
                  cell_px: float) -> NDArray[np.float32]:
    """Return (H, W) noise of deviation about 1 that changes over `cell_px` pixels."""
    height, width = shape
    grid = rng.standard_normal((int(height / cell_px) + 2, int(width / cell_px) + 2), np.float32)
    return SPREAD * cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)


def _without_islands(seen: NDArray[np.bool_], smallest_px: float) -> NDArray[np.bool_]:
    """Take out the specks, as the camera's own speckle filter does."""
    # The default algorithm of OpenCV 4.5.5 (Humble has 4.5.4) ends the process on some images.
    _, label, statistics, _ = cv2.connectedComponentsWithStatsWithAlgorithm(
        seen.astype(np.uint8), 4, cv2.CV_32S, cv2.CCL_WU)
    large = statistics[:, cv2.CC_STAT_AREA] >= smallest_px
    return np.asarray(seen & large[label])
