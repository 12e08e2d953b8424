"""What the parts of the demo's page about nodes that color gray images have in common."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.ground_truth import GroundTruth
from colorize_ros.evaluation import demo_recording as recording
from colorize_ros.evaluation.baselines_nir import gray_copy
from colorize_ros.evaluation.report_frames import color_accuracy, refuse_none, show
from colorize_ros.evaluation.report_pictures import film_stamps, Moment, Picture, Section
from colorize_ros.messages import decode_rgb

LARGE_PICTURES = 3
TRUTH_CAPTION = 'What good light would show'


@dataclass(frozen=True)
class GrayFrame:
    """One gray image on its way through a node.

    Attributes:
        since_start_s: when it was taken.
        gray: (H, W) uint8 as it came.
        color: (H, W, 3) uint8 RGB as the node published it.
        truth: (H, W, 3) uint8 RGB in good light, None where there is none.
    """

    since_start_s: float
    gray: NDArray[np.uint8]
    color: Picture
    truth: Picture | None


AnyGray = TypeVar('AnyGray', bound=GrayFrame)


def read_frames(run: recording.Run, node: str, role: str,
                decode: Callable[[Any], NDArray[np.uint8]]) -> dict[int, GrayFrame]:
    """Bring together what went in and what came out, by stamp; a long bag is sampled.

    Args:
        run: what was played and recorded.
        node: its name; it publishes `image_color`.
        role: of the images among `BagTopics.streams`, and the sensor's name in the truth.
        decode: gives a message's image as (H, W) uint8.
    """
    topic, lit, out = run.topics.streams[role].topic, GroundTruth(run.bag), f'/{node}/image_color'
    taken = recording.stamps_of(run.bag, topic)
    known = set(lit.stamps(f'{role}_lit'))
    stamps = film_stamps(set(recording.stamps_of(run.recorded, out)) & set(taken), known)
    color = recording.images_by_stamp(run.recorded, out, stamps, decode_rgb)
    gray = recording.images_by_stamp(run.bag, topic, stamps, decode)
    return {stamp: GrayFrame((stamp - min(taken)) / 1e9, gray[stamp], color[stamp],
                             lit.lit_rgb(role, stamp) if stamp in known else None)
            for stamp in stamps}


def accuracy(frames: Sequence[GrayFrame], node: str, copy: str) -> dict[str, dict[str, float]]:
    """Measure the colors, where it is known what good light would have shown.

    Args:
        frames: of any number.
        node: what its colors are called.
        copy: what the gray images themselves are called.

    Returns:
        Mean metrics by method. Empty without truth.
    """
    return color_accuracy(frames, {
        node: lambda frame: frame.color, copy: lambda frame: gray_copy(frame.gray)})


def section(frames: Sequence[AnyGray], node: str, copy: str,
            pictures: Callable[[AnyGray], dict[str, Picture]]) -> Section:
    """Measure and draw what a node made of gray images.

    Args:
        frames: of the node.
        node: as `accuracy` takes it.
        copy: likewise.
        pictures: of a frame, by caption; the truth comes after them.

    Raises:
        DataError: no frame came back.
    """
    def moment(frame: AnyGray, truth: Picture | None) -> Moment:
        beside = {} if truth is None else {TRUTH_CAPTION: truth}
        return Moment(frame.since_start_s, {**pictures(frame), **beside})

    refuse_none(frames, 'color', 'What does it say in /diagnostics?')
    shown = show(frames, lambda frame: frame.truth, moment, LARGE_PICTURES)
    return Section({'accuracy': accuracy(frames, node, copy), 'compared': shown.compared},
                   shown.pictures)
