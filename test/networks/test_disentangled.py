"""Color from depth by the paper's three networks, and the critic that they are trained against."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from colorize_ros.networks.disentangled import PaperDepthColorizer
from colorize_ros.networks.patch_gan import PatchGan


def make() -> PaperDepthColorizer:
    torch.manual_seed(0)
    return PaperDepthColorizer(width=4).eval()


def test_the_paper_has_fifteen_million_parameters() -> None:
    network = PaperDepthColorizer()
    assert 1.4e7 < sum(value.numel() for value in network.parameters()) < 1.6e7
    stem = network.structure.stem[0]
    assert (stem.kernel_size, stem.stride, stem.out_channels) == ((5, 5), (2, 2), 16)
    assert network.appearance.stem[0].in_channels == 4
    ups = [layer for layer in network.modules() if isinstance(layer, nn.ConvTranspose2d)]
    assert [layer.out_channels for layer in ups] == [128, 64, 32, 16]
    # Skips come after the first three of them.
    assert [layer.in_channels for layer in ups] == [512, 256, 128, 64]


@pytest.mark.parametrize('size', [(64, 96), (32, 32)])
@torch.no_grad()
def test_colors_are_as_large_as_the_depth_and_in_range(size: tuple[int, int]) -> None:
    network = make()
    remembered = network.remember(torch.rand(2, 3, 3, *size), torch.rand(2, 3, 1, *size))
    color = network.colorize(torch.rand(2, 1, *size), *remembered)
    assert color.shape == (2, 3, *size)
    assert color.min() >= 0
    assert color.max() <= 1


@torch.no_grad()
def test_a_pass_is_to_remember_one_reference_and_to_colorize() -> None:
    network = make()
    depth, color, reference_depth = (torch.rand(1, channels, 32, 48) for channels in (1, 3, 1))
    remembered = network.remember(color[:, None], reference_depth[:, None])
    torch.testing.assert_close(network(depth, color, reference_depth),
                               network.colorize(depth, *remembered))


@torch.no_grad()
def test_a_reference_may_have_another_size() -> None:
    network = make()
    remembered = network.remember(torch.rand(1, 1, 3, 64, 80), torch.rand(1, 1, 1, 64, 80))
    assert network.colorize(torch.rand(1, 1, 32, 48), *remembered).shape == (1, 3, 32, 48)


@torch.no_grad()
def test_structure_and_appearance_both_count() -> None:
    network = make()
    depth, other = torch.rand(2, 1, 1, 32, 32)
    color, red = torch.rand(2, 1, 3, 32, 32)
    first = network(depth, color, depth)
    assert not torch.allclose(first, network(other, color, depth))
    assert not torch.allclose(first, network(depth, red, depth))


def test_gradients_reach_every_parameter() -> None:
    network, critic = make().train(), PatchGan(3, 4)
    color = network(torch.rand(2, 1, 64, 64), torch.rand(2, 3, 64, 64), torch.rand(2, 1, 64, 64))
    sum(logits.mean() for logits in critic(color)).backward()
    for module in (network, critic):
        # The critics' own bias before a normalisation gets a gradient that is only rounding.
        assert all(parameter.grad is not None for parameter in module.parameters())


def test_the_critic_judges_patches_at_full_and_half_size() -> None:
    critic = PatchGan(5, 8, scales=2)
    logits = critic(torch.rand(2, 5, 128, 128))
    assert [logit.shape for logit in logits] == [(2, 1, 14, 14), (2, 1, 6, 6)]
    widths = [layer.out_channels for layer in critic.critics[0] if isinstance(layer, nn.Conv2d)]
    assert widths == [8, 16, 32, 64, 1]
    assert sum(isinstance(layer, nn.InstanceNorm2d) for layer in critic.modules()) == 6


def test_a_patch_is_judged_for_itself() -> None:
    # What is normalised is normalised over the picture; so the far patch moves a little, not much.
    torch.manual_seed(0)
    critic, picture = PatchGan(1, 4, scales=1).eval(), torch.rand(1, 1, 128, 128)
    changed = picture.clone()
    changed[..., :16, :16] = 0
    difference = (critic(changed)[0] - critic(picture)[0]).abs()[0, 0].detach()
    assert difference[:2, :2].mean() > 3 * difference[-4:, -4:].mean()
