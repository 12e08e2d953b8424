"""Put what a model scored on its card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from colorize_ros.errors import ModelError
from colorize_ros.pipelines.models import installed_model, record_scores


def record_on_cards(results: Mapping[str, Any]) -> list[str]:
    """Write the scores of the presets and ablations on their cards, beside their weights.

    Args:
        results: what an `evaluate` gives.

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
        scores = {name: group['methods'][method] for name, group in results['groups'].items()}
        record_scores(weights, {
            'split': results['split'], 'items': results['items'],
            'all': results['methods'][method], **scores})
    return [weights.with_suffix('.yaml').name for weights in taking_part.values()]
