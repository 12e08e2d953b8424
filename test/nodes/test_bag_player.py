"""A bag played by one process and recorded by another: what arrives is what was recorded."""

from __future__ import annotations

from collections.abc import Iterator
import contextlib
import json
import os
from pathlib import Path
import signal
import subprocess
import sys
import time
from typing import Any

import numpy as np
import pytest

rclpy = pytest.importorskip('rclpy')
rosbag2 = pytest.importorskip('rosbags.rosbag2')

from rclpy.qos import DurabilityPolicy, QoSProfile  # noqa: E402
from rclpy.serialization import deserialize_message, serialize_message  # noqa: E402
from rosbags.interfaces import (  # noqa: E402
    Qos,
    QosDurability,
    QosHistory,
    QosLiveliness,
    QosReliability,
    QosTime,
)
from rosbags.typesys import get_types_from_msg, get_typestore, Stores  # noqa: E402
from rosgraph_msgs.msg import Clock  # noqa: E402
from sensor_msgs.msg import CameraInfo, Image  # noqa: E402

from colorize_ros.errors import DataError  # noqa: E402
from colorize_ros.nodes.wire import has_header, header_stamp_ns, message_class  # noqa: E402
from domains import own_domain_id  # noqa: E402
from nodes.live_graph import (  # noqa: E402
    camera_info_message,
    image_message,
    live_graph,
    PERIOD_NS,
)
from shared_data import REPOSITORY  # noqa: E402

pytestmark = pytest.mark.ros

DOMAIN_ID = own_domain_id()
FRAMES = 10
FIRST_NS = 1_700_000_000_000_000_000
ENVIRONMENT = {**os.environ, 'ROS_DOMAIN_ID': str(DOMAIN_ID)}
DEADLINE_S = 30.0


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    path = tmp_path / 'bag'
    types = get_typestore(Stores.LATEST)
    with rosbag2.Writer(path, version=9, storage_plugin=rosbag2.StoragePlugin.MCAP) as writer:
        images = writer.add_connection('/depth/image_raw', 'sensor_msgs/msg/Image',
                                       typestore=types)
        infos = writer.add_connection('/camera_info', 'sensor_msgs/msg/CameraInfo',
                                      typestore=types)
        for number in range(FRAMES):
            stamp_ns = FIRST_NS + number * PERIOD_NS
            image = image_message(np.full((4, 6), number, np.uint16), '16UC1', stamp_ns)
            writer.write(images, stamp_ns, serialize_message(image))
            writer.write(infos, stamp_ns, serialize_message(camera_info_message(6, 4, stamp_ns)))
    return path


@contextlib.contextmanager
def process(module: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
            [sys.executable, '-m', f'colorize_ros.nodes.{module}', *arguments], cwd=REPOSITORY,
            env=ENVIRONMENT, stderr=subprocess.PIPE, text=True) as running:
        try:
            yield running
        finally:
            running.kill()


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def messages(bag: Path) -> list[Any]:
    """All messages by stamp. Not their bytes: DDS rounds their number up."""
    with rosbag2.Reader(bag) as reader:
        found = [(connection.topic, deserialize_message(
            bytes(raw), message_class(connection.msgtype)))
            for connection, _, raw in reader.messages()]
    return sorted(found, key=lambda item: (item[0], item[1].header.stamp.sec,
                                           item[1].header.stamp.nanosec))


def wait_for(condition: Any) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize('stop', [signal.SIGINT, signal.SIGTERM])
def test_what_is_played_is_what_is_recorded(bag: Path, tmp_path: Path, stop: int) -> None:
    out, received, published = tmp_path / 'out', tmp_path / 'in.jsonl', tmp_path / 'out.jsonl'
    with process('recorder', '--out', str(out), '--received', str(received),
                 '/depth/image_raw', '/camera_info') as recorder:
        with process('bag_player', str(bag), '--published', str(published), '--rate', '2',
                     '--wait-for', '/depth/image_raw', '/camera_info') as player:
            assert player.wait(DEADLINE_S) == 0
        wait_for(lambda: len(lines(received)) == 2 * FRAMES)
        recorder.send_signal(stop)
        assert recorder.wait(DEADLINE_S) == 0
    assert messages(out) == messages(bag)
    sent = {(line['topic'], line['stamp_ns']): line['published_ns'] for line in lines(published)}
    assert len(sent) == 2 * FRAMES
    for line in lines(received):
        assert line['received_ns'] >= sent[line['topic'], line['stamp_ns']]
    took_s = (max(sent.values()) - min(sent.values())) / 1e9
    assert took_s >= 0.9 * (FRAMES - 1) * PERIOD_NS / 1e9 / 2


