"""The loop that trains a network for a given time: schedule, averaging, checkpoints, log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
import csv
import dataclasses
from pathlib import Path
import time

from safetensors.torch import load_file, save_file
import torch
from torch import nn, Tensor

from colorize_ros.compute import mixed_precision
from colorize_ros.errors import ConfigurationError

CHECKPOINT = 'checkpoint.safetensors'

Batch = dict[str, Tensor]
Losses = dict[str, Tensor]


@dataclasses.dataclass(frozen=True)
class TrainingOptions:
    """How long and where a network trains."""

    minutes: float = 60.0
    learning_rate: float = 1e-3
    weight_decay: float = 1e-4
    ema_decay: float = 0.998
    clip_norm: float = 1.0
    checkpoint_every_s: float = 120.0
    log_every: int = 50

    def __post_init__(self) -> None:
        """Refuse a training that cannot run.

        Raises:
            ConfigurationError: minutes or learning_rate not positive.
        """
        for name in ('minutes', 'learning_rate'):
            if getattr(self, name) <= 0:
                raise ConfigurationError(
                    f'{name} is {getattr(self, name)}; it must be above 0')


class Trainer:
    """Trains one network against the clock.

    The learning rate rises over the first 2 % of the time and falls along a cosine to 1 % of its
    peak, measured in time, not in steps: a slow machine trains fewer steps, but ends as settled.

    Args:
        network: what is trained; its parameters are on the device already.
        options: duration and optimiser.
        folder: receives `checkpoint.safetensors` (for `resume`) and `log.csv`.
    """

    def __init__(self, network: nn.Module, options: TrainingOptions, folder: Path) -> None:
        self.network = network
        self.options = options
        self.folder = folder
        self.device = next(network.parameters()).device
        self.optimizer = torch.optim.AdamW(
            network.parameters(), options.learning_rate, betas=(0.9, 0.99),
            weight_decay=options.weight_decay)
        self.averaged = {name: value.detach().clone()
                         for name, value in network.state_dict().items()}
        self.steps = 0
        self.trained_s = 0.0
        folder.mkdir(parents=True, exist_ok=True)

    def resume(self) -> None:
        """Go on from the checkpoint of an interrupted training.

        Raises:
            ConfigurationError: there is none.
        """
        path = self.folder / CHECKPOINT
        if not path.exists():
            raise ConfigurationError(
                f'{path} does not exist, so there is nothing to resume; train without --resume')
        state = load_file(path)
        self.steps, self.trained_s = int(state['steps']), float(state['trained_s'])
        self.network.load_state_dict(_part(state, 'network'))
        self.averaged = {name: value.to(self.device)
                         for name, value in _part(state, 'averaged').items()}
        moments = self.optimizer.state_dict()
        moments['state'] = {
            index: _part(state, f'moments.{index}') for index in range(len(list(
                self.network.parameters()))) if f'moments.{index}.step' in state}
        self.optimizer.load_state_dict(moments)

    def fit(self, batches: Iterator[Batch], losses: Callable[[nn.Module, Batch], Losses],
            progress: Callable[[float, str], None]) -> dict[str, Tensor]:
        """Train until the time is over.

        Args:
            batches: an endless stream of batches.
            losses: the terms whose sum is minimised, by name.
            progress: told the fraction of the time that is over, and a line of text.

        Returns:
            The averaged weights, by name.
        """
        self.network.train()
        total_s = self.options.minutes * 60
        saved_s = self.trained_s
        history: list[dict[str, float]] = []
        clock = time.monotonic()
        while self.trained_s < total_s:
            history.append(self._step(next(batches), losses, self.trained_s / total_s))
            now = time.monotonic()
            self.trained_s += now - clock
            clock = now
            if self.steps % self.options.log_every == 0:
                line = {name: sum(terms[name] for terms in history) / len(history)
                        for name in history[0]}
                history = []
                self._log(line)
                progress(min(1.0, self.trained_s / total_s), f'step {self.steps}: ' + ', '.join(
                    f'{name} {value:.4f}' for name, value in line.items()))
            if self.trained_s - saved_s > self.options.checkpoint_every_s:
                self._save()
                saved_s = self.trained_s
        self._save()
        return self.averaged

    def _step(self, batch: Batch, losses: Callable[[nn.Module, Batch], Losses],
              over: float) -> dict[str, float]:
        for group in self.optimizer.param_groups:
            group['lr'] = self.options.learning_rate * learning_rate_factor(over)
        batch = {name: value.to(self.device) for name, value in batch.items()}
        with mixed_precision(self.device, torch.bfloat16):
            terms = losses(self.network, batch)
        self.optimizer.zero_grad(set_to_none=True)
        torch.stack(list(terms.values())).sum().backward()
        norm = nn.utils.clip_grad_norm_(self.network.parameters(), self.options.clip_norm)
        if torch.isfinite(norm):
            self.optimizer.step()
            self.steps += 1
            self._average()
        return {name: float(value.detach()) for name, value in terms.items()}

    @torch.no_grad()
    def _average(self) -> None:
        decay = min(self.options.ema_decay, (1 + self.steps) / (10 + self.steps))
        for name, value in self.network.state_dict().items():
            if value.dtype.is_floating_point:
                self.averaged[name].lerp_(value, 1 - decay)
            else:
                self.averaged[name].copy_(value)

    def _log(self, line: dict[str, float]) -> None:
        path = self.folder / 'log.csv'
        fresh = not path.exists()
        with path.open('a', newline='') as file:
            writer = csv.writer(file)
            if fresh:
                writer.writerow(['step', 'trained_s', *line])
            writer.writerow([self.steps, round(self.trained_s, 1),
                             *(round(value, 6) for value in line.values())])

    def _save(self) -> None:
        tensors = {f'network.{name}': value for name, value in self.network.state_dict().items()}
        tensors |= {f'averaged.{name}': value for name, value in self.averaged.items()}
        for index, moments in self.optimizer.state_dict()['state'].items():
            tensors |= {f'moments.{index}.{name}': value for name, value in moments.items()}
        temporary = self.folder / f'{CHECKPOINT}.part'
        tensors |= {'steps': torch.tensor(self.steps),
                    'trained_s': torch.tensor(self.trained_s, dtype=torch.float64)}
        save_file({name: value.contiguous() for name, value in tensors.items()}, temporary)
        temporary.replace(self.folder / CHECKPOINT)


def _part(state: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name[len(prefix) + 1:]: value for name, value in state.items()
            if name.startswith(f'{prefix}.')}


def learning_rate_factor(over: float) -> float:
    """Scale the peak learning rate; `over` is the fraction of the training that is over."""
    if over < 0.02:
        return 0.02 + 0.98 * over / 0.02
    return 0.01 + 0.99 * 0.5 * (1 + float(torch.cos(torch.tensor(min(1.0, over) * torch.pi))))
