"""StereoColorizer: any size in, the mono image's luma and the other camera's chroma out."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch
from torch import nn, Tensor

from colorize_ros.errors import ConfigurationError, ShapeError
from colorize_ros.networks.dual_lens import PaperDualLens
from colorize_ros.networks.stereo_color import RobotDualLens
from colorize_ros.pipelines.stereo import paint, StereoColorizer
from colorize_ros.ycbcr import to_ycbcr


class CopyAt(nn.Module):
    """Takes the chroma a few columns to the left."""

    multiple = 32

    def __init__(self, disparity_px: int) -> None:
        super().__init__()
        self.disparity_px = disparity_px

    def forward(self, mono: Tensor, reference: Tensor) -> Tensor:
        assert mono.shape[2] % 32 == mono.shape[3] % 32 == 0
        return reference[:, 1:].roll(self.disparity_px, 3)


def make(network: nn.Module) -> StereoColorizer:
    return StereoColorizer(network.eval(), torch.device('cpu'), None)  # type: ignore[arg-type]


def scene(height: int = 40, width: int = 70) -> np.ndarray:
    """A red and a green stripe before gray, none of which clips: (H, W, 3)."""
    rgb = np.tile(np.linspace(60, 160, width)[None, :, None], (height, 1, 3))
    rgb[:, 30:38] = 160, 90, 80
    rgb[10:20, 50:55] = 80, 150, 90
    return rgb.astype(np.uint8)


def gray(rgb: np.ndarray) -> np.ndarray:
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY))


@pytest.mark.parametrize('size', [(40, 70), (32, 32), (33, 95)])
@pytest.mark.parametrize('network', [RobotDualLens(32), PaperDualLens(32, width=2)])
def test_color_is_as_large_as_the_image(network: nn.Module, size: tuple[int, int]) -> None:
    torch.manual_seed(0)
    rgb = np.random.default_rng(0).integers(0, 256, (*size, 3)).astype(np.uint8)
    result = make(network)(gray(rgb), rgb)
    assert (result.shape, result.dtype) == (rgb.shape, np.uint8)
    np.testing.assert_array_equal(gray(result), gray(rgb))


def test_chroma_comes_from_where_the_color_camera_shows_it() -> None:
    left = scene()
    result = make(CopyAt(6))(gray(left), np.roll(left, -6, axis=1))
    assert np.abs(result.astype(int) - left).max() <= 1


def test_the_mono_camera_may_be_the_right_one() -> None:
    right = scene()
    result = make(CopyAt(6))(gray(right), np.roll(right, 6, axis=1), mono_is='right')
    assert np.abs(result.astype(int) - right).max() <= 1


@pytest.mark.filterwarnings('error')
def test_images_as_messages_hold_them_need_not_be_writable() -> None:
    rgb = scene()
    mono = gray(rgb)
    for image in (mono, rgb):
        image.flags.writeable = False
    torch.set_warn_always(True)
    try:
        for side in ('left', 'right'):
            assert make(CopyAt(6))(mono, rgb, mono_is=side).shape == rgb.shape
    finally:
        torch.set_warn_always(False)


def test_luma_holds_where_rgb_would_clip() -> None:
    rng = np.random.default_rng(1)
    luma = torch.from_numpy(rng.integers(0, 256, (64, 64)).astype(np.float32))
    chroma = torch.from_numpy(rng.uniform(-0.5, 0.5, (2, 64, 64)).astype(np.float32))
    rgb = np.ascontiguousarray(paint(luma, chroma).permute(1, 2, 0).numpy())
    np.testing.assert_array_equal(gray(rgb), luma.numpy())


def test_a_chroma_that_clips_keeps_its_hue() -> None:
    chroma = torch.tensor([-0.1, 0.4]).view(2, 1, 1)
    rgb = paint(torch.full((1, 1), 230.0), chroma).permute(1, 2, 0).numpy()
    paler = to_ycbcr(rgb)[1:, 0, 0]
    assert paler[1] < 0.2
    assert paler[0] / paler[1] == pytest.approx(-0.25, abs=0.04)


def test_sixteen_bits_are_as_good_as_eight() -> None:
    left = scene()
    few = make(CopyAt(0))(gray(left), left)
    many = make(CopyAt(0))(gray(left).astype(np.uint16) * 257, left)
    np.testing.assert_array_equal(few, many)


def test_warming_up_runs() -> None:
    make(CopyAt(0)).warm_up(40, 50)


@pytest.mark.parametrize('mono', [
    np.zeros((40, 40), np.float32), np.zeros((40, 40, 3), np.uint8), np.zeros((31, 40), np.uint8)])
def test_other_mono_images_are_refused(mono: np.ndarray) -> None:
    with pytest.raises(ShapeError, match='expected uint8 or uint16'):
        make(CopyAt(0))(mono, np.zeros((*mono.shape[:2], 3), np.uint8))


@pytest.mark.parametrize('color', [
    np.zeros((40, 42, 3), np.uint8), np.zeros((40, 40), np.uint8),
    np.zeros((40, 40, 3), np.float32)])
def test_other_color_images_are_refused(color: np.ndarray) -> None:
    with pytest.raises(ShapeError, match='as large as the mono image'):
        make(CopyAt(0))(np.zeros((40, 40), np.uint8), color)


def test_a_camera_elsewhere_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="'above'"):
        make(CopyAt(0))(np.zeros((40, 40), np.uint8), np.zeros((40, 40, 3), np.uint8),
                        mono_is='above')
