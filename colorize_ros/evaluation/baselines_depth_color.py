"""Hand-made colors of depth, as recognition used them first; and the dark photo.

Lai et al. 2020, "Colorization of Depth Map via Disentanglement", section 2, names those that came
before, and in section 4.4 takes `ill_lit_photo` for what a color camera sees in the dark.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.darkness import ill_lit
from colorize_ros.evaluation.depth_color_protocol import Case
from colorize_ros.messages import depth_picture
from colorize_ros.pipelines.depth_filling import FARTHEST_M, prepare_depth

Rgb = NDArray[np.uint8]
Vectors = NDArray[np.float32]
Vector = NDArray[np.float64]

SMOOTHING_PX = 5
# Gupta, Arbelaez & Malik 2013: where a normal counts as that of a floor or of a wall, in turns.
GRAVITY_ANGLES_DEG = (45,) * 5 + (15,) * 5
NORMALS_FOR_GRAVITY = 5000
NEAREST_M = 1.0


def colormap(case: Case) -> Rgb:
    """Map each depth to a color, near to far of the image (Eitel et al. 2015; here turbo)."""
    return depth_picture(_whole(case))


def normals(case: Case) -> Rgb:
    """Take the surface's normal for red, green and blue (Bo, Ren & Fox 2013)."""
    directions = normals_of(_whole(case), case.focal_px)
    return np.rint((directions + 1) * 127.5).astype(np.uint8)


def hha(case: Case) -> Rgb:
    """Encode disparity, height above ground and angle with gravity (Gupta et al. 2014).

    In their units: a disparity of 31000 over the depth in centimetres, of 1 m at the nearest; the
    height in centimetres above the lowest point; the angle in degrees plus 38, so that a floor
    has 38 and a wall 128.
    """
    depth_m = _whole(case)
    directions = normals_of(depth_m, case.focal_px)
    up = upwards(directions)
    height_m = _points(depth_m, case.focal_px) @ up.astype(np.float32)
    angle_deg = np.degrees(np.arccos(np.clip(directions @ up, -1, 1)))
    channels = [310 / np.maximum(depth_m, NEAREST_M),
                100 * (height_m - np.percentile(height_m, 1)), angle_deg + 38]
    return np.clip(np.rint(np.stack(channels, axis=2)), 0, 255).astype(np.uint8)


def ill_lit_photo(case: Case) -> Rgb:
    """Darken the true photo by a gamma of 10: it knows the truth, as no other does."""
    return ill_lit(case.rgb)


DEPTH_COLOR_BASELINES: dict[str, Callable[[Case], Rgb]] = {
    'colormap': colormap, 'normals': normals, 'hha': hha, 'ill-lit': ill_lit_photo}


def normals_of(depth_m: NDArray[np.float32], focal_px: float) -> Vectors:
    """Compute the surface's normals, towards the camera.

    Args:
        depth_m: (H, W) metres, without holes. A median of 5 x 5 is taken first.
        focal_px: of a camera that looks at the image's middle.

    Returns:
        (H, W, 3) of length 1: x right, y down, z forward.
    """
    points = _points(np.asarray(cv2.medianBlur(depth_m, SMOOTHING_PX), np.float32), focal_px)
    # Mirrored beyond the edge, as is the default, there would be no change across it.
    right, down = (cv2.Sobel(points, cv2.CV_32F, *along, ksize=3, borderType=cv2.BORDER_REPLICATE)
                   for along in ((1, 0), (0, 1)))
    directions = np.cross(down, right)
    lengths = np.linalg.norm(directions, axis=2, keepdims=True)
    return np.asarray(directions / np.maximum(lengths, 1e-9), np.float32)


def upwards(directions: Vectors) -> Vector:
    """Find where up is: along floors' normals, across walls' (Gupta et al. 2013, section 3.1).

    Args:
        directions: (H, W, 3) the surface's normals, towards a camera that is held about upright.

    Returns:
        (3,) of length 1.
    """
    flat = directions.reshape(-1, 3).astype(np.float64)
    flat = flat[::max(len(flat) // NORMALS_FOR_GRAVITY, 1)]
    up = np.array([0.0, -1.0, 0.0])
    for angle_deg in GRAVITY_ANGLES_DEG:
        along = np.abs(flat @ up)
        floors = flat[along > np.cos(np.radians(angle_deg))]
        walls = flat[along < np.sin(np.radians(angle_deg))]
        _, vectors = np.linalg.eigh(walls.T @ walls - floors.T @ floors)
        up = vectors[:, 0] if vectors[1, 0] < 0 else -vectors[:, 0]
    return up


def _points(depth_m: NDArray[np.float32], focal_px: float) -> Vectors:
    """Give each pixel's place before the camera, (H, W, 3) metres."""
    height, width = depth_m.shape
    x = (np.arange(width) - (width - 1) / 2) / focal_px
    y = (np.arange(height) - (height - 1) / 2) / focal_px
    return np.stack([depth_m * x, depth_m * y[:, None], depth_m], axis=2).astype(np.float32)


def _whole(case: Case) -> NDArray[np.float32]:
    return np.asarray(prepare_depth(case.depth_m) * np.float32(FARTHEST_M), np.float32)
