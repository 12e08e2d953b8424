"""What the robot's cameras make of linear light."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from colorize_ros.datasets.lens_noise import decolor, SETUPS
from colorize_ros.errors import ConfigurationError, DataError, ShapeError
from colorize_ros.simulation.sensors.cameras import color_image, near_infrared_image, stereo_images

DAY_GRAY = 114


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def patch(light: float) -> np.ndarray:
    return np.full((120, 160, 3), light, np.float32)


@pytest.fixture(scope='module')
def scene() -> np.ndarray:
    """A room's worth of light by day: colored patches around middle gray, softly shaded."""
    patches = np.random.default_rng(1).uniform(0.03, 0.6, (6, 8, 3)).astype(np.float32)
    return cv2.resize(patches, (160, 120), interpolation=cv2.INTER_CUBIC).clip(0.01, None)


def noise_of(take_1: np.ndarray, take_2: np.ndarray) -> float:
    return float(np.std(take_1.astype(float) - take_2) / np.sqrt(2))


def test_day_is_held_at_middle_gray_and_clean() -> None:
    image = color_image(patch(0.2), rng())
    assert image.mean() == pytest.approx(DAY_GRAY, abs=1)
    assert image.std() < 2.5


@pytest.mark.parametrize('light', [0.5, 2.0, 8.0])
def test_exposure_makes_up_for_most_of_another_light(light: float) -> None:
    assert color_image(patch(0.2 * light), rng()).mean() == pytest.approx(DAY_GRAY, abs=25)


def test_dusk_is_noisier_than_day_and_usable(scene: np.ndarray) -> None:
    day, dusk = ([color_image(scene * np.float32(factor), rng(seed)) for seed in (0, 1)]
                 for factor in (1.0, 0.1))
    assert noise_of(*dusk) > 1.5 * noise_of(*day)
    assert noise_of(*dusk) < 8
    assert np.corrcoef(dusk[0].ravel(), day[0].ravel())[0, 1] > 0.97


def test_night_is_nearly_black_with_more_noise_than_picture(scene: np.ndarray) -> None:
    night = [color_image(scene * np.float32(1e-4), rng(seed)) for seed in (0, 1)]
    assert night[0].mean() < 4
    assert night[0].std() > 2
    signal = np.cov(night[0].ravel(), night[1].ravel())[0, 1]
    assert 0 < signal < 0.1 * noise_of(*night) ** 2


def test_the_ill_lit_variant_has_no_noise_to_speak_of(scene: np.ndarray) -> None:
    image = color_image(scene, rng(), ill_lit=True)
    expected = 255 * (color_image(scene, rng()) / 255.0) ** 10
    np.testing.assert_allclose(image, expected, atol=0.51)
    assert image.mean() < 10


def infrared_room() -> np.ndarray:
    """A white wall that leans from 0.4 m at the left to 4 m at the right."""
    distance = np.tile(np.linspace(0.4, 4, 160, dtype=np.float32), (120, 1))
    return 1 / distance ** 2


def test_infrared_is_usable_from_one_to_four_metres_and_saturates_gently_before() -> None:
    image = near_infrared_image(infrared_room(), rng()).mean(axis=0)
    distance = np.linspace(0.4, 4, 160)
    assert 40 < image[distance > 3.9].mean() < 120
    at_1_m = image[np.abs(distance - 1) < 0.05].mean()
    assert 150 < at_1_m < 240
    assert image[0] > at_1_m
    assert (np.diff(cv2.blur(image[None], (9, 1))[0, 6:-6]) < 0.5).all()


def test_infrared_noise_is_mild() -> None:
    light = infrared_room()
    noise = noise_of(near_infrared_image(light, rng(0)), near_infrared_image(light, rng(1)))
    assert 0.5 < noise < 5


def test_infrared_corners_are_darker_and_alike() -> None:
    image = near_infrared_image(np.full((120, 160), 0.2, np.float32), rng()).astype(float)
    middle = image[55:65, 75:85].mean()
    corners = [image[rows, columns].mean() for rows in (np.s_[:8], np.s_[-8:])
               for columns in (np.s_[:8], np.s_[-8:])]
    assert max(corners) < 0.92 * middle
    assert np.ptp(corners) < 3


@pytest.mark.parametrize('setup', [1, 2])
def test_a_well_exposed_pair_has_the_noise_of_table_2(setup: int) -> None:
    mono, color = stereo_images(patch(0.2), patch(0.2), rng(), setup=setup)
    intensity = DAY_GRAY / 255
    assert color.mean() == pytest.approx(DAY_GRAY, abs=0.5)
    assert mono.mean() == pytest.approx(DAY_GRAY, abs=0.5)
    assert color.std() / 255 == pytest.approx(SETUPS[setup].color * np.sqrt(intensity), rel=0.03)
    assert mono.std() / 255 == pytest.approx(SETUPS[setup].mono * np.sqrt(intensity), rel=0.03)


def test_mono_is_the_decolored_color_picture_of_its_place(scene: np.ndarray) -> None:
    mono, color = stereo_images(scene, scene, rng())
    difference = cv2.blur(mono.astype(float) - decolor(color), (5, 5))
    assert np.abs(difference).max() < 5


def test_in_the_dark_mono_sees_three_times_better(scene: np.ndarray) -> None:
    dark = scene * np.float32(0.005)
    first, second = (stereo_images(dark, dark, rng(seed)) for seed in (0, 1))
    quality = [np.cov(a.ravel(), b.ravel())[0, 1] / noise_of(a, b) ** 2
               for a, b in zip(first, second)]
    assert first[0].mean() > 1.4 * first[1].mean()
    assert quality[0] > 2 * quality[1]


def test_in_the_dark_the_sensors_own_noise_takes_over() -> None:
    pair = stereo_images(patch(0.001), patch(0.001), rng())
    for image, factor in zip(pair, (SETUPS[1].mono, SETUPS[1].color)):
        assert image.std() / 255 > 1.5 * factor * np.sqrt(image.mean() / 255)


def test_the_pair_is_nearly_black_at_night(scene: np.ndarray) -> None:
    mono, color = stereo_images(scene * np.float32(1e-4), scene * np.float32(1e-4), rng())
    assert 0.2 < mono.mean() < 5
    assert 0.2 < color.mean() < 4


def test_the_same_state_gives_the_same_pictures(scene: np.ndarray) -> None:
    for take in (color_image, lambda light, rng: near_infrared_image(light[..., 0], rng),
                 lambda light, rng: np.dstack(stereo_images(light, light, rng))):
        np.testing.assert_array_equal(take(scene, rng(4)), take(scene, rng(4)))
        assert (take(scene, rng(4)) != take(scene, rng(5))).any()


def test_light_of_another_kind_is_refused(scene: np.ndarray) -> None:
    gray = scene[..., 0]
    with pytest.raises(ShapeError, match=r'expected \(H, W, 3\)'):
        color_image(gray, rng())
    with pytest.raises(ShapeError, match=r'expected \(H, W, 3\)'):
        stereo_images(scene, gray, rng())
    with pytest.raises(ShapeError, match=r'expected \(H, W\)'):
        near_infrared_image(scene, rng())
    with pytest.raises(DataError, match='not finite'):
        color_image(scene * np.float32(np.nan), rng())
    with pytest.raises(ConfigurationError, match='no setup 3'):
        stereo_images(scene, scene, rng(), setup=3)
