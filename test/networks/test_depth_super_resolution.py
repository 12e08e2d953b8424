"""Networks of depth super-resolution: shapes, units, block means, gradients."""

import pytest
import torch
from torch.nn import functional

from colorize_ros.networks.depth_super_resolution import (
    PaperDepthSuperResolution,
    PaperDiscriminator,
    RobotDepthSuperResolution,
    SCALES,
)

NETWORKS = (RobotDepthSuperResolution, PaperDepthSuperResolution)


def arguments(scale, height=12, width=16):
    low = torch.rand(2, 1, height, width, generator=torch.Generator().manual_seed(0)) + 1
    return low, torch.zeros(2, 1, scale * height, scale * width), torch.zeros(2, 1, 1, 1), scale


@pytest.mark.parametrize('network', NETWORKS)
@pytest.mark.parametrize('scale', SCALES)
def test_shapes(network, scale):
    finer = network().eval()(*arguments(scale))
    assert finer.shape == (2, 1, scale * 12, scale * 16)


@pytest.mark.parametrize('network', NETWORKS)
def test_the_unit_is_free(network):
    module = network().eval()
    low, guide, guided, scale = arguments(4)
    assert torch.allclose(1000 * module(low, guide, guided, scale),
                          module(1000 * low, guide, guided, scale), rtol=1e-3)


@pytest.mark.parametrize('scale', SCALES)
def test_the_robot_keeps_the_block_means(scale):
    torch.manual_seed(0)
    module = RobotDepthSuperResolution().eval()
    for parameter in module.parameters():
        torch.nn.init.normal_(parameter, 0, 0.05)
    low, guide, guided, _ = arguments(scale)
    finer = module(low, guide, guided, scale)
    assert torch.allclose(functional.avg_pool2d(finer, scale), low, atol=1e-4)


def test_a_flat_map_stays_flat():
    low = torch.full((1, 1, 12, 12), 2.5)
    finer = RobotDepthSuperResolution()(
        low, torch.zeros(1, 1, 48, 48), torch.zeros(1, 1, 1, 1), 4)
    assert torch.allclose(finer, torch.full_like(finer, 2.5))


def test_discriminator_gives_one_logit_a_map():
    assert PaperDiscriminator()(torch.zeros(3, 1, 32, 40)).shape == (3, 1)
