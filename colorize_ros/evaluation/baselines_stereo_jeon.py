"""Colors by stereo matching of a monochrome and a color camera: Jeon et al. 2016, made simple."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.lens_noise import decolor
from colorize_ros.evaluation.chroma import chroma_of, compose
from colorize_ros.evaluation.color_propagation import propagate
from colorize_ros.evaluation.scan_line import agreeing, best_match, take

Gray = NDArray[np.uint8]
Rgb = NDArray[np.uint8]
Map = NDArray[np.float32]

BLUR_PX = 1.0
# Differences beyond these say no more than that two pixels do not match.
MOST_LEVELS, MOST_GRADIENT = 20.0, 10.0
SHARE_OF_GRADIENT = 0.6
WINDOW_PX = 9
# Of intensities from 0 to 255: less contrast than its root is no edge.
EDGE_VARIANCE = 25.0


def jeon(mono: Gray, color: Rgb) -> Rgb:
    """Copy matched colors and spread them over the image (Jeon et al. 2016).

    "Stereo Matching with Color and Monochrome Cameras in Low-Light Conditions": costs of
    brightness constancy and of edge similarity, aggregated along the monochrome image's edges,
    then a left-right check, and colors made consistent over the whole image from the pixels that
    pass it. Written anew and simplified: the color image is decolored by its luma instead of by
    the contrast it keeps, gain is not estimated (both images are exposed alike here), and the
    winner is chosen pixel by pixel.
    """
    left, right = (cv2.GaussianBlur(image, (0, 0), BLUR_PX).astype(np.float32)
                   for image in (mono, decolor(color)))
    slopes = [cv2.Sobel(image, cv2.CV_32F, 1, 0, scale=0.25) for image in (left, right)]
    aggregate = GuidedFilter(left)

    def cost(disparity: int) -> Map:
        there = mono.shape[1] - disparity
        levels, gradient = (np.abs(here[:, disparity:] - other[:, :there])
                            for here, other in ((left, right), slopes))
        costs = ((1 - SHARE_OF_GRADIENT) * np.minimum(levels, MOST_LEVELS)
                 + SHARE_OF_GRADIENT * np.minimum(gradient, MOST_GRADIENT))
        whole = cv2.copyMakeBorder(costs, 0, 0, disparity, 0, cv2.BORDER_REPLICATE)
        return aggregate(np.asarray(whole, np.float32))[:, disparity:]

    match = best_match(cost, *mono.shape)
    copied = take(chroma_of(color), match.left)
    return compose(mono, propagate(copied, agreeing(match), mono))


class GuidedFilter:
    """Smooths maps along the edges of one guide (He, Sun & Tang 2010, "Guided Image Filtering").

    Args:
        guide: float32 (H, W).
    """

    def __init__(self, guide: Map) -> None:
        self._guide = guide
        self._mean = _box(guide)
        variance = _box(guide * guide) - self._mean ** 2
        self._scale = (1 / (variance + EDGE_VARIANCE)).astype(np.float32)

    def __call__(self, values: Map) -> Map:
        """Smooth float32 (H, W)."""
        mean = _box(values)
        slope = (_box(self._guide * values) - self._mean * mean) * self._scale
        return _box(slope) * self._guide + _box(mean - slope * self._mean)


def _box(values: Map) -> Map:
    return np.asarray(cv2.blur(values, (WINDOW_PX, WINDOW_PX)), np.float32)