def test_remapping_clock_and_loop(bag: Path) -> None:
    with live_graph(DOMAIN_ID) as graph:
        images = graph.listen('/robot/depth', Image)
        clocks = graph.listen('/clock', Clock)
        with process('bag_player', str(bag), '--loop', '--clock', '100', '--rate', '4',
                     '--ros-args', '-r', '/depth/image_raw:=/robot/depth') as player:
            graph.until(lambda: len(images) > 3 * FRAMES, 'more than three loops')
            player.send_signal(signal.SIGINT)
            assert player.wait(DEADLINE_S) == 0
        stamps = [message.header.stamp.sec * 10**9 + message.header.stamp.nanosec
                  for message in images]
        assert stamps != sorted(stamps)
        times = [clock.clock.sec * 10**9 + clock.clock.nanosec for clock in clocks]
        assert len(times) > FRAMES
        assert min(times) >= FIRST_NS
        assert max(times) <= FIRST_NS + FRAMES * PERIOD_NS


def test_what_lasts_reaches_those_who_come_late(tmp_path: Path) -> None:
    types = get_typestore(Stores.LATEST)
    forever = QosTime(9223372036, 854775807)
    lasting = Qos(QosHistory.KEEP_LAST, 1, QosReliability.RELIABLE, QosDurability.TRANSIENT_LOCAL,
                  forever, forever, QosLiveliness.AUTOMATIC, forever, False)
    info = serialize_message(camera_info_message(6, 4, FIRST_NS))
    with rosbag2.Writer(tmp_path / 'bag', version=9,
                        storage_plugin=rosbag2.StoragePlugin.MCAP) as writer:
        for topic, offered, times in (('/calibration', [lasting], 1), ('/often', [], 1000)):
            connection = writer.add_connection(topic, 'sensor_msgs/msg/CameraInfo',
                                               typestore=types, offered_qos_profiles=offered)
            for number in range(times):
                writer.write(connection, FIRST_NS + number * PERIOD_NS, info)
    with live_graph(DOMAIN_ID) as graph:
        often = graph.listen('/often', CameraInfo)
        with process('bag_player', str(tmp_path / 'bag')):
            graph.until(lambda: often, 'the bag is played')
            late = graph.listen('/calibration', CameraInfo, QoSProfile(
                depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL))
            graph.until(lambda: late, 'what was published before')


def test_messages_of_unknown_types_are_left_out(tmp_path: Path) -> None:
    types = get_typestore(Stores.EMPTY)
    types.register(get_types_from_msg('int32 number', 'no_such_msgs/msg/Number'))
    known = get_typestore(Stores.LATEST)
    for name, wanted in (('some', True), ('none', False)):
        with rosbag2.Writer(tmp_path / name, version=9,
                            storage_plugin=rosbag2.StoragePlugin.MCAP) as writer:
            unknown = writer.add_connection('/number', 'no_such_msgs/msg/Number', typestore=types)
            writer.write(unknown, FIRST_NS, b'\0\1\0\0\0\0\0\0')
            if wanted:
                infos = writer.add_connection('/often', 'sensor_msgs/msg/CameraInfo',
                                              typestore=known)
                writer.write(infos, FIRST_NS, serialize_message(
                    camera_info_message(6, 4, FIRST_NS)))
    with live_graph(DOMAIN_ID) as graph:
        often = graph.listen('/often', CameraInfo)
        with process('bag_player', str(tmp_path / 'some')) as player:
            graph.until(lambda: often, 'what is known')
            assert player.wait(DEADLINE_S) == 0
            assert player.stderr is not None
            assert '/number is left out' in player.stderr.read()
    with process('bag_player', str(tmp_path / 'none')) as player:
        assert player.wait(DEADLINE_S) == 1
        assert player.stderr is not None
        assert 'no messages of a type known here' in player.stderr.read()


def test_nobody_comes(bag: Path) -> None:
    with process('bag_player', str(bag), '--wait-for', '/nobody', '--wait-s', '0.2') as player:
        assert player.wait(DEADLINE_S) == 1
        assert player.stderr is not None
        assert 'no subscriber on /nobody after 0.2 s' in player.stderr.read()


@pytest.mark.parametrize(('module', 'arguments', 'reason'), [
    ('bag_player', ['missing_bag'], 'missing_bag cannot be read as a bag'),
    ('recorder', ['--out', '.', '/topic'], 'exists already'),
])
def test_a_bad_path_is_said(module: str, arguments: list[str], reason: str) -> None:
    with process(module, *arguments) as failing:
        assert failing.wait(DEADLINE_S) == 1
        assert failing.stderr is not None
        error = failing.stderr.read()
        assert reason in error
        assert 'Traceback' not in error


def test_the_stamp_is_read_from_the_bytes() -> None:
    message = camera_info_message(6, 4, FIRST_NS + 5)
    serialized = serialize_message(message)
    assert header_stamp_ns(serialized) == FIRST_NS + 5
    assert deserialize_message(serialized, CameraInfo).header == message.header
    with pytest.raises(DataError, match='has 3 bytes'):
        header_stamp_ns(b'abc')


def test_message_classes_are_found_by_name() -> None:
    assert message_class('sensor_msgs/msg/Image') is Image
    assert has_header(Image)
    assert not has_header(Clock)
    with pytest.raises(DataError, match='no_such_msgs'):
        message_class('no_such_msgs/msg/Image')
