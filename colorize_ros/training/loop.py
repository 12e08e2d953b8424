"""The loop that trains every network: steps, averaging, checkpoints, logs, validation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
import copy
import dataclasses
from pathlib import Path
import time

import numpy as np
import torch
from torch import nn, Tensor

from colorize_ros.compute import channels_last
from colorize_ros.errors import ConfigurationError
from colorize_ros.training import checkpoint
from colorize_ros.training.devices import Fabric
from colorize_ros.training.helpers import Helper
from colorize_ros.training.interruption import Interruption
from colorize_ros.training.options import TrainingOptions
from colorize_ros.training.records import (
    append_line,
    forget_after,
    LOG,
    record_validation,
    VALIDATION,
    Validation,
)
from colorize_ros.training.schedule import make_optimizer, set_rate

Batch = dict[str, Tensor]
Losses = dict[str, Tensor]
Samples = Callable[[np.random.Generator], Batch]


@dataclasses.dataclass(frozen=True)
class Recipe:
    """How one preset is trained.

    Attributes:
        network: a fresh network.
        losses: the terms whose sum is minimised, by name, each a scalar; the same names each
            time. Beside the samples, a batch has `over`, the fraction of the training that is
            over. What is random in them comes from torch's own generator. Networks that they
            train for themselves are listed in their attribute `helpers`, a dict of `Helper` by
            name.
        options: duration and optimiser.
        validate: scores the averaged network, float32 and in evaluation mode, on items that are
            not trained on; None does without.
        rates: factors of the learning rate, by the beginning of a parameter's name, for layers
            that know something already.
    """

    network: nn.Module
    losses: Callable[[nn.Module, Batch], Losses]
    options: TrainingOptions
    validate: Callable[[nn.Module], Validation] | None = None
    rates: Mapping[str, float] = dataclasses.field(default_factory=dict)


class Trainer:
    """Trains one network, on one device or as one of several processes.

    The learning rate rises over the first 2 % of the training and falls along a cosine to 1 % of
    its peak, measured in steps where their number is given, else in time: a slow machine then
    trains fewer steps, but ends as settled.

    All that is random in a step follows from the seed, the step's number and the process's. So a
    training that goes on from a checkpoint sees what it would have seen without the cut.

    Args:
        fabric: from `devices.start`.
        recipe: what is trained, and how.
        options: the recipe's own, or with another length.
        folder: receives `checkpoint.safetensors` (for `resume`), `log.csv`, `validation.csv` and
            `validation/<step>.png`.
        seed: of the samples and the losses.
    """

    def __init__(self, fabric: Fabric, recipe: Recipe, options: TrainingOptions, folder: Path,
                 seed: int) -> None:
        self.fabric, self.options, self.folder, self.seed = fabric, options, folder, seed
        self.network = channels_last(recipe.network.to(fabric.device)).train()
        self.averaged = copy.deepcopy(self.network).eval().requires_grad_(False)
        self.optimizer = make_optimizer(self.network, recipe.rates, options)
        self.helpers: dict[str, Helper] = getattr(recipe.losses, 'helpers', {})
        self.validate = recipe.validate
        self._objective, self._descent = fabric.setup(
            _Objective(self.network, recipe.losses), self.optimizer)
        self.steps = self.left_out = 0
        self.trained_s = 0.0
        self.scores: dict[str, float] = {}
        self._sums: dict[str, Tensor] = {}
        self._summed = 0
        self._means: dict[str, float] = {}
        self._validated = -1
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def over(self) -> float:
        """The fraction of the training that is over, in [0, 1]."""
        if self.options.steps is not None:
            return min(1.0, self.steps / self.options.steps)
        return min(1.0, self.trained_s / (self.options.minutes * 60))

    def resume(self) -> None:
        """Go on from the checkpoint of an interrupted training, which the first process reads.

        Raises:
            ConfigurationError: there is none, or it is of another seed.
            DataError: it is damaged, or of another network.
        """
        path = self.folder / checkpoint.CHECKPOINT
        found = path.read_bytes() if self.fabric.is_global_zero and path.exists() else None
        content = self.fabric.broadcast(found)
        if content is None:
            raise ConfigurationError(
                f'{path} does not exist, so there is nothing to resume; train without --resume')
        state = checkpoint.parse(content)
        if int(state['seed']) != self.seed:
            raise ConfigurationError(f'seed is {self.seed}, and the checkpoint is of seed '
                                     f'{int(state["seed"])}; resume with that')
        checkpoint.unpack(state, 'main', self.network, self.optimizer)
        checkpoint.unpack(state, 'averaged', self.averaged)
        for name, helper in self.helpers.items():
            checkpoint.unpack(state, f'helper.{name}', helper.network, helper.optimizer)
        self.steps, self.left_out = int(state['steps']), int(state['left_out'])
        self.trained_s = float(state['trained_s'])

    def fit(self, samples: Samples, progress: Callable[[float, str], None]) -> dict[str, Tensor]:
        """Train until the time, or the steps, are over.

        SIGTERM and Ctrl-C end it after the step, with a checkpoint.

        Args:
            samples: gives the batch that a generator of random numbers leads to, and no other.
            progress: told the fraction of the training that is over, and a line of text.

        Returns:
            The averaged weights, by name.
        """
        self._begin()
        with Interruption() as interruption:
            while self.over < 1 and not interruption.number:
                self._step(samples(self._random_numbers()))
                interruption.number = self._agree(interruption.number)
                progress(self.over, self._describe())
                self._leave_records()
            self._save()
            self.fabric.barrier()
        if self._summed:
            self._log()
        self._validate()
        return dict(self.averaged.state_dict())

    def _random_numbers(self) -> np.random.Generator:
        return random_numbers(self.seed, self.steps, self.fabric.global_rank)

    def _begin(self) -> None:
        """Forget what was logged after the checkpoint, and have a checkpoint from the start."""
        if self.fabric.is_global_zero:
            for name in (LOG, VALIDATION):
                forget_after(self.folder / name, self.steps)
        if self.steps == 0:
            self._save()
        self._first = self.steps, self.trained_s
        self._saved_s = self._validated_s = self.trained_s
        self._clock = time.monotonic()

    def _step(self, batch: Batch) -> None:
        set_rate(self.optimizer, self.options.learning_rate, self.over)
        torch.manual_seed(int(self._random_numbers().integers(2**63)))
        terms = self._objective(self.fabric.to_device({**batch, 'over': torch.tensor(self.over)}))
        self.optimizer.zero_grad(set_to_none=True)
        self.fabric.backward(torch.stack(list(terms.values())).sum())
        norm = self.fabric.clip_gradients(
            self._objective, self._descent, max_norm=self.options.clip_norm,
            error_if_nonfinite=False)
        self.steps += 1
        if norm is not None and torch.isfinite(norm):
            self._descent.step()
            self._average()
        else:
            self.left_out += 1
        for name, value in terms.items():
            self._sums[name] = self._sums.get(name, 0) + value.detach()
        self._summed += 1

    @torch.no_grad()
    def _average(self) -> None:
        steps = self.steps - self.left_out
        decay = min(self.options.ema_decay, (1 + steps) / (10 + steps))
        averaged = self.averaged.state_dict()
        for name, value in self.network.state_dict().items():
            if value.dtype.is_floating_point:
                averaged[name].lerp_(value, 1 - decay)
            else:
                averaged[name].copy_(value)

    def _agree(self, signal_number: int) -> int:
        """Let the processes have one clock, and hear what signal any of them got."""
        now = time.monotonic()
        self.trained_s, number = self._over_processes(torch.tensor(
            [self.trained_s + now - self._clock, signal_number], dtype=torch.float64,
            device=self.fabric.device), 'max')
        self._clock = now
        return int(number)

    def _over_processes(self, values: Tensor, how: str) -> list[float]:
        reduced = self.fabric.all_reduce(values, reduce_op=how)
        assert isinstance(reduced, Tensor)
        return [float(value) for value in reduced]

    def _describe(self) -> str:
        means = self._means or {name: float(value) / self._summed
                                for name, value in self._sums.items()}
        speed = (self.steps - self._first[0]) / max(self.trained_s - self._first[1], 1e-6)
        return f'step {self.steps}, {speed:.2f} a second; ' + ', '.join(
            f'{name} {value:.4f}' for name, value in means.items())

    def _leave_records(self) -> None:
        """Log, save and validate, each where it is due."""
        if self.steps % self.options.log_every == 0:
            self._log()
        if self.trained_s - self._saved_s > self.options.checkpoint_every_s:
            self._saved_s = self.trained_s
            self._save()
        if self.trained_s - self._validated_s > self.options.validate_every_s:
            self._validated_s = self.trained_s
            self._validate()
            # It is not the network that learns meanwhile.
            self._clock = time.monotonic()

    def _log(self) -> None:
        """Write the means since the last line, over all processes."""
        means = torch.stack(list(self._sums.values())).double() / self._summed
        self._means = dict(zip(self._sums, self._over_processes(means, 'mean')))
        self._sums, self._summed = {}, 0
        if self.fabric.is_global_zero:
            append_line(self.folder / LOG, self.steps, self.trained_s,
                        {**self._means, 'left_out': self.left_out})

    def _validate(self) -> None:
        """Score the averaged network in the first process; the others wait."""
        if self.validate is None or self._validated == self.steps:
            return
        self._validated = self.steps
        if self.fabric.is_global_zero:
            with torch.no_grad():
                validation = self.validate(self.averaged)
            self.scores = dict(validation.metrics)
            record_validation(self.folder, self.steps, self.trained_s, validation)
        self.fabric.barrier()

    def _save(self) -> None:
        if not self.fabric.is_global_zero:
            return
        tensors = (checkpoint.pack('main', self.network, self.optimizer)
                   | checkpoint.pack('averaged', self.averaged))
        for name, helper in self.helpers.items():
            tensors |= checkpoint.pack(f'helper.{name}', helper.network, helper.optimizer)
        checkpoint.write(self.folder / checkpoint.CHECKPOINT, tensors | {
            'steps': torch.tensor(self.steps), 'left_out': torch.tensor(self.left_out),
            'trained_s': torch.tensor(self.trained_s, dtype=torch.float64),
            'seed': torch.tensor(self.seed)})


class _Objective(nn.Module):
    """The losses of a batch as one forward pass, so that DDP and autocast hold for all of it.

    Losses may thus call any of the network's methods. They are kept in a tuple, as no part of
    the module: networks of their own are not DDP's to look after.
    """

    def __init__(self, network: nn.Module, losses: Callable[[nn.Module, Batch], Losses]) -> None:
        super().__init__()
        self.network = network
        self._losses = (losses,)

    def forward(self, batch: Batch) -> Losses:
        """Give the terms by name."""
        return self._losses[0](self.network, batch)


def random_numbers(seed: int, step: int, process: int) -> np.random.Generator:
    """Give the generator of a step's random numbers, in a process of that global rank."""
    return np.random.default_rng([seed, step, process])
