"""Run methods side by side on the same items, and write what they scored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
import json
from pathlib import Path
import time
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from colorize_ros.errors import MissingModelError, ModelError
from colorize_ros.evaluation.contact_sheet import ContactSheet
from colorize_ros.evaluation.tables import markdown

Output = TypeVar('Output', bound=NDArray[Any])
Chosen = TypeVar('Chosen')
Loaded = TypeVar('Loaded')


@dataclass(frozen=True)
class Score:
    """What one method scored on one item under one degradation or scale.

    Attributes:
        groups: the groups that it counts for, besides all.
        ms: how long it took; None where it is not to be counted, such as on a frame of odd size.
    """

    method: str
    groups: tuple[str, ...]
    metrics: Mapping[str, float]
    ms: float | None


@dataclass
class Scores:
    """The scores of a run.

    Attributes:
        skipped: what was left out, and why.
        of_sets: metrics of all items together, by method; groups have none.
    """

    task: str
    split: str
    items: int
    scores: list[Score] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    timing: str = ''
    of_sets: dict[str, dict[str, float]] = field(default_factory=dict)

    def results(self) -> dict[str, Any]:
        """Sum up: means over items, the median of times; for all and for each group."""
        # Every score's first group, then every score's second one.
        levels = {group: level for score in self.scores
                  for level, group in enumerate(score.groups)}
        names = sorted(levels, key=lambda group: levels[group])
        groups = {}
        for name in names:
            members = [score for score in self.scores if name in score.groups]
            methods = _summary(members, {})
            first = members[0].method
            groups[name] = {'items': sum(score.method == first for score in members),
                            'methods': methods}
        return {
            'task': self.task, 'split': self.split, 'items': self.items,
            'methods': _summary(self.scores, self.of_sets), 'groups': groups,
            'skipped': self.skipped, 'timing': self.timing,
        }


def write_all(scores: Scores, sheets: Mapping[str, ContactSheet], out: Path) -> dict[str, Any]:
    """Write `results.json`, `results.md` and `<name>.png` for each sheet; give the results."""
    out.mkdir(parents=True, exist_ok=True)
    results = scores.results()
    (out / 'results.json').write_text(json.dumps(results, indent=2) + '\n', encoding='utf-8')
    (out / 'results.md').write_text(markdown(results), encoding='utf-8')
    for name, sheet in sheets.items():
        sheet.save(out / f'{name}.png')
    return results


def run_interleaved(
        methods: Mapping[str, Callable[[], Output]], turn: int) -> dict[str, tuple[Output, float]]:
    """Run each method once, starting with another one each turn, and time it.

    So that a busy spell of the machine or a warm cache favors none of them.

    Returns:
        (output, milliseconds) by method, in the order of `methods`.
    """
    names = list(methods)
    start = turn % max(len(names), 1)
    outputs = {}
    for name in names[start:] + names[:start]:
        begin = time.perf_counter()
        output = methods[name]()
        outputs[name] = (output, 1e3 * (time.perf_counter() - begin))
    return {name: outputs[name] for name in names}


def evenly_chosen(items: Sequence[Chosen], count: int | None) -> list[Chosen]:
    """Choose at most `count` items, evenly spread over their order; all where it is None."""
    if count is None or count >= len(items):
        return list(items)
    return [items[i] for i in np.linspace(0, len(items) - 1, count).round().astype(int)]


def load_presets(
        presets: Iterable[str], load: Callable[[str], Loaded],
        skipped: dict[str, str]) -> dict[str, Loaded]:
    """Load the presets that have weights; the others go to `skipped` with the reason.

    What is not installed is named without the folders that were searched: results are published.
    """
    loaded = {}
    for preset in presets:
        try:
            loaded[preset] = load(preset)
        except MissingModelError:
            skipped[preset] = 'its weights are not installed'
        except ModelError as error:
            skipped[preset] = str(error)
    return loaded


def _summary(scores: list[Score], of_sets: Mapping[str, Mapping[str, float]]
             ) -> dict[str, dict[str, float | None]]:
    methods: dict[str, dict[str, float | None]] = {}
    for method in dict.fromkeys(score.method for score in scores):
        members = [score for score in scores if score.method == method]
        # An item may lack a metric, such as one of pixels that it has none of.
        names = dict.fromkeys(metric for score in members for metric in score.metrics)
        means: dict[str, float | None] = {
            metric: round(float(np.mean([score.metrics[metric] for score in members
                                         if metric in score.metrics])), 6)
            for metric in names}
        means.update({metric: round(value, 6)
                      for metric, value in of_sets.get(method, {}).items()})
        times = [score.ms for score in members if score.ms is not None]
        means['ms_median'] = round(float(np.median(times)), 3) if times else None
        methods[method] = means
    return methods
