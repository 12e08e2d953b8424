"""VGG-19's features: each place of an image, from a file that is checked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import save_file
import torch

from colorize_ros.errors import ModelError, ShapeError
from colorize_ros.networks.vgg import LAYERS, Vgg19Features
from colorize_ros.pipelines.perceptual import PerceptualFeatures


def weights(folder: Path) -> Path:
    torch.manual_seed(0)
    state = {name: value.half() for name, value in Vgg19Features().state_dict().items()}
    save_file(state, str(folder / 'vgg.safetensors'))
    return folder / 'vgg.safetensors'


def test_a_row_a_place(tmp_path: Path) -> None:
    features = PerceptualFeatures.load(weights(tmp_path), device='cpu')
    rgb = np.zeros((17, 22, 3), np.uint8)
    rgb[:, 12:, 0] = 255
    places = features(rgb)
    assert places.shape == (4 * 5, 256)
    assert places.dtype == np.float32
    assert places.min() == 0
    assert places.max() > 0
    # Rows follow each other: the left column's places are alike, the right one's differ.
    grid = places.reshape(4, 5, 256)
    assert np.abs(grid[1, 0] - grid[1, 4]).max() > 1e-3


def test_color_counts(tmp_path: Path) -> None:
    features = PerceptualFeatures.load(weights(tmp_path), device='cpu')
    red, blue = np.zeros((16, 16, 3), np.uint8), np.zeros((16, 16, 3), np.uint8)
    red[..., 0], blue[..., 2] = 200, 200
    assert np.abs(features(red) - features(blue)).max() > 1e-3


def test_refuses_a_file_that_is_not_vgg(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match='does not hold VGG-19'):
        PerceptualFeatures.load(tmp_path / 'none.safetensors', device='cpu')
    (tmp_path / 'text.safetensors').write_text('no weights')
    with pytest.raises(ModelError, match='does not hold VGG-19'):
        PerceptualFeatures.load(tmp_path / 'text.safetensors', device='cpu')
    save_file({f'{next(iter(LAYERS))}.weight': torch.zeros(1)}, str(tmp_path / 'a.safetensors'))
    with pytest.raises(ModelError, match=r'conv1_1\.bias|does not hold'):
        PerceptualFeatures.load(tmp_path / 'a.safetensors', device='cpu')


@pytest.mark.parametrize('image', [
    np.zeros((16, 16), np.uint8), np.zeros((16, 16, 3), np.float32),
    np.zeros((3, 16, 3), np.uint8)])
def test_refuses_what_is_no_color_image(tmp_path: Path, image: np.ndarray) -> None:
    with pytest.raises(ShapeError, match='expected'):
        PerceptualFeatures.load(weights(tmp_path), device='cpu')(image)
