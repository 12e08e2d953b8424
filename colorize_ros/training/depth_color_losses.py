"""What the paper's network of color from depth minimises (Lai et al. 2020, section 3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import torch
from torch import nn, Tensor
from torch.nn import functional

from colorize_ros.networks.disentangled import PaperDepthColorizer
from colorize_ros.networks.patch_gan import PatchGan
from colorize_ros.training.helpers import Helper
from colorize_ros.training.images import random_window
from colorize_ros.training.loop import Batch, Losses

# Root mean squares of VGG-19's relu1_1, 2_1, 3_1 and 4_1 of pictures of rooms.
FEATURE_SCALES = (50.0, 250.0, 350.0, 1200.0)
# Of each of them: together they then weigh about twice what the color's own terms do.
PERCEPTUAL = 0.1
# lambda_adv of eq. 5.
ADVERSARIAL = 0.001
# Of the windows whose features are compared: all of a picture would take four times as long.
PERCEPTUAL_SIDE = 64
# Of the training, with the terms of eq. 3 alone.
WARM_UP = 0.5
CRITIC_RATE = 2e-4
CRITIC_WIDTH = 32


class ReconstructionError:
    """L_r of eq. 1, how far pictures are from the truth: L1, L2 and perceptual errors, as means.

    Args:
        truth: (B, 3, H, W) in [0, 1].
        features: gives VGG-19's relu1_1, 2_1, 3_1 and 4_1 of such; None leaves the perceptual
            errors out. They are compared in one window, drawn by torch's own generator.
    """

    def __init__(self, truth: Tensor, features: nn.Module | None) -> None:
        self._truth, self._features = truth, features
        self._window = random_window(truth, PERCEPTUAL_SIDE)
        with torch.no_grad():
            self._wanted = features(truth[self._window]) if features is not None else []

    def __call__(self, color: Tensor) -> Tensor:
        """Give the error of colors (B, 3, H, W), a scalar."""
        error = functional.l1_loss(color, self._truth) + functional.mse_loss(color, self._truth)
        if self._features is not None:
            found = self._features(color[self._window])
            for features, wanted, scale in zip(found, self._wanted, FEATURE_SCALES):
                error = error + PERCEPTUAL * functional.mse_loss(
                    features.float() / scale, wanted.float() / scale)
        return error


class PaperLosses:
    """L_all of eq. 5, in the paper's two stages: eq. 3 alone, and then all of it.

    Args:
        device: where the critic lives.
        features: VGG-19's, for `ReconstructionError`.
        flipping: mirror each second reference, so that its structure is no help (section 3.1).
        time_invariance: let a neighbouring frame be the reference (eq. 3); else the frame itself
            is (eq. 2).
        cycle: color the frame from what was made of another depth with its colors (eq. 4).
        adversarial: let what is made of another depth look real to a critic.
    """

    def __init__(self, device: torch.device, features: nn.Module | None, *,
                 flipping: bool = True, time_invariance: bool = True, cycle: bool = True,
                 adversarial: bool = True) -> None:
        self.features = features
        self.flipping, self.time_invariance, self.cycle = flipping, time_invariance, cycle
        self.helpers: dict[str, Helper] = {}
        if adversarial:
            critic = PatchGan(3, CRITIC_WIDTH).to(device)
            self.helpers['critic'] = Helper(critic, torch.optim.Adam(
                critic.parameters(), CRITIC_RATE, betas=(0.5, 0.999)))

    def __call__(self, network: nn.Module, batch: Batch) -> Losses:
        """Give the terms by name; those of the second stage are 0 in the first."""
        paper = cast(PaperDepthColorizer, network)
        color, depth = batch['color'], batch['depth']
        error = ReconstructionError(color, self.features)
        structure = paper.encode_structure(depth)
        made = paper.mix(paper.encode_appearance(*self._reference(batch)), structure).float()
        nothing = made.new_zeros(())
        terms = {'reconstruction': error(made), 'cycle': nothing, 'adversarial': nothing}
        if batch['over'] < WARM_UP or not (self.cycle or self.helpers):
            return terms
        other_depth = batch['other_depth']
        transferred = paper.mix(paper.encode_appearance(color, depth),
                                paper.encode_structure(other_depth)).float()
        if self.helpers:
            terms['adversarial'] = ADVERSARIAL * play(self.helpers['critic'], color, transferred)
        if self.cycle:
            again = paper.mix(paper.encode_appearance(transferred, other_depth), structure)
            terms['cycle'] = error(again.float())
        return terms

    def _reference(self, batch: Batch) -> tuple[Tensor, Tensor]:
        prefix = 'neighbour_' if self.time_invariance else ''
        color, depth = batch[f'{prefix}color'], batch[f'{prefix}depth']
        if not self.flipping:
            return color, depth
        flipped = torch.rand(len(color), 1, 1, 1).to(color.device) < 0.5
        return (torch.where(flipped, color.flip(3), color),
                torch.where(flipped, depth.flip(3), depth))


def play(critic: Helper, real: Tensor, made: Tensor) -> Tensor:
    """Let a critic learn, and say what it then holds against what was made (least squares).

    Mao et al. 2017, "Least Squares Generative Adversarial Networks", with 1 for real and 0 for
    made.

    Args:
        critic: a network that gives a list of maps of logits.
        real: pictures (B, C, H, W).
        made: (B, C, H, W), by the network that gets the gradients of the result.

    Returns:
        A scalar, 0 if everything that was made looks real.
    """
    critic.step(0.5 * (_squares(critic(real), 1) + _squares(critic(made.detach()), 0)))
    # Its weights need no gradients of what follows.
    critic.network.requires_grad_(False)
    error = _squares(critic(made), 1)
    critic.network.requires_grad_(True)
    return error


def _squares(logits: Sequence[Tensor], wanted: float) -> Tensor:
    return torch.stack([(logit.float() - wanted).square().mean() for logit in logits]).mean()
