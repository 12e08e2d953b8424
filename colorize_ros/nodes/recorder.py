"""Records topics to a bag (MCAP) with the time each message came in, until told to end.

Topics are subscribed as they appear, with their publisher's type and reliability.

    python -m colorize_ros.nodes.recorder --out DIR --received in.jsonl /depth_enhancer/depth
"""
from __future__ import annotations

import argparse
from collections.abc import Sequence
import contextlib
import json
from pathlib import Path
import sys
import time
from typing import Any, IO

from rclpy.clock import Clock, ClockType
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy
from rclpy.utilities import remove_ros_args

from colorize_ros.errors import ColorizeError, DataError, MissingExtraError
from colorize_ros.nodes.bag_player import ros
from colorize_ros.nodes.wire import has_header, header_stamp_ns, message_class

LOOK_PERIOD_S = 0.05
# Deep, since a recorder must not lose what comes while it writes.
DEPTH = 100


def open_writer(out: Path) -> Any:
    """Create a new bag.

    Raises:
        MissingExtraError: rosbags is not installed.
        DataError: the folder exists.
    """
    try:
        from rosbags.rosbag2 import StoragePlugin, Writer, WriterError
    except ImportError as error:
        raise MissingExtraError('bags', 'recording bags') from error
    try:
        return Writer(out, version=9, storage_plugin=StoragePlugin.MCAP)
    except WriterError as error:
        raise DataError(f'{error} Remove it, or name another folder') from error


class Recorder(Node):
    """Subscribes topics as they appear, and writes their serialized messages as they come."""

    def __init__(self, topics: Sequence[str], writer: Any, log: IO[str] | None) -> None:
        from rosbags.typesys import get_typestore, Stores

        super().__init__('recorder')
        self._missing = [self.resolve_topic_name(topic) for topic in topics]
        self._writer, self._log = writer, log
        self._types = get_typestore(Stores.LATEST)
        self._look_timer = self.create_timer(
            LOOK_PERIOD_S, self._look, clock=Clock(clock_type=ClockType.STEADY_TIME))

    def _look(self) -> None:
        """Subscribe what has appeared; the type and the reliability are its publisher's."""
        for topic in list(self._missing):
            publishers = self.get_publishers_info_by_topic(topic)
            if publishers:
                self._missing.remove(topic)
                self._subscribe(topic, publishers[0].topic_type, all(
                    publisher.qos_profile.reliability == ReliabilityPolicy.RELIABLE
                    for publisher in publishers))
        if not self._missing:
            self._look_timer.cancel()
            self.get_logger().info('all topics are subscribed')

    def _subscribe(self, topic: str, type_name: str, reliable: bool) -> None:
        kind = message_class(type_name)
        stamped = has_header(kind)
        connection = self._writer.add_connection(topic, type_name, typestore=self._types)

        def received(serialized: bytes) -> None:
            received_ns = time.time_ns()
            self._writer.write(connection, received_ns, serialized)
            if self._log is not None:
                self._log.write(json.dumps({
                    'topic': topic, 'stamp_ns': header_stamp_ns(serialized) if stamped else None,
                    'received_ns': received_ns}) + '\n')

        reliability = ReliabilityPolicy.RELIABLE if reliable else ReliabilityPolicy.BEST_EFFORT
        self.create_subscription(
            kind, topic, received, QoSProfile(depth=DEPTH, reliability=reliability), raw=True)
        self.get_logger().info(f'recording {topic} [{type_name}; {reliability.name.lower()}]')


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog='recorder', description=(__doc__ or '').split('\n')[0])
    parser.add_argument('topics', nargs='+', metavar='TOPIC')
    parser.add_argument('--out', type=Path, required=True, help='folder of the new bag')
    parser.add_argument('--received', type=Path, metavar='JSONL',
                        help='write topic, stamp_ns and received_ns (wall clock) a message')
    return parser.parse_args(arguments)


def main(args: Sequence[str] | None = None) -> int:
    """Record until SIGINT or SIGTERM; returns the exit code."""
    args = sys.argv if args is None else ['recorder', *args]
    options = parse(remove_ros_args(args)[1:])
    try:
        with open_writer(options.out) as writer, contextlib.ExitStack() as stack, ros(args):
            log = options.received and stack.enter_context(
                options.received.open('w', buffering=1))
            executor = SingleThreadedExecutor()
            executor.add_node(Recorder(options.topics, writer, log))
            executor.spin()
    except ColorizeError as error:
        sys.stderr.write(f'{error}\n')
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
