"""Textures looked up without a renderer: color and near-infrared answer behind each pixel."""
from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.simulation.shapes.materials import Material, Part


class Reflectance(NamedTuple):
    """What comes back from surfaces.

    Attributes:
        albedo: (..., 3) float32 linear RGB in [0, 1].
        infrared: (...) float32 in [0, 1], diffusely, about 850 nm.
    """

    albedo: NDArray[np.float32]
    infrared: NDArray[np.float32]


class SurfaceTable:
    """The materials of a world's parts by the index of the part.

    Attributes:
        mean: (P, 3) and (P,), each part's reflectance without its texture.
    """

    def __init__(self, parts: Sequence[Part]) -> None:
        # Parts share materials: each is prepared once.
        pyramids = {id(part.material): _pyramid(part.material) for part in parts}
        self._pyramids = [pyramids[id(part.material)] for part in parts]
        means = np.stack([pyramid[0].mean(axis=(0, 1)) for pyramid in self._pyramids])
        self.mean = Reflectance(means[:, :3], means[:, 3])
        self._size_m = np.array([part.material.size_m for part in parts], np.float32)
        self._texels_per_m = np.array([part.material.texture.shape[0] for part in parts],
                                      np.float32) / self._size_m

    def look_up(self, part: NDArray[np.int32], uv_m: NDArray[np.float32],
                footprint_m: NDArray[np.float32]) -> Reflectance:
        """Return the reflectance of surface points.

        Args:
            part: (H, W) index of the part that each pixel sees, -1 for none, which is white and
                sends no near infrared back.
            uv_m: (H, W, 2) texture coordinates, metres along the surface.
            footprint_m: (H, W) what a pixel measures on the surface, which picks the sharpness.
        """
        result = np.ones((part.size, 4), np.float32)
        result[:, 3] = 0
        uv = uv_m.reshape(-1, 2)
        order = np.argsort(part, axis=None, kind='stable')
        seen, starts = np.unique(part.ravel()[order], return_index=True)
        for index, pixels in zip(seen, np.split(order, starts[1:])):
            if index < 0:
                continue
            pyramid = self._pyramids[index]
            if len(pyramid) == 1:
                result[pixels] = self._texels(pyramid[0], uv[pixels], index)
                continue
            texels = footprint_m.ravel()[pixels] * self._texels_per_m[index]
            level = np.clip(np.log2(np.maximum(texels, 1)), 0, len(pyramid) - 1).astype(int)
            for chosen in np.unique(level):
                here = pixels[level == chosen]
                result[here] = self._texels(pyramid[chosen], uv[here], index)
        result = result.reshape(*part.shape, 4)
        return Reflectance(result[..., :3], np.ascontiguousarray(result[..., 3]))

    def _texels(self, texture: NDArray[np.float32], uv_m: NDArray[np.float32],
                index: int) -> NDArray[np.float32]:
        size = texture.shape[0]
        if size == 1:
            return texture[0]
        tile = uv_m / self._size_m[index]
        column = np.floor(tile[:, 0] % 1 * size).astype(int) % size
        row = np.floor((1 - tile[:, 1] % 1) * size).astype(int) % size
        return texture[row, column]


def _pyramid(material: Material) -> list[NDArray[np.float32]]:
    """Return the texture in linear light, near infrared as fourth channel, and its halvings."""
    color = ((material.texture / np.float32(255)) ** np.float32(2.2)).astype(np.float32)
    luminance = color @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    contrast = luminance / max(float(luminance.mean()), 1e-4) - 1
    infrared = material.infrared * (1 + material.infrared_contrast * contrast)
    levels = [np.concatenate([color, np.clip(infrared, 0, 1)[..., None]], axis=2)
              .astype(np.float32)]
    while levels[-1].shape[0] > 8:
        half = levels[-1].shape[0] // 2
        levels.append(np.asarray(
            cv2.resize(levels[-1], (half, half), interpolation=cv2.INTER_AREA), np.float32))
    return levels
