"""The part of the demo's page about `depth_enhancer`."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colorize_ros.evaluation import demo_recording as recording
from colorize_ros.evaluation.baselines_completion import nearest, telea
from colorize_ros.evaluation.metrics import depth_metrics
from colorize_ros.evaluation.report_frames import mean_scores, refuse_none, show
from colorize_ros.evaluation.report_pictures import film_stamps, Moment, Picture, Section
from colorize_ros.messages import depth_picture

Map = NDArray[np.float32]

NODE = 'depth_enhancer'
DEPTH, CONFIDENCE = f'/{NODE}/depth', f'/{NODE}/confidence'
LARGE_PICTURES = 4
# Of confidence: measured, interpolated (sure to unsure), guessed; RGB.
MEASURED, SURE, UNSURE, GUESSED = np.array(
    [(58, 66, 84), (64, 190, 140), (235, 205, 90), (226, 92, 62)], np.float32)


@dataclass(frozen=True)
class Frame:
    """One frame on its way through the node.

    Attributes:
        since_start_s: when it was taken.
        depth_m: (H, W) metres as it came, NaN unknown.
        enhanced_m: (H, W) metres as the node published it.
        confidence: (H, W) in [0, 1].
        rgb: (H, W, 3) the color image nearest in time, None without a guide.
        truth_m: (H, W) metres, None where there is none.
    """

    since_start_s: float
    depth_m: Map
    enhanced_m: Map
    confidence: Map
    rgb: Picture | None
    truth_m: Map | None


def section(run: recording.Run) -> Section:
    """Measure and draw what the node made of depth.

    Raises:
        DataError: no frame came back.
    """
    frames = read_frames(run)
    refuse_none(frames, 'depth', 'Do the stamps of depth and camera_info in the bag belong '
                                 'together?')
    known = np.concatenate([frame.depth_m[::8, ::8].ravel() for frame in frames])
    near_m, far_m = (float(v) for v in np.nanpercentile(known, (1, 99)))
    shown = show(frames, lambda frame: frame.truth_m,
                 lambda frame, truth_m: _moment(frame, truth_m, near_m, far_m), LARGE_PICTURES)
    return Section({'accuracy': accuracy(frames), 'coverage': _coverage(frames)},
                   {**shown.pictures, 'near_m': near_m, 'far_m': far_m})


def read_frames(run: recording.Run) -> list[Frame]:
    """Bring together what went in and what came out, by stamp; a long bag is sampled."""
    depth_topic, truth_topic = run.topics.streams['depth'].topic, run.topics.truth
    guide = run.topics.streams.get('guide')
    taken = recording.stamps_of(run.bag, depth_topic)
    back = (set(recording.stamps_of(run.recorded, DEPTH)) & set(taken)
            & set(recording.stamps_of(run.recorded, CONFIDENCE)))
    stamps = film_stamps(back, recording.truth_stamps(run.bag, truth_topic))
    enhanced = recording.images_by_stamp(run.recorded, DEPTH, stamps)
    confidence = recording.images_by_stamp(run.recorded, CONFIDENCE, stamps)
    depth = recording.images_by_stamp(run.bag, depth_topic, stamps)
    truth = recording.truth_by_stamp(run.bag, truth_topic, stamps)
    rgb = recording.nearest_rgb(run.bag, guide and guide.topic, stamps)
    return [Frame((stamp - min(taken)) / 1e9, depth[stamp], enhanced[stamp],
                  np.nan_to_num(confidence[stamp]), rgb.get(stamp), truth.get(stamp))
            for stamp in stamps]


def accuracy(frames: Sequence[Frame]) -> dict[str, dict[str, float]]:
    """Measure the pixels that the sensor did not see, where the bag knows the truth.

    Returns:
        Mean metrics by method: the node's, and two that need no network. Empty without truth.
    """
    scores: dict[str, list[dict[str, float]]] = {}
    for frame in frames:
        if frame.truth_m is None or frame.enhanced_m.shape != frame.depth_m.shape:
            continue
        hidden = np.isnan(frame.depth_m) & np.isfinite(frame.truth_m)
        sure = hidden & (frame.confidence >= 0.5)
        for name, filled, chosen in (
                (NODE, frame.enhanced_m, hidden),
                (f'{NODE}, confidence ≥ 0.5', frame.enhanced_m, sure),
                ('nearest', nearest(frame.depth_m), hidden),
                ('telea', telea(frame.depth_m), hidden)):
            if chosen.any():
                metrics = depth_metrics(filled, frame.truth_m, chosen)
                scores.setdefault(name, []).append(
                    {**metrics, 'share': float(chosen.sum() / hidden.sum())})
    return mean_scores(scores)


def confidence_picture(confidence: Map) -> Picture:
    """Color a confidence: measured slate, interpolated green to yellow, guessed red.

    Args:
        confidence: (H, W) in [0, 1]; 1 measured, from 0.5 interpolated, below guessed.

    Returns:
        (H, W, 3) uint8 RGB.
    """
    share = np.clip((confidence - 0.5) / 0.5, 0, 1)[..., None]
    color = UNSURE + share * (SURE - UNSURE)
    # The less sure a guess, the darker.
    guess = GUESSED * (0.55 + 0.9 * np.clip(confidence, 0, 0.5))[..., None]
    color = np.where(confidence[..., None] < 0.5, guess, color)
    color[confidence >= 1] = MEASURED
    return color.astype(np.uint8)


def _coverage(frames: Sequence[Frame]) -> dict[str, float]:
    """Return mean shares of pixels: measured, interpolated, guessed."""
    confidence = np.stack([frame.confidence[::4, ::4] for frame in frames])
    measured = np.mean([np.isfinite(frame.depth_m).mean() for frame in frames])
    guessed = np.mean(confidence < 0.5)
    return {'measured': float(measured), 'guessed': float(guessed),
            'interpolated': float(max(1 - measured - guessed, 0.0))}


def _moment(frame: Frame, truth_m: Map | None, near_m: float, far_m: float) -> Moment:
    pictures = {} if frame.rgb is None else {'Color (guide)': frame.rgb}
    pictures['Depth in'] = depth_picture(frame.depth_m, near_m, far_m)
    pictures['Depth out'] = depth_picture(frame.enhanced_m, near_m, far_m)
    pictures['Confidence'] = confidence_picture(frame.confidence)
    if truth_m is not None:
        pictures['Ground truth'] = depth_picture(truth_m, near_m, far_m)
    return Moment(frame.since_start_s, pictures)
