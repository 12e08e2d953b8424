"""Denoising of path-traced light: an edge-avoiding wavelet filter on the light without texture.

After Dammertz et al. 2010, "Edge-Avoiding A-Trous Wavelet Transform for fast Global Illumination
Filtering".
"""
from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

LEVELS = 5


def denoise(light: NDArray[np.float32], normals: NDArray[np.float32],
            depth_m: NDArray[np.float32], trust: NDArray[np.float32]) -> NDArray[np.float32]:
    """Smooth what the paths' noise did, keep the edges of surfaces and shadows.

    Args:
        light: (H, W, C) that falls on surfaces: as rendered, divided by what comes back of it.
        normals: (H, W, 3) of the surfaces.
        depth_m: (H, W) metres, NaN where there is nothing.
        trust: (H, W) above 0 to 1, how far a pixel's own light is to be believed.

    Returns:
        (H, W, C) float32.
    """
    light = np.maximum(light, 0)
    # Each channel in its own unit: a night is ten thousand times darker than a day.
    unit = np.maximum(light.mean(axis=(0, 1)), np.float32(1e-12))
    light = light / unit
    # Bright specks are averaged in a scale that holds them down.
    smooth = np.log1p(4 * light)
    depth = np.nan_to_num(depth_m, nan=100.0)
    tolerance = tolerance_m(depth)
    # Planes (C, H, W) are several times faster to shift and multiply than pixels of three.
    planes = np.ascontiguousarray(np.moveaxis(smooth, 2, 0))
    facing = np.ascontiguousarray(np.moveaxis(normals, 2, 0))
    # Neighbours further away than the image is large are none.
    for level in range(min(LEVELS, max(min(depth.shape) - 1, 0).bit_length())):
        planes = _level(planes, facing, depth, tolerance, trust, level)
        trust = np.ones_like(trust)
    result = np.expm1(np.moveaxis(planes, 0, 2)) / 4
    # What that scale took from the mean is given back.
    mean, kept = (cv2.GaussianBlur(image.mean(axis=2), (0, 0), 24)
                  for image in (np.minimum(light, 4), np.minimum(result, 4)))
    gain = np.clip(mean / np.maximum(kept, 1e-4), 1, 3)
    return np.asarray(result * gain[..., None] * unit, np.float32)


def tolerance_m(depth_m: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return by how much (H, W) neighbours on the same surface may differ in depth (no NaN)."""
    slope = (np.abs(cv2.Sobel(depth_m, cv2.CV_32F, 1, 0))
             + np.abs(cv2.Sobel(depth_m, cv2.CV_32F, 0, 1)))
    return np.asarray(0.01 * depth_m + np.minimum(slope / 8, 0.1), np.float32)


def _level(light: NDArray[np.float32], normals: NDArray[np.float32], depth: NDArray[np.float32],
           tolerance: NDArray[np.float32], trust: NDArray[np.float32],
           level: int) -> NDArray[np.float32]:
    height, width = depth.shape
    step = 2 ** level
    total = trust.copy()
    result = light * trust
    # Shadows are told from noise by the mean around, and better from level to level.
    luminance = cv2.GaussianBlur(light.mean(axis=0), (0, 0), 1.8) * np.float32(1 + level)
    closeness = (-1 / (tolerance * step)).astype(np.float32)
    # The eight neighbours at this level's distance; the ninth is the pixel itself.
    for dy in (-step, 0, step):
        for dx in (-step, 0, step):
            if dx == 0 and dy == 0:
                continue
            here = np.s_[..., max(0, -dy):height - max(0, dy), max(0, -dx):width - max(0, dx)]
            there = np.s_[..., max(0, dy):height + min(0, dy), max(0, dx):width + min(0, dx)]
            weight = np.einsum('cyx,cyx->yx', normals[here], normals[there])
            np.maximum(weight, 0, out=weight)
            for _ in range(4):  # to the 16th power
                weight *= weight
            apart = np.abs(depth[here] - depth[there])
            apart *= closeness[here]
            apart -= np.abs(luminance[here] - luminance[there])
            weight *= np.exp(apart) * np.float32(0.5 if dx == 0 or dy == 0 else 0.25)
            weight *= trust[there]
            result[here] += weight * light[there]
            total[here] += weight
    return result / total
