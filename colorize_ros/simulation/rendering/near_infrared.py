"""What a near-infrared camera with its own illuminator sees, in the dark too."""
from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.simulation.rendering.geometry import View
from colorize_ros.simulation.rendering.shading import sharpened

# The illuminator sits to the right of the lens.
ILLUMINATOR_M = 0.05
# Its beam fades from the axis with this power of the cosine: to 0.4 in the corners of a Kinect.
BEAM_POWER = 4
# Surfaces send the beam on: that light is taken on this many columns, from a third of them.
BOUNCE_COLUMNS, LAMP_EVERY, NEAREST_M = 64, 3, 0.15
# Share that is mirrored, and roughness.
GLOSS = {'satin': (0.04, 0.15), 'metal': (0.9, 0.18), 'glass': (0.08, 0.05)}


def illuminated(view: View, gloss: NDArray[np.str_]) -> NDArray[np.float32]:
    """Return the illuminator's light that comes back to the camera.

    Args:
        view: what the camera sees.
        gloss: (P,) of the world's parts.

    Returns:
        (H, W) float32; 1.0 is a white surface facing the camera at 1 m.
    """
    points = points_m(view)
    to_light = np.array([ILLUMINATOR_M, 0, 0], np.float32) - points
    distance = np.linalg.norm(to_light, axis=2)
    to_light /= distance[..., None]
    beam = np.clip(-to_light[..., 2], 0, 1) ** BEAM_POWER / distance ** 2
    incidence = np.clip(np.einsum('yxc,yxc->yx', view.normals, to_light), 0, 1)
    arriving = np.nan_to_num(beam * incidence * lit_by_illuminator(view))
    light = view.infrared * (arriving + _bounced(view, points, arriving))
    shine = _highlight(view, points, to_light, gloss)
    return np.asarray(light + np.nan_to_num(beam) * shine, np.float32)


def points_m(view: View) -> NDArray[np.float32]:
    """Return (H, W, 3) float32, what the pixels see in the optical frame, metres."""
    camera = view.camera
    rows, columns = np.indices(view.depth_m.shape, np.float32)
    rays = np.stack([(columns - camera.cx) / camera.fx, (rows - camera.cy) / camera.fy,
                     np.ones_like(rows)], axis=2)
    return np.asarray(rays * view.depth_m[..., None], np.float32)


def lit_by_illuminator(view: View) -> NDArray[np.float32]:
    """Return (H, W) float32, 1 where the illuminator shines, 0 in its shadows.

    A shadow is what the lens sees past the near thing that hides it from the illuminator, as from
    the other camera of a stereo pair.
    """
    shift = np.nan_to_num(view.camera.fx * ILLUMINATOR_M / view.depth_m).astype(np.float32)
    height, width = shift.shape
    column = np.arange(width, dtype=np.float32) - shift
    nearest = np.zeros((height, width + 2), np.float32)
    left = np.floor(column).astype(np.intp)
    rows = np.broadcast_to(np.arange(height)[:, None], left.shape)
    for side in (left, left + 1):
        inside = (side >= 0) & (side < width)
        np.maximum.at(nearest, (rows[inside], side[inside]), shift[inside])
    seen = nearest[rows, np.clip(np.round(column).astype(np.intp), 0, width)]
    clear = (seen < shift * 1.04 + 0.6) | (column < 0)
    # The illuminator is a finger wide.
    return cv2.GaussianBlur(clear.astype(np.float32), (0, 0), 0.8 * width / 640 + 0.3)


def _bounced(view: View, points: NDArray[np.float32],
             arriving: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return (H, W) the light that the lit surfaces in view throw on each other, unshadowed.

    Instant radiosity (Keller 1997): every so many pixels a surface becomes a small lamp.
    """
    step = max(view.camera.width // BOUNCE_COLUMNS, 1)
    there = np.s_[::step, ::step]
    lamps = np.s_[step::LAMP_EVERY * step, step::LAMP_EVERY * step]
    known = view.part[lamps] >= 0
    at, facing = points[lamps][known], view.normals[lamps][known]
    # What one pixel covers of a surface, times how many pixels a lamp stands for.
    slant = np.maximum(np.abs(np.einsum('nc,nc->n', facing, at)) / at[:, 2], 0.1)
    area = (at[:, 2] / view.camera.fx * LAMP_EVERY * step) ** 2 / slant
    power = (view.infrared * arriving)[lamps][known] * area / np.float32(np.pi)
    lit, up = np.nan_to_num(points[there]).reshape(-1, 3), view.normals[there].reshape(-1, 3)
    squared = (np.sum(lit ** 2, axis=1)[:, None] + np.sum(at ** 2, axis=1) - 2 * lit @ at.T)
    # The cosines at both ends, each times the distance.
    out = np.maximum(lit @ facing.T - np.sum(at * facing, axis=1), 0)
    back = np.maximum(up @ at.T - np.sum(lit * up, axis=1)[:, None], 0)
    light = (out * back / np.maximum(squared, NEAREST_M ** 2) ** 2) @ power
    light = light.reshape(*view.part[there].shape, 1)
    return sharpened(light, view.normals[there], view, step)[..., 0]


def _highlight(view: View, points: NDArray[np.float32], to_light: NDArray[np.float32],
               gloss: NDArray[np.str_]) -> NDArray[np.float32]:
    """Return (H, W) the mirrored beam on glossy surfaces (Trowbridge & Reitz 1975)."""
    half = to_light - points / np.linalg.norm(points, axis=2)[..., None]
    half /= np.linalg.norm(half, axis=2)[..., None]
    cosine = np.einsum('yxc,yxc->yx', view.normals, half)
    result = np.zeros_like(view.depth_m)
    for name, (mirrored, alpha) in GLOSS.items():
        chosen = (gloss == name)[view.part] & (view.part >= 0)
        lobe = (cosine[chosen] ** 2 * (alpha ** 2 - 1) + 1) ** 2
        result[chosen] = mirrored * alpha ** 2 / (4 * np.maximum(lobe, 1e-9))
    return np.nan_to_num(result)
