"""The rivals have to be good at what they are good at, or a win over them says nothing."""

from __future__ import annotations

import numpy as np
import pytest

from colorize_ros.datasets.degradations import DEGRADATIONS, generator_for
from colorize_ros.errors import DepthError
from colorize_ros.evaluation.baselines_completion import COMPLETION_BASELINES, linear, nearest
from small_data import room

SPARSE = ('uniform', 'random-holes', 'samples-200')


def sparse_room(degradation: str) -> np.ndarray:
    return DEGRADATIONS[degradation](room(), generator_for('room', degradation), None)


@pytest.mark.parametrize('degradation', SPARSE)
@pytest.mark.parametrize('name', COMPLETION_BASELINES)
def test_fills_all_and_keeps_what_was_measured(name: str, degradation: str) -> None:
    sparse_m = sparse_room(degradation)
    before = sparse_m.copy()
    filled_m = COMPLETION_BASELINES[name](sparse_m)
    known = np.isfinite(sparse_m)
    np.testing.assert_array_equal(sparse_m, before)
    assert filled_m.dtype == np.float32
    assert np.isfinite(filled_m).all()
    np.testing.assert_array_equal(filled_m[known], sparse_m[known])
    # Sensible depth: errors stay below the room's own relief.
    assert np.abs(filled_m - room()).mean() < 0.3
    assert 0.8 < filled_m.min() <= filled_m.max() < 3.3


@pytest.mark.parametrize('name', COMPLETION_BASELINES)
def test_one_measured_pixel_fills_the_frame(name: str) -> None:
    sparse_m = np.full((40, 50), np.nan, np.float32)
    sparse_m[7, 9] = 1.5
    np.testing.assert_allclose(COMPLETION_BASELINES[name](sparse_m), 1.5, rtol=1e-3)


@pytest.mark.parametrize('name', COMPLETION_BASELINES)
def test_a_whole_frame_stays_as_it_is(name: str) -> None:
    np.testing.assert_array_equal(COMPLETION_BASELINES[name](room()), room())


@pytest.mark.parametrize('name', COMPLETION_BASELINES)
def test_refuses_a_frame_of_nothing(name: str) -> None:
    with pytest.raises(DepthError, match='no measured pixel'):
        COMPLETION_BASELINES[name](np.full((40, 50), np.nan, np.float32))


def test_linear_is_exact_on_a_plane_inside_the_hull() -> None:
    rows, columns = np.mgrid[:60, :80].astype(np.float32)
    plane_m = 1 + 0.01 * rows + 0.02 * columns
    sparse_m = plane_m.copy()
    sparse_m[10:50, 15:70] = np.nan
    np.testing.assert_allclose(linear(sparse_m), plane_m, atol=1e-5)


def test_linear_on_the_rim_equals_linear_on_all_pixels() -> None:
    interpolate = pytest.importorskip('scipy.interpolate')
    sparse_m = sparse_room('random-holes') + np.random.default_rng(0).normal(
        0, 1e-3, (96, 128)).astype(np.float32)
    unknown = np.isnan(sparse_m)
    everything = interpolate.LinearNDInterpolator(np.argwhere(~unknown), sparse_m[~unknown])
    expected = everything(np.argwhere(unknown))
    inside = np.isfinite(expected)
    difference = np.abs(linear(sparse_m)[unknown] - expected)[inside]
    # Pixels on a grid are cocircular: the diagonal of a square is the triangulation's choice.
    assert np.mean(difference < 1e-5) > 0.9
    assert difference.mean() < 2e-3


def test_nearest_takes_the_nearest() -> None:
    sparse_m = np.full((20, 40), np.nan, np.float32)
    sparse_m[:, 0], sparse_m[:, -1] = 1, 2
    filled_m = nearest(sparse_m)
    assert (filled_m[:, :20] == 1).all()
    assert (filled_m[:, 20:] == 2).all()
