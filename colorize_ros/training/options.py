"""How a training goes: what its recipe says, and what the command's flags say."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from colorize_ros.errors import ConfigurationError

PRECISIONS = ('bf16', 'fp32')
OPTIMIZERS = ('adamw', 'rmsprop')


@dataclasses.dataclass(frozen=True)
class TrainingOptions:
    """How long a network trains, and how.

    Attributes:
        minutes: how long, where `steps` is None; the learning rate then follows the time.
        steps: how many steps, whatever time they take; the learning rate then follows the steps,
            and the same seed gives the same weights.
        learning_rate: its peak.
        weight_decay: of AdamW; 0 makes it Adam.
        optimizer: `adamw`, or the `rmsprop` of older papers.
        betas: of AdamW.
        ema_decay: how much of the averaged weights a step leaves.
        clip_norm: largest norm of all gradients together.
        checkpoint_every_s: trained time between checkpoints.
        validate_every_s: trained time between validations.
        log_every: steps a line of log.csv.
    """

    minutes: float = 60.0
    steps: int | None = None
    learning_rate: float = 1e-3
    weight_decay: float = 1e-4
    optimizer: str = 'adamw'
    betas: tuple[float, float] = (0.9, 0.99)
    ema_decay: float = 0.998
    clip_norm: float = 1.0
    checkpoint_every_s: float = 120.0
    validate_every_s: float = 300.0
    log_every: int = 50

    def __post_init__(self) -> None:
        """Refuse a training that cannot run.

        Raises:
            ConfigurationError: minutes, steps or learning_rate not positive, or an optimiser
                that is not known.
        """
        if self.optimizer not in OPTIMIZERS:
            raise ConfigurationError(
                f'optimizer is {self.optimizer!r}; expected one of {OPTIMIZERS}')
        for name in ('minutes', 'steps', 'learning_rate'):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise ConfigurationError(f'{name} is {value}; it must be above 0')


@dataclasses.dataclass(frozen=True)
class Launch:
    """Where a training runs, from which seed, and for how long: the flags of every task.

    Attributes:
        device: `auto`, `cpu`, `cuda` or `cuda:n`.
        devices: processes a host, each with a device of its own, which share each step.
        nodes: hosts. The command is started on each of them, with NODE_RANK, MASTER_ADDR and
            MASTER_PORT set, unless a cluster's scheduler that Fabric knows starts it.
        seed: of the initial weights, the samples, and what is random in losses.
        precision: `bf16`, mixed with float32 where it matters, or `fp32`.
        minutes: how long; None with `steps` None takes the recipe's own.
        steps: how many steps instead.
        resume: go on from the checkpoint in the output folder.
        learning_rate: its peak; None takes the recipe's own.
        start_from: weights of the same network to start from, such as those of the package, to
            adapt them to other data; None starts afresh.
        hold_out: share of the training items that are validated on instead, where a task can.
    """

    device: str = 'auto'
    devices: int = 1
    nodes: int = 1
    seed: int = 0
    precision: str = 'bf16'
    minutes: float | None = None
    steps: int | None = None
    resume: bool = False
    learning_rate: float | None = None
    start_from: Path | None = None
    hold_out: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what cannot be started.

        Raises:
            ConfigurationError: a value that is out of range, or minutes and steps at once.
        """
        if self.minutes is not None and self.steps is not None:
            raise ConfigurationError(
                f'minutes is {self.minutes} and steps is {self.steps}; give one of them')
        for name in ('devices', 'nodes'):
            if getattr(self, name) < 1:
                raise ConfigurationError(f'{name} is {getattr(self, name)}; it must be at least 1')
        if not 0 <= self.seed < 2**32:
            raise ConfigurationError(f'seed is {self.seed}; it must be from 0 to 2**32 - 1')
        if not 0 <= self.hold_out < 1:
            raise ConfigurationError(
                f'hold_out is {self.hold_out}; it must be at least 0 and below 1')
        if self.precision not in PRECISIONS:
            raise ConfigurationError(
                f'precision is {self.precision!r}; expected one of {PRECISIONS}')

    def fill_in(self, options: TrainingOptions) -> TrainingOptions:
        """Give a recipe's options with the length and the rate that were asked for."""
        if self.learning_rate is not None:
            options = dataclasses.replace(options, learning_rate=self.learning_rate)
        if self.steps is not None:
            return dataclasses.replace(options, steps=self.steps)
        if self.minutes is not None:
            return dataclasses.replace(options, minutes=self.minutes, steps=None)
        return options
