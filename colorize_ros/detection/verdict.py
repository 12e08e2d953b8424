"""How far a candidate is to be trusted: its recent consistency, and a level that does not flutter.

It is judged by F1, of all classes together: of the few objects of some seconds, a mean of average
precisions by class would leap with every single one of them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
import math

from colorize_ros.detection.consistency import Consistency, Matches, summarize


class Level(IntEnum):
    """Of a verdict; the numbers are those of diagnostics."""

    OK = 0
    WARN = 1
    ERROR = 2


@dataclass(frozen=True)
class Bounds:
    """What a figure is judged by.

    Attributes:
        warn_below: it is a warning.
        error_below: it is an error.
        margin: by which it has to exceed one of them to be judged better again.
    """

    warn_below: float
    error_below: float
    margin: float


class Hysteresis:
    """Judges a figure, of which more is better, in the light of how it was judged before."""

    def __init__(self) -> None:
        self.level = Level.OK

    def judge(self, figure: float, bounds: Bounds) -> Level:
        """Judge the figure anew: worse at once, better once it exceeds the bound by the margin."""
        at_best, at_worst = (
            Level.ERROR if figure < bounds.error_below + margin else
            Level.WARN if figure < bounds.warn_below + margin else Level.OK
            for margin in (0.0, bounds.margin))
        self.level = min(max(self.level, at_best), at_worst)
        return self.level


class RollingConsistency:
    """The consistency of the last seconds.

    Args:
        class_names: the detector's.
        classes: those that count, as `consistency.compare` takes them.
    """

    def __init__(self, class_names: Sequence[str], classes: str | Sequence[str]) -> None:
        self._class_names, self._classes = class_names, classes
        self._looks: deque[tuple[float, Matches]] = deque()

    def add(self, matches: Matches, at_s: float, window_s: float) -> Consistency:
        """Take what was found at a moment, forget what is older than the window, and sum up."""
        self._looks.append((at_s, matches))
        while self._looks[0][0] < at_s - window_s:
            self._looks.popleft()
        return summarize([each for _, each in self._looks], self._class_names, self._classes)


@dataclass(frozen=True)
class Figure:
    """A consistency, and when it was measured."""

    consistency: Consistency
    at_s: float

    @property
    def objects(self) -> int:
        """How much it rests on: what was found in either of the images."""
        return max(sum(self.consistency.truths.values()), sum(self.consistency.found.values()))

    def rests_on(self, objects: int) -> bool:
        """Say whether it rests on so many objects at least, and is one."""
        return self.objects >= objects and not math.isnan(self.consistency.f1)
