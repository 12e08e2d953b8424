"""Curves from infrared to color: edges in place, and started from what VGG-19 knows."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional

from colorize_ros.networks.nir_color import GrayVgg, LUMA, OWN_BRIGHTNESS, RobotNirColorizer


@pytest.fixture(scope='module')
def network() -> RobotNirColorizer:
    torch.manual_seed(0)
    return RobotNirColorizer().eval()


@pytest.mark.parametrize('size', [(32, 32), (96, 160)])
def test_the_output_is_as_large_as_the_input(network: RobotNirColorizer,
                                             size: tuple[int, int]) -> None:
    with torch.no_grad():
        assert network(torch.rand(2, 1, *size)).shape == (2, 3, *size)


def test_untrained_it_copies_the_infrared(network: RobotNirColorizer) -> None:
    ramp = torch.linspace(0, 1, 64).expand(1, 1, 64, 64)
    with torch.no_grad():
        color = network(ramp)
    torch.testing.assert_close(color, ramp.expand(-1, 3, -1, -1), rtol=0, atol=0.05)


def test_brightness_is_moved_towards_the_infrared_and_chroma_is_not(
        network: RobotNirColorizer) -> None:
    curves = torch.rand(1, 18, 4, 5)
    nearer = network._nearer(curves)
    luma = torch.tensor(LUMA).view(3, 1, 1)
    for knot in range(6):
        part = np.s_[:, 3 * knot:3 * knot + 3]
        before, after = ((values[part] * luma).sum(1) for values in (curves, nearer))
        torch.testing.assert_close(
            after, (1 - OWN_BRIGHTNESS) * before + OWN_BRIGHTNESS * knot / 5)
        torch.testing.assert_close(nearer[part] - after[:, None], curves[part] - before[:, None])


def test_training_sees_what_the_network_says_itself() -> None:
    torch.manual_seed(0)
    network = RobotNirColorizer(dropout=0).train()
    with torch.no_grad():
        network.curves.bias.fill_(0.5)
        assert network(torch.zeros(1, 1, 32, 32)).mean() == pytest.approx(0.5, abs=0.05)
        assert network.eval()(torch.zeros(1, 1, 32, 32)).mean() == pytest.approx(
            0.5 * (1 - OWN_BRIGHTNESS), abs=0.05)


def test_a_curve_is_straight_between_its_knots(network: RobotNirColorizer) -> None:
    values = torch.tensor([0.0, 0.3, 0.2, 0.9, 0.5, 1.0])
    curves = values.repeat_interleave(3).view(1, 18, 1, 1)
    seen = torch.tensor([0.0, 0.2, 0.3, 0.5, 1.0]).view(1, 1, 1, 5)
    color = network._look_up(curves.expand(1, 18, 1, 5), seen)
    torch.testing.assert_close(color[0, 1, 0], torch.tensor([0.0, 0.3, 0.25, 0.55, 1.0]))


def test_an_edge_of_the_input_is_an_edge_of_the_output(network: RobotNirColorizer) -> None:
    nir = torch.full((1, 1, 64, 64), 0.2)
    nir[..., 33:] = 0.9
    with torch.no_grad():
        color = network(nir)[0, 0, 32]
    # From one pixel to the next: an edge that a quarter of the resolution cannot place.
    assert color[33] - color[32] > 0.8 * (color[60] - color[5])


def test_gray_vgg_sees_what_vgg_sees_of_a_gray_image() -> None:
    torch.manual_seed(1)
    small = GrayVgg()
    colored = {name: torch.randn_like(value) * 0.05 for name, value in small.state_dict().items()}
    colored['conv1_1.weight'] = torch.randn(64, 3, 3, 3) * 0.05
    small.start_from({**colored, 'conv5_1.weight': torch.zeros(1)})
    gray = torch.rand(1, 1, 16, 16)
    mean = torch.tensor([123.68, 116.779, 103.939]).view(1, 3, 1, 1)
    expected = functional.conv2d(255 * gray.expand(-1, 3, -1, -1) - mean,
                                 colored['conv1_1.weight'], colored['conv1_1.bias'])
    found = small.get_submodule('conv1_1')(gray)[..., 1:-1, 1:-1]
    torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-3)


def test_gradients_reach_every_parameter() -> None:
    network = RobotNirColorizer()
    # The last convolutions of residual blocks start at 0, and let nothing through to those before.
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.01 * torch.randn_like(parameter))
    network(torch.rand(1, 1, 64, 64)).sum().backward()
    assert all(parameter.grad is not None and parameter.grad.abs().sum() > 0
               for parameter in network.parameters())
