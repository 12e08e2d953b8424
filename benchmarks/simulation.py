"""How fast rooms are rendered: views of a data set, and moments of a drive, a minute.

A view of a data set is a color image with its depth, a near-infrared image, and a stereo pair with
its disparity; a moment of a drive is one image of each of the five sensors. Building the rooms is
counted in. Nothing else should run meanwhile.

    python benchmarks/simulation.py [--json benchmarks/results/simulation.json]
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
import tempfile
import time

from colorize_ros.simulation.dataset import simulate_dataset
from colorize_ros.simulation.pool import processors
from colorize_ros.simulation.simulate import simulate

WIDTHS = (320, 640)
SCENES, VIEWS = 4, 8
SECONDS, RATE_HZ = 3.0, 10.0


def dataset_views_a_minute(folder: Path, width: int) -> float:
    """Render a small data set."""
    start = time.perf_counter()
    simulate_dataset(folder / f'set_{width}', seeds=range(SCENES), views=VIEWS, width=width)
    return SCENES * VIEWS / (time.perf_counter() - start) * 60


def drive_moments_a_minute(folder: Path, width: int, truth_every: int) -> float:
    """Render a short drive by night."""
    start = time.perf_counter()
    simulate(folder / f'drive_{width}_{truth_every}', scene_seed=17, seconds=SECONDS,
             light='night', rate_hz=RATE_HZ, width=width, truth_every=truth_every)
    return SECONDS * RATE_HZ / (time.perf_counter() - start) * 60


def main() -> None:
    """Measure, print, and write JSON where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--json', type=Path)
    arguments = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for width in WIDTHS:
            row = {'dataset_views': dataset_views_a_minute(folder, width),
                   'drive_moments': drive_moments_a_minute(folder, width, 10_000),
                   'drive_moments_with_truth': drive_moments_a_minute(folder, width, 1)}
            rows.append({'size': f'{width}x{width * 3 // 4}',
                         **{what: round(count, 1) for what, count in row.items()}})
            print(rows[-1])
    if arguments.json:
        arguments.json.write_text(json.dumps(
            {'processors': processors(), 'rows': rows}, indent=2) + '\n', encoding='utf-8')


if __name__ == '__main__':
    main()
