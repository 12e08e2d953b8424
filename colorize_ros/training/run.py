"""What every `train` command does around its loop: progress, weights and card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
import csv
import hashlib
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from safetensors import SafetensorError
from safetensors.torch import load_file
import torch
from torch import nn

from colorize_ros.errors import ConfigurationError, DataError
from colorize_ros.networks.vgg import Vgg19Features, Vgg19Pyramid
from colorize_ros.pipelines.models import write_model
from colorize_ros.training.devices import Fabric
from colorize_ros.training.loop import Recipe, Samples, Trainer
from colorize_ros.training.options import Launch


def run(fabric: Fabric, recipe: Recipe, samples: Samples, card: dict[str, Any], out: Path,
        launch: Launch) -> Path | None:
    """Train, show the progress, and write the weights with their card.

    Args:
        fabric: from `devices.start`.
        recipe: what is trained, and how.
        samples: gives the batch that a generator of random numbers leads to.
        card: its pipeline, preset, input range; the network's `arguments`, where it has other
            than its defaults; under `training` the items learned from.
        out: receives weights, card, logs and checkpoint.
        launch: the seed and the length.

    Returns:
        The path of the weights; None in processes other than the first, which write nothing.

    Raises:
        DataError: the weights to start from are not there, damaged, or of another network.
    """
    options = launch.fill_in(recipe.options)
    if launch.start_from is not None:
        _start_from(recipe.network, launch.start_from)
    trainer = Trainer(fabric, recipe, options, out, launch.seed)
    if launch.resume:
        trainer.resume()
    with Progress(TextColumn('{task.percentage:3.0f} %'), BarColumn(), TimeRemainingColumn(),
                  TextColumn('{task.description}'), disable=not fabric.is_global_zero) as progress:
        bar = progress.add_task('first steps', total=1.0)
        progress.update(bar, completed=trainer.over)
        state = trainer.fit(samples, lambda done, line: progress.update(
            bar, completed=done, description=line))
    if not fabric.is_global_zero:
        return None
    training = {'minutes': round(trainer.trained_s / 60, 1), 'steps': trainer.steps,
                'seed': launch.seed, 'precision': launch.precision,
                'learning_rate': options.learning_rate,
                'device': str(fabric.device), 'processes': fabric.world_size,
                **card.get('training', {})}
    if launch.start_from is not None:
        training['started_from'] = hashlib.sha256(launch.start_from.read_bytes()).hexdigest()
    if trainer.scores:
        training['validation'] = trainer.scores
    return write_model(out, state, {
        **card, 'architecture': type(recipe.network).__name__,
        'arguments': card.get('arguments', {}), 'training': training})


def _start_from(network: nn.Module, path: Path) -> None:
    try:
        network.load_state_dict(load_file(path))
    except (OSError, SafetensorError, RuntimeError) as error:
        raise DataError(f'{path} cannot be started from ({error}); expected weights of '
                        f'{type(network).__name__} as safetensors, such as this command writes '
                        'for the same preset') from error


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


def read_features(path: Path | None, device: torch.device,
                  kind: type[Vgg19Features | Vgg19Pyramid] = Vgg19Features) -> nn.Module | None:
    """Read VGG-19 for the perceptual term, or None where no file is given.

    Args:
        path: safetensors with `conv1_1.weight` (OIHW), `conv1_1.bias`, ... to the last layer of
            `kind` at least.
        device: where the features are computed.
        kind: which features.

    Raises:
        DataError: the file is missing or lacks a layer.
    """
    if path is None:
        return None
    try:
        tensors = load_file(path)
        features = kind()
        features.load_state_dict({f'{layer}.{part}': tensors[f'{layer}.{part}'].float()
                                  for layer in kind.layers for part in ('weight', 'bias')})
    except (OSError, KeyError, RuntimeError) as error:
        raise DataError(f'{path} does not hold VGG-19 ({error}); expected safetensors with the '
                        f'layers {list(kind.layers)} as <layer>.weight and <layer>.bias'
                        ) from error
    return features.to(device).eval()


def refuse_preset(preset: str) -> ConfigurationError:
    """Make the error for a preset that cannot be trained."""
    return ConfigurationError(f'preset {preset!r} cannot be trained; expected robot or paper')
