"""The launch file, run by the real launch and launch_ros, where they are installed."""

from __future__ import annotations

from collections.abc import Iterator
import contextlib
import os
from pathlib import Path
import shutil
import signal
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from domains import own_domain_id
from shared_data import REPOSITORY

pytest.importorskip('rclpy')
pytest.importorskip('message_filters')
pytest.importorskip('launch_ros', reason='launch_ros is not installed (no ROS 2 distribution)')


from nodes.live_graph import image_message, live_graph, LiveGraph, PERIOD_NS

pytestmark = pytest.mark.ros

DOMAIN_ID = own_domain_id()
# By default.
STARTED = ('depth_enhancer', 'nir_colorizer', 'stereo_colorizer', 'depth_colorizer')
DEADLINE_S = 60.0

LAUNCH = """
import sys
from launch import LaunchDescription, LaunchService
from launch.actions import IncludeLaunchDescription
from launch.launch_description_sources import PythonLaunchDescriptionSource

service = LaunchService(noninteractive=True)
service.include_launch_description(LaunchDescription([IncludeLaunchDescription(
    PythonLaunchDescriptionSource(sys.argv[1]),
    launch_arguments=[argument.split(':=') for argument in sys.argv[2:]])]))
sys.exit(service.run())
"""


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    """An installation, whose executables need no weights, rviz and rosbag2."""
    share = tmp_path / 'share' / 'colorize_ros'
    index = tmp_path / 'share' / 'ament_index' / 'resource_index' / 'packages'
    index.mkdir(parents=True)
    for package in ('colorize_ros', 'rviz2'):
        (index / package).touch()
        (tmp_path / 'lib' / package).mkdir(parents=True)
    for folder in ('launch', 'config'):
        shutil.copytree(REPOSITORY / folder, share / folder)
    shutil.copy(REPOSITORY / 'package.xml', share)
    for node, dummy in {'depth_enhancer': 'dummy_enhancer',
                        'nir_colorizer': 'dummy_colorizer',
                        'stereo_colorizer': 'dummy_stereo',
                        'depth_colorizer': 'dummy_depth',
                        'consistency_monitor': 'dummy_monitor'}.items():
        script(tmp_path / 'lib' / 'colorize_ros' / node,
               f'exec {sys.executable} {REPOSITORY}/test/nodes/{dummy}.py "$@"')
    for name in ('lib/rviz2/rviz2', 'bin/ros2'):
        writer(tmp_path / name, 'echo "$0 $@"', tmp_path / f'{Path(name).name}.txt')
    return tmp_path


def only(*wanted: str) -> list[str]:
    """Give the switches that leave some nodes of those that start by default."""
    return [f'{node}:=false' for node in STARTED if node not in wanted]


