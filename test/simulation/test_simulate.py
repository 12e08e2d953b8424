"""A drive as a bag: what its messages hold, the truth beside it, and the same bytes each time."""

from __future__ import annotations

import csv
from hashlib import sha256
import os
from pathlib import Path
import signal
import subprocess
import sys
import time
from typing import Any, NamedTuple

import numpy as np
import pytest

pytest.importorskip('mitsuba')
pytest.importorskip('rosbags')

from rosbags.highlevel import AnyReader
import yaml

from colorize_ros.datasets.ground_truth import GroundTruth
from colorize_ros.errors import ConfigurationError, DataError
from colorize_ros.messages import decode_depth, decode_gray, decode_rgb, intrinsics_of, stamp_ns
from colorize_ros.simulation import simulate as simulation
from colorize_ros.simulation.sensors.clocks import START_NS
from colorize_ros.simulation.sensors.rig import make_rig, STEREO_BASELINE_M
from colorize_ros.simulation.simulate import simulate, TOPICS
from shared_data import REPOSITORY

SMALL: dict[str, Any] = {
    'scene_seed': 5, 'seconds': 0.2, 'light': 'night', 'width': 160, 'samples': 1,
    'kinds': ('corridor',)}
LIGHTS_OUT_S = 0.1
COMPRESSED = {name: topic + ('/compressedDepth' if name == 'depth' else '/compressed')
              for name, (topic, _) in TOPICS.items()}
PATIENCE_S = 120


class Drive(NamedTuple):
    bag: Path
    messages: dict[str, list[Any]]
    received_ns: list[int]
    truth: GroundTruth

    def stamps(self, topic: str) -> list[int]:
        return [stamp_ns(message) for message in self.messages[topic]]


def read(bag: Path) -> Drive:
    messages: dict[str, list[Any]] = {}
    received = []
    with AnyReader([bag]) as reader:
        for connection, received_ns, raw in reader.messages():
            received.append(received_ns)
            messages.setdefault(connection.topic, []).append(
                reader.deserialize(raw, connection.msgtype))
    return Drive(bag, messages, received, GroundTruth(bag))


def fingerprints(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob('*')) if path.is_file()}


@pytest.fixture(scope='module')
def drive(tmp_path_factory: pytest.TempPathFactory) -> Drive:
    bag = tmp_path_factory.mktemp('first') / 'bag'
    simulate(bag, **SMALL, lights_out_s=LIGHTS_OUT_S, workers=2)
    return read(bag)


def test_all_sensors_are_in_the_bag(drive: Drive) -> None:
    infos = [info for _, info in TOPICS.values()]
    assert set(drive.messages) == {*COMPRESSED.values(), *infos, '/tf', '/tf_static'}
    assert decode_depth(drive.messages[COMPRESSED['depth']][0]).shape == (120, 160)
    for name in ('color', 'stereo_color'):
        assert decode_rgb(drive.messages[COMPRESSED[name]][0]).shape == (120, 160, 3)
    for name in ('nir', 'mono'):
        assert decode_gray(drive.messages[COMPRESSED[name]][0]).shape == (120, 160)


def test_each_image_has_its_camera(drive: Drive) -> None:
    for name, sensor in make_rig(160).items():
        images, infos = (drive.messages[topic] for topic in (COMPRESSED[name], TOPICS[name][1]))
        assert drive.stamps(COMPRESSED[name]) == drive.stamps(TOPICS[name][1])
        assert {message.header.frame_id for message in (*images, *infos)} == {sensor.frame_id}
        assert intrinsics_of(infos[0]) == sensor.camera
        baseline_m = -infos[0].p[3] / sensor.camera.fx
        assert baseline_m == pytest.approx(STEREO_BASELINE_M if name == 'stereo_color' else 0)


def test_messages_come_as_they_are_received(drive: Drive) -> None:
    assert drive.received_ns == sorted(drive.received_ns)
    assert len(set(drive.received_ns)) > 10


