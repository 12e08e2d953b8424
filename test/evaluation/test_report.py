"""The demo's page, of a run that is made up: no ROS needed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import pytest

pytest.importorskip('rosbags')
pytest.importorskip('jinja2')

from rosbags.rosbag2 import StoragePlugin, Writer
from rosbags.typesys import get_typestore, Stores

from colorize_ros.errors import DataError
from colorize_ros.evaluation import demo_recording
from colorize_ros.evaluation.demo_recording import (
    BagTopics,
    find_topics,
    latencies,
    rate_hz,
)
from colorize_ros.evaluation.report import (
    accuracy,
    confidence_picture,
    Frame,
    read_cameras,
    write_report,
)
from colorize_ros.messages import encode_confidence, encode_depth, Intrinsics
from colorize_ros.simulation.bag_writer import BagWriter, encode_jpeg, Stamps

CAMERA = Intrinsics(width=64, height=48, fx=52.0, fy=52.0, cx=31.5, cy=23.5)
GUIDE = '/guide/image_raw/compressed'
START_NS = 1_700_000_000_000_000_000
STEP_NS = 100_000_000
TRUE_M, FILLED_M = 2.0, 2.2
TYPES = get_typestore(Stores.LATEST)


def measured() -> np.ndarray:
    depth_m = np.full((48, 64), TRUE_M, np.float32)
    depth_m[:, :16] = np.nan
    return depth_m


def played_bag(folder: Path, frames: int = 4, guide: bool = True, truth: bool = True) -> Path:
    with BagWriter(folder) as bag:
        for number in range(frames):
            at_ns = START_NS + number * STEP_NS
            stamps = Stamps(at_ns, at_ns)
            bag.write_image('/depth/image_raw', stamps, 'camera', encode_depth(measured()))
            bag.write_camera_info('/camera_info', stamps, 'camera', CAMERA)
            if guide:
                gray = np.full((48, 64, 3), 90, np.uint8)
                bag.write_image(GUIDE, Stamps(at_ns + 5_000_000, at_ns), 'camera',
                                encode_jpeg(gray))
            if truth:
                bag.write_image('/ground_truth/depth', stamps, 'camera',
                                encode_depth(np.full((48, 64), TRUE_M, np.float32)))
    return folder


def image(raw, number: int):
    header = TYPES.types['std_msgs/msg/Header'](
        TYPES.types['builtin_interfaces/msg/Time'](
            *divmod(START_NS + number * STEP_NS, 10**9)), 'camera')
    return TYPES.types['sensor_msgs/msg/Image'](
        header, raw.height, raw.width, raw.encoding, raw.is_bigendian, raw.step,
        np.frombuffer(raw.data, np.uint8))


def diagnostics(parts: dict[str, dict[str, str]]):
    types = TYPES.types
    statuses = [types['diagnostic_msgs/msg/DiagnosticStatus'](
        0, f'depth_enhancer: {part}', '', '', [
            types['diagnostic_msgs/msg/KeyValue'](key, value) for key, value in values.items()])
        for part, values in parts.items()]
    header = types['std_msgs/msg/Header'](types['builtin_interfaces/msg/Time'](0, 0), '')
    return types['diagnostic_msgs/msg/DiagnosticArray'](header, statuses)


def recorded_run(work: Path, returned: int = 3) -> Path:
    """Three of four frames come back, each 50 ms after it went out, and 10 ms more each time."""
    work.mkdir()
    depth_m = measured()
    unknown = np.isnan(depth_m)
    depth_m[unknown] = FILLED_M
    confidence = np.where(unknown, np.float32(0.7), np.float32(1.0))
    confidence[:, :4] = 0.2
    received = []
    with Writer(work / 'recorded', version=9, storage_plugin=StoragePlugin.MCAP) as writer:
        def write(topic: str, kind: str, message, at_ns: int) -> None:
            writer.write(connections[topic], at_ns, TYPES.serialize_cdr(message, kind))

        kinds = {'/depth_enhancer/depth': 'sensor_msgs/msg/Image',
                 '/depth_enhancer/confidence': 'sensor_msgs/msg/Image',
                 '/diagnostics': 'diagnostic_msgs/msg/DiagnosticArray'}
        connections = {topic: writer.add_connection(topic, kind, typestore=TYPES)
                       for topic, kind in kinds.items()}
        for number in range(returned):
            at_ns = number * STEP_NS + 50_000_000 + number * 10_000_000
            for topic, raw in (('/depth_enhancer/depth', encode_depth(depth_m)),
                               ('/depth_enhancer/confidence', encode_confidence(confidence))):
                write(topic, kinds[topic], image(raw, number), at_ns)
                received.append({'topic': topic, 'stamp_ns': START_NS + number * STEP_NS,
                                 'received_ns': at_ns})
        for frames in ('1', '3'):
            write('/diagnostics', kinds['/diagnostics'], diagnostics({
                'pairing': {'sets': '4', 'dropped guide: no partner': '2'},
                'inference': {'frames': frames, 'failures': '0', 'latency_p50_ms': '41.5',
                              'dropped: a newer set came': '1'},
                'model robot <v1>': {'sha256': 'ab' * 32, 'device': 'cpu', 'precision': 'bf16'},
            }), 10**9)
    published = [{'topic': '/depth/image_raw', 'stamp_ns': START_NS + number * STEP_NS,
                  'published_ns': number * STEP_NS} for number in range(4)]
    for name, log in (('published', published), ('received', received)):
        lines = [json.dumps(entry) for entry in log]
        (work / f'{name}.jsonl').write_text('\n'.join(lines) + '\n{"cut sho')
    return work


def make_page(tmp_path: Path, **options: bool) -> str:
    bag = played_bag(tmp_path / 'bag', **options)
    out = tmp_path / 'out'
    out.mkdir()
    page = write_report(bag, find_topics(bag), recorded_run(tmp_path / 'work'), out)
    assert page == out / 'index.html'
    return page.read_text(encoding='utf-8')


@pytest.fixture(scope='module')
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    return make_page(tmp_path_factory.mktemp('run'))


def test_the_page_says_what_happened(page: str) -> None:
    for said in ('3 of 4', '60 ms', '70 ms', '10.0 Hz', '9.1 Hz', '75 % → 100 %',
                 'dropped: guide: no partner', 'dropped: a newer set came', 'ab' * 32,
                 'cpu, bf16', '41.5 ms', 'Ground truth', 'Color (guide)', '0.200'):
        assert said in page, said


def test_the_page_stands_alone(page: str) -> None:
    assert 'http' not in page
    assert page.count('data:image/jpeg;base64,') > 5


def test_its_numbers_are_written_beside_it(tmp_path: Path) -> None:
    make_page(tmp_path)
    path, = tmp_path.rglob('results.json')
    results = json.loads(path.read_text())
    assert results['latency_median_ms'] == pytest.approx(60)
    assert results['latency_p99_ms'] == pytest.approx(70, abs=1)
    assert results['accuracy']['depth_enhancer']['mae_m'] == pytest.approx(0.2, abs=1e-3)
    assert results['flows'][-2][:3] == ['/depth_enhancer/depth', 'out', 3]


def test_names_are_escaped(page: str) -> None:
    assert 'robot &lt;v1&gt;' in page


def test_a_bag_without_guide_and_truth_has_a_page_without_them(tmp_path: Path) -> None:
    page = make_page(tmp_path, guide=False, truth=False)
    assert 'Color (guide)' not in page
    assert 'round truth' not in page
    assert 'Depth out' in page


def test_no_frame_is_an_error(tmp_path: Path) -> None:
    bag = played_bag(tmp_path / 'bag')
    with pytest.raises(DataError, match='published no depth'):
        write_report(bag, find_topics(bag), recorded_run(tmp_path / 'work', returned=0), tmp_path)


def test_topics_are_found_by_what_they_hold(tmp_path: Path) -> None:
    topics = find_topics(played_bag(tmp_path / 'bag'))
    assert topics == BagTopics('/depth/image_raw', '/camera_info', '/guide/image_raw/compressed',
                               '/ground_truth/depth')
    assert (topics.transport(topics.depth), topics.base(topics.depth)) == (
        'raw', '/depth/image_raw')
    assert (topics.transport(topics.guide), topics.base(topics.guide)) == (
        'compressed', '/guide/image_raw')


class Message(NamedTuple):
    """As much of an image message as the search for topics looks at."""

    frame_id: str
    encoding: str = 'rgb8'

    @property
    def header(self) -> Message:
        return self


def test_a_guide_is_in_the_frame_of_depth(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bag = played_bag(tmp_path / 'bag')
    frames = {'/depth/image_raw': Message('depth', '16UC1'),
              '/guide/image_raw/compressed': Message('elsewhere')}
    monkeypatch.setattr(demo_recording, '_first', lambda bag, topic: [frames[topic]])
    topics = find_topics(bag)
    assert topics.guide is None
    assert topics.cameras == ('/guide/image_raw/compressed',)


def test_other_cameras_are_shown(tmp_path: Path) -> None:
    bag = played_bag(tmp_path / 'bag')
    topics = find_topics(bag)
    assert read_cameras(bag, topics) == []
    shown = read_cameras(bag, topics._replace(guide=None, cameras=(topics.guide,)))
    assert len(shown) == 4
    assert set(shown[0]) == {'/guide/image_raw'}
    assert shown[0]['/guide/image_raw'].startswith('data:image/jpeg;base64,')


def test_truth_may_lie_in_a_folder_beside_the_bag(tmp_path: Path) -> None:
    bag = played_bag(tmp_path / 'bag', truth=False)
    folder = bag / 'ground_truth' / 'depth'
    folder.mkdir(parents=True)
    cv2.imwrite(str(folder / f'{START_NS}.png'), np.full((48, 64), 2000, np.uint16))
    assert demo_recording.truth_stamps(bag, None) == [START_NS]
    found = demo_recording.truth_by_stamp(bag, None, [START_NS, START_NS + STEP_NS])
    np.testing.assert_array_equal(found[START_NS], np.full((48, 64), 2.0, np.float32))


def test_the_camera_of_depth_is_the_one_with_its_stamps(tmp_path: Path) -> None:
    with BagWriter(tmp_path / 'bag') as bag:
        for number in range(3):
            stamps = Stamps(START_NS + number * STEP_NS, START_NS + number * STEP_NS)
            for late, topic in ((5, '/color/camera_info'), (0, '/camera_info'),
                                (9, '/depth_of_another/camera_info')):
                bag.write_camera_info(topic, stamps._replace(taken_ns=stamps.taken_ns + late),
                                      'camera', CAMERA)
            bag.write_image('/depth/image_raw', stamps, 'camera', encode_depth(measured()))
    assert find_topics(tmp_path / 'bag').camera_info == '/camera_info'


def test_a_bag_without_depth_is_an_error(tmp_path: Path) -> None:
    with BagWriter(tmp_path / 'bag') as bag:
        bag.write_image(GUIDE, Stamps(START_NS, START_NS), 'camera',
                        encode_jpeg(np.zeros((48, 64, 3), np.uint8)))
    with pytest.raises(DataError, match=r'guide/image_raw.*expected an image topic of depth'):
        find_topics(tmp_path / 'bag')
    with pytest.raises(DataError, match='cannot be read as a bag'):
        find_topics(tmp_path / 'nothing')


def test_accuracy_is_measured_on_what_was_hidden() -> None:
    truth = np.full((48, 64), TRUE_M, np.float32)
    enhanced = np.where(np.isnan(measured()), np.float32(FILLED_M), np.float32(9.0))
    confidence = np.full((48, 64), 0.7, np.float32)
    confidence[:, :8] = 0.3
    scores = accuracy([Frame(0.0, measured(), enhanced, confidence, None, truth)])
    assert scores['depth_enhancer']['rmse_m'] == pytest.approx(0.2, abs=1e-5)
    assert scores['depth_enhancer, confidence ≥ 0.5']['share'] == pytest.approx(0.5)
    assert scores['nearest']['rmse_m'] == pytest.approx(0.0, abs=1e-5)


def test_latency_and_rate_are_by_stamp_and_arrival() -> None:
    published = [{'topic': '/d', 'stamp_ns': k, 'published_ns': k * 10**8} for k in range(5)]
    received = [{'topic': '/r', 'stamp_ns': k, 'received_ns': k * 10**8 + 3 * 10**7}
                for k in (1, 3, 9)]
    found = latencies(published, received, '/d', '/r')
    np.testing.assert_allclose(found.since_start_s, (0.1, 0.3))
    np.testing.assert_allclose(found.latency_ms, (30, 30))
    assert np.isnan(latencies([], [], '/d', '/r').quantile_ms(0.5))
    assert rate_hz(published, '/d', 'published_ns') == (5, pytest.approx(10.0))
    assert rate_hz(published[:1], '/d', 'published_ns') == (1, 0.0)


def test_confidence_has_a_color_a_kind() -> None:
    red, green, blue = confidence_picture(np.array([[1.0, 0.98, 0.52, 0.3]], np.float32))[0].T
    assert blue[0] > red[0]
    assert green[1] > max(red[1], blue[1])
    assert min(red[2], green[2]) > blue[2] + 60
    assert red[3] > 2 * green[3]
