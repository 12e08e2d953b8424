"""What every `train` command does around its loop: seeds, progress, weights and card."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
import csv
import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from safetensors.torch import load_file
import torch
from torch import nn

from colorize_ros.compute import channels_last, choose_device
from colorize_ros.errors import ConfigurationError, DataError
from colorize_ros.networks.vgg import LAYERS, Vgg19Features
from colorize_ros.pipelines.models import write_model
from colorize_ros.training.loop import Batch, Losses, Trainer, TrainingOptions


@dataclasses.dataclass(frozen=True)
class Recipe:
    """How one preset is trained.

    Attributes:
        network: a fresh network, built with its defaults.
        losses: the terms to minimise.
        options: duration and optimiser.
    """

    network: nn.Module
    losses: Callable[[nn.Module, Batch], Losses]
    options: TrainingOptions


def run(recipe: Recipe, batches: Iterator[Batch], card: dict[str, Any], out: Path, *,
        resume: bool) -> Path:
    """Train, show the progress, and write the weights with their card.

    Args:
        recipe: what is trained, and how.
        batches: an endless stream.
        card: its pipeline, preset, input range; under `training` the items learned from.
        out: receives weights, card, log and checkpoint.
        resume: go on from the checkpoint in `out`.

    Returns:
        The path of the weights.
    """
    trainer = Trainer(recipe.network, recipe.options, out)
    if resume:
        trainer.resume()
    with Progress(TextColumn('{task.percentage:3.0f} %'), BarColumn(), TimeRemainingColumn(),
                  TextColumn('{task.description}')) as progress:
        bar = progress.add_task('first steps', total=1.0)
        state = trainer.fit(batches, recipe.losses, lambda done, line: progress.update(
            bar, completed=done, description=line))
    return write_model(out, state, {
        **card, 'architecture': type(recipe.network).__name__, 'arguments': {},
        'training': {'minutes': round(trainer.trained_s / 60, 1), 'steps': trainer.steps,
                     'device': str(trainer.device), **card.get('training', {})}})


def provenance(data: Sequence[Path], counts: Mapping[str, int]) -> dict[str, dict[str, Any]]:
    """Say for the card where the items come from.

    Args:
        data: folders; what their manifest.csv says in `repository` and `licence` is told, where
            there are such.
        counts: items learned from by `<folder>/<source>`.

    Returns:
        By source: items, and the repository and licence that the manifest names.
    """
    told: dict[str, dict[str, Any]] = {name: {'items': count} for name, count in counts.items()}
    for folder in data:
        if not (folder / 'manifest.csv').is_file():
            continue
        with (folder / 'manifest.csv').open(newline='', encoding='utf-8') as file:
            for row in csv.DictReader(file):
                source = told.get(f'{folder.name}/{row["item"].split("/")[0]}', {})
                source.update({column: row[column] for column in ('repository', 'licence')
                               if row.get(column)})
    return told


def prepare(network: nn.Module, device: str, seed: int) -> tuple[nn.Module, np.random.Generator]:
    """Put a network on its device; give the generator of the samples."""
    chosen = choose_device(device)
    return (channels_last(network.to(chosen)),
            np.random.default_rng(seed))


def read_features(path: Path | None, device: torch.device) -> nn.Module | None:
    """Read VGG-19 for the perceptual term, or None where no file is given.

    Args:
        path: safetensors with `conv1_1.weight` (OIHW), `conv1_1.bias`, ... to conv3_1 at least.
        device: where the features are computed.

    Raises:
        DataError: the file is missing or lacks a layer.
    """
    if path is None:
        return None
    try:
        tensors = load_file(path)
        features = Vgg19Features()
        features.load_state_dict({f'{layer}.{part}': tensors[f'{layer}.{part}'].float()
                                  for layer in LAYERS for part in ('weight', 'bias')})
    except (OSError, KeyError, RuntimeError) as error:
        raise DataError(f'{path} does not hold VGG-19 ({error}); expected safetensors with the '
                        f'layers {list(LAYERS)} as <layer>.weight and <layer>.bias') from error
    return features.to(device).eval()


def refuse_preset(preset: str) -> ConfigurationError:
    """Make the error for a preset that cannot be trained."""
    return ConfigurationError(f'preset {preset!r} cannot be trained; expected robot or paper')
