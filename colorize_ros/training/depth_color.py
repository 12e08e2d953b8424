"""Training of color from depth: ours, the paper's with its ablations, and its rivals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import nn

from colorize_ros.compute import channels_last
from colorize_ros.errors import ConfigurationError
from colorize_ros.networks.depth_color import RobotDepthColorizer
from colorize_ros.networks.disentangled import PaperDepthColorizer
from colorize_ros.networks.image_translation import BicycleGan, CycleGan, Pix2Pix
from colorize_ros.networks.vgg import Vgg19Pyramid
from colorize_ros.training.depth_color_losses import PaperLosses
from colorize_ros.training.depth_color_places import PlaceSamples, RobotLosses
from colorize_ros.training.depth_color_samples import DepthColorSamples, SIDE
from colorize_ros.training.devices import start
from colorize_ros.training.image_translation import (
    BicycleGanLosses,
    CycleGanLosses,
    OPTIONS as RIVAL_OPTIONS,
    Pix2PixLosses,
)
from colorize_ros.training.loop import Batch, Losses, Recipe
from colorize_ros.training.options import Launch, TrainingOptions
from colorize_ros.training.run import provenance, read_features, run

LossFunction = Callable[[nn.Module, Batch], Losses]
PAPER_OPTIONS = TrainingOptions(betas=(0.5, 0.999), weight_decay=0.0)
# Of an ablation, so that its weights are small: it is there to be compared with, not to be used.
ABLATION = {'width': 11}


class Preset(NamedTuple):
    """How one network is trained.

    Attributes:
        network: its class, in the protocol of `PaperDepthColorizer`.
        losses: makes its losses, on a device, with `Vgg19Pyramid` or, where no weights of that
            are given or it is not `perceptual`, None.
        options: duration and optimiser.
        arguments: of the network.
        samples: makes its samples, of folders, a batch's size and the side of a sample.
        batch_size: samples a batch.
        side: of a sample, pixels.
        perceptual: whether its losses look at VGG-19's features.
    """

    network: Callable[..., nn.Module]
    losses: Callable[[torch.device, nn.Module | None], LossFunction]
    options: TrainingOptions
    arguments: Mapping[str, Any] = {}
    samples: Callable[[Sequence[Path], int, int], DepthColorSamples] = DepthColorSamples
    batch_size: int = 8
    side: int = SIDE
    perceptual: bool = True


def _paper(arguments: Mapping[str, int], **without: Any) -> Preset:
    return Preset(PaperDepthColorizer, partial(PaperLosses, **without), PAPER_OPTIONS, arguments)


def _rival(network: Callable[..., nn.Module],
           losses: Callable[[torch.device, nn.Module | None], LossFunction],
           batch_size: int = 8) -> Preset:
    return Preset(network, losses, RIVAL_OPTIONS, batch_size=batch_size, perceptual=False)


# Ours; the paper's, its ablations of Table 2, alone and, as there, the last two together; rivals.
PRESETS: dict[str, Preset] = {
    'robot': Preset(RobotDepthColorizer, RobotLosses, TrainingOptions(betas=(0.5, 0.99)),
                    samples=PlaceSamples, batch_size=6, side=160),
    'paper': _paper({}),
    'paper-narrow': _paper(ABLATION),
    'paper-no-flipping': _paper(ABLATION, flipping=False),
    'paper-no-time-invariance': _paper(ABLATION, time_invariance=False),
    'paper-no-cycle': _paper(ABLATION, cycle=False),
    'paper-no-adversarial': _paper(ABLATION, adversarial=False),
    'paper-no-cycle-no-adversarial': _paper(ABLATION, cycle=False, adversarial=False),
    'pix2pix': _rival(Pix2Pix, Pix2PixLosses),
    # Six passes of a generator a sample: fewer samples a step, so that there are more steps.
    'cyclegan': _rival(CycleGan, CycleGanLosses, batch_size=4),
    'bicyclegan': _rival(BicycleGan, BicycleGanLosses),
}


def train(data: Sequence[Path], out: Path, launch: Launch, *, preset: str = 'robot',
          vgg: Path | None = None) -> Path | None:
    """Train color from depth and write the weights with their card.

    Args:
        data: folders of color and depth, in any layout that `read_rgbd` reads; their `train`
            splits are used.
        out: receives weights, card, log and checkpoint.
        launch: where, from which seed, and for how long; minutes are 60 by default.
        preset: one of `PRESETS`.
        vgg: VGG-19 weights for the perceptual errors; None leaves these out. Rivals have none.

    Returns:
        The path of the weights; None in processes other than the first.

    Raises:
        ConfigurationError: an unknown preset, or nothing to resume.
        DataError: nothing to learn from, or the file of VGG-19 lacks a layer.
        DeviceError: the device is not there.
    """
    if preset not in PRESETS:
        raise ConfigurationError(
            f'preset {preset!r} cannot be trained; expected one of {tuple(PRESETS)}')
    chosen = PRESETS[preset]
    fabric = start(launch)
    features = read_features(
        vgg if chosen.perceptual else None, fabric.device, Vgg19Pyramid)
    if features is not None:
        features = channels_last(features)
    recipe = Recipe(chosen.network(**chosen.arguments), chosen.losses(fabric.device, features),
                    chosen.options)
    samples = chosen.samples(data, chosen.batch_size, chosen.side)
    card = {'pipeline': 'depth-color', 'preset': preset, 'arguments': dict(chosen.arguments),
            'input': 'float32 depth (B, 1, H, W), 0 at the camera, 1 from 10 m on, as '
                     'pipelines.depth_filling prepares it; of references also RGB (B, R, 3, H, W) '
                     'in [0, 1]',
            'training': {'batch_size': samples.batch_size, 'side': samples.side,
                         'perceptual': 'none' if features is None else 'VGG-19',
                         'sources': provenance(data, samples.sources)}}
    return run(fabric, recipe, samples, card, out, launch)
