"""Colors by example, pixel by pixel: Welsh et al. 2002 and Ironi et al. 2005, made simple.

Written anew from the papers' ideas, not from their code, with the search range of Dong et al.
2019: the scan line, within the range of disparity.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.lens_noise import decolor
from colorize_ros.evaluation.chroma import chroma_of, compose
from colorize_ros.evaluation.color_propagation import propagate
from colorize_ros.evaluation.scan_line import best_match, take

Gray = NDArray[np.uint8]
Rgb = NDArray[np.uint8]
Map = NDArray[np.float32]

WINDOW_PX = 5
DCT_PX = 7
# Basis functions of u + v below this: the coarse ones, which noise changes least.
DCT_FREQUENCIES = 4
AGREEMENT_PX = 7
AGREEMENT_LEVELS = 20.0
LEAST_AGREEMENT = 0.5


def welsh(mono: Gray, color: Rgb) -> Rgb:
    """Copy the color of the pixel most alike in luminance and its deviation (Welsh et al. 2002).

    "Transferring Color to Greyscale Images": luminance is remapped to the same mean and
    deviation, and a match has the same weight for a pixel's luminance and for the standard
    deviation of its 5 x 5 neighbors (section 2). All pixels in range are tried, not a sample.
    """
    luminance, target = _remapped(decolor(color), mono), mono.astype(np.float32)
    texture, target_texture = _deviation(luminance), _deviation(target)

    def cost(disparity: int) -> Map:
        there = mono.shape[1] - disparity
        return (np.abs(target[:, disparity:] - luminance[:, :there])
                + np.abs(target_texture[:, disparity:] - texture[:, :there]))

    return compose(mono, take(chroma_of(color), best_match(cost, *mono.shape).left))


def ironi(mono: Gray, color: Rgb) -> Rgb:
    """Spread the colors of sure matches of texture (Ironi, Cohen-Or & Lischinski 2005).

    "Colorization by Example": matches are of coefficients of the discrete cosine transform of
    each pixel's neighborhood. A match counts where enough of its neighbors brought a like color
    (the paper's confidence, section 3.3); these pixels are the scribbles that colors spread from.
    Left out are the segmentation by hand that the paper learns its features' space from, and so
    its vote of labels.
    """
    here, other = _coefficients(mono), _coefficients(decolor(color))

    def cost(disparity: int) -> Map:
        difference = here[:, :, disparity:] - other[:, :, :mono.shape[1] - disparity]
        return np.asarray(np.einsum('fhw,fhw->hw', difference, difference), np.float32)

    copied = take(chroma_of(color), best_match(cost, *mono.shape).left)
    sure = _agreement(copied) >= LEAST_AGREEMENT
    return compose(mono, propagate(copied, sure, mono))


def _remapped(source: Gray, target: Gray) -> Map:
    levels = source.astype(np.float32)
    return (levels - levels.mean()) * (target.std() / max(levels.std(), 1.0)) + target.mean()


def _deviation(luminance: Map) -> Map:
    mean, square = (cv2.blur(image, (WINDOW_PX, WINDOW_PX)) for image in (
        luminance, luminance * luminance))
    return np.sqrt(np.maximum(square - mean * mean, 0))


def _coefficients(gray: Gray) -> Map:
    """Transform each pixel's neighborhood: (features, H, W)."""
    frequencies = np.arange(DCT_FREQUENCIES)[:, None]
    waves = np.cos(np.pi / DCT_PX * (np.arange(DCT_PX) + 0.5) * frequencies)
    waves /= np.linalg.norm(waves, axis=1, keepdims=True)
    levels = gray.astype(np.float32)
    return np.stack([cv2.sepFilter2D(levels, cv2.CV_32F, waves[u], waves[v])
                     for v in range(DCT_FREQUENCIES) for u in range(DCT_FREQUENCIES - v)])


def _agreement(chroma: Map) -> Map:
    """Give the share of a pixel's neighbors that have nearly its color, (H, W)."""
    reach = AGREEMENT_PX // 2
    height, width = chroma.shape[:2]
    padded = np.pad(chroma, ((reach, reach), (reach, reach), (0, 0)), mode='reflect')
    alike = np.zeros((height, width), np.float32)
    for dy in range(AGREEMENT_PX):
        for dx in range(AGREEMENT_PX):
            apart = np.abs(padded[dy:dy + height, dx:dx + width] - chroma).max(axis=2)
            alike += apart < AGREEMENT_LEVELS
    # The pixel itself agrees with itself.
    return (alike - 1) / np.float32(AGREEMENT_PX ** 2 - 1)