def test_every_frame_can_be_placed_in_the_world(drive: Drive) -> None:
    lasting, = drive.messages['/tf_static']
    assert {(transform.header.frame_id, transform.child_frame_id)
            for transform in lasting.transforms} == {
        ('base_link', sensor.frame_id) for sensor in make_rig(160).values()}
    poses = [message.transforms[0] for message in drive.messages['/tf']]
    assert {(pose.header.frame_id, pose.child_frame_id) for pose in poses} == {
        ('odom', 'base_link')}
    moments = [pose.header.stamp.sec * 10**9 + pose.header.stamp.nanosec for pose in poses]
    assert set(np.diff(moments)) == {50_000_000}
    stamps = [stamp for topic in COMPRESSED.values() for stamp in drive.stamps(topic)]
    assert moments[0] <= min(stamps)
    assert max(stamps) <= moments[-1]
    trajectory = np.loadtxt(drive.bag / 'ground_truth' / 'trajectory.txt')
    assert trajectory.shape == (len(moments), 8)
    np.testing.assert_allclose(trajectory[:, 1], [
        pose.transform.translation.x for pose in poses], atol=1e-6)


def test_truth_has_the_stamps_of_the_frames(drive: Drive) -> None:
    for kind, name in (('depth', 'depth'), ('color_lit', 'color'), ('nir_lit', 'nir'),
                       ('mono_lit', 'mono'), ('disparity', 'mono'), ('occluded', 'mono')):
        assert drive.truth.stamps(kind) == drive.stamps(COMPRESSED[name]), kind


def test_truth_is_what_the_sensors_are_about(drive: Drive) -> None:
    for message in drive.messages[COMPRESSED['depth']]:
        measured, true = decode_depth(message), drive.truth.depth_m(stamp_ns(message))
        assert np.isfinite(true).all()
        assert 0.02 < np.isnan(measured).mean() < 0.8
        # Disparities are coarse where pixels are few.
        assert np.nanmedian(np.abs(measured - true) / true) < 0.1
    stamp = drive.stamps(COMPRESSED['mono'])[0]
    distance_m = 131.25 * STEREO_BASELINE_M / drive.truth.disparity_px(stamp)
    assert 0.3 < np.nanmin(distance_m) < np.nanmax(distance_m) < 20
    assert 0.005 < drive.truth.occluded(stamp).mean() < 0.5


def test_the_lights_go_out(drive: Drive) -> None:
    for name, decode in (('color', decode_rgb), ('mono', decode_gray), ('nir', decode_gray),
                         ('stereo_color', decode_rgb)):
        before, after = drive.messages[COMPRESSED[name]]
        assert stamp_ns(before) < START_NS + LIGHTS_OUT_S * 1e9 - 10**7 < stamp_ns(after)
        if name == 'nir':
            # It brings its own light.
            assert decode(after).mean() > 30
        else:
            assert decode(after).mean() < 0.3 * decode(before).mean()
    for lit in ('color', 'nir', 'mono'):
        levels = [drive.truth.lit_rgb(lit, stamp).mean() for stamp in drive.truth.stamps(
            f'{lit}_lit')]
        assert min(levels) > 40
        assert max(levels) < 1.2 * min(levels)


def test_what_it_was_made_of_is_said(drive: Drive) -> None:
    facts = yaml.safe_load((drive.bag / 'ground_truth' / 'scene.yaml').read_text())
    said = {**SMALL, 'kinds': ['corridor'], 'lights_out_s': LIGHTS_OUT_S, 'truth_every': 1}
    assert {key: facts[key] for key in said} == said
    assert set(facts['rig']) == set(TOPICS)
    assert 'mitsuba' in facts['versions']


def test_the_same_seed_gives_the_same_bytes(drive: Drive, tmp_path: Path) -> None:
    simulate(tmp_path / 'bag', **SMALL, lights_out_s=LIGHTS_OUT_S, workers=1)
    assert fingerprints(tmp_path / 'bag') == fingerprints(drive.bag)


