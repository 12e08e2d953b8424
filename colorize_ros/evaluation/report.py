"""The page of the demo: one HTML file with its pictures in it."""
from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
import json
from pathlib import Path
from typing import Any, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros import __version__
from colorize_ros.errors import DataError, MissingExtraError
from colorize_ros.evaluation import demo_recording as recording
from colorize_ros.evaluation.baselines_completion import nearest, telea
from colorize_ros.evaluation.metrics import depth_metrics
from colorize_ros.messages import depth_picture

Map = NDArray[np.float32]
Picture = NDArray[np.uint8]
T = TypeVar('T')

TEMPLATE = 'demo.html'
NODE = 'depth_enhancer'
DEPTH, CONFIDENCE = f'/{NODE}/depth', f'/{NODE}/confidence'
LARGE_PICTURES = 4
FILM_FRAMES, FILM_WIDTH_PX = 45, 360
JPEG_QUALITY = 88
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


def write_report(bag: Path, topics: recording.BagTopics, work: Path, out: Path) -> Path:
    """Write the page, and its numbers as results.json beside it.

    Args:
        bag: that was played.
        topics: of that bag.
        work: folder with `recorded` (a bag), `published.jsonl` and `received.jsonl`.
        out: folder for index.html and results.json.

    Returns:
        The path of the page.

    Raises:
        MissingExtraError: jinja2 is not installed.
        DataError: no frame came back from the node.
    """
    try:
        import jinja2
    except ImportError as error:
        raise MissingExtraError('report', 'writing a page') from error
    frames = read_frames(bag, topics, work / 'recorded')
    if not frames:
        raise DataError('the node published no depth for what was played; expected some frames. '
                        'Do the stamps of depth and camera_info in the bag belong together?')
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / 'templates'), autoescape=True,
        trim_blocks=True, lstrip_blocks=True)
    facts = {'bag': bag.name, **_run_facts(topics, work), 'accuracy': accuracy(frames),
             'coverage': _coverage(frames)}
    page = templates.get_template(TEMPLATE).render(
        version=__version__, topics=topics, cameras=read_cameras(bag, topics), **facts,
        **_pictures(frames))
    del facts['chart']
    (out / 'results.json').write_text(json.dumps(facts, indent=2) + '\n', encoding='utf-8')
    path = out / 'index.html'
    path.write_text(page, encoding='utf-8')
    return path


def read_frames(bag: Path, topics: recording.BagTopics, recorded: Path) -> list[Frame]:
    """Bring together what went in and what came out, by stamp.

    A long bag is sampled, so that it need not fit into memory: frames evenly spread over it, and
    as many of those that have a ground truth.

    Args:
        bag: that was played.
        topics: of that bag.
        recorded: the bag of what came out.
    """
    taken = recording.stamps_of(bag, topics.depth)
    back = sorted(set(recording.stamps_of(recorded, DEPTH)) & set(taken)
                  & set(recording.stamps_of(recorded, CONFIDENCE)))
    known = sorted(set(recording.truth_stamps(bag, topics.truth)) & set(back))
    stamps = sorted({*_spread(back, FILM_FRAMES), *_spread(known, FILM_FRAMES)})
    enhanced = recording.depth_by_stamp(recorded, DEPTH, stamps)
    confidence = recording.depth_by_stamp(recorded, CONFIDENCE, stamps)
    depth = recording.depth_by_stamp(bag, topics.depth, stamps)
    truth = recording.truth_by_stamp(bag, topics.truth, stamps)
    rgb = recording.nearest_rgb(bag, topics.guide, stamps)
    return [Frame((stamp - min(taken)) / 1e9, depth[stamp], enhanced[stamp],
                  np.nan_to_num(confidence[stamp]), rgb.get(stamp), truth.get(stamp))
            for stamp in stamps]


def read_cameras(bag: Path, topics: recording.BagTopics) -> list[dict[str, str]]:
    """Read what the other cameras saw, at moments evenly spread over the bag.

    Returns:
        For each moment a data URI by topic; nothing where there are no other cameras.
    """
    moments = _spread(recording.stamps_of(bag, topics.depth), LARGE_PICTURES)
    shown = [topic for topic in (topics.guide, *topics.cameras) if topic and topics.cameras]
    pictures = {topics.base(topic): recording.nearest_rgb(bag, topic, moments) for topic in shown}
    return [{name: data_uri(by_stamp[moment]) for name, by_stamp in pictures.items()}
            for moment in moments if pictures]


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
    return {name: {key: float(np.mean([score[key] for score in rows])) for key in rows[0]}
            for name, rows in scores.items()}


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


