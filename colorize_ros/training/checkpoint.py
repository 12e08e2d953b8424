"""Checkpoints: networks and optimisers as named tensors in one safetensors file.

No pickle is written or read. A file takes its place in one move, so that whatever moment a
training is killed at, there is a whole checkpoint.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load, save_file
import torch
from torch import nn, Tensor

from colorize_ros.errors import DataError

CHECKPOINT = 'checkpoint.safetensors'
COUNTERS = ('steps', 'left_out', 'trained_s', 'seed')


def pack(name: str, network: nn.Module,
         optimizer: torch.optim.Optimizer | None = None) -> dict[str, Tensor]:
    """Give the state of a network, and of its optimiser, as tensors whose names begin with `name`.

    Of the optimiser, what it remembers of each parameter; its settings are not kept.
    """
    tensors = {f'{name}.network.{key}': value for key, value in network.state_dict().items()}
    if optimizer is not None:
        for index, moments in optimizer.state_dict()['state'].items():
            tensors |= {f'{name}.moments.{index}.{key}': value for key, value in moments.items()
                        if isinstance(value, Tensor)}
    return tensors


def unpack(tensors: Mapping[str, Tensor], name: str, network: nn.Module,
           optimizer: torch.optim.Optimizer | None = None) -> None:
    """Put back what `pack` gave.

    Raises:
        DataError: the tensors are of another network.
    """
    try:
        network.load_state_dict(_part(tensors, f'{name}.network'))
    except RuntimeError as error:
        raise DataError(f'the checkpoint is of another network ({error}); resume with the preset '
                        'that it was made with') from error
    if optimizer is None:
        return
    state = optimizer.state_dict()
    state['state'] = {}
    parameters = [each for group in optimizer.param_groups for each in group['params']]
    for index, parameter in enumerate(parameters):
        moments = _part(tensors, f'{name}.moments.{index}')
        if moments:
            state['state'][index] = {key: _laid_out_as(parameter, value)
                                     for key, value in moments.items()}
    optimizer.load_state_dict(state)


def write(path: Path, tensors: Mapping[str, Tensor]) -> None:
    """Write a checkpoint in the place of the one before."""
    temporary = path.with_name(f'{path.name}.part')
    save_file({name: value.contiguous() for name, value in tensors.items()}, temporary)
    temporary.replace(path)


def parse(content: bytes) -> dict[str, Tensor]:
    """Read a checkpoint's bytes.

    Raises:
        DataError: they are no safetensors file, or one of another kind.
    """
    try:
        tensors = load(content)
    except SafetensorError as error:
        raise DataError(f'the checkpoint cannot be read ({error}); train without --resume'
                        ) from error
    missing = [name for name in COUNTERS if name not in tensors]
    if missing:
        raise DataError(f'the checkpoint lacks {missing}; train without --resume')
    return tensors


def _laid_out_as(parameter: Tensor, value: Tensor) -> Tensor:
    """Give moments the strides of their parameter, in which the optimiser is fastest."""
    if value.shape != parameter.shape:
        return value
    return torch.empty_like(parameter, dtype=value.dtype).copy_(value)


def _part(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name[len(prefix) + 1:]: value for name, value in tensors.items()
            if name.startswith(f'{prefix}.')}
