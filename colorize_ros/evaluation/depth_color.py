"""Evaluate color from depth: presets, ablations, rivals and hand-made colors, in one run.

Lai et al. 2020, "Colorization of Depth Map via Disentanglement", section 4, as
`depth_color_protocol` has it: each depth map as its own frame looks (reconstruction), and as five
references look (how like true pictures they are, as a set). Then `disentanglement` between these
references and five depth maps, and the flicker of clips as their first frame looks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from colorize_ros.datasets.formats import read_rgbd, RgbdSource
from colorize_ros.datasets.rgbd import RgbdFrame
from colorize_ros.errors import DataError, DepthError, ShapeError
from colorize_ros.evaluation.color_metrics import color_metrics
from colorize_ros.evaluation.contact_sheet import ContactSheet
from colorize_ros.evaluation.depth_color_clips import flicker_of_clips, TRUTH
from colorize_ros.evaluation.depth_color_methods import (
    color,
    heeds,
    load_methods,
    Method,
    remember,
)
from colorize_ros.evaluation.depth_color_protocol import (
    Case,
    choose_references,
    find_clips,
    make_case,
    MEASURED,
    REFERENCES,
    timed_case,
)
from colorize_ros.evaluation.disentanglement import disentanglement
from colorize_ros.evaluation.inception import InceptionFeatures
from colorize_ros.evaluation.likeness import Extract, Likeness, vgg_features
from colorize_ros.evaluation.runner import evenly_chosen, run_interleaved, Score, Scores, write_all
from colorize_ros.messages import depth_picture
from colorize_ros.pipelines import Appearance

Rgb = NDArray[np.uint8]
Appearances = Mapping[str, Sequence[Appearance]]

PRESETS = ('robot', 'paper', 'paper-narrow', 'paper-no-flipping', 'paper-no-time-invariance',
           'paper-no-cycle', 'paper-no-adversarial', 'paper-no-cycle-no-adversarial', 'pix2pix',
           'cyclegan', 'bicyclegan')
TIMING = ('ms_median is the median over the depth maps, each resized to 640x480, of a reference '
          'that is remembered, after a warm-up. All else is measured at 128x128.')
ITEMS_ON_SHEET = 9


def evaluate(
        data: Path, split: str, out: Path, *, device: str = 'auto',
        presets: Sequence[str] = PRESETS, limit: int | None = None, vgg: Path | None = None,
        inception: Path | None = None) -> dict[str, Any]:
    """Measure all methods on a split, and write `results.json`, `results.md` and pictures.

    The pictures are `reconstruction.png`, and for each method that looks at references
    `matrix_<method>.png`, depth maps by references as in Fig. 5.

    Args:
        data: color and depth, in any layout that `read_rgbd` reads.
        split: which pairs, such as 'test-known-place'.
        out: where to write.
        device: of the presets and of VGG: 'auto', 'cpu', 'cuda' or 'cuda:n'.
        presets: networks to load; one without weights is named in `skipped`.
        limit: at most this many pairs, evenly spread, and as many clips, no longer than that;
            None for all.
        vgg: VGG-19 as safetensors, for frechet_vgg19; without it that metric is left out.
        inception: Inception-v3 as `InceptionFeatures` takes it, for fid; likewise.

    Returns:
        What `results.json` holds: `methods` (of reconstruction the means over all pairs; the rest
        is of all together), `groups` (a source of frames each), `skipped`, `timing`.

    Raises:
        DataError: no such data or split, or none with depth.
        ModelError: `vgg` or `inception` hold something else.
        MissingExtraError: `inception` was given and ONNX Runtime is not installed.
        DeviceError: the device is not there.
    """
    items = read_rgbd(data, split)
    scores = Scores('depth-color', split, 0, timing=TIMING)
    likeness = Likeness(_features(vgg, inception, device, scores.skipped))
    chosen = _with_depth(evenly_chosen(items, limit), scores.skipped)
    scores.items = len(chosen)
    methods = load_methods(presets, device, scores.skipped)
    references = [make_case(item.load()) for item in choose_references(chosen)]
    appearances = {name: [remember(method, reference) for reference in references]
                   for name, method in methods.items()}
    pictured = {item.name for item in evenly_chosen(chosen, ITEMS_ON_SHEET)}
    sheets = {'reconstruction': ContactSheet()}
    for turn, item in enumerate(track(chosen, 'evaluating color from depth')):
        frame = item.load()
        case = make_case(frame)
        colored = {name: color(method, case, remember(method, case))
                   for name, method in methods.items()}
        truth = case.at(MEASURED).rgb
        ms = _time(methods, frame, appearances, turn)
        scores.scores += [Score(name, (item.source,), _metrics(rgb, truth), ms[name])
                          for name, rgb in colored.items()]
        _compare(case, methods, appearances, likeness)
        if item.name in pictured:
            sheets['reconstruction'].add_pictures(item.name, {**colored, 'truth': truth})
    scores.of_sets.update(likeness.distances())
    depths = [make_case(item.load()) for item in evenly_chosen(chosen, REFERENCES)]
    sheets.update(_measure_matrices(depths, references, methods, appearances, scores))
    _measure_clips(items, limit, methods, scores)
    return write_all(scores, sheets, out)


def _features(vgg: Path | None, inception: Path | None, device: str, skipped: dict[str, str]
              ) -> dict[str, Extract]:
    features = vgg_features(vgg, device, skipped)
    if inception is None:
        skipped['fid'] = 'no Inception was given; it is wanted as inception'
        return features
    return {**features, 'fid': InceptionFeatures(inception)}


def _with_depth(items: Sequence[RgbdSource], skipped: dict[str, str]) -> list[RgbdSource]:
    """Leave out the frames that no depth camera would have seen anything in."""
    chosen = []
    for item in items:
        try:
            make_case(item.load())
        except (DepthError, ShapeError) as error:
            skipped[item.name] = str(error)
        else:
            chosen.append(item)
    if not chosen:
        raise DataError(f'none of {len(items)} frames can be colored: {skipped[items[0].name]}')
    return chosen


def _metrics(rgb: Rgb, truth: Rgb) -> dict[str, float]:
    return {name: value for name, value in color_metrics(rgb, truth).items() if name != 'cosine'}


def _time(methods: Mapping[str, Method], frame: RgbdFrame, appearances: Appearances, turn: int
          ) -> dict[str, float]:
    """Give the milliseconds that each method takes for a depth map of the timed size."""
    case = timed_case(frame)
    calls = {name: partial(method, case, appearances[name][0])
             for name, method in methods.items()}
    return {name: ms for name, (_, ms) in run_interleaved(calls, turn).items()}


def _compare(case: Case, methods: Mapping[str, Method], appearances: Appearances,
             likeness: Likeness) -> None:
    """Add a depth map as each reference looks, once where that is all one, to the sets."""
    likeness.add_truth(case.at(MEASURED).rgb)
    for name, method in methods.items():
        remembered = appearances[name]
        for appearance in remembered if heeds(remembered[0]) else remembered[:1]:
            likeness.add(name, color(method, case, appearance))


def _measure_matrices(
        depths: Sequence[Case], references: Sequence[Case], methods: Mapping[str, Method],
        appearances: Appearances, scores: Scores) -> dict[str, ContactSheet]:
    """Color each depth map as each reference looks; give the pictures that differ by reference."""
    if min(len(depths), len(references)) < 2:
        scores.skipped['disentanglement'] = 'it needs two frames at least'
        return {}
    looks = [reference.at(MEASURED).rgb for reference in references]
    sheets = {}
    for name, method in methods.items():
        pictures = [[color(method, case, appearance) for appearance in appearances[name]]
                    for case in depths]
        scores.of_sets.setdefault(name, {}).update(disentanglement(pictures, looks))
        if heeds(appearances[name][0]):
            sheets[f'matrix_{name}'] = _matrix(depths, references, pictures)
    return sheets


def _matrix(depths: Sequence[Case], references: Sequence[Case],
            pictures: Sequence[Sequence[Rgb]]) -> ContactSheet:
    """Draw the references above, depth maps to the left, and the pictures of both."""
    sheet = ContactSheet()
    columns = [f'reference {i + 1}' for i in range(len(references))]
    blank = np.full((MEASURED, MEASURED, 3), 255, np.uint8)
    sheet.add_pictures('reference', {'depth': blank, **{
        column: reference.at(MEASURED).rgb for column, reference in zip(columns, references)}})
    for case, row in zip(depths, pictures):
        sheet.add_pictures(case.name, {
            'depth': depth_picture(case.at(MEASURED).depth_m), **dict(zip(columns, row))})
    return sheet


def _measure_clips(items: Sequence[RgbdSource], limit: int | None,
                   methods: Mapping[str, Method], scores: Scores) -> None:
    clips = evenly_chosen(find_clips(items), limit)
    if limit is not None:
        clips = [clip[:max(limit, 2)] for clip in clips]
    flickers = flicker_of_clips(clips, methods)
    if not flickers:
        scores.skipped['flicker_ciede2000'] = 'there are no clips of successive frames'
    for name, value in flickers.items():
        scores.of_sets.setdefault(name, {})['flicker_ciede2000'] = value
    if TRUTH in flickers:
        # It is scored in nothing else: its flicker is that of light and noise, for comparison.
        scores.scores.append(Score(TRUTH, (), {}, None))
