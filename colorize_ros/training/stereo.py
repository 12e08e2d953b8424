"""Training of mono and color through two lenses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import nn, Tensor
from torch.nn import functional

from colorize_ros.errors import ConfigurationError
from colorize_ros.networks.dual_lens import PaperDualLens
from colorize_ros.networks.stereo_color import Colored, RobotDualLens
from colorize_ros.training.devices import start
from colorize_ros.training.loop import Batch, Losses, Recipe
from colorize_ros.training.options import Launch, TrainingOptions
from colorize_ros.training.run import provenance, run
from colorize_ros.training.stereo_samples import StereoSamples
from colorize_ros.training.stereo_validation import rgb_of, validate_on

# The paper's network, and its ablations (Table 5), with their arguments.
PAPERS: dict[str, dict[str, bool]] = {
    'paper': {}, 'paper-soft-argmax': {'soft_argmax': True},
    'paper-no-attention': {'attention': False}, 'paper-no-residue': {'residue': False}}
PRESETS = ('robot', *PAPERS)
DISPARITIES = 128
# Fewer while the paper's network trains, for time: its weights do not depend on their number.
PAPER_DISPARITIES = 96
# Samples a batch, their rows and columns.
SIZES = {'robot': (4, 192, 320), 'paper': (1, 128, 256)}
# Of the squared error of RGB in [0, 1]: a little below what the noise of the mono image makes.
ERROR_FLOOR = 2e-5
# Of what is gathered alone, before neighbors mend it.
GATHERED_FLOOR = 1e-4


def robot_losses(network: nn.Module, batch: Batch) -> Losses:
    """Minimise the logarithm of each image's squared error of color: its PSNR.

    What the color camera does not see counts twice. On the way, the averages along the scan line
    are to be right where it does see, its weights to lie at the disparity where that is known, and
    the network to know where it does not: all this can be learned from colors alone, but from few
    pixels, since most have the color of their neighbors.
    """
    colored: Colored = network.color(batch['mono'], batch['reference'])  # type: ignore[operator]
    chroma, seen = batch['chroma'], 1 - batch['hidden']
    half, quarter = (functional.avg_pool2d(chroma, size) for size in (2, 4))
    return {'log_mse': 0.5 * _log_error(colored.chroma - chroma, 2 - seen, ERROR_FLOOR),
            'half': 0.1 * _log_error(
                colored.half - half, functional.avg_pool2d(2 - seen, 2), ERROR_FLOOR),
            'gathered': 0.1 * _log_error(
                colored.gathered - quarter, functional.avg_pool2d(seen, 4), GATHERED_FLOOR),
            'match': 0.05 * match_error(colored.weights, batch['disparity_px'], seen),
            'reliability': 0.05 * _cross_entropy(
                colored.reliability, functional.avg_pool2d(seen, 4))}


def paper_losses(network: nn.Module, batch: Batch) -> Losses:
    """Minimise the mean squared error of Cb and Cr (section Implementation details)."""
    chroma = network(batch['mono'], batch['reference']).float()
    return {'mse': functional.mse_loss(chroma, batch['chroma'])}


def square_error(chroma_error: Tensor) -> Tensor:
    """Give the squared error of RGB, of an error of chroma (B, 2, H, W) at the true luma.

    Returns:
        (B, 1, H, W), the mean over red, green and blue.
    """
    return rgb_of(chroma_error).square().mean(1, keepdim=True)


def match_error(weights: Tensor, disparity_px: Tensor, seen: Tensor) -> Tensor:
    """Give the cross entropy of weights along the scan line with the true disparity.

    Args:
        weights: (B, D / 4 + 1, H / 4, W / 4), of the candidates 0, 4, ... D pixels to the left.
        disparity_px: (B, 1, H, W), negative where unknown.
        seen: (B, 1, H, W), 0 where no candidate is right.

    Returns:
        A scalar: the mean over the pixels for which there is a right candidate.
    """
    wanted = disparity_px[..., 1::4, 1::4] / 4
    count = weights.shape[1]
    valid = (wanted >= 0) & (wanted <= count - 1) & (seen[..., 1::4, 1::4] > 0)
    valid &= wanted <= torch.arange(wanted.shape[3], device=wanted.device)
    below = wanted.clamp(0, count - 1.001).floor()
    share = (wanted - below).clamp(0, 1)
    logarithms = (weights + 1e-6).log()
    found = [logarithms.gather(1, below.long() + step) for step in (0, 1)]
    entropy = -torch.lerp(found[0], found[1], share)
    return (entropy * valid).sum() / valid.sum().clamp_min(1)


def _log_error(chroma_error: Tensor, importance: Tensor, floor: float) -> Tensor:
    """Average the logarithms of the images' weighted mean squared errors."""
    error = (square_error(chroma_error) * importance).sum((1, 2, 3))
    return (error / importance.sum((1, 2, 3)).clamp_min(1) + floor).log().mean()


def _cross_entropy(reliability: Tensor, seen: Tensor) -> Tensor:
    # Not torch's own, which autocast refuses.
    odds = reliability.clamp(1e-4, 1 - 1e-4)
    return -(seen * odds.log() + (1 - seen) * (1 - odds).log()).mean()


def train(data: Sequence[Path], out: Path, launch: Launch, *, preset: str = 'robot',
          vgg: Path | None = None) -> Path | None:
    """Train mono and color through two lenses and write the weights with their card.

    Args:
        data: stereo pairs and RGB-D frames, in any layout that `datasets` reads; their `train`
            splits are used.
        out: receives weights, card, log and checkpoint.
        launch: where, from which seed, and for how long; minutes are 90 by default.
        preset: one of `PRESETS`.
        vgg: not used.

    Returns:
        The path of the weights; None in processes other than the first.

    Raises:
        ConfigurationError: an unknown preset, or nothing to resume.
        DataError: nothing to learn from, or to hold out.
        DeviceError: the device is not there.
    """
    fabric = start(launch)
    arguments: dict[str, bool] = {}
    if preset == 'robot':
        recipe = Recipe(RobotDualLens(), robot_losses,
                        TrainingOptions(minutes=90, learning_rate=1.5e-3))
        samples = StereoSamples(data, *SIZES['robot'], DISPARITIES, launch.hold_out)
    elif preset in PAPERS:
        arguments = PAPERS[preset]
        recipe = Recipe(PaperDualLens(PAPER_DISPARITIES, **arguments), paper_losses,
                        TrainingOptions(minutes=90, optimizer='rmsprop', weight_decay=0.0))
        samples = StereoSamples(data, *SIZES['paper'], PAPER_DISPARITIES, launch.hold_out)
    else:
        raise ConfigurationError(
            f'preset {preset!r} cannot be trained; expected one of {PRESETS}')
    if samples.held_out:
        recipe = replace(recipe, validate=validate_on(samples.held_out, samples.disparities))
    card = {'pipeline': 'stereo', 'preset': preset, 'arguments': arguments,
            'input': 'float32 luma (B, 1, H, W) in [0, 1] of the left image; luma in [0, 1] and '
                     'chroma in [-0.5, 0.5] (B, 3, H, W) of the right one',
            'training': {'batch_size': samples.batch_size,
                         'rows': samples.rows, 'columns': samples.columns,
                         'disparities': samples.disparities,
                         **({'held_out': launch.hold_out} if samples.held_out else {}),
                         'sources': provenance(data, samples.sources)}}
    return run(fabric, recipe, samples, card, out, launch)