def _run_facts(topics: recording.BagTopics, work: Path) -> dict[str, Any]:
    published = recording.read_log(work / 'published.jsonl')
    received = recording.read_log(work / 'received.jsonl')
    diagnostics = recording.last_diagnostics(work / 'recorded', NODE)
    latency = recording.latencies(published, received, topics.depth, DEPTH)
    flows = [(topic, 'in', *recording.rate_hz(published, topic, 'published_ns'))
             for topic in (topics.depth, topics.camera_info, topics.guide) if topic]
    flows += [(topic, 'out', *recording.rate_hz(received, topic, 'received_ns'))
              for topic in (DEPTH, CONFIDENCE)]
    model = next((part for part in diagnostics if part.startswith('model ')), '')
    pairing, inference = diagnostics.get('pairing', {}), diagnostics.get('inference', {})
    drops = [(key[len('dropped'):].strip(' :'), int(count))
             for values in (pairing, inference) for key, count in values.items()
             if key.startswith('dropped')]
    return {
        'flows': flows, 'drops': drops, 'sets': int(pairing.get('sets', 0)),
        'processed': int(inference.get('frames', 0)),
        'failures': int(inference.get('failures', 0)),
        'model': model[len('model '):], 'model_facts': diagnostics.get(model, {}),
        'latency_median_ms': latency.quantile_ms(0.5), 'latency_p99_ms': latency.quantile_ms(0.99),
        'node_p50_ms': inference.get('latency_p50_ms', ''),
        'chart': _chart(latency)}


def _chart(latency: recording.Latencies) -> dict[str, Any]:
    """Place the latencies in a drawing of 1000 x 180, the axis in round steps."""
    seconds = float(latency.since_start_s.max(initial=1.0))
    highest = float(latency.latency_ms.max(initial=1.0))
    step = next(step for step in (5, 10, 20, 50, 100, 200, 500, 1000, 10_000, 1_000_000)
                if step * 5 >= highest)
    top = step * int(np.ceil(highest / step))
    return {
        'points': [(1000 * at / seconds, 180 * (1 - value / top))
                   for at, value in zip(latency.since_start_s, latency.latency_ms)],
        'lines': [(180 * (1 - level / top), level) for level in range(0, top + 1, step)],
        'seconds': [(1000 * at / seconds, at) for at in range(int(seconds) + 1)]}


def _coverage(frames: Sequence[Frame]) -> dict[str, float]:
    """Return mean shares of pixels: measured, interpolated, guessed."""
    confidence = np.stack([frame.confidence[::4, ::4] for frame in frames])
    measured = np.mean([np.isfinite(frame.depth_m).mean() for frame in frames])
    guessed = np.mean(confidence < 0.5)
    return {'measured': float(measured), 'guessed': float(guessed),
            'interpolated': float(max(1 - measured - guessed, 0.0))}


def _pictures(frames: Sequence[Frame]) -> dict[str, Any]:
    known = np.concatenate([frame.depth_m[::8, ::8].ravel() for frame in frames])
    near, far = (float(v) for v in np.nanpercentile(known, (1, 99)))
    # Frames with ground truth first: they show most.
    best = [frame for frame in frames if frame.truth_m is not None] or list(frames)
    large, film = _spread(best, LARGE_PICTURES), _spread(frames, FILM_FRAMES)
    panels = [_panels(frame, near, far) for frame in film]
    common = [name for name in panels[0] if all(name in names for names in panels)]
    return {
        'near_m': near, 'far_m': far,
        'rows': [{'since_start_s': frame.since_start_s, 'pictures': {
            name: data_uri(picture) for name, picture in _panels(frame, near, far).items()}}
            for frame in large],
        'film_names': common,
        'film': [data_uri(_strip([names[name] for name in common])) for names in panels],
        'film_seconds': film[-1].since_start_s - film[0].since_start_s}


def _panels(frame: Frame, near_m: float, far_m: float) -> Mapping[str, Picture]:
    pictures = {} if frame.rgb is None else {'Color (guide)': frame.rgb}
    pictures['Depth in'] = depth_picture(frame.depth_m, near_m, far_m)
    pictures['Depth out'] = depth_picture(frame.enhanced_m, near_m, far_m)
    pictures['Confidence'] = confidence_picture(frame.confidence)
    if frame.truth_m is not None:
        pictures['Ground truth'] = depth_picture(frame.truth_m, near_m, far_m)
    return pictures


def _strip(pictures: Sequence[Picture]) -> Picture:
    height, width = pictures[0].shape[:2]
    size = (FILM_WIDTH_PX, round(FILM_WIDTH_PX * height / width))
    return np.hstack([cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
                      for picture in pictures]).astype(np.uint8, copy=False)


def _spread(values: Sequence[T], wanted: int) -> list[T]:
    """Choose at most `wanted` of the values, evenly, with first and last."""
    if not values:
        return []
    places = np.linspace(0, len(values) - 1, min(wanted, len(values))).round()
    return [values[int(place)] for place in places]


def data_uri(picture: Picture) -> str:
    """Return an (H, W, 3) uint8 RGB picture as a JPEG that a page can hold."""
    _, encoded = cv2.imencode(
        '.jpg', picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return 'data:image/jpeg;base64,' + base64.b64encode(encoded.tobytes()).decode('ascii')