def script(path: Path, command: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\n{command}\n')
    path.chmod(0o755)


def writer(path: Path, command: str, output: Path) -> None:
    """A program that leaves a whole file behind, whenever it is told to end."""
    script(path, f"trap '' INT\n{command} > {output}.part\nmv {output}.part {output}")


@contextlib.contextmanager
def launched(prefix: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run the launch file; it must end cleanly, its nodes with it, on SIGINT."""
    environment = {
        **os.environ, 'ROS_DOMAIN_ID': str(DOMAIN_ID), 'ROS_LOG_DIR': str(prefix / 'log'),
        'AMENT_PREFIX_PATH': os.pathsep.join(
            [str(prefix), *filter(None, [os.environ.get('AMENT_PREFIX_PATH')])]),
        'PATH': os.pathsep.join([str(prefix / 'bin'), os.environ['PATH']]),
        'PYTHONPATH': os.pathsep.join([str(REPOSITORY), *sys.path])}
    launch_file = prefix / 'share' / 'colorize_ros' / 'launch' / 'night_vision.launch.py'
    patience = f'sigterm_timeout:={DEADLINE_S:g}'
    with subprocess.Popen([sys.executable, '-c', LAUNCH, str(launch_file), patience, *arguments],
                          env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True) as running:
        try:
            yield running
            if running.poll() is None:
                running.send_signal(signal.SIGINT)
            output, _ = running.communicate(timeout=DEADLINE_S)
        finally:
            running.kill()
    assert running.returncode == 0, output
    assert 'process has died' not in output
    assert 'Traceback' not in output


@pytest.fixture
def graph() -> Any:
    with live_graph(DOMAIN_ID) as graph:
        yield graph


def test_the_node_is_active_in_its_namespace_with_the_parameters_of_the_file(
        graph: LiveGraph, prefix: Path) -> None:
    given = prefix / 'given.yaml'
    given.write_text('/**/depth_enhancer:\n  ros__parameters:\n    min_confidence: 0.75\n'
                     '    use_sim_time: true\n')
    with launched(prefix, f'namespace:={graph.namespace}', f'params_file:={given}',
                  *only('depth_enhancer'), 'depth_topic:=camera/depth', 'log_level:=debug'):
        graph.until(lambda: graph.value('state', 'state') == 'active', 'active')
        topic = f'{graph.namespace}/camera/depth'
        graph.until(lambda: graph.peer.count_subscribers(topic) == 1, 'the remapped input')
        for name, value in {'min_confidence': 0.75, 'use_sim_time': True}.items():
            assert parameter(graph, name) == value
    graph.until(lambda: graph.peer.count_subscribers(topic) == 0, 'the node has ended')


def test_both_nodes_run_side_by_side_each_with_its_own_camera_info(
        graph: LiveGraph, prefix: Path) -> None:
    inputs = {'depth_topic': 'front/depth', 'camera_info_topic': 'front/camera_info',
              'nir_topic': 'back/nir', 'nir_camera_info_topic': 'back/camera_info'}
    with launched(prefix, f'namespace:={graph.namespace}',
                  *only('depth_enhancer', 'nir_colorizer'),
                  *(f'{argument}:={topic}' for argument, topic in inputs.items())):
        for topic in inputs.values():
            graph.until(lambda: graph.peer.count_subscribers(topic) == 1, topic)  # noqa: B023
        # A publisher may be known a moment before the name of its node is.
        graph.until(lambda: [publisher.node_name for publisher in (
            graph.peer.get_publishers_info_by_topic(
                f'{graph.namespace}/nir_colorizer/image_color'))] == ['nir_colorizer'], 'names')


def test_the_colorizer_takes_the_file_and_works(graph: LiveGraph, prefix: Path) -> None:
    from sensor_msgs.msg import Image

    given = prefix / 'given.yaml'
    given.write_text('/**/nir_colorizer:\n  ros__parameters:\n    exposure_smoothing: 0.5\n')
    with launched(prefix, f'namespace:={graph.namespace}', f'params_file:={given}',
                  *only('nir_colorizer')):
        graph.advertise('nir/image_raw', Image)
        graph.listen('nir_colorizer/image_color', Image)
        graph.until(graph.connected, 'discovery')
        assert parameter(graph, 'exposure_smoothing', 'nir_colorizer') == 0.5
        nir = np.full((32, 48), 9, np.uint8)
        graph.until_sending(
            lambda number: graph.send('nir/image_raw', image_message(
                nir, 'mono8', 1 + number * PERIOD_NS)),
            lambda: graph.received['nir_colorizer/image_color'])
        assert graph.received['nir_colorizer/image_color'][0].encoding == 'rgb8'
        assert not graph.peer.count_publishers('depth_enhancer/depth')


def parameter(graph: LiveGraph, name: str, node: str = 'depth_enhancer') -> Any:
    from rcl_interfaces.srv import GetParameters
    from rclpy.parameter import parameter_value_to_python

    answer = graph.call(GetParameters, f'{node}/get_parameters',
                        GetParameters.Request(names=[name]))
    return parameter_value_to_python(answer.values[0])


def test_autostart_false_leaves_the_node_to_a_manager(graph: LiveGraph, prefix: Path) -> None:
    with launched(prefix, f'namespace:={graph.namespace}', 'autostart:=false', 'device:=cpu',
                  'use_sim_time:=true', *only('depth_enhancer')):
        graph.until(lambda: graph.value('state', 'state') == 'unconfigured', 'unconfigured')
        assert parameter(graph, 'autostart') is False
        assert parameter(graph, 'device') == 'cpu'
        assert parameter(graph, 'use_sim_time') is True


def test_a_bag_is_played_with_its_clock_and_rviz_shown(graph: LiveGraph, prefix: Path) -> None:
    with launched(prefix, f'namespace:={graph.namespace}', 'bag:=some/bag', 'rviz:=true',
                  'fixed_frame:=eye', *only('depth_enhancer')):
        graph.until(lambda: graph.status('state'), 'the node')
        assert parameter(graph, 'use_sim_time') is True
        bag, rviz = prefix / 'ros2.txt', prefix / 'rviz2.txt'
        graph.until(lambda: bag.exists() and rviz.exists(), 'both programs')
        assert bag.read_text().endswith('ros2 bag play some/bag --clock\n')
        config = prefix / 'share' / 'colorize_ros' / 'config' / 'night_vision.rviz'
        assert f'-d {config} -f eye' in rviz.read_text()
        for topic in ('depth_enhancer/points', 'nir_colorizer/image_color'):
            assert f'/{topic}:={graph.namespace}/{topic}' in rviz.read_text()


@pytest.mark.parametrize('off', [{'depth_enhancer'}, {'nir_colorizer'}, set(STARTED)])
def test_a_node_that_is_switched_off_does_not_start(prefix: Path, off: set[str]) -> None:
    for node in STARTED:
        writer(prefix / 'lib' / 'colorize_ros' / node, 'echo', prefix / f'{node}.txt')
    switches = [f'{node}:=false' for node in off]
    with launched(prefix, *switches, 'rviz:=true') as running:
        running.wait(DEADLINE_S)  # there is nothing else to run
    assert (prefix / 'rviz2.txt').exists()
    assert {node for node in STARTED
            if (prefix / f'{node}.txt').exists()} == set(STARTED) - off


def test_the_stereo_colorizer_takes_the_file_and_works(graph: LiveGraph, prefix: Path) -> None:
    from sensor_msgs.msg import Image

    given = prefix / 'given.yaml'
    given.write_text('/**/stereo_colorizer:\n  ros__parameters:\n    mono_is: right\n')
    with launched(prefix, f'namespace:={graph.namespace}', f'params_file:={given}',
                  *only('stereo_colorizer'), 'mono_topic:=head/mono',
                  'stereo_color_topic:=head/color'):
        graph.advertise('head/mono', Image)
        graph.advertise('head/color', Image)
        graph.listen('stereo_colorizer/image_color', Image)
        graph.until(graph.connected, 'discovery')
        assert parameter(graph, 'mono_is', 'stereo_colorizer') == 'right'
        mono = np.full((32, 48), 9, np.uint8)
        graph.until_sending(
            lambda number: graph.send('head/mono', image_message(
                mono, 'mono8', 1 + number * PERIOD_NS)),
            lambda: graph.received['stereo_colorizer/image_color'])


def test_the_depth_colorizer_takes_the_file_and_shares_depth(
        graph: LiveGraph, prefix: Path) -> None:
    given = prefix / 'given.yaml'
    given.write_text('/**/depth_colorizer:\n  ros__parameters:\n    keep_memory: false\n')
    with launched(prefix, f'namespace:={graph.namespace}', f'params_file:={given}',
                  *only('depth_enhancer', 'depth_colorizer'),
                  'depth_topic:=front/depth', 'color_topic:=front/color'):
        for topic, nodes in (('front/depth', 2), ('camera_info', 2), ('front/color', 1)):
            graph.until(lambda: graph.peer.count_subscribers(
                f'{graph.namespace}/{topic}') == nodes, topic)  # noqa: B023
        assert parameter(graph, 'keep_memory', 'depth_colorizer') is False


def test_the_monitor_runs_where_it_is_asked_for(graph: LiveGraph, prefix: Path) -> None:
    given = prefix / 'given.yaml'
    given.write_text('/**/consistency_monitor:\n  ros__parameters:\n    classes: [cup]\n')
    with launched(prefix, f'namespace:={graph.namespace}', f'params_file:={given}', *only(),
                  'consistency_monitor:=true', 'reference_topic:=front/color'):
        for topic in ('front/color', 'nir_colorizer/image_color'):
            graph.until(lambda: graph.peer.count_subscribers(
                f'{graph.namespace}/{topic}') == 1, topic)  # noqa: B023


def test_a_wrong_switch_is_refused(prefix: Path) -> None:
    with pytest.raises(AssertionError, match='perhaps.*is not valid'), \
            launched(prefix, 'depth_enhancer:=perhaps') as running:
        running.wait(DEADLINE_S)


def test_large_images_are_set_up_for_the_node(
        prefix: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer(prefix / 'lib' / 'colorize_ros' / 'depth_enhancer', 'env',
           prefix / 'environment.txt')
    for name in ('FASTDDS_DEFAULT_PROFILES_FILE', 'FASTRTPS_DEFAULT_PROFILES_FILE'):
        monkeypatch.delenv(name, raising=False)
    with launched(prefix, *only('depth_enhancer')) as running:
        running.wait(DEADLINE_S)  # there is nothing else to run
    profile = f'{prefix}/share/colorize_ros/config/fastdds_large_images.xml'
    environment = (prefix / 'environment.txt').read_text().splitlines()
    assert f'FASTDDS_DEFAULT_PROFILES_FILE={profile}' in environment
    assert f'FASTRTPS_DEFAULT_PROFILES_FILE={profile}' in environment
