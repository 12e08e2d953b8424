"""What is found in a bag for the nodes."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

pytest.importorskip('rosbags')

from colorize_ros.errors import DataError
from colorize_ros.evaluation import demo_topics
from colorize_ros.evaluation.demo_topics import find_topics, Stream
from colorize_ros.messages import encode_depth, encode_gray, encode_rgb
from colorize_ros.simulation.bag_writer import BagWriter, Stamps
from demo_runs import CAMERA, GUIDE, measured, played_bag, START_NS, STEP_NS

FIRST = Stamps(START_NS, START_NS)


class Message(NamedTuple):
    """As much of an image message as the search for topics looks at."""

    frame_id: str
    encoding: str = 'rgb8'

    @property
    def header(self) -> Message:
        return self


def test_topics_are_found_by_what_they_hold(tmp_path: Path) -> None:
    topics = find_topics(played_bag(tmp_path / 'bag', nir=True))
    assert topics.streams == {'depth': Stream('/depth/image_raw', '/camera_info'),
                              'guide': Stream(GUIDE),
                              'nir': Stream('/nir/image_raw', '/nir/camera_info')}
    assert topics.truth == '/ground_truth/depth'
    assert topics.cameras == (Stream('/nir/image_raw'),)


def test_a_stream_knows_its_transport() -> None:
    assert [(stream.transport, stream.base) for stream in (
        Stream('/a/image_raw'), Stream('/a/compressed'), Stream('/a/compressedDepth'))] == [
            ('raw', '/a/image_raw'), ('compressed', '/a'), ('compressedDepth', '/a')]


def test_a_guide_is_in_the_frame_of_depth(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bag = played_bag(tmp_path / 'bag')
    frames = {'/depth/image_raw': Message('depth', '16UC1'), GUIDE: Message('elsewhere')}
    monkeypatch.setattr(demo_topics, '_first', lambda bag, topic: [frames[topic]])
    topics = find_topics(bag)
    assert 'guide' not in topics.streams
    assert topics.cameras == (Stream(GUIDE),)


@pytest.mark.parametrize(('topic', 'found'), [
    ('/nir/image_raw', 'nir'), ('/camera/infra1/image_rect_raw', 'nir'), ('/ir/image_raw', 'nir'),
    ('/camera/infrared/image', 'nir'), ('/first/image_raw', 'depth'),
    ('/aligned_depth_to_infra1/image_raw', 'depth')])
def test_sixteen_bits_are_near_infrared_by_name(tmp_path: Path, topic: str, found: str) -> None:
    with BagWriter(tmp_path / 'bag') as bag:
        bag.write_image(topic, FIRST, 'camera', encode_gray(np.full((48, 64), 500, np.uint16)))
    assert find_topics(tmp_path / 'bag').streams == {found: Stream(topic)}


def test_metres_are_no_near_infrared(tmp_path: Path) -> None:
    with BagWriter(tmp_path / 'bag') as bag:
        bag.write_image('/ir/range', FIRST, 'camera', encode_depth(measured(), '32FC1'))
    assert list(find_topics(tmp_path / 'bag').streams) == ['depth']


def test_the_camera_of_depth_is_the_one_with_its_stamps(tmp_path: Path) -> None:
    with BagWriter(tmp_path / 'bag') as bag:
        for number in range(3):
            stamps = Stamps(START_NS + number * STEP_NS, START_NS + number * STEP_NS)
            for late, topic in ((5, '/color/camera_info'), (0, '/camera_info'),
                                (9, '/depth_of_another/camera_info')):
                bag.write_camera_info(topic, stamps._replace(taken_ns=stamps.taken_ns + late),
                                      'camera', CAMERA)
            bag.write_image('/depth/image_raw', stamps, 'camera', encode_depth(measured()))
    assert find_topics(tmp_path / 'bag').streams['depth'].camera_info == '/camera_info'


def test_near_infrared_takes_no_camera_info_of_another(tmp_path: Path) -> None:
    with BagWriter(tmp_path / 'bag') as bag:
        bag.write_camera_info('/nir_too/camera_info', FIRST._replace(taken_ns=START_NS + 5),
                              'camera', CAMERA)
        bag.write_image('/nir/image_raw', FIRST, 'camera',
                        encode_gray(np.zeros((48, 64), np.uint8)))
    assert find_topics(tmp_path / 'bag').streams == {'nir': Stream('/nir/image_raw')}


def test_what_is_no_bag_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match='cannot be read as a bag'):
        find_topics(tmp_path / 'nothing')


PAIR = {'mono': Stream('/stereo/mono/image_rect', '/stereo/mono/camera_info'),
        'stereo_color': Stream('/stereo/color/image_rect/compressed',
                               '/stereo/color/camera_info')}


def test_a_rectified_pair_is_found_by_its_baseline(tmp_path: Path) -> None:
    topics = find_topics(played_bag(tmp_path / 'bag', nir=True, stereo=True))
    assert {role: topics.streams[role] for role in ('mono', 'stereo_color')} == PAIR
    assert set(topics.streams) == {'depth', 'guide', 'nir', 'mono', 'stereo_color'}


@pytest.mark.parametrize(('gray', 'color', 'found'), [
    ('/left/image_rect', '/right/image_rect', True),
    ('/left/image_rect', '/right/image_raw', False),
    ('/direct/image', '/correct/image', False)])
def test_without_baseline_a_pair_is_known_by_name(
        tmp_path: Path, gray: str, color: str, found: bool) -> None:
    with BagWriter(tmp_path / 'bag') as bag:
        bag.write_image(gray, FIRST, 'left', encode_gray(np.zeros((48, 64), np.uint8)))
        bag.write_image(color, FIRST, 'right', encode_rgb(np.zeros((48, 64, 3), np.uint8)))
    expected = {'mono': Stream(gray), 'stereo_color': Stream(color)} if found else {}
    assert find_topics(tmp_path / 'bag').streams == expected
