"""Markdown tables of `results.json`, for the README, the docs and `results.md`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

# Of all others, less is better.
MORE_IS_BETTER = ('psnr_db', 'ssim', 'delta1', 'ap', 'cosine', 'edge_sharpness',
                  'occluded_psnr_db', 'occluded_ssim', 'ap_all_classes', 'precision', 'recall',
                  'f1', 'count_agreement', 'mean_iou')
DIGITS = {'psnr_db': 2, 'ms_median': 1, 'rmse_px': 2, 'mae_px': 3, 'ciede2000': 2,
          'frechet_vgg19': 2, 'fid': 2, 'flicker_ciede2000': 2, 'change_by_reference': 2,
          'change_by_depth': 2, 'palette_error': 2, 'occluded_psnr_db': 2, 'occluded_ciede2000': 2,
          'ap': 3, 'ap_all_classes': 3, 'precision': 3, 'recall': 3, 'f1': 3,
          'count_agreement': 3, 'mean_iou': 3, 'score_difference': 3}
DEFAULT_DIGITS = 4
# Of what an error consists: none is better.
SHARES = ('share_mono_noise', 'share_out_of_frame', 'share_hidden', 'share_elsewhere')
# What a picture keeps and what it changes with: what ignores its inputs keeps all of it. The last
# one has a sign.
CHANGES = ('change_by_reference', 'change_by_depth', 'structure_kept', 'score_difference')
# They know what no method can, so they take no part.
TOLD_THE_TRUTH = ('ceiling', 'true-disparity', 'true-disparity-clean', 'truth', 'ill-lit')


def table_of_methods(methods: Mapping[str, Mapping[str, float | None]]) -> str:
    """Write a row a method and a column a metric, the best of each column bold.

    Args:
        methods: `results['methods']`, or that of a group.
    """
    metrics = list(dict.fromkeys(metric for scores in methods.values() for metric in scores))
    rows = {name: [scores.get(metric) for metric in metrics] for name, scores in methods.items()}
    best = [_best(metric, {name: row[i] for name, row in rows.items()})
            for i, metric in enumerate(metrics)]
    body = [
        [name, *(_cell(metric, value, value == wins)
                 for metric, value, wins in zip(metrics, row, best))]
        for name, row in rows.items()]
    return _table(['method', *metrics], body)


def table_of_groups(results: Mapping[str, Any], metric: str) -> str:
    """Write a row a group and a column a method for one metric, the best of each row bold."""
    methods = [method for method, scores in results['methods'].items() if metric in scores]
    body = []
    for group, content in results['groups'].items():
        values = {method: content['methods'].get(method, {}).get(metric) for method in methods}
        wins = _best(metric, values)
        body.append([group, str(content['items']),
                     *(_cell(metric, value, value == wins) for value in values.values())])
    return _table([metric, 'items', *methods], body)


def table_of_classes(results: Mapping[str, Any], metric: str) -> str:
    """Write a row a method and a column a group, with its items, the best of each column bold."""
    groups = results['groups']
    values = {group: {method: scores.get(metric) for method, scores in content['methods'].items()}
              for group, content in groups.items()}
    best = {group: _best(metric, column) for group, column in values.items()}
    body = [[method, *(_cell(metric, column.get(method), column.get(method) == best[group])
                       for group, column in values.items())] for method in results['methods']]
    return _table(['method', *(f'{group} ({content["items"]})'
                               for group, content in groups.items())], body)


def markdown(results: Mapping[str, Any]) -> str:
    """Write all of the results: a table over all, and one a group."""
    parts = [f'# {results["task"]}, split {results["split"]}, {results["items"]} items', '']
    if results.get('timing'):
        parts += [results['timing'], '']
    parts += ['## all', '', table_of_methods(results['methods'])]
    for group, content in results['groups'].items():
        parts += [f'## {group} ({content["items"]})', '', table_of_methods(content['methods'])]
    if results.get('skipped'):
        parts += ['## skipped', '',
                  *(f'- {name}: {reason}' for name, reason in results['skipped'].items()), '']
    return '\n'.join(parts)


def _best(metric: str, values: Mapping[str, float | None]) -> float | None:
    present = [value for method, value in values.items()
               if value is not None and method not in TOLD_THE_TRUTH]
    if not present or metric in (*SHARES, *CHANGES):
        return None
    return max(present) if metric in MORE_IS_BETTER else min(present)


def _cell(metric: str, value: float | None, best: bool) -> str:
    if value is None:
        return '-'
    text = f'{value:.{DIGITS.get(metric, DEFAULT_DIGITS)}f}'
    return f'**{text}**' if best else text


def _table(header: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    ruler = ['---', *('---:' for _ in header[1:])]
    return ''.join(f'| {" | ".join(row)} |\n' for row in (header, ruler, *body))
