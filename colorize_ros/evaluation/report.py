"""The page of the demo: one HTML file with its pictures in it."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
import json
from pathlib import Path
from typing import Any

from colorize_ros import __version__
from colorize_ros.errors import DataError, MissingExtraError
from colorize_ros.evaluation import demo_recording as recording
from colorize_ros.evaluation.demo_processes import Together
from colorize_ros.evaluation.demo_stations import Station
from colorize_ros.evaluation.report_node import chart, node_facts, read_latencies
from colorize_ros.evaluation.report_pictures import Moment, row, Section, spread

TEMPLATE = 'demo.html'
MOMENTS = 4


def write_report(run: recording.Run, stations: Sequence[Station], left_out: Mapping[str, str],
                 together: Together, out: Path) -> Path:
    """Write the page, and its numbers as results.json beside it.

    Args:
        run: what was played and recorded.
        stations: nodes that the bag has something for; each has the template `<name>.html`.
        left_out: those of them that failed, with the reasons.
        together: how they shared the machine.
        out: folder for index.html and results.json.

    Returns:
        The path of the page.

    Raises:
        MissingExtraError: jinja2 is not installed.
        DataError: no frame came back from any node.
    """
    try:
        import jinja2
        from markupsafe import Markup
    except ImportError as error:
        raise MissingExtraError('report', 'writing a page') from error
    sections, left_out = _read_sections(run, stations, left_out)
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / 'templates'), autoescape=True,
        trim_blocks=True, lstrip_blocks=True)
    results: dict[str, Any] = {'bag': run.bag.name, 'together': asdict(together), 'nodes': {},
                               'left_out': left_out}
    parts = {}
    for station, section in sections:
        latency = read_latencies(run, station)
        facts = {**node_facts(run, station, latency), **section.facts}
        results['nodes'][station.name] = facts
        parts[station.name] = Markup(templates.get_template(f'{station.name}.html').render(
            name=station.name, chart=chart(latency), bag=run.bag.name, **facts,
            **section.pictures))
    page = templates.get_template(TEMPLATE).render(
        version=__version__, rows=read_cameras(run), parts=parts, **results)
    (out / 'results.json').write_text(json.dumps(results, indent=2) + '\n', encoding='utf-8')
    path = out / 'index.html'
    path.write_text(page, encoding='utf-8')
    return path


def _read_sections(run: recording.Run, stations: Sequence[Station], left_out: Mapping[str, str],
                   ) -> tuple[list[tuple[Station, Section]], dict[str, str]]:
    """Read the part of each node; also says which are left out, now that all is read."""
    sections, failed = [], dict(left_out)
    for station in stations:
        if station.name not in failed:
            try:
                sections.append((station, station.section(run)))
            except DataError as error:
                failed[station.name] = str(error)
    if not sections:
        raise DataError('nothing came back. ' + '\n'.join(
            f'{name}: {reason}' for name, reason in failed.items()))
    return sections, failed


def read_cameras(run: recording.Run) -> list[dict[str, Any]]:
    """Read what the cameras saw, at moments evenly spread over the bag.

    Returns:
        Rows of pictures by topic; none where there are no cameras but the guide.
    """
    streams, cameras = run.topics.streams, run.topics.cameras
    shown = [streams['guide'], *cameras] if 'guide' in streams else list(cameras)
    main = next(streams[role] for role in ('depth', 'nir', 'mono') if role in streams)
    taken = recording.stamps_of(run.bag, main.topic)
    moments = spread(taken, MOMENTS) if cameras else []
    pictures = {stream.base: recording.nearest_rgb(run.bag, stream.topic, moments)
                for stream in shown}
    return [row(Moment((moment - min(taken)) / 1e9, {
        name: by_stamp[moment] for name, by_stamp in pictures.items()})) for moment in moments]
