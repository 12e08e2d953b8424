"""The demo: a bag played through the real node over real DDS, and a page of what came out."""
from __future__ import annotations

from collections.abc import Sequence
import os
from pathlib import Path
import sys
import tempfile
import time

from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from colorize_ros.errors import DataError
from colorize_ros.evaluation.demo_processes import graph_environment, Processes
from colorize_ros.evaluation.demo_recording import BagTopics, find_topics, opened, read_log
from colorize_ros.evaluation.report import write_report

DEMO_BAG = Path(__file__).parent / 'demo_room'
NODE = (sys.executable, '-m', 'colorize_ros.nodes.depth_enhancer')
PLAYER = (sys.executable, '-m', 'colorize_ros.nodes.bag_player')
RECORDER = (sys.executable, '-m', 'colorize_ros.nodes.recorder')
RESULTS = ('/depth_enhancer/depth', '/depth_enhancer/confidence', '/diagnostics')
START_LIMIT_S = 60.0
# After the last frame: what is in work is finished, and diagnostics at 1 Hz say how it ended.
DRAIN_LIMIT_S = 10.0
FINAL_DIAGNOSTICS = 3
POLL_S = 0.2


def run_demo(bag: Path | None, out: Path, *, node: Sequence[str] = NODE,
             domain_id: int | None = None) -> Path:
    """Play a bag through `depth_enhancer` over DDS, record what comes out, and write a page.

    Node, player and recorder are processes of their own, in a DDS graph of their own.

    Args:
        bag: folder of a rosbag2 with depth and camera_info; None plays the simulated room that
            comes with the package.
        out: folder for index.html, made if missing.
        node: command that starts the node.
        domain_id: ROS_DOMAIN_ID of the graph; by default one that depends on the process.

    Returns:
        The path of the page.

    Raises:
        MissingExtraError: rosbags or jinja2 is not installed.
        DataError: the bag cannot be used, or the node, the player or the recorder failed; the
            message ends with what it wrote last.
    """
    bag = DEMO_BAG if bag is None else bag
    topics = find_topics(bag)
    domain_id = 1 + os.getpid() % 101 if domain_id is None else domain_id
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix='colorize_ros_demo_') as folder, Progress(
            SpinnerColumn(), TextColumn('{task.description}'), BarColumn(), TimeElapsedColumn(),
            transient=True) as progress:
        work = Path(folder)
        _play(bag, topics, work, node, domain_id, progress)
        progress.add_task('Writing the page', total=None)
        return write_report(bag, topics, work, out)


def _play(bag: Path, topics: BagTopics, work: Path, node: Sequence[str], domain_id: int,
          progress: Progress) -> None:
    with Processes(work, graph_environment(domain_id)) as processes:
        processes.start('depth_enhancer', [*node, *_node_arguments(topics)])
        processes.start('recorder', [
            *RECORDER, '--out', str(work / 'recorded'), '--received', str(work / 'received.jsonl'),
            *RESULTS])
        processes.start('bag_player', [
            *PLAYER, str(bag), '--published', str(work / 'published.jsonl'),
            '--wait-s', str(START_LIMIT_S), '--wait-for', topics.depth, *RESULTS])
        _wait_for_player(processes, bag, work, progress)
        _drain(processes, work)
        # The recorder first: it writes its bag's index when it ends.
        processes.stop('recorder')


def _node_arguments(topics: BagTopics) -> list[str]:
    arguments = ['--ros-args', '-r', f'depth/image_raw:={topics.base(topics.depth)}',
                 '-r', f'camera_info:={topics.camera_info}',
                 '-p', f'transport:={topics.transport(topics.depth)}']
    if topics.guide is not None:
        arguments += ['-r', f'guide/image_raw:={topics.base(topics.guide)}', '-p', 'guide:=color',
                      '-p', f'guide_transport:={topics.transport(topics.guide)}']
    return arguments


def _wait_for_player(processes: Processes, bag: Path, work: Path, progress: Progress) -> None:
    """Wait until the bag has been played; what fails on the way is said at once."""
    with opened(bag) as reader:
        total, seconds = reader.message_count, reader.duration / 1e9
    task = progress.add_task('Starting the node', total=None)
    deadline = time.monotonic() + START_LIMIT_S + 2 * seconds + DRAIN_LIMIT_S
    while not processes.ended('bag_player'):
        processes.check('depth_enhancer', failure='configure failed')
        processes.check('recorder')
        played = len(read_log(work / 'published.jsonl'))
        if played:
            progress.update(task, description='Playing the bag through the node', total=total,
                            completed=played)
        if time.monotonic() > deadline:
            raise DataError(f'the bag of {seconds:.0f} s was not played in time; the node wrote:\n'
                            f'{processes.tail("depth_enhancer")}')
        time.sleep(POLL_S)
    if not read_log(work / 'published.jsonl'):
        raise DataError(f'nothing was played: the node did not subscribe within '
                        f'{START_LIMIT_S:g} s; expected it to come up. It wrote:\n'
                        f'{processes.tail("depth_enhancer")}\n  and the player wrote:\n'
                        f'{processes.tail("bag_player")}')
    processes.check('bag_player')
    progress.update(task, completed=total)


def _drain(processes: Processes, work: Path) -> None:
    """Wait for the diagnostics after the last frame."""
    played = max(entry['published_ns'] for entry in read_log(work / 'published.jsonl'))
    deadline = time.monotonic() + DRAIN_LIMIT_S
    while time.monotonic() < deadline:
        processes.check('depth_enhancer')
        after = [entry for entry in read_log(work / 'received.jsonl')
                 if entry['topic'] == '/diagnostics' and entry['received_ns'] > played]
        if len(after) >= FINAL_DIAGNOSTICS:
            return
        time.sleep(POLL_S)
