"""Evaluate whether a detector finds in colorized images what it finds in photos.

Lai et al. 2020, "Colorization of Depth Map via Disentanglement", section 4.4 and Table 3: what a
YOLO finds in the photo is the truth for what is made of near infrared or depth.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import track

from colorize_ros.detection import Consistency, Detector, match, Matches, summarize
from colorize_ros.detection.class_names import choose_classes
from colorize_ros.detection.overlay import draw, EXTRA, Half
from colorize_ros.evaluation.consistency_sources import Example, open_sources, Source
from colorize_ros.evaluation.contact_sheet import CELL_WIDTH_PX, ContactSheet
from colorize_ros.evaluation.runner import evenly_chosen
from colorize_ros.evaluation.tables import table_of_classes, table_of_methods

TRUTH_SCORE = 0.3
"""From which on a box in the photo is a truth; precision, recall and F1 count from it too."""
FOUND_SCORE = 0.01
"""From which on a box counts for average precision, which looks at all scores."""
LEAST_TRUTHS = 5
"""Of a class that counts for the mean average precision."""
ITEMS_ON_SHEET = 9
FIGURES = ('precision', 'recall', 'f1', 'count_agreement', 'mean_iou', 'score_difference')


def evaluate(
        data: Path, split: str, out: Path, *, device: str = 'auto', limit: int | None = None,
        detector: Path | None = None, classes: Sequence[str] = ('coco',)) -> dict[str, Any]:
    """Measure all methods, and write `results.json`, `results.md` and contact sheets.

    These are `nir.png` and `depth.png`, with what is found: green what the photo shows too.

    Args:
        data: a folder in the nir layout, one that `read_rgbd` reads, or one that holds both.
        split: which items, such as 'test'.
        out: where to write.
        device: of detector and networks: 'auto', 'cpu', 'cuda' or 'cuda:n'.
        limit: at most so many items, evenly spread; None for all.
        detector: an ONNX file; None is the one that `colorize-ros get-detector` gets.
        classes: those that count, as `detection.compare` takes them.

    Returns:
        What `results.json` holds. `methods`: `ap` is the mean over the classes with at least
        LEAST_TRUTHS truths, `ap_all_classes` over all that have one. `groups`: a class each, its
        `items` the number of truths. Where there is near infrared and depth, names of methods
        and groups begin with which.

    Raises:
        DataError: no such data or split.
        ModelError: no detector.
        ConfigurationError: a class that the detector does not know.
        DeviceError: the device is not there.
    """
    eyes = Detector.load(detector, device=device, score_threshold=FOUND_SCORE)
    choose_classes(classes, eyes.class_names)
    skipped: dict[str, str] = {}
    sources = open_sources(data, split, device=device, limit=limit, skipped=skipped)
    sheets = {source.name: ContactSheet() for source in sources}
    tables = [_measure(source, eyes, classes, sheets[source.name]) for source in sources]
    results: dict[str, Any] = {
        'task': 'consistency', 'split': split, 'items': sum(table.items for table in tables),
        'methods': {}, 'groups': {}, 'skipped': skipped, 'timing': '',
        'detector': {'name': eyes.info.name, 'sha256': eyes.info.sha256, 'kind': eyes.info.kind},
        'truths_score_at_least': TRUTH_SCORE, 'least_truths': LEAST_TRUTHS}
    for table in tables:
        before = f'{table.source}-' if len(tables) > 1 else ''
        results['methods'].update(table.methods(before))
        results['groups'].update(table.groups(before))
    out.mkdir(parents=True, exist_ok=True)
    (out / 'results.json').write_text(json.dumps(results, indent=2) + '\n', encoding='utf-8')
    (out / 'results.md').write_text(markdown(results), encoding='utf-8')
    for name, sheet in sheets.items():
        sheet.save(out / f'{name}.png')
    return results


def markdown(results: Mapping[str, Any]) -> str:
    """Write the results as Table 3 of the paper, and what else was measured."""
    name = results['detector']['name']
    parts = [f'# consistency of what {name} finds, split {results["split"]}, '
             f'{results["items"]} items', '',
             f'What it finds in the photo, scoring at least {results["truths_score_at_least"]:g}, '
             f'is the truth. `ap` is the mean over classes with at least '
             f'{results["least_truths"]} truths.', '', table_of_methods(results['methods']),
             '## average precision of each class (and its truths)', '',
             table_of_classes(results, 'ap')]
    if results['skipped']:
        parts += ['## skipped', '',
                  *(f'- {each}: {reason}' for each, reason in results['skipped'].items()), '']
    return '\n'.join(parts)


@dataclass
class _Table:
    """What one source's methods have scored."""

    source: str
    class_names: Sequence[str]
    classes: Sequence[str]
    items: int = 0
    # What is found in the photo, matched with itself: it counts the truths.
    photos: list[Matches] = field(default_factory=list)
    ranked: dict[str, list[Matches]] = field(default_factory=dict)
    sure: dict[str, list[Matches]] = field(default_factory=dict)

    def methods(self, before: str) -> dict[str, dict[str, float | None]]:
        """The scores of each method."""
        truths = self._truths()
        made = {}
        for name, matches in self.ranked.items():
            ap, sure = self._summary(matches).ap, self._summary(self.sure[name])
            made[before + name] = {
                'ap': _mean([ap[one] for one, count in truths.items() if count >= LEAST_TRUTHS]),
                'ap_all_classes': _mean([ap[one] for one in truths]),
                **{figure: _known(getattr(sure, figure)) for figure in FIGURES}}
        return made

    def groups(self, before: str) -> dict[str, dict[str, Any]]:
        """The average precision of each class, of those that have truths the most first."""
        ap = {name: self._summary(matches).ap for name, matches in self.ranked.items()}
        return {before + one: {'items': count, 'methods': {
            before + name: {'ap': _known(ap[name][one])} for name in ap}}
            for one, count in sorted(self._truths().items(), key=lambda each: -each[1])}

    def _truths(self) -> dict[str, int]:
        counted = self._summary(self.photos).truths
        return {name: count for name, count in counted.items() if count}

    def _summary(self, matches: Sequence[Matches]) -> Consistency:
        return summarize(matches, self.class_names, self.classes)


