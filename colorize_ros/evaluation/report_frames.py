"""What the nodes' parts of the demo's page have in common: frames, and what was true of them."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np

from colorize_ros.errors import DataError
from colorize_ros.evaluation.color_metrics import color_metrics
from colorize_ros.evaluation.report_pictures import (
    film,
    FILM_FRAMES,
    Moment,
    nearest_in_time,
    Picture,
    row,
    spread,
)


class Frame(Protocol):
    """One frame on its way through a node."""

    @property
    def since_start_s(self) -> float:
        """When it was taken."""


class ColoredFrame(Frame, Protocol):
    """A frame that a node has given color."""

    @property
    def color(self) -> Picture:
        """What the node published, (H, W, 3) uint8 RGB."""

    @property
    def truth(self) -> Picture | None:
        """What good light would have shown, None where that is not known."""


AnyFrame = TypeVar('AnyFrame', bound=Frame)
AnyColored = TypeVar('AnyColored', bound=ColoredFrame)
Truth = TypeVar('Truth')


class Shown(NamedTuple):
    """What a part of the page shows of its frames.

    Attributes:
        pictures: `film`, `rows` of large pictures, and whether `truths_are_few`.
        compared: frames that a truth is known of.
    """

    pictures: dict[str, Any]
    compared: int


def show(frames: Sequence[AnyFrame], truth_of: Callable[[AnyFrame], Truth | None],
         moment: Callable[[AnyFrame, Truth | None], Moment], large: int) -> Shown:
    """Draw frames: all as a film, beside the truth that is nearest in time, and a few large.

    Args:
        frames: at least one.
        truth_of: what is true of a frame, None where that is not known.
        moment: draws a frame beside a truth.
        large: how many rows of large pictures; frames with a truth go first, as they show most.
    """
    truths = {frame.since_start_s: truth for frame in frames
              if (truth := truth_of(frame)) is not None}
    best = [frame for frame in frames if frame.since_start_s in truths] or frames
    moments = [moment(frame, nearest_in_time(frame.since_start_s, truths) if truths else None)
               for frame in spread(frames, FILM_FRAMES)]
    return Shown(
        {'film': film(moments), 'truths_are_few': 0 < len(truths) < len(frames),
         'rows': [row(moment(frame, truth_of(frame))) for frame in spread(best, large)]},
        len(truths))


def refuse_none(frames: Sequence[Frame], what: str, question: str) -> None:
    """Refuse to show nothing.

    Raises:
        DataError: no frame came back; it says what was expected, and asks the question.
    """
    if not frames:
        raise DataError(f'the node published no {what} for what was played; expected some frames. '
                        f'{question}')


def color_accuracy(
        frames: Sequence[AnyColored], methods: Mapping[str, Callable[[AnyColored], Picture]]
        ) -> dict[str, dict[str, float]]:
    """Measure colors, where it is known what good light would have shown.

    Returns:
        Mean metrics by method. Empty without truth.
    """
    scores = {name: [color_metrics(picture(frame), frame.truth) for frame in frames
                     if frame.truth is not None and frame.truth.shape == frame.color.shape]
              for name, picture in methods.items()}
    return mean_scores(scores)


def mean_scores(
        scores: Mapping[str, Sequence[Mapping[str, float]]]) -> dict[str, dict[str, float]]:
    """Return the mean of each metric, by method; methods without a score are left out."""
    return {name: {key: float(np.mean([score[key] for score in rows])) for key in rows[0]}
            for name, rows in scores.items() if rows}
