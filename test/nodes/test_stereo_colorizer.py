"""What stereo_colorizer takes, makes and refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

rclpy = pytest.importorskip('rclpy')
pytest.importorskip('message_filters')

from sensor_msgs.msg import Image  # noqa: E402

from colorize_ros.messages import decode_rgb, stamp_ns  # noqa: E402
from colorize_ros.nodes.stereo_colorizer import StereoColorizerNode  # noqa: E402
from domains import own_domain_id  # noqa: E402
from nodes.live_graph import image_message, live_graph, LiveGraph, PERIOD_NS  # noqa: E402
from nodes.stereo import (  # noqa: E402
    answer,
    camera_info,
    COLOR_IN,
    compressed,
    FIRST_NS,
    gray,
    INFO,
    PICTURE,
    pictures,
    rgb,
    send,
    start,
    stereo_graph,
)
from pairs import mono_and_color  # noqa: E402

pytestmark = pytest.mark.ros

DOMAIN_ID = own_domain_id()
RAMP = np.tile(np.arange(48, dtype=np.uint8) * 5, (32, 1))
PLAIN = np.full((32, 48, 3), (200, 120, 40), np.uint8)


@pytest.fixture
def graph() -> Any:
    with stereo_graph(DOMAIN_ID) as graph:
        yield graph


def test_the_picture_is_rgb8_with_the_header_of_the_mono_image(graph: LiveGraph) -> None:
    start(graph)
    picture = answer(graph, gray(RAMP), rgb(PLAIN))
    assert picture.encoding == 'rgb8'
    assert (picture.width, picture.height) == (48, 32)
    assert picture.header.frame_id == 'mono_eye'
    assert (stamp_ns(picture) - FIRST_NS) % PERIOD_NS == 0
    np.testing.assert_array_equal(decode_rgb(picture)[..., 0], RAMP)


def mosaic(order: str) -> Image:
    """A Bayer image of the plain color."""
    pixels = np.empty((32, 48), np.uint8)
    for index, letter in enumerate(order):
        pixels[index // 2::2, index % 2::2] = PLAIN[0, 0, 'rgb'.index(letter)]
    return image_message(pixels, f'bayer_{order}8', 0)


MONO = {'mono8': gray(RAMP), 'mono16': gray(RAMP.astype(np.uint16) * 257)}
COLOR = {
    'rgb8': rgb(PLAIN), 'bgr8': image_message(PLAIN[..., ::-1].copy(), 'bgr8', 0),
    **{f'bayer {order}': mosaic(order) for order in ('rggb', 'bggr', 'gbrg', 'grbg')}}


def test_every_encoding_gives_the_same_picture(graph: LiveGraph) -> None:
    start(graph)
    sets = [(mono, COLOR['rgb8']) for mono in MONO.values()]
    sets += [(MONO['mono8'], color) for color in COLOR.values()]
    for index, (mono, color) in enumerate(sets):
        picture = decode_rgb(answer(graph, mono, color, first=1000 * index))
        np.testing.assert_array_equal(picture[..., 0], RAMP)
        np.testing.assert_array_equal(picture[..., 1:], PLAIN[..., 1:])
    assert graph.value('inference', 'last_error') in (None, '')


def test_both_images_may_come_compressed(graph: LiveGraph) -> None:
    start(graph, transport='compressed', color_transport='compressed')
    for index, (mono, color) in enumerate([('png', 'png'), ('jpeg', 'jpeg'), ('png', 'jpeg')]):
        picture = decode_rgb(answer(
            graph, compressed(RAMP, mono), compressed(PLAIN, color), first=1000 * index))
        assert np.abs(picture[..., 0].astype(int) - RAMP).max() <= 4
        assert np.abs(picture[..., 1:].astype(int) - PLAIN[..., 1:]).max() <= 4


def test_another_size_and_focal_length_is_resampled(graph: LiveGraph) -> None:
    node = start(graph, infos=True)
    fine = np.zeros((96, 128, 3), np.uint8)
    fine[36:60, 52:76] = 255  # 24 px of a lens of 240: 6 px of one of 60
    infos = (camera_info(48, 32, 60.0), camera_info(128, 96, 240.0, 0.1))
    answer(graph, gray(RAMP), rgb(fine), infos=infos)

    def resampled() -> list[np.ndarray]:
        assert node.colorizer is not None
        return [color for color in node.colorizer.colors
                if np.count_nonzero(color[16, :, 0] > 127) == 6]

    graph.until_sending(lambda number: send(graph, number, gray(RAMP), rgb(fine), infos),
                        resampled, first=1000)
    assert np.count_nonzero(resampled()[0][:, 24, 0] > 127) == 6


def test_without_camera_info_another_ratio_is_refused_and_the_mono_image_goes_out(
        graph: LiveGraph) -> None:
    start(graph)
    wide = np.full((32, 96, 3), 9, np.uint8)
    picture = decode_rgb(answer(graph, gray(RAMP), rgb(wide), found=pictures))
    np.testing.assert_array_equal(picture, np.repeat(RAMP[..., None], 3, axis=2))
    graph.until_sending(
        lambda number: send(graph, number, gray(RAMP), rgb(wide)),
        lambda: 'another ratio' in (graph.value('inference', 'last_error') or ''), first=500)
    # A smaller one of the same ratio will do.
    picture = decode_rgb(answer(graph, gray(RAMP), rgb(PLAIN[::2, ::2].copy()), first=1000))
    np.testing.assert_array_equal(picture[..., 1:], PLAIN[..., 1:])


def test_a_camera_info_of_another_image_is_named_and_not_used(graph: LiveGraph) -> None:
    start(graph, infos=True)
    infos = (camera_info(48, 32, 60.0), camera_info(128, 96, 240.0, 0.1))
    answer(graph, gray(RAMP), rgb(PLAIN), infos=infos)
    graph.until_sending(
        lambda number: send(graph, number, gray(RAMP), rgb(PLAIN), infos),
        lambda: 'the color image is 48 x 32' in (graph.value('inference', 'last_warning') or ''),
        first=1000)


@pytest.mark.parametrize(('told', 'baselines', 'side', 'source'), [
    ('auto', (0.0, 0.1), 'left', 'as the camera_infos say'),
    ('auto', (0.1, 0.0), 'right', 'as the camera_infos say'),
    ('right', (0.0, 0.1), 'right', 'as mono_is says'),
    ('auto', (0.0, 0.0), 'left', 'nothing says otherwise')])
def test_the_side_of_the_mono_camera_is_told_or_found(
        graph: LiveGraph, told: str, baselines: tuple[float, float], side: str,
        source: str) -> None:
    node = start(graph, infos=True, mono_is=told)
    infos = tuple(camera_info(48, 32, 60.0, baseline_m) for baseline_m in baselines)

    def said() -> bool:
        status = graph.status('sides')
        return status is not None and f'the {side} camera' in status.message and (
            source in status.message)

    graph.until_sending(
        lambda number: send(graph, number, gray(RAMP), rgb(PLAIN), infos),
        lambda: node.colorizer and node.colorizer.sides[-1:] == [side] and said())


def test_camera_info_goes_out_with_the_picture(graph: LiveGraph) -> None:
    start(graph, infos=True, listen=INFO)
    infos = (camera_info(48, 32, 60.0), camera_info(48, 32, 60.0, 0.1))
    graph.until_sending(
        lambda number: send(graph, number, gray(RAMP), rgb(PLAIN), infos),
        lambda: graph.received[INFO])
    info = graph.received[INFO][0]
    assert (info.width, info.height, info.p[0]) == (48, 32, 60.0)


@pytest.mark.parametrize('listen', [None, INFO])
def test_who_wants_no_picture_starts_no_inference(graph: LiveGraph, listen: str | None) -> None:
    node = start(graph, infos=True, listen=listen)
    seen = 'frames' if listen else 'dropped: nobody listens'
    infos = (camera_info(48, 32, 60.0), camera_info(48, 32, 60.0, 0.1))
    graph.until_sending(
        lambda number: send(graph, number, gray(RAMP), rgb(PLAIN), infos),
        lambda: int(graph.value('inference', seen) or 0) >= 3)
    assert node.colorizer is not None
    assert node.colorizer.colors == []


def warned(graph: LiveGraph, mono: Image, color: Image, said: str, first: int = 0) -> None:
    graph.until_sending(
        lambda number: send(graph, number, mono, color),
        lambda: (status := graph.status('inference')) and status.level == b'\x01'
        and said in status.message, first=first)


def test_cameras_remapped_the_wrong_way_round_are_told(graph: LiveGraph) -> None:
    start(graph)
    warned(graph, gray(RAMP), gray(RAMP), 'brings gray images')
    warned(graph, rgb(PLAIN), rgb(PLAIN), 'only the luminance is used', first=1000)


def test_bad_images_are_diagnosed_and_the_node_goes_on(graph: LiveGraph) -> None:
    start(graph)
    depth_mm = np.tile(np.linspace(600, 4000, 48).astype(np.uint16), (32, 1))
    depth_mm[12:20, 20:30] = 0
    truncated = gray(RAMP)
    truncated.data = truncated.data[:-1]
    bad = [(image_message(depth_mm, '16UC1', 0), 'looks like depth in millimetres'),
           (image_message(RAMP.astype(np.float32), '32FC1', 0), 'is not a gray encoding'),
           (truncated, 'truncated')]
    for index, (mono, said) in enumerate(bad):
        graph.until_sending(
            lambda number: send(graph, number, mono, rgb(PLAIN)),  # noqa: B023
            lambda: (status := graph.status('inference')) and status.level == b'\x02'
            and said in status.message, first=1000 * index)  # noqa: B023
    assert not graph.received[PICTURE]
    answer(graph, gray(RAMP), rgb(PLAIN), first=1000 * len(bad))


def test_rows_that_do_not_match_are_told_with_the_offset_and_the_remedy(graph: LiveGraph) -> None:
    start(graph)
    mono, color = mono_and_color()
    lower = np.roll(color, 4, axis=0)
    answer(graph, gray(mono), rgb(lower))
    status = graph.until(lambda: (found := graph.status('rows')) and found.level == b'\x01'
                         and found, 'the warning')
    assert '4.0 px lower' in status.message
    assert 'rectify both images' in status.message
    assert float(graph.value('rows', 'offset_px')) == pytest.approx(4, abs=0.2)
    reports = len(graph.received['/diagnostics'])
    graph.until_sending(
        lambda number: send(graph, number, gray(mono), rgb(lower)),
        lambda: len(graph.received['/diagnostics']) > reports + 3, first=1000)
    assert sum('4.0 px lower' in line for line in graph.logged) == 1


def test_matching_rows_are_said_to_match_and_the_wrong_side_is_told(graph: LiveGraph) -> None:
    start(graph, mono_is='right')
    mono, color = mono_and_color(mono_is='left')
    answer(graph, gray(mono), rgb(color))
    status = graph.until(lambda: (found := graph.status('rows')) and 'rows match' in found.message
                         and found, 'the verdict')
    assert status.level == b'\x00'
    graph.until(lambda: graph.status('sides').level == b'\x01', 'the warning')
    assert 'set mono_is to left' in graph.status('sides').message


def test_images_that_were_never_rectified_are_told_by_their_camera_infos(
        graph: LiveGraph) -> None:
    node = graph.add(StereoColorizerNode, '-r', 'mono/image_rect:=mono/image_raw')
    topics = {'mono/image_raw': gray(RAMP), COLOR_IN: rgb(PLAIN),
              'mono/camera_info': camera_info(48, 32, 60.0),
              'color/camera_info': camera_info(48, 32, 60.0, 0.1)}
    topics['mono/camera_info'].d = [0.2, 0.0, 0.0, 0.0, 0.0]
    for topic, message in topics.items():
        graph.advertise(topic, type(message))
    graph.listen(PICTURE, Image)
    graph.until(graph.connected, 'discovery')

    def feed(number: int) -> None:
        for topic, message in topics.items():
            message.header.stamp.sec, message.header.stamp.nanosec = 1_700_000_000, number * 1000
            graph.send(topic, message)

    status = graph.until_sending(feed, lambda: (found := graph.status('rows'))
                                 and found.level == b'\x01' and found)
    assert 'mono/image_raw looks like images with the distortion' in status.message
    assert node.geometry.mono is not None


def test_the_model_is_named_and_freed(graph: LiveGraph) -> None:
    node = graph.add(StereoColorizerNode)
    graph.until(lambda: graph.status('model dummy-stereo'), 'the model')
    node.trigger_deactivate()
    node.trigger_cleanup()
    assert node.colorizer is None


def test_missing_weights_are_the_reason_for_a_refusal(tmp_path: Path) -> None:
    with live_graph(DOMAIN_ID) as graph:
        lost = graph.add(StereoColorizerNode, model=str(tmp_path / 'none.safetensors'))
        graph.until(lambda: any('none.safetensors' in line for line in graph.logged), 'reason')
        assert lost.colorizer is None
