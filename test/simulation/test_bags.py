"""Bags: what is written can be read, and a folder of recorded frames becomes one."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip('rosbags')

from rosbags.highlevel import AnyReader
from rosbags.interfaces import QosDurability

from colorize_ros.errors import ConfigurationError, DataError
from colorize_ros.messages import (
    decode_depth,
    decode_gray,
    decode_rgb,
    encode_compressed_depth,
    encode_depth,
    Intrinsics,
    intrinsics_of,
    stamp_ns,
)
from colorize_ros.simulation.bag_writer import BagWriter, encode_jpeg, Stamps, Transform
from colorize_ros.simulation.make_bag import make_bag
from colorize_ros.simulation.sensors.poses import mounted

SMALL = Intrinsics(width=80, height=60, fx=65.6, fy=65.6, cx=39.5, cy=29.5)
STAMPS = Stamps(10**18 + 5, 10**18 + 9)


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


def test_near_infrared_becomes_what_its_node_reads(tmp_path: Path) -> None:
    write_pair(tmp_path / 'in', 'b')
    for name, level in (('a', 40), ('b', 90)):
        cv2.imwrite(str(tmp_path / f'in/{name}_nir.png'), np.full((24, 32), level, np.uint8))
    assert make_bag(tmp_path / 'in', tmp_path / 'bag') == 2
    messages = read(tmp_path / 'bag')
    first, second = messages['/nir/image_raw']
    assert decode_gray(first).max() == 40
    assert decode_gray(second).shape == (24, 32)
    # What has one name has one stamp.
    assert [stamp_ns(depth) for depth in messages['/depth/image_raw']] == [stamp_ns(second)]


def test_a_color_image_is_no_near_infrared(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / '0_nir.png'), np.full((24, 32, 3), (255, 0, 0), np.uint8))
    with pytest.raises(DataError, match='3 channels'):
        make_bag(tmp_path, tmp_path / 'bag')
    assert not (tmp_path / 'bag').exists()


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
        BagWriter(tmp_path)


def test_a_bag_that_fails_is_removed(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), BagWriter(  # noqa: PT012
            tmp_path / 'deep' / 'bag') as bag:
        bag.write_camera_info('/camera_info', STAMPS, 'camera', SMALL)
        raise KeyboardInterrupt
    assert not (tmp_path / 'deep' / 'bag').exists()


def test_unknown_depth_stays_unknown_in_a_bag(tmp_path: Path) -> None:
    depth_m = np.full((60, 80), np.nan, np.float32)
    depth_m[5, 7] = 2.345
    with BagWriter(tmp_path / 'bag') as bag:
        bag.write_image('/depth', STAMPS, 'camera', encode_depth(depth_m, '16UC1'))
        bag.write_image('/packed', STAMPS, 'camera', encode_compressed_depth(depth_m))
    for message, in read(tmp_path / 'bag').values():
        assert stamp_ns(message) == STAMPS.taken_ns
        assert message.header.frame_id == 'camera'
        np.testing.assert_array_equal(np.isnan(decode_depth(message)), np.isnan(depth_m))
        assert decode_depth(message)[5, 7] == pytest.approx(2.345)


def test_color_and_gray_become_jpeg(tmp_path: Path) -> None:
    red = np.full((60, 80, 3), (200, 20, 20), np.uint8)
    with BagWriter(tmp_path / 'bag') as bag:
        bag.write_image('/color', STAMPS, 'camera', encode_jpeg(red))
        bag.write_image('/gray', STAMPS, 'camera', encode_jpeg(red[..., 0]))
    messages = read(tmp_path / 'bag')
    color, gray = messages['/color'][0], messages['/gray'][0]
    assert (color.format, gray.format) == (
        'rgb8; jpeg compressed bgr8', 'mono8; jpeg compressed mono8')
    np.testing.assert_allclose(decode_rgb(color), red, atol=4)
    np.testing.assert_allclose(decode_gray(gray), red[..., 0], atol=4)


def test_the_right_camera_of_a_pair_knows_its_baseline(tmp_path: Path) -> None:
    with BagWriter(tmp_path / 'bag') as bag:
        bag.write_camera_info('/right', STAMPS, 'camera', SMALL, baseline_m=0.1)
    info, = read(tmp_path / 'bag')['/right']
    assert info.p.reshape(3, 4)[:, 3].tolist() == pytest.approx([-6.56, 0, 0])
    assert intrinsics_of(info) == SMALL


def test_lasting_transforms_reach_those_who_come_late(tmp_path: Path) -> None:
    pose = mounted(0.1, 0.2, 0.3)
    with BagWriter(tmp_path / 'bag') as bag:
        bag.write_transforms('/tf_static', STAMPS, [Transform('base_link', 'camera', pose)])
        bag.write_transforms('/tf', STAMPS, [Transform('odom', 'base_link', np.eye(4))])
    with AnyReader([tmp_path / 'bag']) as reader:
        offered = {connection.topic: connection.ext.offered_qos_profiles[0]
                   for connection in reader.connections}
    assert offered['/tf_static'].durability == QosDurability.TRANSIENT_LOCAL
    assert offered['/tf'].durability == QosDurability.VOLATILE
    transform, = read(tmp_path / 'bag')['/tf_static'][0].transforms
    assert (transform.header.frame_id, transform.child_frame_id) == ('base_link', 'camera')
    moved, turned = transform.transform.translation, transform.transform.rotation
    assert (moved.x, moved.y, moved.z) == (0.1, 0.2, 0.3)
    # What is ahead of the camera is ahead of the robot.
    assert (turned.x, turned.y, turned.z, turned.w) == pytest.approx((-0.5, 0.5, -0.5, 0.5))
