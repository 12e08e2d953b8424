"""The paper's protocol: noise, and what is measured."""

from __future__ import annotations

import numpy as np
import pytest

from colorize_ros.evaluation.metrics import psnr_db
from colorize_ros.evaluation.stereo_protocol import Case, make_cases, measure, told_the_truth
from stereo_scene import hidden_in_scene, stereo_scene, WALL_PX

METRICS = {'psnr_db', 'ssim', 'ciede2000', 'occluded_psnr_db', 'occluded_ssim',
           'occluded_ciede2000', 'share_mono_noise', 'share_out_of_frame', 'share_hidden',
           'share_elsewhere'}

PLACES = ('out_of_frame', 'hidden', 'elsewhere')


@pytest.fixture(scope='module')
def cases() -> list[Case]:
    return list(make_cases(stereo_scene(), (1, 2)))


def test_the_noise_is_that_of_table_2(cases: list[Case]) -> None:
    for case, factor in zip(cases, (0.03, 0.07)):
        intensity = case.frame.right / 255
        noise = (case.color / 255 - intensity) / np.sqrt(np.maximum(intensity, 0.05))
        middle = (intensity > 0.25) & (intensity < 0.75)
        assert noise[middle].std() == pytest.approx(factor, rel=0.03)
    np.testing.assert_array_equal(cases[0].mono, cases[1].mono)
    np.testing.assert_array_equal(cases[0].truth, stereo_scene().left)


def test_the_noise_depends_on_the_name_alone(cases: list[Case]) -> None:
    again = next(make_cases(stereo_scene(), (2,)))
    np.testing.assert_array_equal(again.mono, cases[1].mono)
    np.testing.assert_array_equal(again.color, cases[1].color)
    other = next(make_cases(stereo_scene('made/other'), (2,)))
    assert (other.mono != again.mono).mean() > 0.5


def test_the_ceiling_is_wrong_by_the_noise_of_the_mono_image(cases: list[Case]) -> None:
    case = cases[0]
    ceiling = told_the_truth(case)['ceiling']
    scores = measure(ceiling, ceiling, case)
    assert scores['share_mono_noise'] == pytest.approx(1)
    assert {scores[f'share_{place}'] for place in PLACES} == {0}
    # A standard deviation of 0.01 times the root of the mean intensity, and rounding.
    expected = psnr_db(float(np.sqrt(1e-4 * (case.truth / 255).mean())), 1.0)
    assert scores['psnr_db'] == pytest.approx(expected, abs=0.3)


def test_the_true_disparity_is_worse_by_the_noise_of_the_color_image(cases: list[Case]) -> None:
    scores = []
    for case in cases:
        made = told_the_truth(case)
        scores.append({name: measure(rgb, made['ceiling'], case)['psnr_db']
                       for name, rgb in made.items()})
    for of_setup in scores:
        # Both images show the same: nothing is lost but to noise.
        assert of_setup['true-disparity-clean'] == pytest.approx(of_setup['ceiling'], abs=0.3)
        assert of_setup['true-disparity'] < of_setup['ceiling'] - 3
    assert scores[1]['true-disparity'] < scores[0]['true-disparity'] - 3


def test_the_shares_say_where_the_error_is(cases: list[Case]) -> None:
    case = cases[0]
    ceiling = told_the_truth(case)['ceiling']
    gray = np.repeat(case.mono[..., None], 3, axis=2)
    outside = np.zeros_like(case.occluded)
    outside[:, :WALL_PX] = True
    wrong = {'out_of_frame': outside, 'hidden': hidden_in_scene() & ~outside,
             'elsewhere': ~hidden_in_scene()}
    for place, pixels in wrong.items():
        scores = measure(np.where(pixels[..., None], gray, ceiling), ceiling, case)
        assert set(scores) == METRICS
        shares = {name: scores[f'share_{name}'] for name in PLACES}
        assert shares.pop(place) == pytest.approx(1 - scores['share_mono_noise'])
        assert set(shares.values()) == {0}
        assert scores['share_mono_noise'] < 0.5


def test_occluded_pixels_are_measured_alone(cases: list[Case]) -> None:
    case = cases[0]
    ceiling = told_the_truth(case)['ceiling']
    gray = np.repeat(case.mono[..., None], 3, axis=2)
    best = measure(ceiling, ceiling, case)
    elsewhere = measure(np.where(case.occluded[..., None], ceiling, gray), ceiling, case)
    assert elsewhere['occluded_psnr_db'] == best['occluded_psnr_db']
    assert elsewhere['occluded_ciede2000'] == best['occluded_ciede2000']
    assert elsewhere['psnr_db'] < best['psnr_db'] - 5
    # The window of a pixel's SSIM sees its neighbors.
    assert elsewhere['occluded_ssim'] > elsewhere['ssim']


def test_a_pair_without_occlusions_has_no_metrics_of_them() -> None:
    frame = stereo_scene()._replace(occluded=np.zeros((80, 128), bool))
    case = next(make_cases(frame, [1]))
    scores = measure(case.truth, told_the_truth(case)['ceiling'], case)
    assert not {name for name in scores if name.startswith('occluded')}
    assert scores['share_out_of_frame'] == scores['share_hidden'] == 0
