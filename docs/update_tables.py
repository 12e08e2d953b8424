"""Write what is generated in README.md, docs and the YAML: parameters, and what was measured.

make tables runs it; test/test_docs.py holds the files to it. Parameters come from their
dataclasses, measurements from benchmarks/results.
"""

from collections.abc import Callable, Mapping
import json
from pathlib import Path
from typing import Any

from colorize_ros.evaluation.tables import (
    SHARES,
    table_of_classes,
    table_of_groups,
    table_of_methods,
)
from colorize_ros.nodes.consistency_monitor import ConsistencyMonitorParameters
from colorize_ros.nodes.depth_colorizer import DepthColorizerParameters
from colorize_ros.nodes.depth_enhancer import DepthEnhancerParameters
from colorize_ros.nodes.nir_colorizer import NirColorizerParameters
from colorize_ros.nodes.parameters import NodeParameters, render_table, render_yaml
from colorize_ros.nodes.stereo_colorizer import StereoColorizerParameters

NODES: Mapping[str, type[NodeParameters]] = {
    'depth_enhancer': DepthEnhancerParameters,
    'nir_colorizer': NirColorizerParameters,
    'stereo_colorizer': StereoColorizerParameters,
    'depth_colorizer': DepthColorizerParameters,
    'consistency_monitor': ConsistencyMonitorParameters,
}
REPOSITORY = Path(__file__).resolve().parent.parent
YAML = REPOSITORY / 'config' / 'night_vision.yaml'
RESULTS = REPOSITORY / 'benchmarks' / 'results'
# A task's metrics that get a table of all groups.
METRICS = {'depth-completion': ('rmse_m', 'rel'), 'depth-super-resolution': ('rmse_px',),
           'nir': ('psnr_db', 'edge_sharpness'), 'stereo': ('psnr_db', 'occluded_psnr_db'),
           'depth-color': ('psnr_db',)}
STEREO_METRICS = ('psnr_db', 'ssim', 'ciede2000', 'occluded_psnr_db', 'occluded_ssim',
                  'occluded_ciede2000', 'ms_median')


def with_tables(readme: str) -> str:
    """Return the README's text with each table between its markers."""
    for name, parameters in NODES.items():
        readme = _between(readme, f'parameters:{name}', render_table(parameters))
    readme = _with_results(readme, 'depth-completion', render_results)
    readme = _with_results(readme, 'depth-super-resolution', render_results)
    readme = _with_results(readme, 'confidence', render_confidence)
    return _with_results(readme, 'latency', render_latency)


def with_simulation(page: str) -> str:
    """Return the page on simulation with how fast and how real it is between its markers."""
    page = _with_results(page, 'simulation', render_speed)
    return _with_results(page, 'kinect_realism', render_realism)


def with_nir(page: str) -> str:
    """Return the page on near infrared with what was measured between its markers."""
    page = _with_results(page, 'nir', render_results)
    return _with_results(page, 'nir_flicker', render_flicker)


def with_stereo(page: str) -> str:
    """Return the page on two lenses with what was measured between its markers."""
    return _with_results(page, 'stereo', render_stereo)


def with_depth_color(page: str) -> str:
    """Return the page on color from depth with what was measured between its markers."""
    page = _with_results(page, 'depth-color', render_results)
    return _with_results(page, 'depth-color-known-place', render_results)


def with_consistency(page: str) -> str:
    """Return the page on consistency with what was measured between its markers."""
    page = _with_results(page, 'consistency-nir', render_consistency)
    return _with_results(page, 'consistency-depth', render_consistency)


PAGES: Mapping[Path, Callable[[str], str]] = {
    REPOSITORY / 'README.md': with_tables,
    REPOSITORY / 'docs' / 'simulation.md': with_simulation,
    REPOSITORY / 'docs' / 'nir.md': with_nir,
    REPOSITORY / 'docs' / 'stereo.md': with_stereo,
    REPOSITORY / 'docs' / 'depth_color.md': with_depth_color,
    REPOSITORY / 'docs' / 'consistency.md': with_consistency,
}


def render_results(results: Mapping[str, Any]) -> str:
    """Return the tables of one `results.json`: all methods, and each metric by group."""
    parts = [f'{results["task"]}, split `{results["split"]}`, {results["items"]} items. '
             f'{results["timing"]}', '', table_of_methods(results['methods'])]
    for metric in METRICS[results['task']]:
        parts += ['', table_of_groups(results, metric)]
    return '\n'.join(part.rstrip('\n') for part in parts) + '\n'


