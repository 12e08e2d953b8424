"""What a confidence of DepthCompleter is worth: the error of the pixels that have it.

    python benchmarks/confidence.py DATA [--split test] [--json benchmarks/results/confidence.json]

DATA is a data set in the RGB-D layout; without it there is nothing to measure.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from colorize_ros.datasets.degradations import DEGRADATIONS, generator_for
from colorize_ros.datasets.hole_masks import HoleMasks
from colorize_ros.datasets.rgbd import read_items
from colorize_ros.pipelines import DepthCompleter

BOUNDS = (0.0, 0.25, 0.5, 0.75, 1.0)


def measure(data: Path, split: str) -> dict[str, Any]:
    """Sum the relative error of all hidden pixels by degradation and confidence."""
    completer = DepthCompleter.load('robot', device='cpu')
    masks = HoleMasks.from_items(read_items(data, 'train'))
    items = read_items(data, split)
    pixels = {name: np.zeros(4) for name in DEGRADATIONS}
    errors = {name: np.zeros(4) for name in DEGRADATIONS}
    for item in items:
        truth_m = item.load().depth_m
        for name, degrade in DEGRADATIONS.items():
            depth_m = degrade(truth_m, generator_for(item.name, name),
                              masks.without_scene_of(item.name))
            hidden = np.isnan(depth_m) & np.isfinite(truth_m)
            enhanced = completer(depth_m)
            relative = np.abs(enhanced.depth_m - truth_m)[hidden] / truth_m[hidden]
            confidence = enhanced.confidence[hidden]
            pixels[name] += np.histogram(confidence, BOUNDS)[0]
            errors[name] += np.histogram(confidence, BOUNDS, weights=relative)[0]
    groups = {name: {'share': (pixels[name] / pixels[name].sum()).round(4).tolist(),
                     'rel': (errors[name] / np.maximum(pixels[name], 1)).round(5).tolist()}
              for name in DEGRADATIONS}
    return {'split': split, 'items': len(items), 'confidence': BOUNDS, 'groups': groups}


def main() -> None:
    """Measure, print, and write JSON where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('data', type=Path, nargs='?')
    parser.add_argument('--split', default='test')
    parser.add_argument('--json', type=Path)
    arguments = parser.parse_args()
    if arguments.data is None:
        print('confidence: no data set was given, so nothing is measured')
        return
    results = measure(arguments.data, arguments.split)
    for name, group in results['groups'].items():
        print(f'{name:18}', '  '.join(f'{share:6.1%} rel {rel:.4f}' for share, rel in zip(
            group['share'], group['rel'])))
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=2) + '\n', encoding='utf-8')


if __name__ == '__main__':
    main()
