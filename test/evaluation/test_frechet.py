"""The Frechet distance against what is known of Gaussians."""

from __future__ import annotations

import numpy as np
import pytest

from colorize_ros.errors import DataError
from colorize_ros.evaluation.frechet import Cloud, frechet_distance


def cloud(features: np.ndarray, parts: int = 1) -> Cloud:
    made = Cloud()
    for part in np.array_split(features, parts):
        made.add(part)
    return made


def samples(channels: int = 5) -> np.ndarray:
    rng = np.random.default_rng(0)
    mixed = rng.normal(size=(400, channels)) @ rng.normal(size=(channels, channels))
    return (mixed + 100).astype(np.float32)


def test_the_same_features_are_at_no_distance() -> None:
    assert frechet_distance(cloud(samples()), cloud(samples(), parts=7)) == pytest.approx(
        0, abs=1e-6)


def test_a_shift_counts_squared() -> None:
    shifted = samples() + np.float32([3, 0, 0, 4, 0])
    assert frechet_distance(cloud(samples()), cloud(shifted)) == pytest.approx(25, rel=1e-4)


def test_a_wider_cloud_counts_its_spread() -> None:
    mean = samples().mean(axis=0)
    wider = mean + 3 * (samples() - mean)
    spread = samples().astype(np.float64).var(axis=0, ddof=1).sum()
    assert frechet_distance(cloud(samples()), cloud(wider)) == pytest.approx(
        4 * spread, rel=1e-3)


def test_it_is_that_of_the_general_formula() -> None:
    linalg = pytest.importorskip('scipy.linalg')
    first, second = samples().astype(np.float64), samples()[:, ::-1].astype(np.float64) * 1.3
    (mean_1, cov_1), (mean_2, cov_2) = (
        (features.mean(axis=0), np.cov(features.T)) for features in (first, second))
    expected = np.sum((mean_1 - mean_2) ** 2) + np.trace(
        cov_1 + cov_2 - 2 * linalg.sqrtm(cov_1 @ cov_2).real)
    assert frechet_distance(cloud(first), cloud(second)) == pytest.approx(expected, rel=1e-6)


def test_fewer_samples_than_channels_do() -> None:
    few = samples(50)[:10]
    assert frechet_distance(cloud(few), cloud(few)) == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize('count', [0, 1])
def test_refuses_too_few(count: int) -> None:
    with pytest.raises(DataError, match=f'{count} samples'):
        frechet_distance(cloud(samples()[:count]), cloud(samples()))
