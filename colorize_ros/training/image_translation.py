"""What rivals minimise that translate images: Pix2Pix, CycleGAN and BicycleGAN.

The papers are named in `networks.image_translation`. Factors are theirs, of colors in [-1, 1];
critics play by least squares in all three (`depth_color_losses.play`), and see what is made now,
without CycleGAN's store of earlier pictures.
"""

from __future__ import annotations

import math
from typing import cast

import torch
from torch import nn, Tensor
from torch.nn import functional

from colorize_ros.networks.image_translation import BicycleGan, CycleGan, Pix2Pix
from colorize_ros.networks.patch_gan import PatchGan
from colorize_ros.training.depth_color_losses import play
from colorize_ros.training.helpers import Helper
from colorize_ros.training.loop import Batch, Losses
from colorize_ros.training.options import TrainingOptions

RATE, BETAS = 2e-4, (0.5, 0.999)
OPTIONS = TrainingOptions(learning_rate=RATE, betas=BETAS, weight_decay=0.0, clip_norm=math.inf)
# Half of the published, as the generators' is less.
CRITIC_WIDTH = 32
# From errors of colors in [0, 1] to those in [-1, 1].
RANGE = 2


class Pix2PixLosses:
    """A critic that sees depth beside color, and 100 times the absolute error (eq. 4).

    Args:
        device: where the critic lives.
        features: not used: none of these papers has perceptual errors.
        critic_width: channels of the critic's first layer.
    """

    def __init__(self, device: torch.device, features: nn.Module | None = None, *,
                 critic_width: int = CRITIC_WIDTH) -> None:
        self.helpers = {'critic': _critic(4, critic_width, 1, device)}

    def __call__(self, network: nn.Module, batch: Batch) -> Losses:
        """Give the terms by name."""
        depth, color = batch['depth'], batch['color']
        made = cast(Pix2Pix, network).colorize(depth).float()
        return {'adversarial': play(self.helpers['critic'], torch.cat([depth, color], 1),
                                    torch.cat([depth, made], 1)),
                'absolute': 100 * RANGE * functional.l1_loss(made, color)}


class CycleGanLosses:
    """A critic each of color and depth, 10 times the cycle's error, 5 times the identity's.

    Color and depth are of different places: nothing tells which belong together (eq. 3, section
    5.2).

    Args:
        device: where the critics live.
        features: not used: none of these papers has perceptual errors.
        critic_width: channels of the critics' first layers.
    """

    def __init__(self, device: torch.device, features: nn.Module | None = None, *,
                 critic_width: int = CRITIC_WIDTH) -> None:
        self.helpers = {'color_critic': _critic(3, critic_width, 1, device),
                        'depth_critic': _critic(1, critic_width, 1, device)}

    def __call__(self, network: nn.Module, batch: Batch) -> Losses:
        """Give the terms by name."""
        pair = cast(CycleGan, network)
        color, depth = batch['color'], batch['other_depth']
        thrice = depth.expand(-1, 3, -1, -1)
        made_color, same_color = pair.to_color(torch.cat([thrice, color])).float().chunk(2)
        made_depth, same_depth = pair.to_depth(torch.cat([color, thrice])).float().chunk(2)
        depth_again = pair.to_depth(made_color).float()
        color_again = pair.colorize(made_depth).float()
        return {
            'adversarial_color': play(self.helpers['color_critic'], color, made_color),
            'adversarial_depth': play(self.helpers['depth_critic'], depth, made_depth),
            'cycle': 10 * RANGE * (functional.l1_loss(depth_again, depth)
                                   + functional.l1_loss(color_again, color)),
            'identity': 5 * RANGE * (functional.l1_loss(same_depth, depth)
                                     + functional.l1_loss(same_color, color))}


class BicycleGanLosses:
    """Two cycles: from color to a code and back, from a random code to color and back (eq. 9).

    Two critics at two scales, one for colors of an encoded code, one for those of a random one.
    What is encoded of the latter teaches the generator alone.

    Args:
        device: where the critics live.
        features: not used: none of these papers has perceptual errors.
        critic_width: channels of the critics' first layers.
    """

    def __init__(self, device: torch.device, features: nn.Module | None = None, *,
                 critic_width: int = CRITIC_WIDTH) -> None:
        self.helpers = {name: _critic(4, critic_width, 2, device)
                        for name in ('encoded_critic', 'random_critic')}

    def __call__(self, network: nn.Module, batch: Batch) -> Losses:
        """Give the terms by name."""
        bicycle = cast(BicycleGan, network)
        depth, color = batch['depth'], batch['color']
        mean, log_variance = (part.float() for part in bicycle.encode(color))
        drawn = torch.randn_like(mean)
        code = mean + torch.randn_like(mean) * (log_variance / 2).exp()
        codes = torch.cat([code, drawn])[:, :, None, None]
        encoded, random = bicycle.colorize(torch.cat([depth, depth]), codes).float().chunk(2)
        pair = torch.cat([depth, color], 1)
        return {
            'adversarial_encoded': play(self.helpers['encoded_critic'], pair,
                                        torch.cat([depth, encoded], 1)),
            'adversarial_random': play(self.helpers['random_critic'], pair,
                                       torch.cat([depth, random], 1)),
            'absolute': 10 * RANGE * functional.l1_loss(encoded, color),
            'divergence': 0.01 * divergence(mean, log_variance),
            'code': 0.5 * functional.l1_loss(_read_code(bicycle, random), drawn)}


def divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """Give the Kullback-Leibler divergence of normal codes (B, N) from the standard normal."""
    return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(1).mean()


def _read_code(bicycle: BicycleGan, color: Tensor) -> Tensor:
    """Give the code of colors; the encoder's weights get no gradients of it."""
    bicycle.encoder.requires_grad_(False)
    mean, _ = bicycle.encode(color)
    bicycle.encoder.requires_grad_(True)
    return mean.float()


def _critic(channels: int, width: int, scales: int, device: torch.device) -> Helper:
    network = PatchGan(channels, width, scales).to(device)
    return Helper(network, torch.optim.Adam(network.parameters(), RATE, betas=BETAS))
