"""Put what a preset scored on its model card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from colorize_ros.errors import ModelError
from colorize_ros.pipelines.models import find_model, PRESETS, record_scores


def record_on_cards(results: Mapping[str, Any]) -> list[str]:
    """Write the scores of the presets that took part on their cards, beside their weights.

    Args:
        results: what an `evaluate` gives.

    Returns:
        The names of the cards that were written.

    Raises:
        ModelError: no preset took part.
    """
    presets = [preset for preset in PRESETS if preset in results['methods']]
    if not presets:
        raise ModelError(f'no preset took part, so no card has a score; skipped were '
                         f'{results["skipped"]}')
    written = []
    for preset in presets:
        weights = find_model(preset, results['task'])
        scores = {name: group['methods'][preset] for name, group in results['groups'].items()}
        record_scores(weights, {
            'split': results['split'], 'items': results['items'],
            'all': results['methods'][preset], **scores})
        written.append(weights.with_suffix('.yaml').name)
    return written
