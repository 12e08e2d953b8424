"""Plays a bag over DDS: its serialized messages as they are, at the rate they were recorded.

`ros2 bag play` does more; this one runs where only rclpy and rosbags are, and notes when each
message went out, so that latency can be measured.

    python -m colorize_ros.nodes.bag_player BAG --wait-for /depth/image_raw --published out.jsonl
"""
from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
import contextlib
import json
from pathlib import Path
import sys
import time
from typing import Any, IO

import rclpy
from rclpy.duration import Duration
from rclpy.executors import ExternalShutdownException
from rclpy.node import Node
from rclpy.publisher import Publisher
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from rclpy.time import Time
from rclpy.utilities import remove_ros_args
from rosgraph_msgs.msg import Clock

from colorize_ros.errors import ColorizeError, DataError, MissingExtraError
from colorize_ros.nodes.wire import has_header, header_stamp_ns, message_class

RELIABILITY = {'reliable': ReliabilityPolicy.RELIABLE,
               'best_effort': ReliabilityPolicy.BEST_EFFORT}
POLL_S = 0.05


def open_reader(bag: Path) -> Any:
    """Open a rosbag2 with the rosbags library.

    Raises:
        MissingExtraError: rosbags is not installed.
        DataError: there is no bag that can be read.
    """
    try:
        from rosbags.rosbag2 import Reader, ReaderError
    except ImportError as error:
        raise MissingExtraError('bags', 'playing bags') from error
    try:
        reader = Reader(bag)
        reader.open()
    except (ReaderError, OSError) as error:
        raise DataError(f'{bag} cannot be read as a bag ({error}); expected the folder of a '
                        'rosbag2, with its metadata.yaml') from error
    return reader


class BagPlayer(Node):
    """Publishes what a bag holds, in time."""

    def __init__(self, options: argparse.Namespace) -> None:
        """Open the bag and advertise its topics, but those whose messages are not known here.

        Raises:
            ColorizeError: the bag cannot be read, or holds nothing that is known here.
        """
        super().__init__('bag_player')
        self._options = options
        self._reader = open_reader(options.bag)
        self._topics: dict[str, tuple[Publisher[Any], bool]] = {}
        for connection in self._reader.connections:
            try:
                kind = message_class(connection.msgtype)
            except DataError as error:
                self.get_logger().warning(f'{connection.topic} is left out: {error}')
                continue
            qos = QoSProfile(depth=10, reliability=RELIABILITY[options.reliability],
                             durability=_durability(connection))
            self._topics[connection.topic] = (
                self.create_publisher(kind, connection.topic, qos), has_header(kind))
        if not self._topics:
            raise DataError(f'{options.bag} holds no messages of a type known here; expected some '
                            'such as sensor_msgs/msg/Image. Are their packages sourced?')
        self._clock_publisher = (
            self.create_publisher(Clock, '/clock', 10) if options.clock else None)
        self._clock_due = 0.0

    def wait_for_subscribers(self) -> None:
        """Wait until the named topics have a subscriber; any topic of the bag if none is named.

        Raises:
            DataError: nobody came in time.
        """
        named, limit_s = self._options.wait_for, self._options.wait_s
        deadline = time.monotonic() + limit_s
        while self.context.ok():
            missing = [topic for topic in named if not self.count_subscribers(topic)]
            anybody = any(publisher.get_subscription_count()
                          for publisher, _ in self._topics.values())
            if not missing and (named or anybody):
                return
            if time.monotonic() > deadline:
                raise DataError(
                    f'no subscriber on {", ".join(missing or self._topics)} after {limit_s:g} s; '
                    'is the node up, active, and in the same ROS_DOMAIN_ID?')
            time.sleep(POLL_S)

    def play(self, log: IO[str] | None) -> int:
        """Publish the bag once, or for ever with --loop; returns the number of messages."""
        count = self._play_once(log)
        while self._options.loop and self.context.ok():
            count += self._play_once(log)
        for publisher, _ in self._topics.values():
            if self.context.ok():
                publisher.wait_for_all_acked(Duration(seconds=2))
        return count

    def _play_once(self, log: IO[str] | None) -> int:
        count, began = 0, time.monotonic()
        known = [connection for connection in self._reader.connections
                 if connection.topic in self._topics]
        for connection, recorded_ns, serialized in self._reader.messages(known):
            offset_s = (recorded_ns - self._reader.start_time) / 1e9 / self._options.rate
            self._wait_until(began + offset_s, recorded_ns)
            if not self.context.ok():
                break
            publisher, stamped = self._topics[connection.topic]
            published_ns = time.time_ns()
            publisher.publish(bytes(serialized))
            count += 1
            if log is not None:
                log.write(json.dumps({
                    'topic': publisher.topic_name,
                    'stamp_ns': header_stamp_ns(serialized) if stamped else None,
                    'published_ns': published_ns}) + '\n')
        return count

    def _wait_until(self, due: float, bag_time_ns: int) -> None:
        """Sleep until a message is due, and keep the clock ticking meanwhile."""
        while self.context.ok():
            ahead_s = due - time.monotonic()
            if self._clock_publisher is not None and time.monotonic() >= self._clock_due:
                now_ns = bag_time_ns - int(max(ahead_s, 0.0) * self._options.rate * 1e9)
                self._clock_publisher.publish(Clock(clock=Time(nanoseconds=now_ns).to_msg()))
                self._clock_due = time.monotonic() + 1.0 / self._options.clock
            if ahead_s <= 0.0:
                return
            tick_s = 1.0 / self._options.clock if self._options.clock else POLL_S
            time.sleep(min(ahead_s, tick_s, POLL_S))


