"""The paper's two networks: sizes, widths, ranges."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from colorize_ros.networks.s_shape import EdgeNet, PaperNirColorizer


def test_widths_double_to_512() -> None:
    network = PaperNirColorizer()
    widths = [block[0].out_channels for block in network.encoder]
    assert widths == [32, 64, 128, 256, 512]
    assert [block[3].out_channels for block in network.decoder] == [256, 128, 64, 32]
    convolutions = [layer for layer in network.modules() if isinstance(layer, nn.Conv2d)]
    # Nine blocks of two, and the head.
    assert len(convolutions) == 19
    assert len([layer for layer in network.modules() if isinstance(layer, nn.BatchNorm2d)]) == 18


@pytest.mark.parametrize('size', [(224, 224), (32, 48)])
def test_the_output_is_as_large_as_the_input_and_in_range(size: tuple[int, int]) -> None:
    with torch.no_grad():
        color = PaperNirColorizer(width=4)(5 * torch.randn(2, 1, *size))
    assert color.shape == (2, 3, *size)
    assert color.min() >= 0
    assert color.max() <= 1


def test_details_go_past_the_narrow_middle() -> None:
    # A pixel's own change reaches the output at the pixel, more than it does far away.
    torch.manual_seed(0)
    network = PaperNirColorizer(width=4).eval()
    nir = torch.rand(1, 1, 64, 64)
    changed = nir.clone()
    changed[0, 0, 20, 20] += 0.5
    with torch.no_grad():
        difference = (network(changed) - network(nir)).abs().sum(1)[0]
    assert difference[20, 20] > 5 * difference[50:, 50:].max()


def test_edge_net_gives_edges_of_the_size_of_the_picture() -> None:
    network = EdgeNet()
    edges = network(torch.randn(2, 3, 64, 96))
    assert edges.shape == (2, 3, 64, 96)
    assert edges.abs().max() <= 1
    strides = [layer.stride for layer in network.modules()
               if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d)]
    assert strides == [(2, 2)] * 4
    assert [layer.negative_slope for layer in network.modules()
            if isinstance(layer, nn.LeakyReLU)] == [0.2, 0.2]


def test_gradients_reach_every_parameter() -> None:
    network, edge_net = PaperNirColorizer(width=4), EdgeNet()
    color = network(torch.rand(2, 1, 32, 32))
    (color.mean() + edge_net(color).mean()).backward()
    for module in (network, edge_net):
        assert all(parameter.grad is not None for parameter in module.parameters())
