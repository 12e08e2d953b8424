"""Ways to color a monochrome image from a second lens without a network.

Each takes the monochrome image, uint8 (H, W), and the color image of the camera on its right,
uint8 RGB (H, W, 3), rectified, and gives uint8 RGB whose luma is the monochrome image's. All of
them search `scan_line.DISPARITIES` columns of the scan line. Parameters were chosen on pairs of
the train split, in both setups.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.lens_noise import decolor
from colorize_ros.evaluation.baselines_stereo_examples import ironi, welsh
from colorize_ros.evaluation.baselines_stereo_jeon import jeon
from colorize_ros.evaluation.baselines_stereo_superpixels import gupta
from colorize_ros.evaluation.chroma import chroma_of, compose
from colorize_ros.evaluation.color_propagation import propagate
from colorize_ros.evaluation.scan_line import DISPARITIES, take_between

Gray = NDArray[np.uint8]
Rgb = NDArray[np.uint8]
Map = NDArray[np.float32]
Colorize = Callable[[Gray, Rgb], Rgb]

BLOCK_PX = 5
# As OpenCV's documentation wants them: multiples of the pixels of a block.
SMOOTHNESS = (8 * BLOCK_PX ** 2, 32 * BLOCK_PX ** 2)
BLUR_PX = 0.7
# OpenCV gives sixteenths of a pixel.
SUBPIXELS = 16


def gray(mono: Gray, color: Rgb) -> Rgb:
    """Leave it gray."""
    return np.repeat(mono[..., None], 3, axis=2)


def sgbm_warp(mono: Gray, color: Rgb) -> Rgb:
    """Copy the color that the disparity points at (Dong et al. 2019, 'Stereo matching model').

    The disparity is OpenCV's semi-global matching; where it has none, the farther one of the
    neighbors along the scan line.
    """
    disparity = _fill_from_farther(sgbm(mono, decolor(color)))
    return compose(mono, take_between(chroma_of(color), disparity))


def sgbm_warp_propagated(mono: Gray, color: Rgb) -> Rgb:
    """Copy where semi-global matching is sure, and spread these colors (Levin et al. 2004)."""
    disparity = sgbm(mono, decolor(color))
    known = np.isfinite(disparity)
    copied = take_between(chroma_of(color), np.where(known, disparity, 0))
    return compose(mono, propagate(copied, known, mono))


STEREO_BASELINES: dict[str, Colorize] = {
    'gray': gray,
    'sgbm-warp': sgbm_warp,
    'sgbm-warp-propagated': sgbm_warp_propagated,
    'welsh': welsh,
    'ironi': ironi,
    'gupta': gupta,
    'jeon': jeon,
}


def sgbm(mono: Gray, color_gray: Gray) -> Map:
    """Match by OpenCV's semi-global matching (Hirschmueller 2008), left-right check included.

    Returns:
        (H, W) disparity, NaN where it is not sure.
    """
    matcher = cv2.StereoSGBM.create(
        minDisparity=0, numDisparities=DISPARITIES, blockSize=BLOCK_PX, P1=SMOOTHNESS[0],
        P2=SMOOTHNESS[1], disp12MaxDiff=1, uniquenessRatio=5, speckleWindowSize=100,
        speckleRange=2, mode=cv2.STEREO_SGBM_MODE_HH)
    # It gives no disparity to as many columns on the left as it searches: let these be others.
    images = [cv2.copyMakeBorder(cv2.GaussianBlur(image, (0, 0), BLUR_PX), 0, 0, DISPARITIES, 0,
                                 cv2.BORDER_REPLICATE) for image in (mono, color_gray)]
    found = matcher.compute(*images)[:, DISPARITIES:].astype(np.float32) / SUBPIXELS
    # What lies left of the color image is its replicated border.
    outside = np.arange(found.shape[1]) < found
    return np.where((found < 0) | outside, np.nan, found).astype(np.float32)


def _fill_from_farther(disparity: Map) -> Map:
    """Give each unknown pixel the lesser of the disparities left and right of it."""
    width = disparity.shape[1]
    columns = np.arange(width)
    known = np.isfinite(disparity)
    before = np.maximum.accumulate(np.where(known, columns, -1), axis=1)
    after = np.minimum.accumulate(np.where(known, columns, width)[:, ::-1], axis=1)[:, ::-1]
    # Beyond the first and the last column lies what is never the lesser.
    edged = np.pad(disparity, ((0, 0), (1, 1)), constant_values=np.inf)
    rows = np.arange(len(disparity))[:, None]
    filled = np.minimum(edged[rows, before + 1], edged[rows, after + 1])
    return np.where(np.isfinite(filled), filled, 0).astype(np.float32)
