"""Put what a model scored on its card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from colorize_ros.errors import ModelError
from colorize_ros.pipelines.models import installed_model, read_card, record_scores


def record_on_cards(results: Mapping[str, Any], *, some_groups: bool = False) -> list[str]:
    """Write the scores of the presets and ablations on their cards, beside their weights.

    Args:
        results: what an `evaluate` gives.
        some_groups: only some were asked for, such as one setup of stereo. Others that are on a
            card stay, if they are of the same split and as many items; the mean over all is then
            left out, as it would be one over some.

    Returns:
        The names of the cards that were written.

    Raises:
        ModelError: no preset took part.
    """
    models = {method: installed_model(method, results['task']) for method in results['methods']}
    taking_part = {method: weights for method, weights in models.items() if weights is not None}
    if not taking_part:
        raise ModelError(f'no preset took part, so no card has a score; skipped were '
                         f'{results["skipped"]}')
    for method, weights in taking_part.items():
        groups = {name: group['methods'][method] for name, group in results['groups'].items()}
        whole = {'all': results['methods'][method]}
        if some_groups:
            kept = _groups_of_same_items(read_card(weights).get('scores', {}), results)
            whole = whole if kept.keys() <= groups.keys() else {}
            groups = {**kept, **groups}
        record_scores(weights, {
            'split': results['split'], 'items': results['items'], **whole, **groups})
    return [weights.with_suffix('.yaml').name for weights in taking_part.values()]


def _groups_of_same_items(scores: Mapping[str, Any], results: Mapping[str, Any]) -> dict[str, Any]:
    told = ('split', 'items')
    if any(scores.get(key) != results[key] for key in told):
        return {}
    return {name: score for name, score in scores.items() if name not in (*told, 'all')}
