"""Blocks that several networks share."""

import pytest
import torch

from colorize_ros.networks.blocks import (
    masked_pyramid,
    push_pull_fill,
    ResidualBlock,
    standardise,
)


def test_a_fresh_residual_block_passes_its_input_through():
    features = torch.randn(2, 8, 6, 7)
    assert torch.equal(ResidualBlock(8)(features), features)


def test_standardise_ignores_exposure():
    image = torch.rand(1, 1, 16, 16)
    assert torch.allclose(
        standardise(image * 0.9 + 0.05), standardise(image), atol=0.02)


def test_standardise_keeps_a_flat_image_flat():
    assert torch.equal(standardise(torch.full((1, 1, 8, 8), 0.5)), torch.zeros(1, 1, 8, 8))


def test_pyramid_holds_the_mean_of_what_is_known():
    values = torch.tensor([[[[1.0, 5.0], [9.0, 2.0]]]])
    mask = torch.tensor([[[[1.0, 0.0], [0.0, 1.0]]]])
    mean, weight = masked_pyramid(values, mask, 1)[1]
    assert mean.item() == pytest.approx(1.5)
    assert weight.item() == pytest.approx(0.5)


@pytest.mark.parametrize('size', [(8, 8), (15, 33), (480, 640)])
def test_push_pull_keeps_the_known_and_fills_the_rest(size):
    generator = torch.Generator().manual_seed(0)
    values = torch.rand(1, 1, *size, generator=generator) + 1
    mask = (torch.rand(1, 1, *size, generator=generator) < 0.2).float()
    filled = push_pull_fill(masked_pyramid(values, mask, 8))
    assert torch.allclose(filled[mask > 0], values[mask > 0])
    assert filled.min() >= 1 - 1e-5
    assert filled.max() <= 2 + 1e-5


def test_push_pull_of_one_sample_is_that_sample_everywhere():
    mask = torch.zeros(1, 1, 64, 64)
    mask[0, 0, 5, 60] = 1
    filled = push_pull_fill(masked_pyramid(torch.full((1, 1, 64, 64), 3.0), mask, 3))
    assert torch.allclose(filled, torch.full_like(filled, 3.0))
