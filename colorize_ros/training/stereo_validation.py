"""How a training of mono and color through two lenses does on pairs that are held out."""

from __future__ import annotations

from collections.abc import Sequence
import zlib

import cv2
import numpy as np
import torch
from torch import nn, Tensor

from colorize_ros.datasets.lens_noise import add_lens_noise, decolor, SETUPS
from colorize_ros.datasets.stereo import StereoItem
from colorize_ros.training.color_validation import (
    Case,
    ColorValidation,
    cut,
    PICTURED_WIDTH_PX,
    tensor_of,
)
from colorize_ros.training.stereo_pairs import largest_disparity
from colorize_ros.training.stereo_samples import FARTHEST
from colorize_ros.ycbcr import COLORS, to_ycbcr

SETUP = 1


def validate_on(items: Sequence[StereoItem], disparities: int) -> ColorValidation:
    """Make the validation on pairs, with the noise of setup 1 (Table 2).

    Args:
        items: at least one.
        disparities: the largest that the network sees, pixels; pairs are shrunk to that, and to
            the width in which they are shown.
    """
    return ColorValidation([_case(item, disparities) for item in items], _colorize)


def rgb_of(chroma: Tensor) -> Tensor:
    """Give what chroma (B, 2, H, W) adds to luma in red, green and blue: (B, 3, H, W)."""
    # Not a matrix product, which autocast would round to bf16.
    blue, red = chroma.split(1, 1)
    return torch.cat([float(of_blue) * blue + float(of_red) * red
                      for of_blue, of_red in COLORS.T], 1)


def _colorize(network: nn.Module, mono: Tensor, reference: Tensor) -> Tensor:
    return mono + rgb_of(network(mono, reference))


def _case(item: StereoItem, disparities: int) -> Case:
    name, *images, disparity_px, _ = item.load()
    height, width = disparity_px.shape
    scale = min(1.0, PICTURED_WIDTH_PX / width,
                FARTHEST * disparities / max(largest_disparity(disparity_px), 1.0))
    size = round(scale * width), round(scale * height)
    left, right = (cut(np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8))
                   for image in images)
    rng, noise = np.random.default_rng(zlib.crc32(name.encode())), SETUPS[SETUP]
    mono = add_lens_noise(decolor(left), noise.mono, rng).astype(np.float32) / np.float32(255)
    reference = to_ycbcr(add_lens_noise(right, noise.color, rng))
    return Case((tensor_of(mono), tensor_of(reference)), mono, left)
