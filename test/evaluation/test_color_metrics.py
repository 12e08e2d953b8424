"""Metrics of color images against their definitions, and against torchmetrics."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
import pytest

from colorize_ros.errors import ShapeError
from colorize_ros.evaluation.color_metrics import color_metrics, cosine, edge_sharpness, ssim
from stereo_data import picture


def blocks() -> NDArray[np.uint8]:
    """Colored blocks with sharp edges, mid-range, so that noise is not clipped."""
    rng = np.random.default_rng(5)
    return rng.integers(60, 200, (6, 8, 3)).astype(np.uint8).repeat(16, axis=0).repeat(16, axis=1)


def test_an_image_is_like_itself() -> None:
    assert color_metrics(blocks(), blocks()) == pytest.approx({
        'psnr_db': 120, 'ssim': 1, 'cosine': 1, 'ciede2000': 0, 'edge_sharpness': 1}, abs=1e-4)


def test_a_constant_error() -> None:
    scores = color_metrics(blocks() + np.uint8(10), blocks())
    assert scores['psnr_db'] == pytest.approx(20 * np.log10(25.5))
    assert scores['edge_sharpness'] == pytest.approx(1)
    assert 1 < scores['ciede2000'] < 10


def test_ssim_equals_torchmetrics() -> None:
    functional = pytest.importorskip('torchmetrics.functional.image')
    torch = pytest.importorskip('torch')
    truth = picture()
    truth = cv2.resize(truth, (96, 72), interpolation=cv2.INTER_CUBIC)
    noise = np.random.default_rng(1).normal(0, 20, truth.shape)
    predicted = np.clip(truth + noise, 0, 255).astype(np.uint8)
    x, y = (torch.from_numpy(image).permute(2, 0, 1)[None].float()
            for image in (predicted, truth))
    _, image = functional.structural_similarity_index_measure(
        x, y, data_range=255.0, return_full_image=True)
    assert ssim(predicted, truth) == pytest.approx(float(image.mean()), abs=1e-3)


def test_cosine_is_of_the_whole_image() -> None:
    red, gray = (np.full((4, 4, 3), color, np.uint8) for color in ((90, 0, 0), (90, 90, 90)))
    assert cosine(red, gray) == pytest.approx(1 / np.sqrt(3))
    assert cosine(gray // 2, gray) == pytest.approx(1)
    assert cosine(0 * gray, gray) == 0
    assert cosine(0 * gray, 0 * gray) == 1


def test_blur_lowers_edge_sharpness_step_by_step() -> None:
    sharpness = [1.0] + [
        edge_sharpness(cv2.GaussianBlur(blocks(), (0, 0), sigma), blocks())
        for sigma in (0.5, 1, 2, 4, 8)]
    assert all(more > less + 0.05 for more, less in zip(sharpness, sharpness[1:]))
    assert sharpness[-1] > 0


def test_noise_is_no_sharpness() -> None:
    blurred = cv2.GaussianBlur(blocks(), (0, 0), 3)
    noise = np.random.default_rng(2).normal(0, 10, blurred.shape)
    noisy = np.clip(blurred + noise, 0, 255).astype(np.uint8)
    assert edge_sharpness(noisy, blocks()) == pytest.approx(
        edge_sharpness(blurred, blocks()), abs=0.03)


def test_contrast_counts_and_swapped_sides_count_against() -> None:
    assert edge_sharpness(blocks() // 2, blocks()) == pytest.approx(0.5, abs=0.01)
    assert edge_sharpness(255 - blocks(), blocks()) == pytest.approx(-1, abs=0.01)


def test_a_plain_truth_has_no_edges_to_blur() -> None:
    assert edge_sharpness(blocks(), np.full_like(blocks(), 80)) == 1


@pytest.mark.parametrize('shape', [(96, 128), (96, 100, 3), (96, 128, 4)])
def test_refuses_images_of_other_shapes(shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match='96'):
        color_metrics(np.zeros(shape, np.uint8), blocks())
