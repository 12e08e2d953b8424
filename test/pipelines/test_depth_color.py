"""DepthColorizer: any size in, color of the same size out; appearances that can be compared."""

from __future__ import annotations

import inspect
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
import pytest
import torch
from torch import nn, Tensor

from colorize_ros.errors import ConfigurationError, DepthError, ShapeError
from colorize_ros.pipelines.depth_color import DepthColorizer
from colorize_ros.pipelines.models import write_model
from colorize_ros.pipelines.references import color_histogram, Reference
from small_data import room


class Painter(nn.Module):
    """Gives the depth in the mean color of its first reference."""

    def __init__(self, working_rows: int, multiple: int = 16) -> None:
        super().__init__()
        self.working_rows, self.multiple = working_rows, multiple
        self.sizes: list[tuple[int, ...]] = []

    def remember(self, color: Tensor, depth: Tensor) -> tuple[Tensor, ...]:
        assert color.shape[2:] == (3, *depth.shape[3:])
        self.sizes.append(tuple(color.shape[:2] + color.shape[3:]))
        return (color[:, 0],)

    def colorize(self, depth: Tensor, color: Tensor) -> Tensor:
        self.sizes.append(tuple(depth.shape[2:]))
        return depth * color.mean(dim=(2, 3), keepdim=True)


class Forgetful(Painter):
    """A network without references: gray depth."""

    def remember(self, color: Tensor, depth: Tensor) -> tuple[Tensor, ...]:
        return ()

    def colorize(self, depth: Tensor) -> Tensor:  # type: ignore[override]
        return depth.expand(-1, 3, -1, -1)


def make(network: nn.Module) -> DepthColorizer:
    return DepthColorizer(network.eval(), torch.device('cpu'), None)  # type: ignore[arg-type]


def reference(color: tuple[int, int, int] = (200, 100, 50), height: int = 48, width: int = 64
              ) -> Reference:
    return Reference(np.full((height, width, 3), color, np.uint8), room(height, width))


@pytest.mark.parametrize('size', [(48, 70), (32, 32), (480, 640), (33, 95)])
def test_color_is_as_large_as_depth(size: tuple[int, int]) -> None:
    colorizer = make(Painter(128))
    rgb = colorizer(room(*size), colorizer.remember([reference()]))
    assert rgb.shape == (*size, 3)
    assert rgb.dtype == np.uint8


@pytest.mark.parametrize('rows', [64, 128])
def test_pixels_stay_where_they_are(rows: int) -> None:
    colorizer = make(Painter(rows))
    depth_m = room(128, 160) * 2
    rgb = colorizer(depth_m, colorizer.remember([reference()]))
    expected = depth_m[..., None] / 10 * np.array([200, 100, 50])
    assert np.abs(rgb - expected).mean() < 1.5


@pytest.mark.parametrize(('rows', 'size', 'seen'), [
    (128, (480, 640), (128, 176)), (128, (480, 480), (128, 128)), (128, (32, 48), (128, 176)),
    (160, (100, 50), (160, 80)), (32, (640, 32), (32, 16)), (160, (480, 640), (160, 208)),
    (160, (720, 1280), (144, 240)), (128, (64, 1000), (32, 592))])
def test_the_network_sees_the_size_it_is_meant_for(
        rows: int, size: tuple[int, int], seen: tuple[int, int]) -> None:
    network = Painter(rows)
    colorizer = make(network)
    colorizer(room(*size), colorizer.remember([reference(height=size[0], width=size[1])]))
    assert network.sizes == [(1, 1, *seen), seen]


@pytest.mark.parametrize('multiple', [16, 32])
@pytest.mark.parametrize('size', [(64, 1000), (1000, 64), (32, 9000), (9000, 32), (50, 400)])
def test_wide_and_tall_frames_take_no_longer_than_usual_ones(
        size: tuple[int, int], multiple: int) -> None:
    network = Painter(160, multiple)
    colorizer = make(network)
    rgb = colorizer(room(*size), colorizer.remember([reference(height=size[0], width=size[1])]))
    assert rgb.shape == (*size, 3)
    height, width = network.sizes[-1]
    assert height * width <= 1.4 * 160 * 160 * 4 / 3  # with what rounding to multiples adds


