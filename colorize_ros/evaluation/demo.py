"""The demo: a bag played through the real nodes over real DDS, and a page of what came out."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
import os
from pathlib import Path
import sys
import tempfile
import time

from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from colorize_ros.errors import DataError
from colorize_ros.evaluation.bags import opened
from colorize_ros.evaluation.demo_processes import graph_environment, Processes, Together
from colorize_ros.evaluation.demo_recording import Run
from colorize_ros.evaluation.demo_stations import choose_stations, Station, STATIONS
from colorize_ros.evaluation.demo_topics import find_topics
from colorize_ros.evaluation.report import write_report

DEMO_BAG = Path(__file__).parent / 'demo_night'
PLAYER = (sys.executable, '-m', 'colorize_ros.nodes.bag_player')
RECORDER = (sys.executable, '-m', 'colorize_ros.nodes.recorder')
DIAGNOSTICS = '/diagnostics'
START_LIMIT_S = 60.0
# After the last frame: what is in work is finished, and diagnostics at 1 Hz say how it ended.
DRAIN_LIMIT_S = 10.0
FINAL_DIAGNOSTICS = 3
POLL_S = 0.2


def run_demo(bag: Path | None, out: Path, *, stations: Sequence[Station] = STATIONS,
             domain_id: int | None = None) -> Path:
    """Play a bag through the nodes over DDS, record what comes out, and write a page.

    Nodes, player and recorder are processes of their own, in a DDS graph of their own. Nodes that
    the bag has nothing for are not started; one that fails is left out, and the page says why.

    Args:
        bag: folder of a rosbag2; None plays the simulated room that comes with the package.
        out: folder for index.html and results.json, made if missing.
        stations: nodes to play through.
        domain_id: ROS_DOMAIN_ID of the graph; by default one that depends on the process.

    Returns:
        The path of the page.

    Raises:
        MissingExtraError: rosbags or jinja2 is not installed.
        DataError: the bag has nothing for any node, or all nodes, the player or the recorder
            failed; the message ends with what they wrote last.
    """
    bag = DEMO_BAG if bag is None else bag
    topics = find_topics(bag)
    chosen = choose_stations(stations, topics)
    if not chosen:
        raise DataError(f'{bag} holds {topics.listed}; expected an image topic of depth (16UC1, '
                        '32FC1 or compressedDepth) with a camera_info, or one of near infrared '
                        '(nir, ir or infra in its name), or a gray and a color one of a rectified '
                        'pair. `colorize-ros make-bag` makes one of a folder of images')
    domain_id = 1 + os.getpid() % 101 if domain_id is None else domain_id
    out.mkdir(parents=True, exist_ok=True)
    together = Together.on_this_machine([station.name for station in chosen])
    with tempfile.TemporaryDirectory(prefix='colorize_ros_demo_') as folder, Progress(
            SpinnerColumn(), TextColumn('{task.description}'), BarColumn(), TimeElapsedColumn(),
            transient=True) as progress:
        run = Run(bag, topics, Path(folder))
        environment = {**graph_environment(domain_id), **together.environment()}
        with Processes(run.work, environment) as processes:
            left_out = _play(run, chosen, processes, progress)
        progress.add_task('Writing the page', total=None)
        return write_report(run, chosen, left_out, together, out)


def _play(run: Run, stations: Sequence[Station], processes: Processes,
          progress: Progress) -> dict[str, str]:
    """Play the bag; returns the nodes that failed, with the reasons."""
    for station in stations:
        processes.start(station.name, station.start_command(run.topics))
    results = [topic for station in stations for topic in station.results]
    processes.start('recorder', [
        *RECORDER, '--out', str(run.recorded), '--received', str(run.work / 'received.jsonl'),
        *results, DIAGNOSTICS])
    left_out = _wait_for_nodes(processes, [station.name for station in stations], progress)
    up = [station for station in stations if station.name not in left_out]
    awaited = [topic for station in up for topic in (
        station.sources(run.topics)[0], *station.results)]
    processes.start('bag_player', [
        *PLAYER, str(run.bag), '--published', str(run.work / 'published.jsonl'),
        '--wait-s', str(START_LIMIT_S), '--wait-for', *awaited, DIAGNOSTICS])
    names = [station.name for station in up]
    left_out |= _wait_for_player(processes, names, run, progress)
    _drain(processes, [name for name in names if name not in left_out], run)
    # The recorder first: it writes its bag's index when it ends.
    processes.stop('recorder')
    return left_out


def _wait_for_nodes(processes: Processes, names: Sequence[str],
                    progress: Progress) -> dict[str, str]:
    """Wait until each node has come up or failed; what has failed is ended."""
    task = progress.add_task('Starting the nodes', total=len(names))
    deadline = time.monotonic() + START_LIMIT_S
    while True:
        left_out = _troubles(processes, names)
        waiting = [name for name in names
                   if name not in left_out and not processes.active(name)]
        progress.update(task, completed=len(names) - len(waiting))
        if not waiting:
            break
        if time.monotonic() > deadline:
            left_out |= dict.fromkeys(waiting, f'it did not come up within {START_LIMIT_S:g} s')
            break
        time.sleep(POLL_S)
    _some_left(processes, names, left_out)
    for name in left_out:
        processes.stop(name)
    return left_out


def _troubles(processes: Processes, names: Iterable[str]) -> dict[str, str]:
    """Return the nodes that do not work, with the reasons."""
    found = {name: processes.trouble(name) for name in names}
    return {name: reason for name, reason in found.items() if reason}


def _some_left(processes: Processes, names: Sequence[str], left_out: dict[str, str]) -> None:
    """Make sure that there is a node to play to.

    Raises:
        DataError: all of them are left out; with the reasons and what they wrote.
    """
    if set(names) <= set(left_out):
        raise DataError('no node came up, or none stayed up. ' + '\n'.join(
            f'{name}: {reason}. It wrote:\n{processes.tail(name)}'
            for name, reason in left_out.items()))


def _wait_for_player(processes: Processes, names: Sequence[str], run: Run,
                     progress: Progress) -> dict[str, str]:
    """Wait until the bag has been played; returns the nodes that failed meanwhile."""
    with opened(run.bag) as reader:
        total, seconds = reader.message_count, reader.duration / 1e9
    task = progress.add_task('Playing the bag through the nodes', total=total)
    deadline = time.monotonic() + START_LIMIT_S + 2 * seconds + DRAIN_LIMIT_S
    while not processes.ended('bag_player'):
        _some_left(processes, names, _troubles(processes, names))
        processes.check('recorder')
        progress.update(task, completed=len(run.published))
        if time.monotonic() > deadline:
            raise DataError(f'the bag of {seconds:.0f} s was not played in time; the player '
                            f'wrote:\n{processes.tail("bag_player")}')
        time.sleep(POLL_S)
    processes.check('bag_player')
    progress.update(task, completed=total)
    left_out = _troubles(processes, names)
    _some_left(processes, names, left_out)
    return left_out


def _drain(processes: Processes, names: Sequence[str], run: Run) -> None:
    """Wait for the diagnostics of the nodes after the last frame."""
    played = max(entry['published_ns'] for entry in run.published)
    deadline = time.monotonic() + DRAIN_LIMIT_S
    while time.monotonic() < deadline:
        after = [entry for entry in run.received
                 if entry['topic'] == DIAGNOSTICS and entry['received_ns'] > played]
        if len(after) >= FINAL_DIAGNOSTICS * len(names):
            return
        time.sleep(POLL_S)
