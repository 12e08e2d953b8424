"""The part of the demo's page about `nir_colorizer`."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.ground_truth import GroundTruth
from colorize_ros.evaluation import demo_recording as recording
from colorize_ros.evaluation.baselines_nir import gray_copy
from colorize_ros.evaluation.report_frames import color_accuracy, refuse_none, show
from colorize_ros.evaluation.report_pictures import film_stamps, Moment, Picture, Section
from colorize_ros.messages import decode_luminance, decode_rgb

NODE = 'nir_colorizer'
COLOR = f'/{NODE}/image_color'
LARGE_PICTURES = 3


@dataclass(frozen=True)
class Frame:
    """One frame on its way through the node.

    Attributes:
        since_start_s: when it was taken.
        nir: (H, W) uint8 as it came.
        color: (H, W, 3) uint8 RGB as the node published it.
        truth: (H, W, 3) uint8 RGB in good light, None where there is none.
    """

    since_start_s: float
    nir: NDArray[np.uint8]
    color: Picture
    truth: Picture | None


def section(run: recording.Run) -> Section:
    """Measure and draw what the node made of near infrared.

    Raises:
        DataError: no frame came back.
    """
    frames = read_frames(run)
    refuse_none(frames, 'color', 'What does it say in /diagnostics?')
    shown = show(frames, lambda frame: frame.truth, _moment, LARGE_PICTURES)
    return Section({'accuracy': accuracy(frames), 'compared': shown.compared}, shown.pictures)


def read_frames(run: recording.Run) -> list[Frame]:
    """Bring together what went in and what came out, by stamp; a long bag is sampled."""
    topic, lit = run.topics.streams['nir'].topic, GroundTruth(run.bag)
    taken = recording.stamps_of(run.bag, topic)
    known = set(lit.stamps('nir_lit'))
    stamps = film_stamps(set(recording.stamps_of(run.recorded, COLOR)) & set(taken), known)
    color = recording.images_by_stamp(run.recorded, COLOR, stamps, decode_rgb)
    nir = recording.images_by_stamp(run.bag, topic, stamps, _decode_levels)
    return [Frame((stamp - min(taken)) / 1e9, nir[stamp], color[stamp],
                  lit.lit_rgb('nir', stamp) if stamp in known else None) for stamp in stamps]


def accuracy(frames: Sequence[Frame]) -> dict[str, dict[str, float]]:
    """Measure the colors, where it is known what good light would have shown.

    Returns:
        Mean metrics by method: the node's, and a gray copy's. Empty without truth.
    """
    return color_accuracy(frames, {
        NODE: lambda frame: frame.color, 'gray copy': lambda frame: gray_copy(frame.nir)})


def _decode_levels(message: Any) -> NDArray[np.uint8]:
    """Decode near infrared to 8 bits; the brightest of 16 bits becomes white."""
    nir = decode_luminance(message).gray
    if nir.dtype == np.uint8:
        return np.asarray(nir)
    return (nir * (255.0 / max(int(nir.max()), 1))).astype(np.uint8)


def _moment(frame: Frame, truth: Picture | None) -> Moment:
    pictures = {'Near infrared in': gray_copy(frame.nir), 'Color out: a guess': frame.color}
    if truth is not None:
        pictures['What good light would show'] = truth
    return Moment(frame.since_start_s, pictures)
