"""The part of the demo's page about `depth_colorizer`."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.ground_truth import GroundTruth
from colorize_ros.evaluation import demo_recording as recording
from colorize_ros.evaluation.report_colored import TRUTH_CAPTION
from colorize_ros.evaluation.report_frames import color_accuracy, refuse_none, show
from colorize_ros.evaluation.report_pictures import film_stamps, Moment, Picture, Section
from colorize_ros.illumination import how_well_lit
from colorize_ros.messages import decode_rgb, depth_picture
from colorize_ros.pipelines.images import resized

NODE = 'depth_colorizer'
COLOR = f'/{NODE}/image_color'
CAMERA = 'color camera'
LARGE_PICTURES = 4
# Of a picture that is called lit; the node's own default.
LIT = 0.5
# Color that is of the same moment as depth, though another sensor's clock says when.
SAME_MOMENT_NS = 50_000_000


@dataclass(frozen=True)
class Frame:
    """One depth image on its way through the node.

    Attributes:
        since_start_s: when it was taken.
        depth_m: (H, W) metres as it came, NaN unknown.
        camera: (H, W, 3) uint8 RGB, what the color camera saw at about that time.
        light: how well lit that is, 0 to 1.
        color: (H, W, 3) uint8 RGB as the node published it.
        truth: (H, W, 3) uint8 RGB in good light, None where there is none.
    """

    since_start_s: float
    depth_m: NDArray[np.float32]
    camera: Picture
    light: float
    color: Picture
    truth: Picture | None

    @property
    def is_dark(self) -> bool:
        """Whether the color camera sees too little."""
        return self.light < LIT


def section(run: recording.Run) -> Section:
    """Measure and draw what the node made of depth.

    Raises:
        DataError: no frame came back.
    """
    frames = read_frames(run)
    refuse_none(frames, 'color', 'Was there light to learn from?')
    known = np.concatenate([frame.depth_m[::8, ::8].ravel() for frame in frames])
    near_m, far_m = (float(value) for value in np.nanpercentile(known, (1, 99)))

    def moment(frame: Frame, truth: Picture | None) -> Moment:
        beside = {} if truth is None else {TRUTH_CAPTION: truth}
        return Moment(frame.since_start_s, {
            'Depth in': depth_picture(frame.depth_m, near_m, far_m),
            'Color camera': frame.camera, 'Depth in color, out': frame.color, **beside})

    dark = [frame for frame in frames if frame.is_dark]
    measured = dark or frames
    shown = show(frames, lambda frame: frame.truth, moment, LARGE_PICTURES)
    said = recording.last_diagnostics(run.recorded, NODE).get('memory', {})
    return Section(
        {'accuracy': accuracy(measured), 'in_the_dark': bool(dark), 'dark_frames': len(dark),
         'shown_frames': len(frames), 'references': int(said.get('references', 0)),
         'compared': sum(frame.truth is not None for frame in measured)},
        {**shown.pictures, 'near_m': near_m, 'far_m': far_m})


def read_frames(run: recording.Run) -> list[Frame]:
    """Bring together what went in and what came out, by stamp; a long bag is sampled."""
    streams, lit = run.topics.streams, GroundTruth(run.bag)
    taken = recording.stamps_of(run.bag, streams['depth'].topic)
    truths = _of_the_moment(taken, lit.stamps('color_lit'))
    stamps = film_stamps(set(recording.stamps_of(run.recorded, COLOR)) & set(taken), truths)
    color = recording.images_by_stamp(run.recorded, COLOR, stamps, decode_rgb)
    depth = recording.images_by_stamp(run.bag, streams['depth'].topic, stamps)
    camera = recording.nearest_rgb(run.bag, streams['guide'].topic, stamps)
    return [Frame((stamp - min(taken)) / 1e9, depth[stamp],
                  resized(camera[stamp], depth[stamp].shape), how_well_lit(camera[stamp]),
                  color[stamp],
                  lit.lit_rgb('color', truths[stamp]) if stamp in truths else None)
            for stamp in stamps]


def accuracy(frames: Sequence[Frame]) -> dict[str, dict[str, float]]:
    """Measure the colors, where it is known what good light would have shown.

    Returns:
        Mean metrics by method: the node's, and those of the color camera. Empty without truth.
    """
    return color_accuracy(frames, {
        NODE: lambda frame: frame.color, CAMERA: lambda frame: frame.camera})


def _of_the_moment(stamps: Sequence[int], others: Sequence[int]) -> dict[int, int]:
    """Return the stamps that another sensor has one of the same moment for, with the nearest."""
    nearest = {stamp: min(others, key=lambda other: abs(other - stamp)) for stamp in stamps
               } if others else {}
    return {stamp: other for stamp, other in nearest.items()
            if abs(other - stamp) <= SAME_MOMENT_NS}
