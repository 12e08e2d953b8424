"""The part of the demo's page about `stereo_colorizer`."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.evaluation import demo_recording as recording, report_colored
from colorize_ros.evaluation.baselines_nir import gray_copy
from colorize_ros.evaluation.report_colored import GrayFrame
from colorize_ros.evaluation.report_pictures import Picture, Section
from colorize_ros.messages import decode_luminance
from colorize_ros.pipelines.images import resized, to_levels

NODE = 'stereo_colorizer'
# What the input itself is called in tables of accuracy.
COPY = 'gray'


@dataclass(frozen=True)
class PairFrame(GrayFrame):
    """One mono image on its way through the node.

    Attributes:
        beside: (H', W', 3) uint8 RGB, what the color camera saw at about that time.
    """

    beside: Picture


def section(run: recording.Run) -> Section:
    """Measure and draw what the node made of the pair.

    Raises:
        DataError: no frame came back.
    """
    frames = read_frames(run)
    made = report_colored.section(frames, NODE, COPY, _pictures)
    said = recording.last_diagnostics(run.recorded, NODE)
    return Section(
        {**made.facts,
         'luminance_off_levels': luminance_off(frames), 'outcomes': _outcomes(said),
         'rows_off_px': said.get('rows', {}).get('nine_of_ten_below_px', '')}, made.pictures)


def read_frames(run: recording.Run) -> list[PairFrame]:
    """Bring together what went in and what came out, by stamp; a long bag is sampled."""
    frames = report_colored.read_frames(run, NODE, 'mono', _decode_levels)
    beside = recording.nearest_rgb(
        run.bag, run.topics.streams['stereo_color'].topic, list(frames))
    return [PairFrame(**vars(frame), beside=beside[stamp]) for stamp, frame in frames.items()]


def luminance_off(frames: Sequence[PairFrame]) -> int:
    """Return by how many of 256 levels luminance is not the mono image's, at worst."""
    return max(int(np.abs(cv2.cvtColor(frame.color, cv2.COLOR_RGB2GRAY).astype(int)
                          - frame.gray).max()) for frame in frames)


def _outcomes(said: Mapping[str, Mapping[str, str]]) -> dict[str, int]:
    """Return how many mono images went out colored, held, gray or not at all."""
    return {name: int(count) for name, count in said.get('color side', {}).items()}


def _decode_levels(message: Any) -> NDArray[np.uint8]:
    """Decode a mono image to the 8 bits that the node keeps."""
    return to_levels(decode_luminance(message).gray)


def _pictures(frame: PairFrame) -> dict[str, Picture]:
    return {'Mono in': gray_copy(frame.gray),
            'Color camera beside it': resized(frame.beside, frame.gray.shape),
            'Mono in color, out': frame.color}
