"""What a training leaves to look at: its logs as CSV, and pictures of the validation."""

from __future__ import annotations

from collections.abc import Mapping
import csv
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

LOG = 'log.csv'
VALIDATION = 'validation.csv'


class Validation(NamedTuple):
    """How good the averaged network is at some step.

    Attributes:
        metrics: by name; the same names each time.
        picture: uint8 RGB (H, W, 3), or None.
    """

    metrics: Mapping[str, float]
    picture: NDArray[np.uint8] | None = None


def append_line(path: Path, step: int, trained_s: float, values: Mapping[str, float]) -> None:
    """Append a line to a CSV file, which is begun with the names of its columns."""
    fresh = not path.exists()
    with path.open('a', newline='') as file:
        writer = csv.writer(file)
        if fresh:
            writer.writerow(['step', 'trained_s', *values])
        writer.writerow([step, round(trained_s, 1),
                         *(round(value, 6) for value in values.values())])


def forget_after(path: Path, step: int) -> None:
    """Drop the lines of a CSV file that are later than a step, which will be taken again."""
    if not path.exists():
        return
    lines = path.read_text().splitlines(keepends=True)
    # A line that a killed process left unfinished goes too.
    kept = [line for line in lines[1:]
            if line.endswith('\n') and int(line.split(',')[0]) <= step]
    path.write_text(''.join([*lines[:1], *kept]))


def record_validation(folder: Path, step: int, trained_s: float, validation: Validation) -> None:
    """Add a line to `validation.csv`, and the picture as `validation/<step>.png`."""
    forget_after(folder / VALIDATION, step - 1)
    append_line(folder / VALIDATION, step, trained_s, validation.metrics)
    if validation.picture is not None:
        (folder / 'validation').mkdir(exist_ok=True)
        cv2.imwrite(str(folder / 'validation' / f'{step:07d}.png'),
                    cv2.cvtColor(validation.picture, cv2.COLOR_RGB2BGR))