def _measure(source: Source, eyes: Detector, classes: Sequence[str], sheet: ContactSheet
             ) -> _Table:
    table = _Table(source.name, eyes.class_names, classes)
    pictured = set(evenly_chosen(range(source.items), ITEMS_ON_SHEET))
    for place, example in enumerate(track(
            source.examples(), f'looking at what is made of {source.name}', source.items)):
        _look(example, eyes, table)
        if place in pictured:
            sheet.add_pictures(example.name, _drawn(example, table, eyes.class_names))
    return table


def _look(example: Example, eyes: Detector, table: _Table) -> None:
    truth = eyes(example.photo).above(TRUTH_SCORE)
    table.items += 1
    table.photos.append(match(truth, truth))
    for name, pictures in example.pictures.items():
        for picture in pictures:
            found = eyes(picture)
            table.ranked.setdefault(name, []).append(match(truth, found))
            table.sure.setdefault(name, []).append(match(truth, found.above(TRUTH_SCORE)))


def _drawn(example: Example, table: _Table, class_names: Sequence[str]
           ) -> dict[str, np.ndarray[Any, np.dtype[np.uint8]]]:
    """Draw the boxes of the last example, of each method's first picture."""
    height = round(example.photo.shape[0] * CELL_WIDTH_PX / example.photo.shape[1])
    photo = table.photos[-1]
    halves = {'photo': Half(example.photo, photo.truth, photo.matched, EXTRA, 'photo')}
    for name, pictures in example.pictures.items():
        matches = table.sure[name][-len(pictures)]
        halves[name] = Half(pictures[0], matches.found, matches.matched, EXTRA, name)
    return {name: draw(half, class_names, height) for name, half in halves.items()}


def _mean(values: Sequence[float]) -> float | None:
    return round(float(np.mean(values)), 6) if values else None


def _known(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 6)
