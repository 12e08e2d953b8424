"""How long a depth image takes through DDS, depth_enhancer, and DDS again.

Plays bags as `make demo` does: node, player and recorder are processes of their own. The node is
alone, and nothing else should run meanwhile.

    python benchmarks/latency.py [BAG ...] [--json benchmarks/results/latency.json]
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
import tempfile
from typing import Any

from colorize_ros.evaluation.demo import DEMO_BAG, run_demo
from colorize_ros.evaluation.demo_stations import STATIONS

NODE = 'depth_enhancer'
HOW = ('From the publishing of a depth image to the arrival of its completion in a third '
       'process, best-effort in, reliable out, 640x480; {processors} processors, {device}.')


def measure(bag: Path) -> dict[str, Any]:
    """Play one bag and sum up what its report says."""
    with tempfile.TemporaryDirectory() as out:
        run_demo(bag, Path(out), stations=[
            station for station in STATIONS if station.name == NODE])
        results = json.loads((Path(out) / 'results.json').read_text(encoding='utf-8'))
    node = results['nodes'][NODE]
    facts = node['model_facts']
    return {'what': results['bag'], 'frames_in': node['frames_in'],
            'frames_out': node['frames_out'],
            'latency_ms_median': round(node['latency_median_ms'], 1),
            'latency_ms_p99': round(node['latency_p99_ms'], 1),
            'device': ' '.join(str(facts[key]) for key in ('device', 'precision') if key in facts)}


def main() -> None:
    """Measure, print, and write JSON where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('bags', nargs='*', type=Path, default=[DEMO_BAG])
    parser.add_argument('--json', type=Path)
    arguments = parser.parse_args()
    runs = [measure(bag) for bag in arguments.bags]
    for run in runs:
        print(f'{run["what"]:24} {run["frames_out"]:4} of {run["frames_in"]:4} frames, median '
              f'{run["latency_ms_median"]:6.1f} ms, p99 {run["latency_ms_p99"]:6.1f} ms')
    if arguments.json:
        how = HOW.format(processors=os.cpu_count(), device=runs[0]['device'])
        arguments.json.write_text(json.dumps({'how': how, 'runs': runs}, indent=2) + '\n',
                                  encoding='utf-8')


if __name__ == '__main__':
    main()
