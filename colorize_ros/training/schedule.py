"""The optimizer of a training, and how its rate rises and falls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from colorize_ros.training.options import TrainingOptions


def make_optimizer(network: nn.Module, rates: Mapping[str, float],
                   options: TrainingOptions) -> torch.optim.Optimizer:
    """Make the optimizer of a network.

    Args:
        network: to be trained.
        rates: factors of the learning rate, by the beginning of a parameter's name.
        options: which optimizer, and its settings.

    Returns:
        It; each of its groups has its `factor` of the learning rate.
    """
    groups = _groups(network, rates)
    settings: dict[str, Any] = {'lr': options.learning_rate, 'weight_decay': options.weight_decay}
    if options.optimizer == 'rmsprop':
        return torch.optim.RMSprop(groups, **settings)
    return torch.optim.AdamW(groups, betas=options.betas, **settings)


def set_rate(optimizer: torch.optim.Optimizer, peak: float, over: float) -> None:
    """Set the learning rate of each group for a step.

    Args:
        optimizer: as `make_optimizer` gives it.
        peak: the peak learning rate.
        over: the fraction of the training that is over.
    """
    for group in optimizer.param_groups:
        group['lr'] = group['factor'] * peak * learning_rate_factor(over)


def learning_rate_factor(over: float) -> float:
    """Scale the peak learning rate; `over` is the fraction of the training that is over."""
    if over < 0.02:
        return 0.02 + 0.98 * over / 0.02
    return 0.01 + 0.99 * 0.5 * (1 + float(torch.cos(torch.tensor(min(1.0, over) * torch.pi))))


def _groups(network: nn.Module, rates: Mapping[str, float]) -> list[dict[str, Any]]:
    """Sort the parameters by the factor of their learning rate."""
    groups: dict[float, list[nn.Parameter]] = {}
    for name, parameter in network.named_parameters():
        factor = next((rates[start] for start in rates if name.startswith(start)), 1.0)
        groups.setdefault(factor, []).append(parameter)
    return [{'params': parameters, 'factor': factor} for factor, parameters in groups.items()]
