"""NirColorizer: any size and exposure in, color of the same size out."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from colorize_ros.errors import ConfigurationError, ShapeError
from colorize_ros.networks.nir_color import RobotNirColorizer
from colorize_ros.networks.s_shape import PaperNirColorizer
from colorize_ros.pipelines.nir import NirColorizer
from colorize_ros.pipelines.nir_exposure import expose, Exposure, meter


def make(network: torch.nn.Module) -> NirColorizer:
    torch.manual_seed(0)
    return NirColorizer(network.eval(), torch.device('cpu'), None)  # type: ignore[arg-type]


@pytest.fixture(scope='module')
def colorizer() -> NirColorizer:
    return make(RobotNirColorizer())


def scene(height: int = 48, width: int = 70) -> np.ndarray:
    """A ramp with a bright square."""
    image = np.tile(np.linspace(20, 160, width), (height, 1))
    image[10:30, 20:40] = 230
    return image.astype(np.uint8)


@pytest.mark.parametrize('size', [(48, 70), (32, 32), (33, 95)])
@pytest.mark.parametrize('network', [RobotNirColorizer(), PaperNirColorizer(width=4)])
def test_color_is_as_large_as_the_image(network: torch.nn.Module, size: tuple[int, int]) -> None:
    color = make(network)(scene(*size))
    assert color.shape == (*size, 3)
    assert color.dtype == np.uint8


def test_sixteen_bits_are_as_good_as_eight(colorizer: NirColorizer) -> None:
    few = colorizer(scene())
    many = colorizer(scene().astype(np.uint16) * 257)
    assert np.abs(few.astype(int) - many).max() <= 1


def test_twenty_gray_levels_become_a_whole_picture(colorizer: NirColorizer) -> None:
    dark = (30 + 20 * (scene() / 255.0)).astype(np.uint8)
    whole, from_dark = colorizer(scene()).astype(float), colorizer(dark).astype(float)
    assert from_dark.std() > 0.6 * whole.std()
    assert np.corrcoef(from_dark.ravel(), whole.ravel())[0, 1] > 0.98


def test_a_flat_image_is_no_error(colorizer: NirColorizer) -> None:
    for level in (0, 128, 255):
        assert colorizer(np.full((40, 40), level, np.uint8)).std() < 40


def test_noise_is_not_blown_up_to_a_picture() -> None:
    noise = np.random.default_rng(0).integers(9, 11, (64, 64)).astype(np.uint8)
    exposure = meter(noise)
    assert exposure.white - exposure.black == pytest.approx(4 / 255)


def test_specks_decide_nothing() -> None:
    image = scene(200, 200)
    image[0, :3] = 255
    image[1, :3] = 0
    assert meter(image) == pytest.approx(meter(scene(200, 200)), abs=0.01)


def test_a_well_exposed_image_stays_as_it_is() -> None:
    image = np.array([[20, 102, 204]], np.uint8)
    np.testing.assert_allclose(expose(image, Exposure(20 / 255, 0.8)), image / 255, atol=1e-6)


def test_few_levels_are_spread() -> None:
    exposed = expose(np.array([[51, 66, 81]], np.uint8), Exposure(51 / 255, 81 / 255))
    np.testing.assert_allclose(exposed, [[0.15, 0.45, 0.75]], atol=1e-6)


def test_another_light_is_followed_at_once() -> None:
    day, night = Exposure(0.3, 0.9), Exposure(0.0, 0.1)
    assert day.followed_by(night, 0.8) == night
    assert day.followed_by(Exposure(0.2, 0.8), 0.5) == pytest.approx((0.25, 0.85))


def test_exposure_of_a_video_follows_slowly() -> None:
    colorizer = make(RobotNirColorizer())
    darker = scene() // 4 * 3
    colorizer(scene(), smoothing=0.8)
    colorizer(darker, smoothing=0.8)
    expected = 0.8 * np.array(meter(scene())) + 0.2 * np.array(meter(darker))
    assert colorizer._exposure == pytest.approx(tuple(expected))
    colorizer.reset()
    colorizer((scene() // 2), smoothing=0.8)
    assert colorizer._exposure == pytest.approx(meter(scene() // 2))


def test_warming_up_leaves_no_exposure_behind() -> None:
    colorizer = make(PaperNirColorizer(width=4))
    colorizer.warm_up(40, 40)
    assert colorizer._exposure is None


@pytest.mark.parametrize('image', [
    np.zeros((40, 40), np.float32), np.zeros((40, 40, 3), np.uint8), np.zeros((31, 40), np.uint8)])
def test_other_images_are_refused(colorizer: NirColorizer, image: np.ndarray) -> None:
    with pytest.raises(ShapeError, match='expected uint8 or uint16'):
        colorizer(image)


@pytest.mark.parametrize('smoothing', [-0.1, 1.0])
def test_a_smoothing_that_never_follows_is_refused(colorizer: NirColorizer,
                                                   smoothing: float) -> None:
    with pytest.raises(ConfigurationError, match='smoothing'):
        colorizer(scene(), smoothing=smoothing)
