"""Color from depth by looking for places of like shape in several references."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from colorize_ros.networks.depth_color import RobotDepthColorizer

SIZE = (64, 96)


def make() -> RobotDepthColorizer:
    torch.manual_seed(0)
    return RobotDepthColorizer().eval()


def make_rough(count: int, size: tuple[int, int] = SIZE) -> Tensor:
    """Give depth (1, count, 1, H, W), rough and each other."""
    coarse = torch.rand(count, 1, size[0] // 8, size[1] // 8)
    return functional.interpolate(coarse, size=size, mode='bilinear')[None]


@pytest.mark.parametrize('size', [(64, 96), (32, 48)])
@torch.no_grad()
def test_colors_are_as_large_as_the_depth_whatever_the_references_are(size: tuple[int, int]
                                                                      ) -> None:
    network = make()
    remembered = network.remember(torch.rand(2, 3, 3, *SIZE), torch.rand(2, 3, 1, *SIZE))
    assert network.colorize(torch.rand(2, 1, *size), *remembered).shape == (2, 3, *size)


@torch.no_grad()
def test_a_fresh_network_shows_no_color_that_its_references_have_not() -> None:
    network = make()
    red = torch.tensor([0.8, 0.1, 0.3]).view(1, 1, 3, 1, 1).expand(1, 2, 3, *SIZE)
    made = network.colorize(make_rough(1)[0], *network.remember(red, make_rough(2)))
    assert torch.allclose(made, red[:, 0].expand_as(made), atol=1e-5)


@torch.no_grad()
def test_the_order_of_references_does_not_matter() -> None:
    network = make()
    torch.nn.init.normal_(network.added.weight, std=0.1)
    color, depth, seen = torch.rand(1, 3, 3, *SIZE), make_rough(3), make_rough(1)[0]
    orders = [network.colorize(seen, *network.remember(color[:, order], depth[:, order]))
              for order in ([0, 1, 2], [2, 0, 1])]
    assert torch.allclose(*orders, atol=1e-4)
    alone = network.colorize(seen, *network.remember(color[:, :1], depth[:, :1]))
    assert not torch.allclose(orders[0], alone, atol=1e-2)


@torch.no_grad()
def test_sure_queries_bring_each_place_its_own_colors_where_the_depth_is_the_reference_s() -> None:
    network = make()
    network.query.load_state_dict(network.key.state_dict())
    network.query.weight.mul_(3000)
    network.query.bias.mul_(3000)
    network.settle.bias[0] = 20
    depth, color = make_rough(1), torch.rand(1, 1, 3, *SIZE)
    _, brought = network.paint_over(depth[:, 0], *network.remember(color, depth))
    small = functional.avg_pool2d(color[:, 0], 2)
    error, spread = (brought - small).abs().mean(), (small - small.mean((2, 3), True)).abs().mean()
    assert error < 0.25 * spread


def test_colors_and_shapes_of_references_can_be_learned_from() -> None:
    network = make().train()
    color = torch.rand(1, 2, 3, *SIZE, requires_grad=True)
    depth = make_rough(2).requires_grad_()
    network.colorize(make_rough(1)[0], *network.remember(color, depth)).square().mean().backward()
    assert color.grad is not None
    assert depth.grad is not None
    assert color.grad.abs().sum() > 0
    assert depth.grad.abs().sum() > 0
