"""The rivals' generators: sizes, what they are told, and how large their weights are."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from colorize_ros.networks.image_generators import InstanceNorm, UNet
from colorize_ros.networks.image_translation import BicycleGan, CycleGan, Pix2Pix

SMALL = {'pix2pix': lambda: Pix2Pix(2), 'cyclegan': lambda: CycleGan(2, 1),
         'bicyclegan': lambda: BicycleGan(2)}
FULL = {'pix2pix': Pix2Pix, 'cyclegan': CycleGan, 'bicyclegan': BicycleGan}


def pictures(batch: int, height: int, width: int) -> tuple[torch.Tensor, ...]:
    torch.manual_seed(0)
    return (torch.rand(batch, 1, height, width), torch.rand(batch, 3, height, width),
            torch.rand(batch, 1, height, width))


@pytest.mark.parametrize('name', SMALL)
@pytest.mark.parametrize('size', [(128, 128), (128, 160), (128, 96), (128, 32)])
def test_colors_are_as_large_as_the_depth(name: str, size: tuple[int, int]) -> None:
    network = SMALL[name]().eval()
    assert all(side % network.multiple == 0 for side in size)
    with torch.no_grad():
        color = network(*pictures(2, *size))
    assert color.shape == (2, 3, *size)
    assert color.dtype == torch.float32
    assert color.min() >= 0
    assert color.max() <= 1


@pytest.mark.parametrize('name', SMALL)
def test_colors_depend_on_the_depth(name: str) -> None:
    network = SMALL[name]().eval()
    depth, color, reference = pictures(1, 128, 128)
    with torch.no_grad():
        assert not torch.equal(network(depth, color, reference),
                               network(depth.flip(3), color, reference))


@pytest.mark.parametrize('name', ['pix2pix', 'cyclegan'])
def test_translators_remember_nothing(name: str) -> None:
    network = SMALL[name]().eval()
    depth, color, reference = pictures(1, 128, 128)
    with torch.no_grad():
        assert network.remember(color[:, None], reference[:, None]) == ()
        assert torch.equal(network(depth, color, reference), network.colorize(depth))


def test_the_code_is_of_the_first_reference() -> None:
    network = SMALL['bicyclegan']().eval()
    _, color, depth = pictures(2, 64, 96)
    other = torch.rand_like(color)
    with torch.no_grad():
        code, = network.remember(color[:, None], depth[:, None])
        several, = network.remember(torch.stack([color, other], 1), torch.stack([depth] * 2, 1))
        another, = network.remember(other[:, None], depth[:, None])
    assert code.shape == (2, 8, 1, 1)
    torch.testing.assert_close(several, code)
    assert not torch.equal(another, code)


def test_colors_depend_on_the_code() -> None:
    network = SMALL['bicyclegan']().eval()
    depth = pictures(1, 128, 128)[0]
    with torch.no_grad():
        colors = [network.colorize(depth, torch.full((1, 8, 1, 1), value)) for value in (-2, 2)]
    assert (colors[0] - colors[1]).abs().mean() > 1e-4


def test_what_is_to_be_made_can_be_given_to_both_generators() -> None:
    network = CycleGan(2, 1)
    _, color, depth = pictures(1, 32, 32)
    assert network.to_color(color).shape == color.shape
    assert network.to_depth(depth.expand(-1, 3, -1, -1)).shape == depth.shape
    assert network.to_depth(color).shape == depth.shape


def test_a_u_net_takes_odd_sizes() -> None:
    for size in ((101, 77), (32, 34)):
        for normalise in (nn.BatchNorm2d, InstanceNorm):
            assert UNet(2, normalise).eval()(torch.rand(1, 1, *size)).shape == (1, 3, *size)


def test_instances_are_normalised_wherever_their_channels_lie() -> None:
    features = 3 * torch.randn(2, 4, 8, 6) + torch.arange(4).view(4, 1, 1)
    expected = nn.InstanceNorm2d(4)(features)
    for layout in (torch.contiguous_format, torch.channels_last):
        torch.testing.assert_close(
            InstanceNorm(4)(features.contiguous(memory_format=layout)), expected)


@pytest.mark.parametrize('name', FULL)
def test_weights_in_half_precision_are_below_15_megabytes(name: str) -> None:
    network = FULL[name]()
    assert sum(2 * value.numel() for value in network.state_dict().values()) < 15e6


@pytest.mark.parametrize('name', SMALL)
def test_gradients_reach_every_parameter(name: str) -> None:
    network = SMALL[name]()
    depth, color, reference = pictures(2, 128, 128)
    made = network(depth, color, reference).mean()
    if isinstance(network, CycleGan):
        made = made + network.to_depth(color).mean()
    if isinstance(network, BicycleGan):
        made = made + network.encode(color)[1].mean()
    made.backward()
    assert [name for name, parameter in network.named_parameters()
            if parameter.grad is None or not parameter.grad.abs().sum() > 0] == []
