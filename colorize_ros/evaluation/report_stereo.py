"""The part of the demo's page about `stereo_colorizer`."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.ground_truth import GroundTruth
from colorize_ros.evaluation import demo_recording as recording
from colorize_ros.evaluation.baselines_nir import gray_copy
from colorize_ros.evaluation.report_frames import color_accuracy, refuse_none, show
from colorize_ros.evaluation.report_pictures import film_stamps, Moment, Picture, Section
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
    refuse_none(frames, 'color', 'What does it say in /diagnostics?')
    shown = show(frames, lambda frame: frame.truth, _moment, LARGE_PICTURES)
    said = recording.last_diagnostics(run.recorded, NODE)
    return Section(
        {'accuracy': accuracy(frames), 'compared': shown.compared,
         'luminance_off_levels': luminance_off(frames), 'outcomes': _outcomes(said),
         'rows_off_px': said.get('rows', {}).get('nine_of_ten_below_px', '')}, shown.pictures)


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
    return color_accuracy(frames, {
        NODE: lambda frame: frame.color, 'gray': lambda frame: gray_copy(frame.mono)})


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
