"""How far a map is from the truth, over chosen pixels.

The formulas are those of Makarov & Korinevskaya 2018 ("Metrics") with two corrections: their RMSE
lacks its root and their PSNR takes a root of the peak too many.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.errors import DepthError

Map = NDArray[np.float32]
Mask = NDArray[np.bool_]
Errors = NDArray[np.float64]

# Wang et al. 2004, "Image Quality Assessment: From Error Visibility to Structural Similarity".
SSIM_WINDOW, SSIM_SIGMA = 11, 1.5
SSIM_C1, SSIM_C2 = 0.01 ** 2, 0.03 ** 2


def depth_metrics(predicted_m: Map, truth_m: Map, chosen: Mask) -> dict[str, float]:
    """Measure a completed depth map over the chosen pixels.

    Args:
        predicted_m: (H, W) metres, finite wherever `chosen`.
        truth_m: (H, W) metres, NaN unknown, finite wherever `chosen`.
        chosen: (H, W), True where to measure: hidden from the method, and known.

    Returns:
        rmse_m, mae_m, rel (mean of |error| / truth), delta1 (share within a factor of 1.25), ssim
        (of maps normalised to the frame's depth range, in which pixels that are not chosen are
        the truth's), psnr_db (peak: the frame's largest depth).

    Raises:
        DepthError: the prediction is not finite on a chosen pixel, or none is chosen.
    """
    error, truth = _errors(predicted_m, truth_m, chosen)
    predicted = truth + error
    ratio = np.maximum(predicted, truth) / np.maximum(np.minimum(predicted, truth), 1e-6)
    rmse = _rmse(error)
    return {
        'rmse_m': rmse,
        'rel': float(np.mean(np.abs(error) / truth)),
        'mae_m': float(np.mean(np.abs(error))),
        'delta1': float(np.mean(ratio < 1.25)),
        'ssim': masked_ssim(predicted_m, truth_m, chosen),
        'psnr_db': psnr_db(rmse, float(np.nanmax(truth_m))),
    }


def disparity_metrics(
        predicted: Map, truth: Map, chosen: Mask, peak: float = 255.0) -> dict[str, float]:
    """Measure an upsampled disparity map over the chosen pixels.

    Args:
        predicted: (H, W) disparity in pixels, finite wherever `chosen`.
        truth: (H, W) disparity in pixels, NaN unknown, finite wherever `chosen`.
        chosen: (H, W), True where to measure.
        peak: the signal's largest value, 255 for 8-bit maps.

    Returns:
        rmse_px, mae_px, ssim (as in `depth_metrics`), psnr_db.

    Raises:
        DepthError: the prediction is not finite on a chosen pixel, or none is chosen.
    """
    error, _ = _errors(predicted, truth, chosen)
    rmse = _rmse(error)
    return {
        'rmse_px': rmse,
        'mae_px': float(np.mean(np.abs(error))),
        'ssim': masked_ssim(predicted, truth, chosen),
        'psnr_db': psnr_db(rmse, peak),
    }


def psnr_db(rmse: float, peak: float) -> float:
    """Peak signal-to-noise ratio; an error of less than a millionth of the peak counts as that."""
    return float(20 * np.log10(peak / max(rmse, 1e-6 * peak)))


def masked_ssim(predicted: Map, truth: Map, chosen: Mask) -> float:
    """Mean structural similarity over the chosen pixels of a map with unknown parts.

    Both maps are normalised to the range of the truth. Pixels that are not chosen are the truth's
    in both; unknown ones have no weight in the Gaussian windows (normalised convolution). Where
    all is known and chosen, this is the SSIM of Wang et al. 2004.

    Args:
        predicted: (H, W).
        truth: (H, W), NaN unknown.
        chosen: (H, W).
    """
    known = np.isfinite(truth)
    low, high = float(np.nanmin(truth)), float(np.nanmax(truth))
    span = max(high - low, 1e-6)
    y = np.where(known, (truth - low) / span, 0).astype(np.float32)
    x = np.where(chosen, (predicted - low) / span, y).astype(np.float32)
    weight = np.maximum(_blur(known.astype(np.float32)), 1e-6)
    return float(similarity(x, y, weight)[chosen].mean())


def similarity(x: Map, y: Map, weight: Map | float = 1.0) -> Map:
    """Compute the structural similarity of each pixel's window (Wang et al. 2004).

    Args:
        x: (H, W) in [0, 1], 0 where unknown.
        y: likewise.
        weight: (H, W) the share of each window that is known; 1 where all is.
    """
    mean_x, mean_y = _blur(x) / weight, _blur(y) / weight
    var_x = np.maximum(_blur(x * x) / weight - mean_x ** 2, 0)
    var_y = np.maximum(_blur(y * y) / weight - mean_y ** 2, 0)
    covariance = _blur(x * y) / weight - mean_x * mean_y
    return np.asarray(
        (2 * mean_x * mean_y + SSIM_C1) * (2 * covariance + SSIM_C2)
        / ((mean_x ** 2 + mean_y ** 2 + SSIM_C1) * (var_x + var_y + SSIM_C2)), np.float32)


def _errors(predicted: Map, truth: Map, chosen: Mask) -> tuple[Errors, Errors]:
    """Return (predicted - truth, truth) on the chosen pixels, in double precision."""
    if not chosen.any():
        raise DepthError('no pixel to measure on: nothing was both hidden and known')
    values = predicted[chosen].astype(np.float64)
    if not np.isfinite(values).all():
        raise DepthError(
            f'{int((~np.isfinite(values)).sum())} of {values.size} predicted pixels are not '
            f'finite; a method has to fill every pixel')
    reference = truth[chosen].astype(np.float64)
    return values - reference, reference


def _rmse(error: NDArray[np.float64]) -> float:
    return float(np.sqrt(np.mean(error ** 2)))


def _blur(image: Map) -> Map:
    return cv2.GaussianBlur(image, (SSIM_WINDOW, SSIM_WINDOW), SSIM_SIGMA,
                            borderType=cv2.BORDER_REFLECT_101).astype(np.float32, copy=False)
