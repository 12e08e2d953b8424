"""The part of the demo's page about `nir_colorizer`."""
from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from colorize_ros.evaluation import demo_recording as recording, report_colored
from colorize_ros.evaluation.baselines_nir import gray_copy
from colorize_ros.evaluation.report_colored import GrayFrame
from colorize_ros.evaluation.report_pictures import Picture, Section
from colorize_ros.messages import decode_luminance

NODE = 'nir_colorizer'
# What the input itself is called in tables of accuracy.
COPY = 'gray copy'


def section(run: recording.Run) -> Section:
    """Measure and draw what the node made of near infrared.

    Raises:
        DataError: no frame came back.
    """
    return report_colored.section(read_frames(run), NODE, COPY, _pictures)


def read_frames(run: recording.Run) -> list[GrayFrame]:
    """Bring together what went in and what came out, by stamp; a long bag is sampled."""
    return list(report_colored.read_frames(run, NODE, 'nir', _decode_levels).values())


def _decode_levels(message: Any) -> NDArray[np.uint8]:
    """Decode near infrared to 8 bits; the brightest of 16 bits becomes white."""
    nir = decode_luminance(message).gray
    if nir.dtype == np.uint8:
        return np.asarray(nir)
    return (nir * (255.0 / max(int(nir.max()), 1))).astype(np.uint8)


def _pictures(frame: GrayFrame) -> dict[str, Picture]:
    return {'Near infrared in': gray_copy(frame.gray), 'Color out: a guess': frame.color}
