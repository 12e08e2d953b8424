"""Ways to enlarge a depth or disparity map without learning.

Each takes a float32 (H, W) map without NaN, a scale and a guide, the uint8 (H * scale, W * scale,
3) color image or None, and gives the float32 (H * scale, W * scale) map.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Optional

import cv2
import numpy as np
from numpy.typing import NDArray

Map = NDArray[np.float32]
Guide = Optional[NDArray[np.uint8]]  # noqa: UP045 - evaluated at run time on Python 3.10 too
Upsampling = Callable[[Map, int, Guide], Map]

BILATERAL_RADIUS_PX = 2
# Both sigmas were chosen on the train maps; the second is of a guide with values in 0..1.
SPATIAL_SIGMA_PX = 0.7
RANGE_SIGMA = 0.1


def nearest(values: Map, scale: int, guide: Guide) -> Map:
    """Repeat each pixel."""
    return np.repeat(np.repeat(values, scale, axis=0), scale, axis=1)


def bicubic(values: Map, scale: int, guide: Guide) -> Map:
    """Interpolate with OpenCV's bicubic kernel, pixel centers aligned."""
    size = (values.shape[1] * scale, values.shape[0] * scale)
    return cv2.resize(values, size, interpolation=cv2.INTER_CUBIC).astype(np.float32, copy=False)


def joint_bilateral(values: Map, scale: int, guide: Guide) -> Map:
    """Joint bilateral upsampling (Kopf et al. 2007).

    Each large pixel is the mean of 5 x 5 small ones, weighted by their distance and by how much
    the guide differs between the large pixel and the small one's center. Without a color image
    the bicubic map, stretched to 0..1, is the guide.
    """
    height, width = values.shape
    large = _guide_image(values, scale, guide)
    small = cv2.resize(large, (width, height), interpolation=cv2.INTER_AREA)
    small = small.reshape(height, width, -1).astype(np.float32)
    fine = large.reshape(height, scale, width, scale, -1)
    radius = BILATERAL_RADIUS_PX
    edge = ((radius, radius), (radius, radius))
    values_padded = np.pad(values, edge, mode='edge')
    small_padded = np.pad(small, (*edge, (0, 0)), mode='edge')
    # Where each of the scale x scale fine pixels lies from its small pixel's center.
    inner = ((np.arange(scale) + 0.5) / scale - 0.5).astype(np.float32)
    total = np.zeros((height, scale, width, scale), np.float32)
    weights = np.zeros_like(total)
    for dy in range(-radius, radius + 1):
        for dx in range(-radius, radius + 1):
            window = np.s_[radius + dy:radius + dy + height, radius + dx:radius + dx + width]
            difference = fine - small_padded[window][:, None, :, None]
            squared = np.einsum('hiwjc,hiwjc->hiwj', difference, difference)
            distance = (dy - inner[:, None, None]) ** 2 + (dx - inner) ** 2
            weight = np.exp(-distance / np.float32(2 * SPATIAL_SIGMA_PX ** 2)
                            - squared / np.float32(2 * RANGE_SIGMA ** 2))
            total += weight * values_padded[window][:, None, :, None]
            weights += weight
    # A guide unlike any of the 25 leaves no weight at all.
    return np.where(weights > 1e-12, total / np.maximum(weights, 1e-12),
                    values[:, None, :, None]).reshape(height * scale, width * scale)


SUPER_RESOLUTION_BASELINES: dict[str, Upsampling] = {
    'nearest': nearest,
    'bicubic': bicubic,
    'joint-bilateral': joint_bilateral,
}


def _guide_image(values: Map, scale: int, guide: Guide) -> Map:
    if guide is not None:
        return guide.astype(np.float32) / np.float32(255)
    enlarged = bicubic(values, scale, None)
    low, high = float(enlarged.min()), float(enlarged.max())
    return ((enlarged - low) / max(high - low, 1e-6)).astype(np.float32)
