"""The two lenses of a monochrome-color stereo head, made of two color pictures.

Dong, Li, Wang & Wang 2019, "Learning a Deep Convolutional Network for Colorization in
Monochrome-Color Dual-Lens System", section Experiments: one picture loses its color, both get
noise that grows with the intensity, and the color camera gets more of it, since its filters let
less light through (Table 2).
"""
from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.tone import to_bytes
from colorize_ros.errors import ShapeError


class LensNoise(NamedTuple):
    """Noise of the two cameras: its standard deviation at intensity 1, of 1."""

    color: float
    mono: float


# Table 2: the standard deviation is the factor times the square root of the intensity.
SETUPS = {1: LensNoise(color=0.03, mono=0.01), 2: LensNoise(color=0.07, mono=0.01)}


def add_lens_noise(image: NDArray[np.uint8], factor: float,
                   rng: np.random.Generator) -> NDArray[np.uint8]:
    """Add Gaussian noise of standard deviation factor * sqrt(intensity) (Table 2).

    Args:
        image: (H, W) or (H, W, 3), free of noise.
        factor: of `SETUPS`, for intensities in [0, 1].
        rng: the same state gives the same noise.

    Returns:
        The same shape, rounded and clipped.

    Raises:
        ShapeError: not an 8-bit picture.
    """
    if image.dtype != np.uint8 or image.ndim not in (2, 3):
        raise ShapeError(f'image is {image.dtype} of shape {image.shape}; expected uint8 (H, W) '
                         'or (H, W, 3). Decode or scale it to 8 bits first')
    intensity = image.astype(np.float32) / 255
    noise = np.float32(factor) * np.sqrt(intensity) * rng.standard_normal(
        image.shape, np.float32)
    return to_bytes(intensity + noise)


def decolor(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the luma Y of YCbCr (BT.601), the paper's monochrome picture.

    Args:
        rgb: (H, W, 3) uint8.

    Returns:
        (H, W) uint8.

    Raises:
        ShapeError: not an 8-bit color picture.
    """
    if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3:
        raise ShapeError(f'image is {rgb.dtype} of shape {rgb.shape}; expected uint8 (H, W, 3). '
                         'A monochrome picture needs no decoloring')
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)
