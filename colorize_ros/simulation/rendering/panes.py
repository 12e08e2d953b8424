"""Glass and mirrors, put over the picture of what is behind them."""
from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.simulation.rendering.denoise import denoise
from colorize_ros.simulation.rendering.geometry import scaled, View, windowed
from colorize_ros.simulation.rendering.lighting import Lighting
from colorize_ros.simulation.rendering.near_infrared import points_m
from colorize_ros.simulation.rendering.shading import COARSE, Tracer

# Glass mirrors little: a few paths will do.
GLASS_SAMPLES, MIRROR_SAMPLES = 4, 16


def pane_pixels(view: View) -> NDArray[np.bool_]:
    """Return (H, W), where a pane is what the camera meets first."""
    if view.through is None:
        return np.zeros(view.part.shape, bool)
    return np.asarray(view.part != view.through.part)


def mirrored_share(view: View, mirror: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return what surfaces would mirror if they were panes: thin glass (Schlick 1994), mirrors.

    Args:
        view: of a world.
        mirror: (P,), which parts are mirrors.

    Returns:
        (H, W) float32 in [0, 1].
    """
    points = points_m(view)
    cosine = np.abs(np.einsum('yxc,yxc->yx', view.normals, points))
    cosine = np.nan_to_num(cosine / np.linalg.norm(points, axis=2), nan=1)
    once = 0.04 + 0.96 * (1 - np.minimum(cosine, 1)) ** 5
    return np.where(mirror[view.part], 1, 2 * once / (1 + once)).astype(np.float32)


def behind_panes(light: NDArray[np.float32], view: View, lighting: Lighting, tracer: Tracer,
                 mirror: NDArray[np.bool_], seed: int) -> NDArray[np.float32]:
    """Put the panes in view over the light behind them: tint and mirror image.

    Args:
        light: (H, W, 3) of the view without panes.
        view: with a pane in it.
        lighting: that the light is of.
        tracer: of its scenes.
        mirror: (P,), which parts are mirrors.
        seed: of the light paths.
    """
    pane = pane_pixels(view)
    rows, columns = np.flatnonzero(pane.any(axis=1)), np.flatnonzero(pane.any(axis=0))
    box = (slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1))
    height, width = pane[box].shape
    camera = windowed(view.camera, box)
    mirrors = bool(mirror[view.part[box][pane[box]]].any())
    image = tracer.radiance(lighting.mirrored, scaled(camera, COARSE), view.pose, seed,
                            MIRROR_SAMPLES if mirrors else GLASS_SAMPLES)
    # What is mirrored has no normals and no depth here: its own brightness must tell its edges.
    flat = np.ones(image.shape[:2], np.float32)
    image = denoise(image, np.stack([0 * flat, 0 * flat, flat], axis=2), flat, flat)
    image = np.asarray(cv2.resize(image, (width, height)), np.float32)
    share = mirrored_share(view, mirror)[box][..., None]
    color = view.albedo[box]
    if lighting.infrared:
        color = color.mean(axis=2, keepdims=True)
    silver = np.where(mirror[view.part[box]][..., None], color, 1)
    light[box] = np.where(pane[box][..., None],
                          light[box] * color * (1 - share) + image * share * silver, light[box])
    return light
