"""What holes and noise look like in numbers, on maps whose numbers are known."""

from __future__ import annotations

import numpy as np
import pytest

from colorize_ros.errors import DataError, DepthError, ShapeError
from colorize_ros.evaluation.depth_realism import (
    compare,
    figures,
    fill_from_nearest,
    Frame,
    hole_overlap,
    matched_weights,
    measure,
    quantile,
    valid_margin,
)

SHAPE = (120, 160)


def plane(depth_m: float = 2.0) -> np.ndarray:
    return np.full(SHAPE, depth_m, np.float32)


def frame(distance_m: float, fraction: float = 0.1) -> Frame:
    return Frame(distance_m, fraction, np.array([100.0]), np.array([5.0]), np.full(4, 50.0),
                 np.zeros(2), np.full(60, 1.5), np.full(60, 0.002))


def test_hole_fraction_and_areas() -> None:
    depth = plane()
    depth[10:20, 10:30] = np.nan
    depth[50:60, 50:60] = np.nan
    found = measure(depth)
    assert found.hole_fraction == pytest.approx(300 / depth.size)
    assert sorted(found.size_px) == [100, 200]
    assert found.distance_m == pytest.approx(2.0)


def test_lengths_are_those_of_a_full_size_picture() -> None:
    depth = plane()
    depth[:, 80:] = 1.0
    depth[10:20, 10:30] = np.nan
    full, half = measure(depth), measure(depth, focal_px=262.5)
    np.testing.assert_allclose(half.size_px, 4 * full.size_px)
    np.testing.assert_allclose(half.edge_distance_px, 2 * full.edge_distance_px)


def test_distance_to_a_depth_edge() -> None:
    depth = plane()
    depth[:, 80:] = 1.0
    depth[60, 60] = np.nan
    # The edge is between columns 79 and 80, and is that of column 79.
    np.testing.assert_allclose(measure(depth).edge_distance_px, 19, atol=0.5)


def test_steps_of_less_than_five_percent_are_no_edges() -> None:
    depth = plane(2.0)
    depth[:, 80:] = 2.09
    depth[60, 60] = np.nan
    np.testing.assert_allclose(measure(depth).edge_distance_px, np.hypot(*SHAPE))


def test_shadows_count_on_the_side_they_lie_on_and_dark_things_do_not() -> None:
    depth = plane(3.0)
    depth[:, 80:100] = 1.0
    depth[:, 70:80] = np.nan
    depth[:, 100:104] = np.nan
    np.testing.assert_allclose(measure(depth).shadow_px, (1200, 480))
    # The longest shadow of this step is 27 pixels.
    depth[:, 10:80] = np.nan
    np.testing.assert_allclose(measure(depth).shadow_px, (0, 480))


def test_noise_of_a_slanted_plane_is_what_was_added() -> None:
    rng = np.random.default_rng(0)
    inverse = 0.5 + 0.001 * np.arange(160)[None] + np.zeros(SHAPE)
    clean = (1 / inverse).astype(np.float32)
    found = measure(clean)
    assert len(found.noise_m) > 50
    assert np.median(found.noise_m) < 1e-6
    noisy = (1 / (inverse + 0.001 * rng.standard_normal(SHAPE))).astype(np.float32)
    found = measure(noisy)
    np.testing.assert_allclose(np.median(found.noise_m / found.patch_m ** 2), 0.001, rtol=0.03)


def test_steps_are_no_noise() -> None:
    depth = plane()
    depth[:, ::12] = 1.0
    assert not len(measure(depth).noise_m)


def test_holes_are_filled_from_the_nearest_pixel() -> None:
    depth = plane()
    depth[:, 80:] = 1.0
    depth[:, 70:90] = np.nan
    filled = fill_from_nearest(depth)
    assert np.isfinite(filled).all()
    np.testing.assert_allclose(filled[:, 60:79], 2.0)
    np.testing.assert_allclose(filled[:, 81:], 1.0)


def test_the_margin_that_is_always_empty_is_found() -> None:
    depth = plane()
    depth[:10] = depth[:, 150:] = np.nan
    depth[30:60, 40:60] = np.nan
    rows, columns = valid_margin([depth, depth])
    # Two of 120 rows and two of 160 columns more.
    assert (rows.start, rows.stop) == (12, 120)
    assert (columns.start, columns.stop) == (0, 148)


def test_quantiles_follow_the_weights() -> None:
    values = np.array([3.0, 1.0, 2.0])
    assert quantile(values, np.ones(3), 0.5) == 2.0
    assert quantile(values, np.array([8.0, 1.0, 1.0]), 0.5) == 3.0
    assert np.isnan(quantile(np.zeros(0), np.zeros(0), 0.5))


def test_figures_weigh_holes_by_their_pixels_and_frames_by_their_weight() -> None:
    one = frame(2.0, 0.1)._replace(size_px=np.array([10.0] * 50 + [1000.0]))
    found = figures([one, frame(2.0, 0.4)], np.array([0.75, 0.25]))
    assert found['hole fraction'] == pytest.approx(0.175)
    assert found['hole size, median (px)'] == 1000.0
    assert found['hole fraction 3 to 12 px from edges'] == pytest.approx(0.02)
    assert found['hole fraction 12 to 48 px from edges'] == 0
    assert found['noise at 1 to 2 m (m)'] == pytest.approx(0.002)
    assert np.isnan(found['noise at 3 to 4 m (m)'])


def test_simulated_frames_are_weighed_by_the_real_distances() -> None:
    real = [frame(0.8), frame(0.8), frame(0.8), frame(3.5)]
    simulated = [frame(0.7), frame(3.2), frame(3.3), frame(1.2)]
    weights = matched_weights(real, np.full(4, 0.25), simulated)
    np.testing.assert_allclose(weights, (0.75, 0.125, 0.125, 0.0))
    found = {c.figure: c for c in compare(real, np.full(4, 0.25), [
        frame(0.7, 0.2), frame(3.2, 0.4), frame(1.2, 0.9)])}
    assert found['hole fraction'].simulated == pytest.approx(0.25)
    assert found['hole fraction'].difference == pytest.approx(1.5)


def test_overlap_of_holes() -> None:
    one, other = plane(), plane()
    assert hole_overlap(one, other) == 1.0
    one[:10, :10] = np.nan
    other[:10, 5:15] = np.nan
    assert hole_overlap(one, other) == pytest.approx(1 / 3)


def test_exceptions() -> None:
    with pytest.raises(ShapeError, match=r'\(H, W\)'):
        measure(np.zeros((3, 4, 5), np.float32))
    with pytest.raises(DepthError, match='no known pixel'):
        measure(plane(np.nan))
    with pytest.raises(DepthError, match='none of 1'):
        valid_margin([plane(np.nan)])
    with pytest.raises(DataError, match='no simulated frame'):
        matched_weights([frame(0.8)], np.ones(1), [frame(5.0)])
