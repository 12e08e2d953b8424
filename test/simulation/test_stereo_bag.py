"""Rectified stereo pairs become a bag that `stereo_colorizer` can be played."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
import pytest

pytest.importorskip('rosbags')

from rosbags.highlevel import AnyReader

from colorize_ros.datasets.ground_truth import GroundTruth
from colorize_ros.errors import ConfigurationError, DataError
from colorize_ros.evaluation.demo_topics import find_topics
from colorize_ros.messages import decode_gray, decode_rgb, side_of, stamp_ns
from colorize_ros.simulation.make_bag import make_bag
from small_data import write_manifest
from stereo_data import picture, write_levels, write_rgb

MONO, COLOR = '/mono/image_rect', '/color/image_rect'


def write_pairs(folder: Path, sizes: dict[str, tuple[int, int]]) -> None:
    for seed, (name, size) in enumerate(sizes.items()):
        write_rgb(folder / name / 'left.png', picture(*size, seed=2 * seed))
        write_rgb(folder / name / 'right.png', picture(*size, seed=2 * seed + 1))
        write_levels(folder / name / 'disp_left.png', np.full(size, 160, np.uint16))
    write_manifest(folder, {name: name.split('/')[0] for name in sizes})


def read(bag: Path) -> dict[str, list]:
    messages: dict[str, list] = {}
    with AnyReader([bag]) as reader:
        for connection, _, raw in reader.messages():
            messages.setdefault(connection.topic, []).append(
                reader.deserialize(raw, connection.msgtype))
    return messages


def luma(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)


def test_pairs_of_any_sizes_become_what_the_node_reads(tmp_path: Path) -> None:
    write_pairs(tmp_path / 'in', {'train/a': (24, 32), 'test/b': (16, 48)})
    assert make_bag(tmp_path / 'in', tmp_path / 'bag', rate_hz=20.0, repeat=2) == 4
    messages = read(tmp_path / 'bag')
    # What the cameras were is not known, so nothing is said of them.
    assert set(messages) == {MONO, COLOR}
    monos, colors = messages[MONO], messages[COLOR]
    assert [message.encoding for message in (monos[0], colors[0])] == ['mono8', 'rgb8']
    for index, seed, size in ((0, 0, (24, 32)), (1, 0, (24, 32)), (3, 2, (16, 48))):
        np.testing.assert_array_equal(decode_gray(monos[index]), luma(picture(*size, seed=seed)))
        np.testing.assert_array_equal(decode_rgb(colors[index]), picture(*size, seed=seed + 1))
    apart_ms = [(stamp_ns(color) - stamp_ns(mono)) / 1e6 for mono, color in zip(monos, colors)]
    assert apart_ms == [2.0] * 4
    assert stamp_ns(monos[3]) - stamp_ns(monos[0]) == 150_000_000
    # However fast, the first color image precedes the second mono one.
    make_bag(tmp_path / 'in', tmp_path / 'fast', rate_hz=1000.0)
    fast = read(tmp_path / 'fast')
    assert stamp_ns(fast[COLOR][0]) < stamp_ns(fast[MONO][1])
    assert set(find_topics(tmp_path / 'bag').streams) == {'mono', 'stereo_color'}


def test_the_left_image_in_color_is_the_truth(tmp_path: Path) -> None:
    write_pairs(tmp_path / 'in', {'train/a': (24, 32), 'test/b': (16, 48)})
    make_bag(tmp_path / 'in', tmp_path / 'bag', repeat=3)
    stamps = [stamp_ns(message) for message in read(tmp_path / 'bag')[MONO]]
    truth = GroundTruth(tmp_path / 'bag')
    assert truth.stamps('mono_lit') == stamps
    found = truth.lit_rgb('mono', stamps[3])
    assert found.shape == (16, 48, 3)
    assert np.abs(luma(found) - luma(picture(16, 48, seed=2)).astype(float)).mean() < 10


def test_a_split_is_chosen(tmp_path: Path) -> None:
    write_pairs(tmp_path / 'in', {'train/a': (24, 32), 'test/b': (16, 48)})
    assert make_bag(tmp_path / 'in', tmp_path / 'bag', split='test') == 1
    assert decode_gray(read(tmp_path / 'bag')[MONO][0]).shape == (16, 48)


def test_noise_of_the_paper_is_added_anew_to_each_image(tmp_path: Path) -> None:
    flat = np.full((60, 80, 3), 128, np.uint8)
    write_pairs(tmp_path / 'in', {'train/a': (60, 80)})
    for name in ('left', 'right'):
        write_rgb(tmp_path / f'in/train/a/{name}.png', flat)
    make_bag(tmp_path / 'in', tmp_path / 'bag', repeat=2, setup=2)
    messages = read(tmp_path / 'bag')
    mono, color = decode_gray(messages[MONO][0]), decode_rgb(messages[COLOR][0])
    assert not np.array_equal(mono, decode_gray(messages[MONO][1]))
    # Table 2: the factor times the square root of the intensity.
    root = np.sqrt(128 / 255)
    assert np.std(mono / 255) == pytest.approx(0.01 * root, rel=0.1)
    assert np.std(color / 255) == pytest.approx(0.07 * root, rel=0.1)


def test_cameras_that_are_told_are_said(tmp_path: Path) -> None:
    write_pairs(tmp_path / 'in', {'train/a': (24, 32)})
    make_bag(tmp_path / 'in', tmp_path / 'bag', fx=30.0, baseline_m=0.2)
    messages = read(tmp_path / 'bag')
    (mono,), (color,) = (messages[f'/{name}/camera_info'] for name in ('mono', 'color'))
    assert side_of(mono, color) == 'left'
    assert color.p.reshape(3, 4)[0].tolist() == [30, 0, 15.5, -6]
    assert stamp_ns(color) == stamp_ns(messages[COLOR][0])


def test_what_pairs_cannot_be_made_a_bag_of_is_said(tmp_path: Path) -> None:
    write_pairs(tmp_path / 'in', {'train/a': (24, 32), 'test/b': (16, 48)})
    out = tmp_path / 'bag'
    with pytest.raises(DataError, match='48 x 16'):
        make_bag(tmp_path / 'in', out, fx=30.0, baseline_m=0.2)
    halves: list[dict[str, Any]] = [{'fx': 30.0}, {'baseline_m': 0.2}, {'cx': 10.0}]
    for half in halves:
        with pytest.raises(ConfigurationError, match='both of fx and baseline_m'):
            make_bag(tmp_path / 'in', out, **half)
    with pytest.raises(ConfigurationError, match=r'setup 3.*\[1, 2\]'):
        make_bag(tmp_path / 'in', out, setup=3)
    with pytest.raises(ConfigurationError, match='repeat 0'):
        make_bag(tmp_path / 'in', out, repeat=0)
    with pytest.raises(DataError, match="split 'look'"):
        make_bag(tmp_path / 'in', out, split='look')
    cv2.imwrite(str(tmp_path / 'in/0_nir.png'), np.full((24, 32), 9, np.uint8))
    with pytest.raises(ConfigurationError, match='near infrared'):
        make_bag(tmp_path / 'in', out, setup=1)
    assert not out.exists()
