"""Light that falls on what a camera sees: path traced coarsely, smoothed, and sharpened again."""
from __future__ import annotations

from types import ModuleType
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.messages import Intrinsics
from colorize_ros.simulation.rendering import scene
from colorize_ros.simulation.rendering.denoise import denoise, tolerance_m
from colorize_ros.simulation.rendering.geometry import scaled, View
from colorize_ros.simulation.sensors.poses import Pose

# Light comes straight or off one other surface: enough that the undersides of tables are lit.
MAX_DEPTH = 3
# Light changes slower than texture: every second pixel of each row and column is traced.
COARSE = 2
COVER = np.array([0.25, 0.5, 0.25], np.float32)
# Paths a coarse pixel, for each that a pixel is to have.
FAINT_SAMPLES = 1
# What comes back of the blackest surface, in its gloss.
BASE = np.float32(0.03)
# How far light is believed where coarse pixels mix surfaces, and where they see a lamp itself.
MIXED, NOBODY = 0.02, 1e-6
# How much a pixel sees of its neighbours.
EDGE_SIGMA_PX = 0.6


class Tracer:
    """Path traces the light of scenes."""

    def __init__(self, mi: ModuleType, samples: int) -> None:
        self._mi = mi
        self._samples = samples
        self._paths = mi.load_dict({'type': 'path', 'max_depth': MAX_DEPTH,
                                    'block_size': scene.BLOCK})

    def radiance(self, lit: Any, camera: Intrinsics, pose: Pose, seed: int,
                 samples: int) -> NDArray[np.float32]:
        """Return (H, W, 3) noisy linear light of at least so many paths a pixel."""
        # The paths of a pixel are spread over a rectangle of rows and columns.
        rows = int(samples ** 0.5)
        samples = rows * -(-samples // rows)
        image = self._mi.render(
            lit, sensor=scene.sensor(self._mi, camera, pose, samples=samples),
            integrator=self._paths, spp=samples, seed=seed)
        return np.nan_to_num(np.asarray(image, np.float32))

    def incident(self, lit: Any, view: View, reflectance: NDArray[np.float32],
                 source: NDArray[np.bool_], seed: int, *, faint: bool) -> NDArray[np.float32]:
        """Return the light that surfaces would send back if they were white.

        Args:
            lit: the scene.
            view: of it, without panes.
            reflectance: (P, 3) of the parts in that scene.
            source: (P,) which parts send out light; what they send is not in the result.
            seed: of the paths.
            faint: whether there is more noise in the camera than in few paths.

        Returns:
            (H, W, 3) float32.
        """
        coarse = np.s_[::COARSE, ::COARSE]
        samples = self._samples * (FAINT_SAMPLES if faint else COARSE ** 2)
        light = self.radiance(lit, scaled(view.camera, COARSE), view.pose, seed, samples)
        # A coarse pixel covers half of its neighbours: at outlines it mixes their colors.
        color = cv2.sepFilter2D(reflectance[view.part] + BASE, -1, COVER, COVER)
        light /= color[coarse]
        trust = np.where(mixed(view, 3), np.float32(MIXED), np.float32(1))
        shining = cv2.dilate(source[view.part].astype(np.uint8), np.ones((3, 3), np.uint8))
        trust[shining > 0] = NOBODY
        normals = view.normals[coarse]
        light = denoise(light, normals, view.depth_m[coarse], trust[coarse])
        return sharpened(light, normals, view)


def mixed(view: View, size: int) -> NDArray[np.bool_]:
    """Return (H, W), around which pixels a square of `size` pixels shows several parts."""
    part = view.part.astype(np.float32)
    kernel = np.ones((size, size), np.uint8)
    return np.asarray(cv2.dilate(part, kernel) != cv2.erode(part, kernel))


def softened(light: NDArray[np.float32], view: View) -> NDArray[np.float32]:
    """Take the steps off outlines: there a pixel sees a little of its neighbours.

    Args:
        light: (H, W, C) as seen through the pixels' centres.
        view: of the same size.

    Returns:
        (H, W, C) float32.
    """
    soft = cv2.GaussianBlur(light, (3, 3), EDGE_SIGMA_PX).reshape(light.shape)
    return np.where(mixed(view, 3)[..., None], soft, light).astype(np.float32)


def sharpened(light: NDArray[np.float32], normals: NDArray[np.float32],
              view: View, step: int = COARSE) -> NDArray[np.float32]:
    """Bring coarse light to every pixel, from those neighbours that lie on the same surface.

    Joint bilateral upsampling (Kopf et al. 2007) by normals and depth.

    Args:
        light: (ceil(H / step), ceil(W / step), C).
        normals: (ceil(H / step), ceil(W / step), 3).
        view: of (H, W).
        step: from one coarse pixel to the next.

    Returns:
        (H, W, C) float32.
    """
    height, width = view.part.shape
    depth = np.nan_to_num(view.depth_m, nan=100.0)
    closeness = (-1 / tolerance_m(depth)).astype(np.float32)
    coarse_depth = depth[::step, ::step]
    total = np.zeros((height, width, 1), np.float32)
    result = np.zeros((height, width, light.shape[2]), np.float32)
    (tops, parts_y), (lefts, parts_x) = _taps(height, step), _taps(width, step)
    for row, weight_y in zip(tops, parts_y):
        for column, weight_x in zip(lefts, parts_x):
            there = np.ix_(row, column)
            weight = np.einsum('yxc,yxc->yx', view.normals, normals[there])
            weight = np.maximum(weight, 0) ** 8
            weight *= np.exp(np.abs(depth - coarse_depth[there]) * closeness)
            # A thin thing that no coarse pixel met takes the light around it.
            weight = (weight + np.float32(1e-4)) * (weight_y[:, None] * weight_x)
            result += weight[..., None] * light[there]
            total += weight[..., None]
    return result / total


def _taps(size: int, step: int) -> tuple[list[NDArray[np.intp]], list[NDArray[np.float32]]]:
    """Return for each pixel of a row the two coarse ones around it, and their shares."""
    place = np.arange(size) / step
    first = np.floor(place).astype(np.intp)
    second = np.minimum(first + 1, (size - 1) // step)
    share = (place - first).astype(np.float32)
    return [first, second], [1 - share, share]
