"""Model files: weights in safetensors, and the card that says what they are.

A model is `<pipeline>-<preset>.safetensors` and `<pipeline>-<preset>.yaml` beside it. The card
names the architecture and its arguments, the training, the scores and the SHA-256 of the
weights; weights whose hash differs are refused. No pickle is ever loaded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
import dataclasses
import hashlib
import os
from pathlib import Path
import sys
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import nn, Tensor
import yaml

from colorize_ros.errors import MissingModelError, ModelError

PRESETS = ('robot', 'paper')
BASELINES = 'baselines'
"""Folder in a folder of models: rivals and ablations, needed only to compare."""
REQUIRED = ('pipeline', 'preset', 'architecture', 'arguments', 'sha256')


@dataclasses.dataclass(frozen=True)
class ModelInfo:
    """Which weights run, and how.

    Attributes:
        name: the model's name, such as `depth-completion-robot`.
        path: the weights.
        sha256: of the weights.
        device: `cpu` or `cuda:n`, never `auto`.
        precision: `fp32`, `bf16` or `fp16`.
    """

    name: str
    path: Path
    sha256: str
    device: str
    precision: str


def model_folders() -> list[Path]:
    """List where models are looked for, first to last, whether or not they exist.

    The repository's own `models`, the share folders of the ROS workspaces that are sourced, and
    the Python installation's share folder.
    """
    share = Path('share') / 'colorize_ros' / 'models'
    prefixes = [Path(prefix) for prefix in os.environ.get('AMENT_PREFIX_PATH', '').split(
        os.pathsep) if prefix]
    return [Path(__file__).resolve().parents[2] / 'models',
            *(prefix / share for prefix in prefixes), Path(sys.prefix) / share]


def find_model(model: str, pipeline: str) -> Path:
    """Find a model's weights.

    Args:
        model: a preset (`robot`, `paper`), a baseline or ablation that is there to be compared
            with (such as `paper-no-edgenet`), or the path of a .safetensors file.
        pipeline: such as `depth-completion`.

    Raises:
        ModelError: the path is no file.
        MissingModelError: no weights of that name are installed, with the places searched.
    """
    if model.endswith('.safetensors'):
        if not Path(model).is_file():
            raise ModelError(f'model {model!r} is not a file; give a preset {PRESETS} or the path '
                             f'of a .safetensors file with its .yaml card beside it')
        return Path(model)
    found = installed_model(model, pipeline)
    if found is not None:
        return found
    name = f'{pipeline}-{model}.safetensors'
    searched = [str(folder) for folder in model_folders()]
    if model not in PRESETS:
        raise MissingModelError(
            f'model {model!r} is no preset; expected one of {PRESETS}, a baseline '
            f'({BASELINES}/{name} is in none of {searched}), or the path of a .safetensors file')
    raise MissingModelError(
        f'{name} is in none of {searched}; install the package with its models, or train it '
        f'with: colorize-ros train {pipeline} --preset {model}')


def installed_model(model: str, pipeline: str) -> Path | None:
    """Find the weights of a preset or a baseline by name; None where they are not installed."""
    name = f'{pipeline}-{model}.safetensors'
    place = name if model in PRESETS else f'{BASELINES}/{name}'
    return next((folder / place for folder in model_folders() if (folder / place).is_file()), None)


def read_card(weights: Path) -> dict[str, Any]:
    """Read the card beside the weights.

    Raises:
        ModelError: it is missing, no YAML, or lacks an entry.
    """
    path = weights.with_suffix('.yaml')
    try:
        card = yaml.safe_load(path.read_text(encoding='utf-8'))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ModelError(f'the model card {path} cannot be read ({error}); every model needs its '
                         'card beside it') from error
    missing = [key for key in REQUIRED if not isinstance(card, dict) or key not in card]
    if missing:
        raise ModelError(f'the model card {path} lacks {missing}; it must have {list(REQUIRED)}')
    return dict(card)


def load_network(weights: Path, architectures: Sequence[type[nn.Module]],
                 pipeline: str) -> tuple[nn.Module, dict[str, Any]]:
    """Build the network that the card names and fill it with the weights, as float32.

    Args:
        weights: a .safetensors file with its card beside it.
        architectures: the classes that may be built.
        pipeline: what the model must be for.

    Raises:
        ModelError: the card or the weights are missing, damaged, or of another pipeline.
    """
    card = read_card(weights)
    if card['pipeline'] != pipeline:
        raise ModelError(f'{weights} is a model for {card["pipeline"]!r}; {pipeline!r} is wanted. '
                         'Check the parameter "model"')
    known = {architecture.__name__: architecture for architecture in architectures}
    if card['architecture'] not in known:
        raise ModelError(f'{weights} has the architecture {card["architecture"]!r}; known are '
                         f'{sorted(known)}. Is the model newer than this package?')
    content = weights.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if digest != card['sha256']:
        raise ModelError(f'{weights} has the SHA-256 {digest}, its card says {card["sha256"]}; '
                         'the file is damaged or was exchanged: install it again')
    try:
        network = known[card['architecture']](**card['arguments'])
        network.load_state_dict({name: value.float() if value.is_floating_point() else value
                                 for name, value in load(content).items()})
    except (TypeError, RuntimeError, SafetensorError) as error:
        raise ModelError(f'{weights} does not fit the architecture that its card names: '
                         f'{error}') from error
    return network.eval(), card


def write_model(folder: Path, state: Mapping[str, Tensor], card: Mapping[str, Any]) -> Path:
    """Write weights as fp16 safetensors, and their card.

    Args:
        folder: is made where it does not exist.
        state: the network's state, any floating type; whole numbers stay as they are.
        card: all entries but `sha256`, which is added.

    Returns:
        The path of the weights.
    """
    folder.mkdir(parents=True, exist_ok=True)
    content = save({name: (value.half() if value.is_floating_point() else value).cpu().contiguous()
                    for name, value in state.items()})
    weights = folder / f'{card["pipeline"]}-{card["preset"]}.safetensors'
    weights.write_bytes(content)
    full = {**card, 'parameters': sum(value.numel() for value in state.values()),
            'sha256': hashlib.sha256(content).hexdigest()}
    _write_card(weights, full)
    return weights


def record_scores(weights: Path, scores: Mapping[str, Any]) -> None:
    """Put scores on a card, in the place of those it had.

    Raises:
        ModelError: the card is missing or damaged.
    """
    _write_card(weights, {**read_card(weights), 'scores': dict(scores)})


def _write_card(weights: Path, card: Mapping[str, Any]) -> None:
    weights.with_suffix('.yaml').write_text(
        yaml.safe_dump(dict(card), sort_keys=False, allow_unicode=True, width=99),
        encoding='utf-8')
