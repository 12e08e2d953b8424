"""Evaluate depth super-resolution: presets and baselines on the same small maps, in one run.

`datasets.depth_sr.downsample` makes the small map. What it leaves unknown is filled with the
nearest known value before any method sees it; every method is measured on all known pixels.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from colorize_ros.datasets.depth_sr import (
    crop_to_multiple,
    downsample,
    read_items,
    SrFrame,
    SrItem,
)
from colorize_ros.evaluation import baselines_completion
from colorize_ros.evaluation.baselines_super_resolution import (
    Guide,
    SUPER_RESOLUTION_BASELINES,
    Upsampling,
)
from colorize_ros.evaluation.contact_sheet import ContactSheet
from colorize_ros.evaluation.metrics import disparity_metrics
from colorize_ros.evaluation.runner import (
    evenly_chosen,
    load_presets,
    run_interleaved,
    Score,
    Scores,
    write_all,
)

if TYPE_CHECKING:
    from colorize_ros.pipelines import DepthUpsampler

Map = NDArray[np.float32]

SCALES = (2, 4, 8)
TIMING = 'ms_median is the median over maps of the sizes that the data has, after a warm-up.'
# A detail of this many large pixels a side shows on the sheets what a whole map would not.
DETAIL_PX = 300


@dataclass(frozen=True)
class _Case:
    """A map at a scale: `truth` cropped to a multiple of it, `small` without NaN."""

    frame: SrFrame
    scale: int
    small: Map


def evaluate(
        data: Path, split: str, out: Path, *, device: str = 'auto',
        presets: Sequence[str] = ('robot', 'paper'), limit: int | None = None) -> dict[str, Any]:
    """Measure all methods on a split, and write `results.json`, `results.md` and contact sheets.

    Args:
        data: a folder in the depth_sr layout, or the one that holds it.
        split: which maps, such as 'test'.
        out: where to write.
        device: of the presets: 'auto', 'cpu', 'cuda' or 'cuda:n'.
        presets: networks to load; one without weights is named in `skipped`. `robot` runs a
            second time as `robot-guided`, with the color image where a map has one.
        limit: at most this many maps, evenly spread; None for all.

    Returns:
        What `results.json` holds: `methods` (means over all maps and scales), `groups` ('x4' and
        '<map> x4', and so on), `skipped`, `timing`.

    Raises:
        DataError: no such data or split.
        DeviceError: the device is not there.
    """
    items = evenly_chosen(read_items(data, split), limit)
    scores = Scores('depth-super-resolution', split, len(items), timing=TIMING)
    methods = _methods(presets, device, scores.skipped)
    _warm_up(methods)
    sheets = {f'x{scale}': ContactSheet() for scale in SCALES}
    cases = track(_cases(items), 'evaluating depth super-resolution', len(items) * len(SCALES))
    for turn, case in enumerate(cases):
        enlarged = _measure(case, methods, turn, scores)
        _picture(case, enlarged, sheets[f'x{case.scale}'])
    return write_all(scores, sheets, out)


def _methods(
        presets: Sequence[str], device: str, skipped: dict[str, str]) -> dict[str, Upsampling]:
    methods: dict[str, Upsampling] = {}
    for preset, upsampler in _upsamplers(presets, device, skipped).items():
        methods[preset] = _unguided(upsampler)
        if preset == 'robot':
            methods['robot-guided'] = _guided(upsampler)
    return {**methods, **SUPER_RESOLUTION_BASELINES}


def _upsamplers(
        presets: Sequence[str], device: str, skipped: dict[str, str]) -> dict[str, DepthUpsampler]:
    if not presets:
        return {}
    # Imports torch, which the baselines do without.
    from colorize_ros.pipelines import DepthUpsampler
    return load_presets(
        presets, lambda preset: DepthUpsampler.load(preset, device=device), skipped)


def _unguided(upsampler: DepthUpsampler) -> Upsampling:
    return lambda small, scale, guide: upsampler(small, scale)


def _guided(upsampler: DepthUpsampler) -> Upsampling:
    return lambda small, scale, guide: upsampler(small, scale, guide=guide)


def _warm_up(methods: dict[str, Upsampling]) -> None:
    small = np.tile(np.linspace(50, 60, 64, dtype=np.float32), (64, 1))
    for scale in SCALES:
        for run in methods.values():
            run(small, scale, None)


def _cases(items: Sequence[SrItem]) -> Iterator[_Case]:
    for item in items:
        frame = item.load()
        for scale in SCALES:
            truth = crop_to_multiple(frame.disparity, scale)
            guide = None if frame.rgb is None else crop_to_multiple(frame.rgb, scale)
            small = baselines_completion.nearest(downsample(truth, scale))
            yield _Case(SrFrame(frame.name, truth, guide), scale, small)


def _measure(
        case: _Case, methods: dict[str, Upsampling], turn: int, scores: Scores) -> dict[str, Map]:
    guide: Guide = case.frame.rgb
    calls = {name: partial(run, case.small, case.scale, guide) for name, run in methods.items()}
    outputs = run_interleaved(calls, turn)
    truth = case.frame.disparity
    known = np.isfinite(truth)
    groups = (f'x{case.scale}', f'{case.frame.name} x{case.scale}')
    for name, (enlarged, ms) in outputs.items():
        scores.scores.append(Score(name, groups, disparity_metrics(enlarged, truth, known), ms))
    return {name: output for name, (output, _) in outputs.items()}


def _picture(case: _Case, enlarged: dict[str, Map], sheet: ContactSheet) -> None:
    """Add the whole map and a detail from its middle; `nearest` shows what the methods saw."""
    truth = case.frame.disparity
    sheet.add_maps(case.frame.name, enlarged, truth)
    top, left = ((side - min(side, DETAIL_PX)) // 2 for side in truth.shape)
    detail = np.s_[top:top + DETAIL_PX, left:left + DETAIL_PX]
    details = {name: values[detail] for name, values in enlarged.items()}
    sheet.add_maps(f'{case.frame.name}/detail', details, truth[detail])
