"""The part of the demo's page about `stereo_colorizer`."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.ground_truth import GroundTruth
from colorize_ros.errors import DataError
from colorize_ros.evaluation import demo_recording as recording
from colorize_ros.evaluation.baselines_nir import gray_copy
from colorize_ros.evaluation.color_metrics import color_metrics
from colorize_ros.evaluation.report_pictures import (
    film,
    FILM_FRAMES,
    film_stamps,
    Moment,
    nearest_in_time,
    Picture,
    row,
    Section,
    spread,
)
from colorize_ros.messages import decode_luminance, decode_rgb

NODE = 'stereo_colorizer'
COLOR = f'/{NODE}/image_color'
LARGE_PICTURES = 3


@dataclass(frozen=True)
class Frame:
    """One frame on its way through the node.

    Attributes:
        since_start_s: when it was taken.
        mono: (H, W) uint8 as it came.
        beside: (H', W', 3) uint8 RGB, what the color camera saw at about that time.
        color: (H, W, 3) uint8 RGB as the node published it.
        truth: (H, W, 3) uint8 RGB in good light, None where there is none.
    """

    since_start_s: float
    mono: NDArray[np.uint8]
    beside: Picture
    color: Picture
    truth: Picture | None


def section(run: recording.Run) -> Section:
    """Measure and draw what the node made of the pair.

    Raises:
        DataError: no frame came back.
    """
    frames = read_frames(run)
    if not frames:
        raise DataError('the node published no color for what was played; expected some frames. '
                        'What does it say in /diagnostics?')
    best = [frame for frame in frames if frame.truth is not None] or frames
    truths = {frame.since_start_s: frame.truth for frame in best if frame.truth is not None}
    moments = [_moment(frame, nearest_in_time(frame.since_start_s, truths) if truths else None)
               for frame in spread(frames, FILM_FRAMES)]
    said = recording.last_diagnostics(run.recorded, NODE)
    return Section(
        {'accuracy': accuracy(frames), 'compared': len(truths),
         'luminance_off_levels': luminance_off(frames), 'outcomes': _outcomes(said),
         'rows_off_px': said.get('rows', {}).get('nine_of_ten_below_px', '')},
        {'film': film(moments), 'truths_are_few': 0 < len(truths) < len(frames),
         'rows': [row(_moment(frame, frame.truth)) for frame in spread(best, LARGE_PICTURES)]})


def read_frames(run: recording.Run) -> list[Frame]:
    """Bring together what went in and what came out, by stamp; a long bag is sampled."""
    topic, lit = run.topics.streams['mono'].topic, GroundTruth(run.bag)
    taken = recording.stamps_of(run.bag, topic)
    known = set(lit.stamps('mono_lit'))
    stamps = film_stamps(set(recording.stamps_of(run.recorded, COLOR)) & set(taken), known)
    color = recording.images_by_stamp(run.recorded, COLOR, stamps, decode_rgb)
    mono = recording.images_by_stamp(run.bag, topic, stamps, _decode_levels)
    beside = recording.nearest_rgb(run.bag, run.topics.streams['stereo_color'].topic, stamps)
    return [Frame((stamp - min(taken)) / 1e9, mono[stamp], beside[stamp], color[stamp],
                  lit.lit_rgb('mono', stamp) if stamp in known else None) for stamp in stamps]


def accuracy(frames: Sequence[Frame]) -> dict[str, dict[str, float]]:
    """Measure the colors, where it is known what good light would have shown.

    Returns:
        Mean metrics by method: the node's, and those of the mono image itself. Empty without
        truth.
    """
    pairs = [frame for frame in frames
             if frame.truth is not None and frame.truth.shape == frame.color.shape]
    scores = {name: [color_metrics(picture(frame), frame.truth) for frame in pairs
                     if frame.truth is not None]
              for name, picture in ((NODE, lambda frame: frame.color),
                                    ('gray', lambda frame: gray_copy(frame.mono)))}
    return {name: {key: float(np.mean([score[key] for score in rows])) for key in rows[0]}
            for name, rows in scores.items() if rows}


def luminance_off(frames: Sequence[Frame]) -> int:
    """Return by how many of 256 levels luminance is not the mono image's, at worst."""
    return max(int(np.abs(cv2.cvtColor(frame.color, cv2.COLOR_RGB2GRAY).astype(int)
                          - frame.mono).max()) for frame in frames)


def _outcomes(said: Mapping[str, Mapping[str, str]]) -> dict[str, int]:
    """Return how many mono images went out colored, held, gray or not at all."""
    return {name: int(count) for name, count in said.get('color side', {}).items()}


def _decode_levels(message: Any) -> NDArray[np.uint8]:
    """Decode a mono image to the 8 bits that the node keeps."""
    mono = decode_luminance(message).gray
    return np.asarray(mono if mono.dtype == np.uint8 else np.round(mono / 257).astype(np.uint8))


def _moment(frame: Frame, truth: Picture | None) -> Moment:
    size = frame.mono.shape[1::-1]
    beside = frame.beside if frame.beside.shape[:2] == frame.mono.shape else np.asarray(
        cv2.resize(frame.beside, size, interpolation=cv2.INTER_AREA), np.uint8)
    pictures = {'Mono in': gray_copy(frame.mono), 'Color camera beside it': beside,
                'Mono in color, out': frame.color}
    if truth is not None:
        pictures['What good light would show'] = truth
    return Moment(frame.since_start_s, pictures)