def test_images_may_be_raw_dark_by_gamma_and_seldom_have_truth(tmp_path: Path) -> None:
    simulate(tmp_path / 'bag', **SMALL, transport='raw', ill_lit=True, truth_every=2, workers=1)
    drive = read(tmp_path / 'bag')
    assert {topic for topic, _ in TOPICS.values()} < set(drive.messages)
    for name, encoding in (('depth', '16UC1'), ('color', 'rgb8'), ('nir', 'mono8'),
                           ('mono', 'mono8'), ('stereo_color', 'rgb8')):
        assert {message.encoding for message in drive.messages[TOPICS[name][0]]} == {encoding}
    first, _ = drive.stamps(TOPICS['color'][0])
    assert drive.truth.stamps('color_lit') == [first]
    dark = decode_rgb(drive.messages[TOPICS['color'][0]][0])
    lit = drive.truth.lit_rgb('color', first)
    # A curve, not noise: what was darker is not brighter now.
    assert dark[lit.max(axis=2) < 128].max() < 40
    table = (tmp_path / 'bag' / 'ground_truth' / 'boxes.csv').read_text().splitlines()
    stamps = {int(row['stamp_ns']) for row in csv.DictReader(table)}
    assert stamps <= {drive.stamps(topic)[0] for topic, _ in TOPICS.values()}


@pytest.mark.parametrize(('wrong', 'said'), [
    ({'light': 'noon'}, r"light 'noon' is not one of day, dusk, night"),
    ({'transport': 'theora'}, 'compressed, raw'),
    ({'seconds': 0.0}, 'no frame'),
    ({'seconds': 0.01}, 'hold no frame'),
    ({'width': 100}, '100 wide'),
    ({'rate_hz': 0.0}, '0 Hz'),
    ({'samples': 0}, 'samples 0'),
    ({'truth_every': 0}, 'truth_every 0'),
    ({'workers': 0}, 'workers 0'),
    ({'scene_seed': -1}, 'scene_seed -1'),
    ({'kinds': ('cellar',)}, 'cellar'),
    ({'lights_out_s': 0.2}, 'not within the drive'),
    ({'lights_out_s': -1.0}, 'not within the drive'),
    ({'light': 'day', 'ill_lit': True}, "light 'day' leaves nothing dark"),
    ({'light': 'day', 'lights_out_s': 0.1}, "light 'day' leaves nothing dark")])
def test_a_wrong_argument_is_said_and_leaves_nothing(
        wrong: dict[str, Any], said: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=said):
        simulate(tmp_path / 'bag', **{**SMALL, **wrong})
    assert not list(tmp_path.iterdir())


def test_a_bag_is_never_overwritten(tmp_path: Path) -> None:
    with pytest.raises(DataError, match='exists'):
        simulate(tmp_path, **SMALL)


def test_what_fails_on_the_way_leaves_nothing(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> Any:
        yield from ()
        raise RuntimeError('out of memory')

    monkeypatch.setattr(simulation, 'run_in_processes', broken)
    with pytest.raises(RuntimeError, match='out of memory'):
        simulate(tmp_path / 'bag', **SMALL)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_who_stops_it_finds_nothing_of_it(number: signal.Signals, tmp_path: Path) -> None:
    # What a shell starts in the background ignores SIGINT, and hands that on.
    script = ('import signal\nfrom colorize_ros.cli import main\nif __name__ == "__main__":\n'
              '    signal.signal(signal.SIGINT, signal.default_int_handler)\n    main()')
    command = [sys.executable, '-c', script, 'simulate', '--out', str(tmp_path / 'bag'),
               '--seconds', '60', '--width', '160', '--room', 'corridor', '--workers', '2']
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, start_new_session=True) as process:
        try:
            deadline = time.monotonic() + PATIENCE_S
            while not list(tmp_path.rglob('*_lit/*.jpg')) and time.monotonic() < deadline:
                assert process.poll() is None
                time.sleep(0.05)
            # To all of them, as a terminal does, or to the first, as a service manager does.
            (os.killpg if number == signal.SIGINT else os.kill)(process.pid, number)
            # The output ends with the last process that could write to it.
            output, _ = process.communicate(timeout=PATIENCE_S)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode not in (0, None)
    assert 'Error in' not in output
    assert not list(tmp_path.iterdir())
