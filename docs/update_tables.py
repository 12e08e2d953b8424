"""Write what is generated in README.md and the YAML: parameters, and what was measured.

make tables runs it; test/test_docs.py holds the files to it. Parameters come from their
dataclasses, measurements from benchmarks/results.
"""

from collections.abc import Mapping
import json
from pathlib import Path
from typing import Any

from colorize_ros.evaluation.tables import table_of_groups, table_of_methods
from colorize_ros.nodes.depth_enhancer import DepthEnhancerParameters
from colorize_ros.nodes.nir_colorizer import NirColorizerParameters
from colorize_ros.nodes.parameters import NodeParameters, render_table, render_yaml

NODES: Mapping[str, type[NodeParameters]] = {
    'depth_enhancer': DepthEnhancerParameters,
    'nir_colorizer': NirColorizerParameters,
}
REPOSITORY = Path(__file__).resolve().parent.parent
README = REPOSITORY / 'README.md'
YAML = REPOSITORY / 'config' / 'night_vision.yaml'
RESULTS = REPOSITORY / 'benchmarks' / 'results'
# A task's metrics that get a table of all groups.
METRICS = {'depth-completion': ('rmse_m', 'rel'), 'depth-super-resolution': ('rmse_px',)}


def with_tables(readme: str) -> str:
    """Return the README's text with each table between its markers."""
    for name, parameters in NODES.items():
        readme = _between(readme, f'parameters:{name}', render_table(parameters))
    for task in METRICS:
        results = json.loads((RESULTS / f'{task}.json').read_text(encoding='utf-8'))
        readme = _between(readme, f'results:{task}', render_results(results))
    confidence = json.loads((RESULTS / 'confidence.json').read_text(encoding='utf-8'))
    readme = _between(readme, 'results:confidence', render_confidence(confidence))
    latency = json.loads((RESULTS / 'latency.json').read_text(encoding='utf-8'))
    return _between(readme, 'results:latency', render_latency(latency))


def render_results(results: Mapping[str, Any]) -> str:
    """Return the tables of one `results.json`: all methods, and each metric by group."""
    parts = [f'{results["task"]}, split `{results["split"]}`, {results["items"]} items. '
             f'{results["timing"]}', '', table_of_methods(results['methods'])]
    for metric in METRICS[results['task']]:
        parts += ['', table_of_groups(results, metric)]
    return '\n'.join(part.rstrip('\n') for part in parts) + '\n'


def render_latency(latency: Mapping[str, Any]) -> str:
    """Return the table of latencies through DDS."""
    rows = [f'| {run["what"]} | {run["frames_in"]} | {run["frames_out"]} | '
            f'{run["latency_ms_median"]:.0f} | {run["latency_ms_p99"]:.0f} |\n'
            for run in latency['runs']]
    return (f'{latency["how"]}\n\n| bag | frames in | frames out | ms median | ms p99 |\n'
            f'| --- | ---: | ---: | ---: | ---: |\n{"".join(rows)}')


def render_confidence(results: Mapping[str, Any]) -> str:
    """Return the table of relative errors by confidence, each with its share of the pixels."""
    bounds = results['confidence']
    header = ' | '.join(f'{low:g} to {high:g}' for low, high in zip(bounds, bounds[1:]))
    rows = ''.join(
        f'| {name} | ' + ' | '.join(f'{rel:.4f} ({share:.0%})' for share, rel in zip(
            group['share'], group['rel'])) + ' |\n'
        for name, group in results['groups'].items())
    return (f'Relative error of hidden pixels by confidence (and their share), split '
            f'`{results["split"]}`, {results["items"]} items.\n\n| rel | {header} |\n'
            f'| --- | {" | ".join(["---:"] * (len(bounds) - 1))} |\n{rows}')


def _between(text: str, name: str, content: str) -> str:
    before, begin, rest = text.partition(f'<!-- {name} -->\n')
    _, end, after = rest.partition(f'<!-- /{name} -->')
    if not end:
        raise SystemExit(f'README.md lacks the markers {name}; give it a section')
    return before + begin + content + end + after


if __name__ == '__main__':
    README.write_text(with_tables(README.read_text(encoding='utf-8')), encoding='utf-8')
    YAML.write_text(render_yaml(NODES), encoding='utf-8')
