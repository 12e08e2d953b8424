"""Training of color from depth with a memory of the place: batches with references, and losses."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray
import torch
from torch import nn, Tensor
from torch.nn import functional

from colorize_ros.networks.depth_color import RobotDepthColorizer
from colorize_ros.networks.patch_gan import PatchGan
from colorize_ros.training.depth_color_losses import (
    FEATURE_SCALES,
    play,
    ReconstructionError,
)
from colorize_ros.training.depth_color_samples import cut, DepthColorSamples
from colorize_ros.training.helpers import Helper
from colorize_ros.training.images import random_window
from colorize_ros.training.loop import Batch, Losses

REFERENCES = 2
# Of the references: the frame itself, cut differently; one of its clip; else one of its source.
ITSELF, SAME_CLIP = 0.12, 0.5
# Of them, those that are mirrored while the frame is not.
MIRRORED_ALONE = 0.15
BROUGHT, STYLE, ADVERSARIAL = 0.5, 0.1, 0.02
# Of the training, with the errors of colors alone: these steps take a quarter of the time.
WARM_UP = 0.4
# Of a picture's side, at which features are compared.
STYLE_SIDE = 96
CRITIC_RATE = 2e-4


class PlaceSamples(DepthColorSamples):
    """Batches of `DepthColorSamples`' frames with several references of their places.

    A batch has `depth` (B, 1, S, S) and `color` (B, 3, S, S) of a frame, `reference_color`
    (B, R, 3, S, S) and `reference_depth` (B, R, 1, S, S) of frames of its source, mostly of its
    clip, and `other_depth` (B, 1, S, S) of another clip.
    """

    def __init__(self, folders: Sequence[Path], batch_size: int, side: int) -> None:
        super().__init__(folders, batch_size, side)
        _, self.places = np.unique(self.origins, return_inverse=True)

    def _sample(self, rng: np.random.Generator) -> dict[str, NDArray[np.float32]]:
        index = int(rng.choice(len(self.frames), p=self.chances))
        mirrored = bool(rng.random() < 0.5)
        color, depth = cut(self.frames[index], self.side, mirrored, rng)
        references = [
            cut(self.frames[self._choose_reference(index, rng)], self.side,
                mirrored != bool(rng.random() < MIRRORED_ALONE), rng) for _ in range(REFERENCES)]
        _, other_depth = cut(self.frames[self._choose_other(index, rng)], self.side,
                             bool(rng.random() < 0.5), rng)
        return {'depth': depth, 'color': color, 'other_depth': other_depth,
                'reference_color': np.stack([rgb for rgb, _ in references]),
                'reference_depth': np.stack([depth for _, depth in references])}

    def _choose_reference(self, index: int, rng: np.random.Generator) -> int:
        chance = rng.random()
        if chance < ITSELF:
            return index
        near = self.clips if chance < ITSELF + SAME_CLIP else self.places
        candidates = np.flatnonzero(near == near[index])
        candidates = candidates[candidates != index]
        return int(rng.choice(candidates)) if candidates.size else index


class RobotLosses:
    """The picture's own errors (eq. 1 of Lai et al. 2020), and of other places the manner.

    What is brought over has to be right by itself, so that each place learns where to look. What
    is made of another place's depth has no truth: means and deviations of its features are to be
    those of the reference (Huang & Belongie 2017), and a critic is to take it for a photo.

    Args:
        device: where the critic lives.
        features: VGG-19's relu1_1, 2_1, 3_1 and 4_1; None leaves out what needs them.
    """

    def __init__(self, device: torch.device, features: nn.Module | None) -> None:
        self.features = features
        critic = PatchGan(3, 48).to(device)
        self.helpers = {'critic': Helper(critic, torch.optim.Adam(
            critic.parameters(), CRITIC_RATE, betas=(0.5, 0.999)))}

    def __call__(self, network: nn.Module, batch: Batch) -> Losses:
        """Give the terms by name; those of the second stage are 0 in the first."""
        robot = cast(RobotDepthColorizer, network)
        color, references = batch['color'], batch['reference_color']
        remembered = robot.remember(references, batch['reference_depth'])
        made, brought = (part.float() for part in robot.paint_over(batch['depth'], *remembered))
        late = bool(batch['over'] >= WARM_UP)
        losses = {
            'reconstruction': ReconstructionError(color, self.features if late else None)(made),
            'brought': BROUGHT * functional.l1_loss(brought, functional.avg_pool2d(color, 2)),
            'style': made.new_zeros(()), 'adversarial': made.new_zeros(())}
        if late:
            half = len(color) // 2
            transferred = robot.colorize(
                batch['other_depth'][:half], *(part[:half] for part in remembered)).float()
            losses['style'] = STYLE * self._style(transferred, references[:half, 0])
            losses['adversarial'] = ADVERSARIAL * play(
                self.helpers['critic'], color, torch.cat([made[half:], transferred]))
        return losses

    def _style(self, made: Tensor, reference: Tensor) -> Tensor:
        if self.features is None:
            return style_error([made], [reference], [0.25])
        window = random_window(made, STYLE_SIDE)
        return style_error(self.features(made[window]), self.features(reference[window]),
                           FEATURE_SCALES)


def style_error(found: Sequence[Tensor], wanted: Sequence[Tensor], scales: Sequence[float]
                ) -> Tensor:
    """Compare means and deviations over each picture, of features (B, C, H, W) of their scales."""
    error = found[0].new_zeros((), dtype=torch.float32)
    for one, other, scale in zip(found, wanted, scales):
        ours, theirs = (torch.cat(torch.std_mean(features.float() / scale, (2, 3)), 1)
                        for features in (one, other))
        error = error + functional.mse_loss(ours, theirs)
    return error
