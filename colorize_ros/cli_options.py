"""What the commands of `colorize-ros` can be told: tasks, other choices, and shared options.

Optional values are spelled `Optional`, as older Typers need it.
"""

from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import Annotated, Optional

import typer

from colorize_ros.errors import ConfigurationError

Preset = Annotated[str, typer.Option(help='Which of the networks: robot, paper, or a file.')]
Device = Annotated[str, typer.Option(help='auto, cpu, cuda or cuda:N.')]
RateHz = Annotated[float, typer.Option(help='Images a second.')]
Intrinsic = Annotated[
    Optional[float],
    typer.Option(help="In pixels; of depth, a Kinect's at this image size by default.")]
Seed = Annotated[int, typer.Option(help='Of the random numbers.')]


class Task(str, Enum):
    """What can be trained, evaluated and applied.

    A task's functions are `train` in `colorize_ros/training/<task>.py`, `evaluate` in
    `colorize_ros/evaluation/<task>.py`, and `<task>` in `colorize_ros/apply.py`. Consistency is
    evaluated only.
    """

    DEPTH_COMPLETION = 'depth-completion'
    DEPTH_SUPER_RESOLUTION = 'depth-super-resolution'
    NIR = 'nir'
    STEREO = 'stereo'
    DEPTH_COLOR = 'depth-color'
    CONSISTENCY = 'consistency'

    @property
    def module(self) -> str:
        """The task's name as Python spells it."""
        return self.value.replace('-', '_')


class Light(str, Enum):
    """When a simulated robot drives."""

    DAY = 'day'
    DUSK = 'dusk'
    NIGHT = 'night'


class Transport(str, Enum):
    """How images go into a bag."""

    RAW = 'raw'
    COMPRESSED = 'compressed'


class Side(str, Enum):
    """Which of two cameras."""

    LEFT = 'left'
    RIGHT = 'right'


def need_network(task: Task) -> None:
    """Refuse a task that has no network to train or apply.

    Raises:
        ConfigurationError: it has none.
    """
    if task is Task.CONSISTENCY:
        raise ConfigurationError(f'{task.value} is what colors are measured by, no network; '
                                 f'expected one of '
                                 f'{", ".join(each.value for each in Task if each is not task)}')


def files_by_name(given: Sequence[str]) -> dict[str, Path]:
    """Read what `--onnx` was given, NAME=FILE each.

    Raises:
        ConfigurationError: it is not that, or a name comes twice.
    """
    files = {}
    for text in given:
        name, _, path = text.partition('=')
        if not name or not path or name in files:
            raise ConfigurationError(f'--onnx is {text!r}; expected NAME=FILE, each name once, '
                                     'such as zhang=zhang.onnx')
        files[name] = Path(path)
    return files
