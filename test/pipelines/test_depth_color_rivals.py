"""The rivals run as pipelines, from their weights and cards."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from colorize_ros.networks.image_translation import BicycleGan, CycleGan, Pix2Pix
from colorize_ros.pipelines.depth_color import DepthColorizer
from colorize_ros.pipelines.models import write_model
from colorize_ros.pipelines.references import Reference
from small_data import room

RIVALS = {'pix2pix': Pix2Pix, 'cyclegan': CycleGan, 'bicyclegan': BicycleGan}


def load(folder: Path, preset: str) -> DepthColorizer:
    torch.manual_seed(0)
    network = RIVALS[preset](width=4)
    weights = write_model(folder, network.state_dict(), {
        'pipeline': 'depth-color', 'preset': preset, 'architecture': type(network).__name__,
        'arguments': {'width': 4}})
    return DepthColorizer.load(str(weights), device='cpu')


def reference(shade: int) -> Reference:
    rgb = np.random.default_rng(shade).integers(0, shade, (48, 64, 3), np.uint8)
    return Reference(rgb, room(48, 64))


@pytest.mark.parametrize('preset', RIVALS)
@pytest.mark.parametrize('size', [(48, 70), (64, 32), (40, 200)])
def test_a_rival_colors_frames_of_any_size(tmp_path: Path, preset: str,
                                           size: tuple[int, int]) -> None:
    colorizer = load(tmp_path, preset)
    rgb = colorizer(room(*size), colorizer.remember([reference(255)]))
    assert rgb.shape == (*size, 3)
    assert rgb.std() > 0


def test_only_bicyclegan_cares_for_the_reference(tmp_path: Path) -> None:
    for preset, cares in (('pix2pix', False), ('cyclegan', False), ('bicyclegan', True)):
        colorizer = load(tmp_path / preset, preset)
        dark, light = (colorizer.remember([reference(shade)]) for shade in (30, 255))
        assert bool(dark.remembered) == cares
        assert not np.array_equal(dark.code, light.code)
        assert dark.code.shape == ((8,) if cares else light.code.shape)
