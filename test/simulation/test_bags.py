"""Bags of simulated and of recorded frames."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip('rosbags')

from rosbags.highlevel import AnyReader

from colorize_ros.errors import ConfigurationError, DataError
from colorize_ros.messages import (
    decode_depth,
    decode_rgb,
    Intrinsics,
    intrinsics_of,
    stamp_ns,
)
from colorize_ros.simulation import dataset, simulate as simulation
from colorize_ros.simulation.bag_writer import BagWriter, Stamps
from colorize_ros.simulation.make_bag import make_bag
from colorize_ros.simulation.simulate import frame_times, simulate

SMALL = Intrinsics(width=80, height=60, fx=65.6, fy=65.6, cx=39.5, cy=29.5)
# Coarse disparities, as a sensor of so few pixels would have.
COARSE_M = 0.2


def read(bag: Path) -> dict[str, list]:
    messages: dict[str, list] = {}
    with AnyReader([bag]) as reader:
        for connection, _, raw in reader.messages():
            messages.setdefault(connection.topic, []).append(
                reader.deserialize(raw, connection.msgtype))
    return messages


def write_pair(folder: Path, name: str, size: tuple[int, int] = (60, 80)) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    depth = np.full(size, 1500, np.uint16)
    depth[:10] = 0
    cv2.imwrite(str(folder / f'{name}_depth.png'), depth)
    cv2.imwrite(str(folder / f'{name}_rgb.jpg'), np.full((*size, 3), (255, 0, 0), np.uint8))


def test_a_folder_becomes_a_bag(tmp_path: Path) -> None:
    for number in range(3):
        write_pair(tmp_path / 'in' / 'clip', f'{number:06d}')
    assert make_bag(tmp_path / 'in', tmp_path / 'bag', rate_hz=20.0) == 3
    messages = read(tmp_path / 'bag')
    depths = messages['/depth/image_raw']
    assert len(depths) == len(messages['/camera_info']) == 3
    depth_m = decode_depth(depths[0])
    assert np.isnan(depth_m[:10]).all()
    np.testing.assert_allclose(depth_m[10:], 1.5)
    assert decode_rgb(messages['/guide/image_raw/compressed'][0])[30, 40, 2] > 200
    assert stamp_ns(depths[1]) - stamp_ns(depths[0]) == 50_000_000
    camera = intrinsics_of(messages['/camera_info'][0])
    assert (camera.fx, camera.cx, camera.width) == (525 / 8, 39.5, 80)


def test_the_camera_can_be_said(tmp_path: Path) -> None:
    write_pair(tmp_path / 'in', '0')
    make_bag(tmp_path / 'in', tmp_path / 'bag', fx=70.0, cy=33.0)
    camera = intrinsics_of(read(tmp_path / 'bag')['/camera_info'][0])
    assert (camera.fx, camera.fy, camera.cx, camera.cy) == (70.0, 70.0, 39.5, 33.0)


def test_what_cannot_become_a_bag_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r'_depth\.png'):
        make_bag(tmp_path, tmp_path / 'bag')
    write_pair(tmp_path / 'in', '0')
    write_pair(tmp_path / 'in', '1', (30, 40))
    with pytest.raises(DataError, match='40 x 30'):
        make_bag(tmp_path / 'in', tmp_path / 'bag')
    (tmp_path / 'in' / '1_depth.png').write_bytes(b'no image')
    with pytest.raises(DataError, match='unreadable'):
        make_bag(tmp_path / 'in', tmp_path / 'bag')
    with pytest.raises(ConfigurationError, match='rate_hz'):
        make_bag(tmp_path / 'in', tmp_path / 'bag', rate_hz=0.0)
    assert not (tmp_path / 'bag').exists()


def test_a_bag_is_never_overwritten(tmp_path: Path) -> None:
    with pytest.raises(DataError, match='exists'):
        BagWriter(tmp_path, SMALL)


def test_unknown_depth_stays_unknown_in_a_bag(tmp_path: Path) -> None:
    depth_m = np.full((60, 80), np.nan, np.float32)
    depth_m[5, 7] = 2.345
    with BagWriter(tmp_path / 'bag', SMALL) as bag:
        bag.write_depth(Stamps(10**18 + 5, 10**18 + 9), depth_m)
    message, = read(tmp_path / 'bag')['/depth/image_raw']
    assert stamp_ns(message) == 10**18 + 5
    np.testing.assert_array_equal(np.isnan(decode_depth(message)), np.isnan(depth_m))


def test_frames_jitter_and_some_are_lost() -> None:
    times = frame_times(400, 10.0, np.random.default_rng(0))
    assert times == frame_times(400, 10.0, np.random.default_rng(0))
    assert times[0].depth
    assert times[0].guide
    lost = sum(time.depth is None for time in times), sum(time.guide is None for time in times)
    assert 1 <= lost[0] <= 24
    assert 5 <= lost[1] <= 45
    steps = np.diff([time.depth.taken_ns for time in times if time.depth]) / 1e9
    assert 0.0001 < np.std(steps[steps < 0.15]) < 0.01
    assert all(time.depth.received_ns > time.depth.taken_ns for time in times if time.depth)


def test_a_drive_has_frames(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match='no frame'):
        simulate(tmp_path / 'bag', seed=0, seconds=0.0)


def test_a_drive_is_the_same_for_the_same_seed(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip('mitsuba')
    monkeypatch.setattr(simulation, 'KINECT', SMALL)
    for name in ('first', 'second'):
        simulate(tmp_path / name, seed=104, seconds=0.2, samples=1)
    first, second = read(tmp_path / 'first'), read(tmp_path / 'second')
    assert set(first) == {'/depth/image_raw', '/camera_info', '/guide/image_raw/compressed',
                          '/ground_truth/depth'}
    for topic in ('/depth/image_raw', '/ground_truth/depth'):
        assert [message.data.tobytes() for message in first[topic]] == [
            message.data.tobytes() for message in second[topic]]
    truth, depth = (decode_depth(first[topic][0]) for topic in (
        '/ground_truth/depth', '/depth/image_raw'))
    assert np.isfinite(truth).all()
    assert 0.05 < np.isnan(depth).mean() < 0.7
    assert np.nanmedian(np.abs(depth - truth)) < COARSE_M


def test_rooms_are_written_as_a_data_set(tmp_path: Path,
                                         monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip('mitsuba')
    from colorize_ros.datasets.rgbd import read_items

    monkeypatch.setattr(dataset, 'KINECT', SMALL)
    written: list[str] = []
    dataset.simulate_dataset(tmp_path, seeds=[5], frames=2, samples=1, progress=written.append)
    items = read_items(tmp_path, 'train')
    assert [item.name for item in items] == written
    frame = items[0].load()
    assert frame.rgb.shape == (60, 80, 3)
    assert np.isfinite(frame.depth_m).all()