def test_references_of_several_sizes_are_seen_alike() -> None:
    network = Painter(128)
    make(network).remember([reference(), reference(height=96, width=128),
                            reference(height=32, width=32)])
    assert network.sizes == [(1, 3, 128, 176)]


def test_codes_tell_appearances_apart() -> None:
    for network in (Painter(128), Forgetful(128)):
        colorizer = make(network)
        red, again, blue = (colorizer.remember([reference(color)]).code
                            for color in ((200, 10, 10), (201, 12, 11), (10, 10, 200)))
        assert red.ndim == 1
        assert red.dtype == np.float32
        assert np.linalg.norm(red - blue) > 10 * np.linalg.norm(red - again)


def test_the_code_is_the_mean_over_space() -> None:
    code = make(Painter(128)).remember([reference()]).code
    np.testing.assert_allclose(code, np.array([200, 100, 50]) / 255, atol=2e-3)


def test_a_network_without_references_takes_any() -> None:
    colorizer = make(Forgetful(128))
    rgb = colorizer(room() * 3, colorizer.remember([reference()]))
    assert rgb.std(axis=2).max() == 0
    assert rgb.max() > 200


def test_a_hole_is_no_hole_in_the_picture() -> None:
    colorizer = make(Painter(128))
    holes = room()
    holes[20:30, 70:90] = np.nan
    appearance = colorizer.remember([reference()])
    assert np.abs(colorizer(holes, appearance).astype(int) - colorizer(room(), appearance)
                  ).max() <= 2


@pytest.mark.parametrize('architecture', DepthColorizer.architectures,
                         ids=lambda architecture: architecture.__name__)
def test_every_architecture_colors_from_its_file(
        tmp_path: Path, architecture: type[nn.Module]) -> None:
    torch.manual_seed(0)
    sizes = {'width': 4} if 'width' in inspect.signature(architecture).parameters else {}
    path = write_model(tmp_path, architecture(**sizes).state_dict(), {
        'pipeline': 'depth-color', 'preset': 'tried', 'architecture': architecture.__name__,
        'arguments': sizes})
    colorizer = DepthColorizer.load(str(path), device='cpu')
    assert colorizer.info.name == 'depth-color-tried'
    # Shapes of different aspect ratios: no network may need them alike.
    appearance = colorizer.remember([reference(), reference((10, 20, 200), 96, 70)])
    rgb = colorizer(room(90, 160), appearance)
    assert rgb.shape == (90, 160, 3)
    assert np.isfinite(appearance.code).all()
    np.testing.assert_array_equal(colorizer(room(90, 160), appearance), rgb)


def test_warms_up() -> None:
    network = Painter(128)
    make(network).warm_up(60, 80)
    assert network.sizes == [(1, 1, 128, 176), (128, 176)]


def test_refuses_depth_of_another_kind() -> None:
    colorizer = make(Painter(128))
    appearance = colorizer.remember([reference()])
    for depth_m in (np.ones((40, 40), np.uint16), np.ones((31, 40), np.float32),
                    np.ones((40, 40, 1), np.float32), np.ones(40, np.float32)):
        with pytest.raises(ShapeError, match='float32 metres'):
            colorizer(depth_m, appearance)  # type: ignore[arg-type]
    with pytest.raises(DepthError, match='no pixel'):
        colorizer(np.full((40, 40), np.nan, np.float32), appearance)


@pytest.mark.parametrize('rgb', [
    np.zeros((40, 41, 3), np.uint8), np.zeros((40, 40), np.uint8), np.zeros((40, 40, 3))])
def test_refuses_references_that_do_not_fit(rgb: NDArray) -> None:
    with pytest.raises(ShapeError, match='as large as its depth'):
        Reference(rgb, room(40, 40))


def test_refuses_no_reference_and_one_without_depth() -> None:
    with pytest.raises(ConfigurationError, match='no reference'):
        make(Painter(128)).remember([])
    with pytest.raises(DepthError, match='no pixel'):
        Reference(np.zeros((40, 40, 3), np.uint8), np.full((40, 40), np.nan, np.float32))


def test_the_histogram_is_of_shares() -> None:
    histogram = color_histogram([reference((0, 0, 0)), reference((255, 0, 64))])
    assert histogram.sum() == pytest.approx(1)
    assert np.flatnonzero(histogram).tolist() == [0, 3 + 16]