def render_stereo(results: Mapping[str, Any]) -> str:
    """Return a table of methods for each setup, what their errors consist of, and each image."""
    parts = [f'{results["task"]}, split `{results["split"]}`, {results["items"]} pairs in each '
             f'setup. {results["timing"]}']
    setups = [group for group in results['groups'] if group in ('setup 1', 'setup 2')]
    for wanted in (STEREO_METRICS, SHARES):
        for setup in setups:
            methods = {name: {metric: scores.get(metric) for metric in wanted} for name, scores
                       in results['groups'][setup]['methods'].items()}
            parts += ['', f'{setup.capitalize()}:', '', table_of_methods(methods)]
    for metric in METRICS['stereo']:
        parts += ['', table_of_groups(results, metric)]
    return '\n'.join(part.rstrip('\n') for part in parts) + '\n'


def render_consistency(results: Mapping[str, Any]) -> str:
    """Return a table of methods, and one of classes with the number of their truths."""
    return (f'{results["task"]} of {results["detector"]["name"]}, split `{results["split"]}`, '
            f'{results["items"]} images.\n\n{table_of_methods(results["methods"])}\n'
            f'{table_of_classes(results, "ap")}')


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


def render_speed(speed: Mapping[str, Any]) -> str:
    """Return the table of what is rendered a minute."""
    rows = ''.join(
        f'| {row["size"]} | {row["dataset_views"]:.0f} | {row["drive_moments"]:.0f} | '
        f'{row["drive_moments_with_truth"]:.0f} |\n' for row in speed['rows'])
    return (f'A minute, on {speed["processors"]} processors. A view is color, depth, near '
            'infrared, a stereo pair and\nits disparity; a moment is one image of each of the '
            'five sensors, by night.\n\n| size | views of a data set | moments of a drive | with '
            f'all of its truth |\n| --- | ---: | ---: | ---: |\n{rows}')


def render_realism(realism: Mapping[str, Any]) -> str:
    """Return a table for each place that simulated depth was held against, and how it was done."""
    parts = [f'{realism["simulated_frames"]} simulated views of {realism["worlds"]} flats. A '
             f'figure agrees where it is within {realism["tolerance"]:.0%}.\n']
    for name, figures in realism['groups'].items():
        rows = ''.join(
            f'| {row["figure"]} | {row["real"]:.4g} | {row["simulated"]:.4g} | '
            f'{row["difference"]:+.0%} | {"yes" if row["agrees"] else "no"} |\n'
            for row in figures)
        parts.append(f'\n| {name} | real | simulated | difference | agrees |\n'
                     f'| --- | ---: | ---: | ---: | --- |\n{rows}')
    return ''.join([*parts, '\n', *(f'* {note}\n' for note in realism['notes'])])


def render_flicker(results: Mapping[str, Any]) -> str:
    """Return the table of how much the colors of videos flicker."""
    methods = list(results['runs'][0]['ciede2000'])
    rows = ''.join(
        f'| {run["bag"]} | {run["frames"]} | ' + ' | '.join(
            f'{run["ciede2000"][method]:.2f}' for method in methods) + ' |\n'
        for run in results['runs'])
    return (f'{results["how"]}\n\n| bag | frames | {" | ".join(methods)} |\n'
            f'| --- | {" | ".join(["---:"] * (len(methods) + 1))} |\n{rows}')


def _with_results(page: str, name: str, render: Callable[[Mapping[str, Any]], str]) -> str:
    results = json.loads((RESULTS / f'{name}.json').read_text(encoding='utf-8'))
    return _between(page, f'results:{name}', render(results))


def _between(text: str, name: str, content: str) -> str:
    before, begin, rest = text.partition(f'<!-- {name} -->\n')
    _, end, after = rest.partition(f'<!-- /{name} -->')
    if not end:
        raise SystemExit(f'the page lacks the markers {name}; give it a section')
    return before + begin + content + end + after


if __name__ == '__main__':
    for path, write in PAGES.items():
        path.write_text(write(path.read_text(encoding='utf-8')), encoding='utf-8')
    YAML.write_text(render_yaml(NODES), encoding='utf-8')
