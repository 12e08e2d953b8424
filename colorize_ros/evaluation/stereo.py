"""Evaluate mono and color through two lenses: presets, ablations and baselines, in one run.

The protocol is in `stereo_protocol`: the left image is the monochrome one. A disparity of the
truth that is not known is not counted as occluded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from colorize_ros.datasets.lens_noise import SETUPS
from colorize_ros.datasets.stereo_formats import read_stereo
from colorize_ros.errors import ConfigurationError
from colorize_ros.evaluation.baselines_stereo import Colorize, STEREO_BASELINES
from colorize_ros.evaluation.contact_sheet import ContactSheet
from colorize_ros.evaluation.onnx_colorizer import OnnxColorizer
from colorize_ros.evaluation.runner import (
    evenly_chosen,
    load_presets,
    run_interleaved,
    Score,
    Scores,
    write_all,
)
from colorize_ros.evaluation.stereo_protocol import Case, make_cases, measure, told_the_truth

if TYPE_CHECKING:
    from colorize_ros.pipelines import StereoColorizer

Rgb = NDArray[np.uint8]

PRESETS = ('robot', 'paper', 'paper-soft-argmax', 'paper-no-attention', 'paper-no-residue')
# Automatic ones of the paper's table can be given as ONNX files; the others want two images.
AUTOMATIC, BY_EXAMPLE = ('zhang', 'iizuka'), ('he', 'furusawa')
TIMING = ('ms_median is the median over the images at the size that they have, after a warm-up. '
          'The rows ceiling and true-disparity are told the truth.')
ITEMS_ON_SHEET = 9


def evaluate(
        data: Path, split: str, out: Path, *, device: str = 'auto',
        presets: Sequence[str] = PRESETS, setups: Sequence[int] = tuple(SETUPS),
        onnx: Mapping[str, Path] | None = None, limit: int | None = None) -> dict[str, Any]:
    """Measure all methods on a split, and write `results.json`, `results.md` and contact sheets.

    Args:
        data: a folder in the stereo layout, the one that holds it, or a public data set as it is
            published.
        split: which pairs, such as 'test'.
        out: where to write.
        device: of the presets: 'auto', 'cpu', 'cuda' or 'cuda:n'.
        presets: networks to load; one without weights is named in `skipped`.
        setups: of Table 2, 1 and 2.
        onnx: further methods by name, as `OnnxColorizer` takes them.
        limit: at most this many pairs, evenly spread; None for all.

    Returns:
        What `results.json` holds: `methods` (means over all pairs and setups), `groups`
        ('setup 1' and 'setup 1 <pair>', and so on), `skipped`, `timing`.

    Raises:
        DataError: no such data or split.
        ConfigurationError: a setup that is not in Table 2, or a name that is taken.
        MissingExtraError: ONNX files were given and ONNX Runtime is not installed.
        ModelError: an ONNX file is no network of the kind that is wanted.
        DeviceError: the device is not there.
    """
    unknown = [setup for setup in setups if setup not in SETUPS]
    if unknown:
        raise ConfigurationError(f'setup {unknown[0]} is not in Table 2; expected one of '
                                 f'{list(SETUPS)}')
    items = evenly_chosen(read_stereo(data, split), limit)
    scores = Scores('stereo', split, len(items), timing=TIMING)
    networks = _onnx_colorizers(onnx or {}, scores.skipped)
    colorizers = _colorizers(presets, device, scores.skipped)
    methods: dict[str, Colorize] = {**colorizers, **networks, **STEREO_BASELINES}
    sheets = {f'setup_{setup}': ContactSheet() for setup in setups}
    pictured = {item.name for item in evenly_chosen(items, ITEMS_ON_SHEET)}
    warm: set[tuple[int, ...]] = set()
    for turn, item in enumerate(track(items, 'evaluating mono and color')):
        for case in make_cases(item.load(), setups):
            _warm_up(colorizers, case.mono.shape, warm)
            colored = _measure(case, methods, turn, scores)
            if item.name in pictured:
                sheets[f'setup_{case.setup}'].add_pictures(item.name, {
                    'mono': case.mono, 'color': case.color, **colored, 'truth': case.truth})
    return write_all(scores, sheets, out)


def _onnx_colorizers(files: Mapping[str, Path], skipped: dict[str, str]
                     ) -> dict[str, OnnxColorizer]:
    taken = {*PRESETS, *STEREO_BASELINES, 'ceiling', 'true-disparity', 'true-disparity-clean'}
    for name in files:
        if name in taken:
            raise ConfigurationError(f'an ONNX network cannot be named {name!r}, as that is the '
                                     f'name of a method that is built in; give it another, such '
                                     f'as {AUTOMATIC[0]!r}')
    skipped.update({name: f'no weights shipped; an ONNX file can be given as --onnx {name}=FILE'
                    for name in AUTOMATIC})
    skipped.update(dict.fromkeys(BY_EXAMPLE, 'no weights shipped'))
    for name in files:
        skipped.pop(name, None)
    return {name: OnnxColorizer(path) for name, path in files.items()}


def _colorizers(
        presets: Sequence[str], device: str, skipped: dict[str, str]
        ) -> dict[str, StereoColorizer]:
    if not presets:
        return {}
    # Imports torch, which the baselines do without.
    from colorize_ros.pipelines import StereoColorizer
    return load_presets(
        presets, lambda preset: StereoColorizer.load(preset, device=device), skipped)


def _warm_up(colorizers: Mapping[str, StereoColorizer], shape: tuple[int, ...],
             warm: set[tuple[int, ...]]) -> None:
    """Run the networks once on the first image, and on a GPU once on each size.

    There a size's first image is slow; on a CPU it hardly is, and may take a minute.
    """
    if shape in warm:
        return
    for colorizer in colorizers.values():
        if not warm or colorizer.info.device != 'cpu':
            colorizer.warm_up(*shape)
    warm.add(shape)


def _measure(case: Case, methods: Mapping[str, Colorize], turn: int, scores: Scores
             ) -> dict[str, Rgb]:
    calls = {name: partial(colorize, case.mono, case.color) for name, colorize in methods.items()}
    outputs = run_interleaved(calls, turn)
    oracles = told_the_truth(case)
    groups = (f'setup {case.setup}', f'setup {case.setup} {case.frame.name}')
    for name, (rgb, ms) in [*outputs.items(), *((name, (rgb, None)) for name, rgb in
                                               oracles.items())]:
        scores.scores.append(Score(name, groups, measure(rgb, oracles['ceiling'], case), ms))
    return {name: rgb for name, (rgb, _) in outputs.items()}
