"""Metrics against their definitions, and against torchmetrics."""

from __future__ import annotations

import numpy as np
import pytest

from colorize_ros.errors import DepthError
from colorize_ros.evaluation.metrics import (
    depth_metrics,
    disparity_metrics,
    masked_ssim,
    psnr_db,
)
from small_data import room


def test_a_constant_error() -> None:
    truth_m = np.full((32, 32), 2, np.float32)
    truth_m[0, 0] = 4
    chosen = np.zeros((32, 32), bool)
    chosen[8:24, 8:24] = True
    scores = depth_metrics(truth_m + np.float32(0.6), truth_m, chosen)
    assert scores['rmse_m'] == pytest.approx(0.6, rel=1e-5)
    assert scores['mae_m'] == pytest.approx(0.6, rel=1e-5)
    assert scores['rel'] == pytest.approx(0.3, rel=1e-5)
    assert scores['delta1'] == 0
    assert scores['psnr_db'] == pytest.approx(20 * np.log10(4 / 0.6), rel=1e-5)


def test_a_perfect_map() -> None:
    scores = depth_metrics(room(), room(), np.ones((96, 128), bool))
    assert scores['rmse_m'] == 0
    assert scores['delta1'] == 1
    assert scores['ssim'] == pytest.approx(1)
    assert scores['psnr_db'] == pytest.approx(120)


def test_only_chosen_pixels_count() -> None:
    chosen = np.zeros((96, 128), bool)
    chosen[20:40, 20:40] = True
    predicted_m = np.where(chosen, room(), np.nan).astype(np.float32)
    assert depth_metrics(predicted_m, room(), chosen)['rmse_m'] == 0


def test_unknown_truth_has_no_weight() -> None:
    truth_m = room()
    truth_m[:, 100:] = np.nan
    chosen = np.isfinite(truth_m)
    predicted_m = truth_m + np.float32(0.05)
    beside_nothing = predicted_m.copy()
    predicted_m[~chosen] = 0
    beside_nothing[~chosen] = 1e3
    assert masked_ssim(predicted_m, truth_m, chosen) == masked_ssim(
        beside_nothing, truth_m, chosen)


@pytest.mark.parametrize('noise', [0.01, 0.1, 0.5])
def test_ssim_equals_torchmetrics(noise: float) -> None:
    functional = pytest.importorskip('torchmetrics.functional.image')
    torch = pytest.importorskip('torch')
    rng = np.random.default_rng(3)
    truth = rng.uniform(0, 1, (48, 64)).astype(np.float32)
    truth[0, 0], truth[0, 1] = 0, 1
    predicted = truth + rng.normal(0, noise, truth.shape).astype(np.float32)
    # torchmetrics measures where the window fits, 5 px from the border.
    inner = np.zeros(truth.shape, bool)
    inner[5:-5, 5:-5] = True
    everywhere = np.ones(truth.shape, bool)
    theirs = functional.structural_similarity_index_measure(
        torch.from_numpy(predicted)[None, None], torch.from_numpy(truth)[None, None],
        data_range=1.0)
    ours = masked_ssim(predicted, truth, everywhere)
    assert ours == pytest.approx(float(theirs), abs=0.01)
    pasted = np.where(inner, predicted, truth)
    _, image = functional.structural_similarity_index_measure(
        torch.from_numpy(pasted)[None, None], torch.from_numpy(truth)[None, None],
        data_range=1.0, return_full_image=True)
    # Windows that reach over the border are mirrored there, as here.
    assert masked_ssim(predicted, truth, inner) == pytest.approx(
        float(image[0, 0].numpy()[inner].mean()), abs=2e-4)


def test_disparity_of_8_bits_has_its_peak_at_255() -> None:
    truth = np.tile(np.linspace(50, 200, 64, dtype=np.float32), (64, 1))
    scores = disparity_metrics(truth + 2, truth, np.ones((64, 64), bool))
    assert scores['rmse_px'] == pytest.approx(2, rel=1e-4)
    assert scores['mae_px'] == pytest.approx(2, rel=1e-4)
    assert scores['psnr_db'] == pytest.approx(psnr_db(2, 255), rel=1e-4)


def test_refuses_a_prediction_with_holes() -> None:
    predicted_m = room()
    predicted_m[5, 5] = np.nan
    with pytest.raises(DepthError, match='1 of 12288'):
        depth_metrics(predicted_m, room(), np.ones((96, 128), bool))


def test_refuses_to_measure_on_nothing() -> None:
    with pytest.raises(DepthError, match='no pixel'):
        depth_metrics(room(), room(), np.zeros((96, 128), bool))
