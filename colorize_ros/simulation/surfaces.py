"""Textures looked up without a renderer: the albedo behind each pixel, for the denoiser."""
from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.simulation.materials import Material, Part


class SurfaceTable:
    """The materials of a room's parts by the index of the part."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.infrared = np.array([part.material.infrared for part in parts], np.float32)
        self._pyramids = [_pyramid(part.material) for part in parts]
        self._texels_per_m = np.array([part.material.texture.shape[0] / part.material.size_m
                                       for part in parts], np.float32)

    def albedo(self, part: NDArray[np.int64], uv: NDArray[np.float32],
               footprint_m: NDArray[np.float32]) -> NDArray[np.float32]:
        """Look up the linear albedo of surface points.

        Args:
            part: (H, W) index of the part that each pixel sees, -1 for none.
            uv: (H, W, 2) texture coordinates in tiles.
            footprint_m: (H, W) what a pixel measures on the surface, which picks the sharpness.

        Returns:
            (H, W, 3) float32 in [0, 1].
        """
        result = np.ones((*part.shape, 3), np.float32)
        order = np.argsort(part, axis=None, kind='stable')
        seen, starts = np.unique(part.ravel()[order], return_index=True)
        for index, pixels in zip(seen, np.split(order, starts[1:])):
            if index < 0:
                continue
            texels = footprint_m.ravel()[pixels] * self._texels_per_m[index]
            pyramid = self._pyramids[index]
            level = np.clip(np.log2(np.maximum(texels, 1)), 0, len(pyramid) - 1).astype(int)
            for chosen in np.unique(level):
                here = pixels[level == chosen]
                result.reshape(-1, 3)[here] = _sample(pyramid[chosen], uv.reshape(-1, 2)[here])
        return result


def _pyramid(material: Material) -> list[NDArray[np.float32]]:
    """Return the texture in linear light and its halvings; ones for what has no albedo."""
    if material.gloss == 'metal' or material.radiance is not None:
        return [np.ones((1, 1, 3), np.float32)]
    levels = [((material.texture / np.float32(255)) ** np.float32(2.2)).astype(np.float32)]
    while levels[-1].shape[0] > 8:
        half = levels[-1].shape[0] // 2
        levels.append(np.asarray(
            cv2.resize(levels[-1], (half, half), interpolation=cv2.INTER_AREA), np.float32))
    return levels


def _sample(texture: NDArray[np.float32], uv: NDArray[np.float32]) -> NDArray[np.float32]:
    size = texture.shape[0]
    column = np.floor(uv[:, 0] % 1 * size).astype(int) % size
    row = np.floor((1 - uv[:, 1] % 1) * size).astype(int) % size
    return texture[row, column]
