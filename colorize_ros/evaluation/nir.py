"""Evaluate near infrared to color: presets, ablation and baselines on the same pairs, in one run.

Methods see the near-infrared image alone. Pairs whose two images may lie pixels apart, or were
taken at different times of day, are not measured on; of a split of nothing else, such as `look`,
there is a contact sheet alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from colorize_ros.datasets import nir, rgb_nir
from colorize_ros.datasets.nir import NirFrame, NirItem
from colorize_ros.errors import DataError
from colorize_ros.evaluation.baselines_nir import Colorize, fit_baselines, gray_copy
from colorize_ros.evaluation.color_metrics import color_metrics
from colorize_ros.evaluation.contact_sheet import ContactSheet
from colorize_ros.evaluation.likeness import Likeness, vgg_features
from colorize_ros.evaluation.runner import (
    evenly_chosen,
    load_presets,
    run_interleaved,
    Score,
    Scores,
    write_all,
)

if TYPE_CHECKING:
    from colorize_ros.pipelines import NirColorizer

Rgb = NDArray[np.uint8]

LOOK = 'look'
TIMED_SHAPE = (480, 640)
TIMING = ('ms_median is the median over the near-infrared images, each resized to 640x480, after '
          'a warm-up.')
ITEMS_ON_SHEET = 9


def evaluate(
        data: Path, split: str, out: Path, *, device: str = 'auto',
        presets: Sequence[str] = ('robot', 'paper', 'paper-no-edgenet'), limit: int | None = None,
        vgg: Path | None = None) -> dict[str, Any]:
    """Measure all methods on a split, and write `results.json`, `results.md` and a contact sheet.

    Args:
        data: a folder in the nir layout, the one that holds it, or the EPFL RGB-NIR Scene Dataset
            as it is published. `regression` and `histogram` are fitted to its train split, less
            what they are measured on.
        split: which pairs, such as 'test'; 'look' is looked at, not measured on.
        out: where to write.
        device: of the presets and of VGG: 'auto', 'cpu', 'cuda' or 'cuda:n'.
        presets: networks to load; one without weights is named in `skipped`.
        limit: at most this many pairs, evenly spread; None for all.
        vgg: VGG-19 as safetensors, for frechet_vgg19; without it that metric is left out.

    Returns:
        What `results.json` holds: `methods` (means over all pairs; frechet_vgg19 is of all of
        them together), `groups` (a scene's kind each), `skipped`, `timing`.

    Raises:
        DataError: no such data or split.
        ModelError: `vgg` does not hold VGG-19.
        DeviceError: the device is not there.
    """
    items = read_pairs(data, split)
    registered = [item for item in items if not item.suspect and split != LOOK]
    chosen = evenly_chosen(registered or items, limit)
    scores = Scores('nir', split, len(chosen), timing=TIMING if registered else '')
    scores.skipped.update({item.name: 'its two images may lie two pixels or more apart'
                           for item in items if registered and item.suspect})
    likeness = Likeness(vgg_features(vgg, device, scores.skipped) if registered else {})
    methods = load_methods(presets, device, learnable(data, chosen), scores.skipped)
    pictured = {item.name for item in evenly_chosen(chosen, ITEMS_ON_SHEET)}
    sheet = ContactSheet()
    for turn, item in enumerate(track(chosen, 'evaluating near infrared to color')):
        frame = item.load()
        colored = {name: colorize(frame.nir) for name, colorize in methods.items()}
        if registered:
            _measure(frame, colored, _time(methods, frame.nir, turn), scores)
            likeness.add_truth(frame.rgb)
            for name, rgb in colored.items():
                likeness.add(name, rgb)
        if item.name in pictured:
            sheet.add_pictures(item.name, {'near infrared': frame.nir, **colored, (
                'truth' if registered else 'color photo'): frame.rgb})
    scores.of_sets.update(likeness.distances())
    return write_all(scores, {'contact_sheet': sheet}, out)


def read_pairs(data: Path, split: str) -> list[NirItem]:
    """List the pairs of a split, of the EPFL data set as published or of the nir layout.

    Raises:
        DataError: no such data or split.
    """
    if rgb_nir.is_here(data):
        return rgb_nir.read_items(data, split)
    return nir.read_items(data, split)


def learnable(data: Path, measured: Sequence[NirItem]) -> list[NirItem]:
    """List what the baselines may be fitted to; nothing where there is no train split."""
    names = {item.name for item in measured}
    try:
        pairs = read_pairs(data, 'train')
    except DataError:
        return []
    return [item for item in pairs if item.name not in names and not item.suspect]


def load_methods(presets: Sequence[str], device: str, train: Sequence[NirItem],
                 skipped: dict[str, str]) -> dict[str, Colorize]:
    """Load the presets that have weights, warm, and add the baselines.

    Args:
        presets: networks to load.
        device: where they run.
        train: pairs that `regression` and `histogram` are fitted to.
        skipped: gets what is left out, and why.

    Raises:
        DeviceError: the device is not there.
    """
    methods: dict[str, Colorize] = {**_colorizers(presets, device, skipped),
                                    'gray-copy': gray_copy}
    try:
        methods.update(fit_baselines(train))
    except DataError as error:
        skipped['regression, histogram'] = str(error)
    return methods


def _colorizers(
        presets: Sequence[str], device: str, skipped: dict[str, str]) -> dict[str, NirColorizer]:
    if not presets:
        return {}
    # Imports torch, which the baselines do without.
    from colorize_ros.pipelines import NirColorizer
    colorizers = load_presets(
        presets, lambda preset: NirColorizer.load(preset, device=device), skipped)
    for colorizer in colorizers.values():
        colorizer.warm_up(*TIMED_SHAPE)
    return colorizers


def _time(methods: dict[str, Colorize], levels: NDArray[np.uint8], turn: int) -> dict[str, float]:
    """Give the milliseconds that each method takes for an image of the timed size."""
    height, width = TIMED_SHAPE
    resized = cv2.resize(levels, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8)
    calls = {name: partial(colorize, resized) for name, colorize in methods.items()}
    return {name: ms for name, (_, ms) in run_interleaved(calls, turn).items()}


def _measure(frame: NirFrame, colored: dict[str, Rgb], ms: dict[str, float], scores: Scores
             ) -> None:
    kind = PurePosixPath(frame.name).parent.name or frame.name
    scores.scores += [Score(name, (kind,), color_metrics(rgb, frame.rgb), ms[name])
                      for name, rgb in colored.items()]
