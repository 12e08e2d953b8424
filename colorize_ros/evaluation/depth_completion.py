"""Evaluate depth completion: presets and baselines on the same degraded frames, in one run.

Methods see the degraded depth map; the guided ones (`robot-guided`) also the item's color image.
They are measured on the pixels that were hidden from them and that the sensor had seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from colorize_ros.datasets.degradations import DEGRADATIONS, generator_for
from colorize_ros.datasets.formats import read_rgbd, RgbdSource
from colorize_ros.datasets.hole_masks import HoleMasks
from colorize_ros.datasets.rgbd import RgbdFrame
from colorize_ros.errors import DataError
from colorize_ros.evaluation.baselines_completion import COMPLETION_BASELINES
from colorize_ros.evaluation.contact_sheet import ContactSheet
from colorize_ros.evaluation.metrics import depth_metrics
from colorize_ros.evaluation.runner import (
    evenly_chosen,
    load_presets,
    run_interleaved,
    Score,
    Scores,
    write_all,
)

if TYPE_CHECKING:
    from colorize_ros.pipelines import DepthCompleter

Depth = NDArray[np.float32]
Method = Callable[[Depth, NDArray[np.uint8]], Depth]

TIMED_SHAPE = (480, 640)
TIMING = 'ms_median is the median over the 640x480 frames, after a warm-up.'
ITEMS_ON_SHEET = 5
MIN_HIDDEN_PIXELS = 100


@dataclass(frozen=True)
class _Case:
    """A frame under a degradation."""

    frame: RgbdFrame
    degradation: str
    sparse_m: Depth
    hidden: NDArray[np.bool_]


def evaluate(
        data: Path, split: str, out: Path, *, device: str = 'auto',
        presets: Sequence[str] = ('robot', 'paper'), limit: int | None = None,
        seed: int = 0) -> dict[str, Any]:
    """Measure all methods on a split, and write `results.json`, `results.md` and contact sheets.

    Args:
        data: a folder that `datasets.formats.read_rgbd` understands: the rgbd layout, or a
            public data set as it is published.
        split: which items, such as 'test'.
        out: where to write.
        device: of the presets: 'auto', 'cpu', 'cuda' or 'cuda:n'.
        presets: networks to load; one without weights is named in `skipped`. `robot` runs a
            second time as `robot-guided`, with the color image.
        limit: at most this many items, evenly spread; None for all.
        seed: of the degradations; each also depends on the item's name.

    Returns:
        What `results.json` holds: `methods` (means over all items and degradations), `groups` (a
        degradation each), `skipped`, `timing`. `ms_median` is of 640 x 480 frames only.

    Raises:
        DataError: no such data or split.
        DeviceError: the device is not there.
        MissingExtraError: SciPy is not installed.
    """
    items = evenly_chosen(read_rgbd(data, split), limit)
    scores = Scores('depth-completion', split, len(items), timing=TIMING)
    methods = _methods(presets, device, scores.skipped)
    _warm_up(methods)
    pictured = {item.name for item in evenly_chosen(items, ITEMS_ON_SHEET)}
    sheets: dict[str, ContactSheet] = {}
    cases = _cases(items, _hole_masks(data, scores.skipped), seed, scores.skipped)
    total = len(items) * len(DEGRADATIONS)
    for turn, case in enumerate(track(cases, 'evaluating depth completion', total)):
        filled = _measure(case, methods, turn, scores)
        if case.frame.name in pictured:
            sheets.setdefault(case.degradation, ContactSheet()).add_maps(
                case.frame.name, {'input': case.sparse_m, **filled}, case.frame.depth_m)
    return write_all(scores, sheets, out)


def _methods(presets: Sequence[str], device: str, skipped: dict[str, str]) -> dict[str, Method]:
    methods: dict[str, Method] = {}
    for preset, completer in _completers(presets, device, skipped).items():
        completer.warm_up(*TIMED_SHAPE)
        methods[preset] = _unguided(completer)
        if preset == 'robot':
            methods['robot-guided'] = _guided(completer)
    for name, fill in COMPLETION_BASELINES.items():
        methods[name] = _ignoring_color(fill)
    return methods


def _completers(
        presets: Sequence[str], device: str, skipped: dict[str, str]) -> dict[str, DepthCompleter]:
    if not presets:
        return {}
    # Imports torch, which the baselines do without.
    from colorize_ros.pipelines import DepthCompleter
    return load_presets(
        presets, lambda preset: DepthCompleter.load(preset, device=device), skipped)


def _unguided(completer: DepthCompleter) -> Method:
    return lambda sparse_m, rgb: completer(sparse_m).depth_m


def _guided(completer: DepthCompleter) -> Method:
    return lambda sparse_m, rgb: completer(sparse_m, guide=rgb).depth_m


def _ignoring_color(fill: Callable[[Depth], Depth]) -> Method:
    return lambda sparse_m, rgb: fill(sparse_m)


def _warm_up(methods: dict[str, Method]) -> None:
    sparse_m = np.full(TIMED_SHAPE, np.nan, np.float32)
    sparse_m[::8, ::8] = 1 + np.arange(80, dtype=np.float32) / 80
    rgb = np.zeros((*TIMED_SHAPE, 3), np.uint8)
    for run in methods.values():
        run(sparse_m, rgb)


def _hole_masks(data: Path, skipped: dict[str, str]) -> HoleMasks | None:
    """Take the masks from the train split; where there is none, from all items."""
    everything = read_rgbd(data, None)
    pool = [item for item in everything if item.split == 'train'] or everything
    try:
        return HoleMasks.from_items(pool)
    except DataError as error:
        skipped['kinect-holes'] = str(error)
        return None


def _cases(
        items: Sequence[RgbdSource], masks: HoleMasks | None, seed: int,
        skipped: dict[str, str]) -> Iterator[_Case]:
    """Degrade each item in each way; what leaves too little to measure on is skipped, and said."""
    for item in items:
        frame = item.load()
        for name, degrade in DEGRADATIONS.items():
            if name == 'kinect-holes' and masks is None:
                continue
            rng = generator_for(frame.name, name, seed=seed)
            try:
                others = masks.without_scene_of(item.name) if masks else None
                sparse_m = degrade(frame.depth_m, rng, others)
            except DataError as error:
                skipped[f'{item.name} {name}'] = str(error)
                continue
            hidden = np.isnan(sparse_m) & np.isfinite(frame.depth_m)
            if hidden.sum() < MIN_HIDDEN_PIXELS or np.isnan(sparse_m).all():
                skipped[f'{item.name} {name}'] = (
                    f'{int(hidden.sum())} known pixels were hidden and '
                    f'{int(np.isfinite(sparse_m).sum())} left; at least {MIN_HIDDEN_PIXELS} have '
                    f'to be hidden and one left')
                continue
            yield _Case(frame, name, sparse_m, hidden)


def _measure(
        case: _Case, methods: dict[str, Method], turn: int, scores: Scores) -> dict[str, Depth]:
    calls = {name: partial(run, case.sparse_m, case.frame.rgb) for name, run in methods.items()}
    timed = case.sparse_m.shape == TIMED_SHAPE
    outputs = run_interleaved(calls, turn)
    for name, (filled_m, ms) in outputs.items():
        scores.scores.append(Score(
            name, (case.degradation,), depth_metrics(filled_m, case.frame.depth_m, case.hidden),
            ms if timed else None))
    return {name: output for name, (output, _) in outputs.items()}
