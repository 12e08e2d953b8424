"""The demo end to end: real processes, real DDS, a network that needs no weights."""

from __future__ import annotations

from pathlib import Path
import signal
import subprocess
import sys

import numpy as np
import pytest

pytest.importorskip('rclpy')
pytest.importorskip('rosbags')
pytest.importorskip('jinja2')

from colorize_ros.errors import ConfigurationError, DataError
from colorize_ros.evaluation.demo import DEMO_BAG, run_demo
from colorize_ros.evaluation.demo_processes import graph_environment, Processes
from colorize_ros.evaluation.demo_recording import find_topics
from colorize_ros.messages import encode_depth, Intrinsics
from colorize_ros.simulation.bag_writer import BagWriter, encode_jpeg, Stamps
from shared_data import REPOSITORY

pytestmark = pytest.mark.ros

DUMMY = (sys.executable, str(REPOSITORY / 'test' / 'nodes' / 'dummy_enhancer.py'))
DOMAIN_ID = 72
FRAMES = 8
MAX_BAG_BYTES = 15_000_000


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    camera = Intrinsics(width=320, height=240, fx=262.5, fy=262.5, cx=159.5, cy=119.5)
    depth_m = np.full((240, 320), 1.5, np.float32)
    depth_m[60:90, 80:200] = np.nan
    with BagWriter(tmp_path / 'bag') as writer:
        for number in range(FRAMES):
            at_ns = 1_700_000_000_000_000_000 + number * 200_000_000
            stamps = Stamps(at_ns, at_ns)
            writer.write_image('/depth/image_raw', stamps, 'camera',
                               encode_depth(depth_m, '16UC1'))
            writer.write_camera_info('/camera_info', stamps, 'camera', camera)
            writer.write_image('/guide/image_raw/compressed', stamps, 'camera',
                               encode_jpeg(np.full((240, 320, 3), 128, np.uint8)))
    return tmp_path / 'bag'


def leftovers() -> str:
    listed = subprocess.run(['ps', '-eo', 'args'], capture_output=True, text=True, check=True)
    return '\n'.join(line for line in listed.stdout.splitlines() if 'colorize_ros_demo_' in line)


def test_frames_go_through_the_node_and_onto_the_page(bag: Path, tmp_path: Path) -> None:
    page = run_demo(bag, tmp_path / 'out', node=DUMMY, domain_id=DOMAIN_ID)
    assert page == tmp_path / 'out' / 'index.html'
    text = page.read_text(encoding='utf-8')
    assert f'of {FRAMES}</b><span>depth frames came back' in text
    assert '>dummy</td>' in text
    assert 'Color (guide)' in text
    assert not leftovers()


def test_a_node_that_does_not_come_up_is_said_with_its_log(bag: Path, tmp_path: Path) -> None:
    broken = (*DUMMY, '--ros-args', '-p', 'min_confidence:=7.0')
    with pytest.raises(DataError, match=r'(?s)did not come up.*min_confidence'):
        run_demo(bag, tmp_path / 'out', node=broken, domain_id=DOMAIN_ID)
    gone = (sys.executable, '-c', 'raise SystemExit("no such model")')
    with pytest.raises(DataError, match=r'(?s)exit code 1.*no such model'):
        run_demo(bag, tmp_path / 'out', node=gone, domain_id=DOMAIN_ID)
    assert not leftovers()


def test_a_bag_that_cannot_be_used_is_said_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(DataError, match='cannot be read as a bag'):
        run_demo(tmp_path / 'nothing', tmp_path / 'out', node=('false',), domain_id=DOMAIN_ID)
    assert not (tmp_path / 'out').exists()


def test_processes_end_whatever_happens(tmp_path: Path) -> None:
    deaf = 'import signal, time\n' \
           f'signal.signal({int(signal.SIGINT)}, signal.SIG_IGN)\nprint("deaf", flush=True)\n' \
           'time.sleep(600)'
    with pytest.raises(KeyboardInterrupt), Processes(  # noqa: PT012
            tmp_path, graph_environment(DOMAIN_ID)) as processes:
        processes.start('deaf', (sys.executable, '-c', deaf))
        while 'deaf' not in processes.log('deaf'):
            processes.check('deaf')
        running = processes._running['deaf']
        raise KeyboardInterrupt
    assert running.poll() is not None


def test_domain_ids_are_checked() -> None:
    with pytest.raises(ConfigurationError, match='102'):
        graph_environment(102)


def test_the_bag_that_comes_with_the_package_is_small_and_complete() -> None:
    topics = find_topics(DEMO_BAG)
    assert topics.guide is not None
    assert topics.truth is not None
    assert sum(file.stat().st_size for file in DEMO_BAG.iterdir()) <= MAX_BAG_BYTES
