"""Each way to color without a network, on a pair of which all is known."""

from __future__ import annotations

import numpy as np
import pytest

from colorize_ros.datasets.lens_noise import decolor
from colorize_ros.evaluation.baselines_stereo import sgbm, STEREO_BASELINES
from colorize_ros.evaluation.baselines_stereo_superpixels import CELL_PX, Superpixels
from colorize_ros.evaluation.stereo_protocol import Case, make_cases, measure, told_the_truth
from stereo_scene import BOARD, BOARD_PX, hidden_in_scene, stereo_scene, WALL_PX


@pytest.fixture(scope='module', params=[1, 2])
def case(request: pytest.FixtureRequest) -> Case:
    return next(make_cases(stereo_scene(), [request.param]))


def psnr_db(name: str, case: Case) -> float:
    rgb = STEREO_BASELINES[name](case.mono, case.color)
    return measure(rgb, told_the_truth(case)['ceiling'], case)['psnr_db']


# What they reach in setup 2, where the color camera is noisy, less a decibel.
@pytest.mark.parametrize(('name', 'better_db'), [
    ('sgbm-warp', 2), ('sgbm-warp-propagated', 4), ('welsh', 0.2), ('ironi', 2), ('gupta', 0.5),
    ('jeon', 3)])
def test_it_is_better_than_gray(case: Case, name: str, better_db: float) -> None:
    assert psnr_db(name, case) > psnr_db('gray', case) + better_db


@pytest.mark.parametrize('name', list(STEREO_BASELINES))
def test_luma_is_that_of_the_mono_image(case: Case, name: str) -> None:
    rgb = STEREO_BASELINES[name](case.mono, case.color)
    assert rgb.dtype == np.uint8
    assert np.abs(decolor(rgb).astype(int) - case.mono).max() <= 1


def test_colors_that_spread_are_better_in_occlusions_and_in_noise(case: Case) -> None:
    made = {name: STEREO_BASELINES[name](case.mono, case.color)
            for name in ('sgbm-warp', 'sgbm-warp-propagated')}
    ceiling = told_the_truth(case)['ceiling']
    scores = {name: measure(rgb, ceiling, case) for name, rgb in made.items()}
    for metric in ('psnr_db', 'occluded_psnr_db'):
        assert scores['sgbm-warp-propagated'][metric] > scores['sgbm-warp'][metric]


def test_semi_global_matching_finds_the_disparity(case: Case) -> None:
    found = sgbm(case.mono, decolor(case.color))
    assert abs(np.nanmedian(found[BOARD]) - BOARD_PX) < 0.2
    assert abs(np.nanmedian(found[:16]) - WALL_PX) < 0.2
    assert np.isnan(found[hidden_in_scene()]).mean() > 0.5
    # What is left of the color image is not seen, though OpenCV gives disparities there.
    columns = np.arange(found.shape[1])
    assert not (found > columns).any()


def test_images_narrower_than_the_range_are_searched_whole() -> None:
    rng = np.random.default_rng(0)
    mono = rng.integers(0, 256, (37, 45)).astype(np.uint8)
    color = rng.integers(0, 256, (37, 45, 3)).astype(np.uint8)
    for name, colorize in STEREO_BASELINES.items():
        assert colorize(mono, color).shape == (37, 45, 3), name


def test_an_image_of_one_gray_has_no_color_to_give() -> None:
    mono = np.full((40, 48), 90, np.uint8)
    color = np.full((40, 48, 3), 90, np.uint8)
    for name, colorize in STEREO_BASELINES.items():
        np.testing.assert_array_equal(colorize(mono, color), color, err_msg=name)


def test_superpixels_follow_edges_and_stay_near_their_cells() -> None:
    gray = np.full((48, 60), 40, np.uint8)
    gray[:, 32:] = 200
    pixels = Superpixels(gray)
    assert pixels.centers.shape == (8, 10, 3)
    # None is of both halves.
    assert np.isin(np.rint(pixels.centers[..., 0]), (40, 200)).all()
    middles = (np.arange(10) + 0.5) * CELL_PX
    assert np.abs(pixels.centers[..., 2] - middles).max() < CELL_PX