def _durability(connection: Any) -> DurabilityPolicy:
    """Return how a topic was offered: /tf_static, say, also to those who come late."""
    lasting = any(offered.durability.name == 'TRANSIENT_LOCAL'
                  for offered in connection.ext.offered_qos_profiles)
    return DurabilityPolicy.TRANSIENT_LOCAL if lasting else DurabilityPolicy.VOLATILE


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog='bag_player', description=(__doc__ or '').split('\n')[0])
    parser.add_argument('bag', type=Path, help='folder of a rosbag2 (sqlite3 or MCAP)')
    parser.add_argument('--rate', type=float, default=1.0, help='1 is as recorded')
    parser.add_argument('--loop', action='store_true', help='start again at the end')
    parser.add_argument('--clock', type=float, default=0.0, metavar='HZ',
                        help="publish the bag's time on /clock; 0: do not")
    parser.add_argument('--reliability', choices=sorted(RELIABILITY), default='reliable')
    parser.add_argument('--wait-for', nargs='*', default=[], metavar='TOPIC',
                        help='start when each of these (any in the graph) has a subscriber; '
                             'default: when any topic of the bag has one')
    parser.add_argument('--wait-s', type=float, default=30.0, help='give up after this')
    parser.add_argument('--published', type=Path, metavar='JSONL',
                        help='write topic, stamp_ns and published_ns (wall clock) a message')
    options = parser.parse_args(arguments)
    if options.rate <= 0.0 or options.clock < 0.0:
        parser.error(f'--rate {options.rate} and --clock {options.clock}: a rate is above 0')
    return options


@contextlib.contextmanager
def ros(args: Sequence[str]) -> Iterator[None]:
    """Run with rclpy up, and end quietly when the process is told to."""
    rclpy.init(args=list(args))
    try:
        yield
    except (KeyboardInterrupt, ExternalShutdownException):
        pass
    finally:
        rclpy.try_shutdown()


def main(args: Sequence[str] | None = None) -> int:
    """Play a bag; returns the exit code."""
    args = sys.argv if args is None else ['bag_player', *args]
    options = parse(remove_ros_args(args)[1:])
    with ros(args), contextlib.ExitStack() as stack:
        try:
            player = BagPlayer(options)
            log = options.published and stack.enter_context(
                options.published.open('w', buffering=1))
            player.wait_for_subscribers()
            player.get_logger().info(f'published {player.play(log)} messages')
        except ColorizeError as error:
            sys.stderr.write(f'{error}\n')
            return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
