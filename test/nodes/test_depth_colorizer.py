"""What depth_colorizer takes, learns, makes and refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

rclpy = pytest.importorskip('rclpy')
pytest.importorskip('message_filters')

from sensor_msgs.msg import CameraInfo, CompressedImage, Image  # noqa: E402
from std_msgs.msg import Float32  # noqa: E402

from colorize_ros.messages import (  # noqa: E402
    encode_compressed,
    encode_compressed_depth,
    stamp_ns,
)
from colorize_ros.nodes.depth_colorizer import default_folder  # noqa: E402
from domains import own_domain_id  # noqa: E402
from nodes.live_graph import camera_info_message, image_message, LiveGraph, PERIOD_NS  # noqa: E402
from nodes.place import (  # noqa: E402
    color,
    depth,
    FIRST_NS,
    INFO,
    LIGHT,
    pictures,
    place_graph,
    send,
    shown,
    start,
)
from places import HEIGHT, WIDTH  # noqa: E402

pytestmark = pytest.mark.ros

DOMAIN_ID = own_domain_id()
RED, BLUE, DARK = (200, 60, 40), (40, 60, 200), (3, 2, 4)
WARN = b'\x01'


@pytest.fixture
def graph() -> Any:
    with place_graph(DOMAIN_ID) as graph:
        yield graph


def show(graph: LiveGraph, first: int, metres: float, rgb: tuple[int, int, int] | None,
         condition: Any) -> Any:
    """Send depth, with color where there is one, until a condition holds."""
    return graph.until_sending(
        lambda number: send(graph, number, depth(metres), None if rgb is None else color(rgb)),
        condition, first=first)


def known(graph: LiveGraph) -> int:
    return int(graph.value('memory', 'references') or 0)


def test_it_learns_by_day_and_colors_at_night(graph: LiveGraph, tmp_path: Path) -> None:
    start(graph, tmp_path)
    show(graph, 0, 1.0, RED, lambda: shown(graph, 0) == RED)
    show(graph, 1000, 4.0, BLUE, lambda: shown(graph, 1000) == BLUE)
    # The lights go out.
    show(graph, 2000, 1.0, DARK, lambda: shown(graph, 2000) == RED)
    show(graph, 3000, 3.9, DARK, lambda: shown(graph, 3000) == BLUE)
    show(graph, 4000, 0.9, None, lambda: shown(graph, 4000) == RED)
    graph.until(lambda: known(graph) == 2, 'two references')
    graph.until(lambda: graph.value('light', 'well_lit') == 'False', 'the dark')
    picture = pictures(graph, 4000)[0]
    assert picture.encoding == 'rgb8'
    assert (picture.width, picture.height) == (WIDTH, HEIGHT)
    assert picture.header.frame_id == 'eye'
    assert (stamp_ns(picture) - FIRST_NS) % PERIOD_NS == 0


def test_it_learns_though_nobody_listens(graph: LiveGraph, tmp_path: Path) -> None:
    node = start(graph, tmp_path, listen=None)
    show(graph, 0, 1.0, RED, lambda: known(graph) == 1)
    assert node.colorizer is not None
    assert node.colorizer.colorized == []


def test_where_nothing_is_known_nothing_goes_out_and_it_says_what_to_do(
        graph: LiveGraph, tmp_path: Path) -> None:
    start(graph, tmp_path)

    def complaint() -> Any:
        status = graph.status('memory')
        return status if status is not None and status.level == WARN else None

    status = show(graph, 0, 1.0, DARK, complaint)
    assert 'nothing is known of the place' in status.message
    assert 'color/image_raw' in status.message
    assert not pictures(graph)
    show(graph, 1000, 1.0, RED, lambda: pictures(graph, 1000))
    graph.until(lambda: not complaint(), 'all is well')


def test_light_is_published(graph: LiveGraph, tmp_path: Path) -> None:
    start(graph, tmp_path, listen=LIGHT, kind=Float32)
    show(graph, 0, 1.0, RED, lambda: graph.received[LIGHT])
    assert graph.received[LIGHT][-1].data == 1.0
    show(graph, 1000, 1.0, DARK, lambda: graph.received[LIGHT][-1].data == 0.0)
    graph.until(lambda: graph.value('light', 'light') == '0', 'light in the diagnostics')
    assert 'too little' in graph.status('light').message


def test_light_is_published_though_nothing_is_known_of_depth(
        graph: LiveGraph, tmp_path: Path) -> None:
    node = start(graph, tmp_path, listen=LIGHT, kind=Float32)
    nothing = image_message(np.zeros((HEIGHT, WIDTH), np.uint16), '16UC1', 0, 'eye')
    graph.until_sending(lambda number: send(graph, number, nothing, color(RED)),
                        lambda: graph.received[LIGHT])
    assert graph.received[LIGHT][-1].data == 1.0
    graph.until(lambda: graph.value('light', 'light') == '1', 'light in the diagnostics')
    assert 'no pixel of the depth map is known' in (graph.value(
        'inference', 'last_warning') or '')
    assert not graph.value('inference', 'last_error')
    assert node.seen is None
    assert known(graph) == 0


def test_learning_can_be_turned_off_and_made_stricter(graph: LiveGraph, tmp_path: Path) -> None:
    node = start(graph, tmp_path, learn=False)
    show(graph, 0, 1.0, RED, lambda: graph.value('light', 'well_lit') == 'True')
    assert known(graph) == 0
    half = np.full((HEIGHT, WIDTH, 3), 120, np.uint8)
    half[:HEIGHT // 2] = 0
    half_lit = image_message(half, 'rgb8', 0, 'eye')
    assert graph.set_parameter('depth_colorizer', 'min_light', 0.6).successful
    graph.until_sending(lambda number: send(graph, number, depth(1.0), half_lit),
                        lambda: graph.value('light', 'light') == '0.5', first=1000)
    assert graph.set_parameter('depth_colorizer', 'learn', True).successful
    # Once it has looked twice, it has done what it does with what it looked at first.
    for first in (2000, 3000):
        before = node.seen
        graph.until_sending(lambda number: send(graph, number, depth(1.0), half_lit),
                            lambda: node.seen is not before, first=first)  # noqa: B023
    assert node.place is not None
    assert node.place.references == 0
    assert graph.set_parameter('depth_colorizer', 'min_light', 0.4).successful
    graph.until_sending(lambda number: send(graph, number, depth(1.0), half_lit),
                        lambda: known(graph), first=4000)


def test_color_of_another_size_or_ratio(graph: LiveGraph, tmp_path: Path) -> None:
    start(graph, tmp_path)
    large = image_message(np.full((2 * HEIGHT, 2 * WIDTH, 3), RED, np.uint8), 'rgb8', 0, 'eye')
    wide = image_message(np.full((HEIGHT, 2 * WIDTH, 3), BLUE, np.uint8), 'rgb8', 0, 'eye')
    graph.until_sending(lambda number: send(graph, number, depth(1.0), wide),
                        lambda: 'registered' in (graph.value('inference', 'last_error') or ''))
    assert not pictures(graph)
    graph.until_sending(lambda number: send(graph, number, depth(1.0), large),
                        lambda: shown(graph, 1000) == RED, first=1000)


def test_color_of_another_frame_is_warned_of(graph: LiveGraph, tmp_path: Path) -> None:
    start(graph, tmp_path)
    graph.until_sending(
        lambda number: send(graph, number, depth(1.0), color(RED, 'other_eye')),
        lambda: shown(graph, 0) == RED)
    warning = "color has the frame 'other_eye', depth 'eye'"
    graph.until(lambda: any(warning in line for line in graph.logged), 'the warning')


def test_depth_of_holes_is_no_reference(graph: LiveGraph, tmp_path: Path) -> None:
    node = start(graph, tmp_path)
    pixels = np.full((HEIGHT, WIDTH), np.nan, np.float32)
    pixels[:8] = 2.0
    sparse = image_message(pixels, '32FC1', 0, 'eye')
    graph.until_sending(lambda number: send(graph, number, sparse, color(RED)),
                        lambda: 'too many holes' in (graph.value(
                            'inference', 'last_warning') or ''))
    assert node.place is not None
    assert node.place.references == 0


def test_depth_without_any_measurement_is_an_error_of_one_frame(
        graph: LiveGraph, tmp_path: Path) -> None:
    node = start(graph, tmp_path)
    show(graph, 0, 1.0, RED, lambda: pictures(graph))
    nothing = image_message(np.zeros((HEIGHT, WIDTH), np.uint16), '16UC1', 0, 'eye')
    graph.until_sending(lambda number: send(graph, number, nothing, color(RED)),
                        lambda: graph.value('inference', 'last_error'), first=1000)
    assert node.place is not None
    assert node.place.references == 1
    show(graph, 2000, 1.0, None, lambda: shown(graph, 2000) == RED)


DEPTHS = {
    '32FC1': lambda: depth(1.0),
    '16UC1': lambda: image_message(np.full((HEIGHT, WIDTH), 1000, np.uint16), '16UC1', 0, 'eye'),
    'mono16': lambda: image_message(np.full((HEIGHT, WIDTH), 1000, np.uint16), 'mono16', 0, 'eye')}


def test_every_encoding_of_depth(graph: LiveGraph, tmp_path: Path) -> None:
    node = start(graph, tmp_path)
    for index, make in enumerate(DEPTHS.values()):
        first = 1000 * index
        graph.until_sending(lambda number: send(graph, number, make(), color(RED)),  # noqa: B023
                            lambda: pictures(graph, first), first=first)  # noqa: B023
    assert node.colorizer is not None
    assert all(np.allclose(depth_m, 1.0) for depth_m in node.colorizer.colorized)


def test_both_may_come_compressed(graph: LiveGraph, tmp_path: Path) -> None:
    start(graph, tmp_path, transport='compressedDepth', color_transport='compressed')
    fields = encode_compressed_depth(np.full((HEIGHT, WIDTH), 1.5, np.float32))
    packed = CompressedImage(format=fields.format, data=fields.data)
    jpeg = encode_compressed(np.full((HEIGHT, WIDTH, 3), RED, np.uint8), 'jpeg')
    picture = CompressedImage(format=jpeg.format, data=jpeg.data)
    for message in (packed, picture):
        message.header.frame_id = 'eye'
    graph.until_sending(lambda number: send(graph, number, packed, picture),
                        lambda: pictures(graph))
    assert np.abs(np.subtract(shown(graph, 0), RED)).max() < 6


def test_the_camera_info_goes_out_with_the_picture(graph: LiveGraph, tmp_path: Path) -> None:
    start(graph, tmp_path, listen=INFO, kind=CameraInfo)
    info = camera_info_message(WIDTH, HEIGHT, 0)
    graph.until_sending(lambda number: send(graph, number, depth(1.0), info=info),
                        lambda: graph.received[INFO])
    came = graph.received[INFO][0]
    assert list(came.k) == list(info.k)
    assert (stamp_ns(came) - FIRST_NS) % PERIOD_NS == 0
    other = camera_info_message(2 * WIDTH, HEIGHT, 0)
    graph.until_sending(lambda number: send(graph, number, depth(1.0), info=other),
                        lambda: 'remap camera_info' in (graph.value(
                            'inference', 'last_error') or ''), first=1000)


def test_a_fixed_reference_takes_the_place_of_the_memory(
        graph: LiveGraph, tmp_path: Path) -> None:
    files = {'reference_color': tmp_path / 'color.png', 'reference_depth': tmp_path / 'depth.png'}
    cv2.imwrite(str(files['reference_color']), np.full((HEIGHT, WIDTH, 3), BLUE[::-1], np.uint8))
    cv2.imwrite(str(files['reference_depth']), np.full((HEIGHT, WIDTH), 1500, np.uint16))
    node = start(graph, tmp_path / 'memory', color=False,
                 **{name: str(path) for name, path in files.items()})
    show(graph, 0, 3.0, None, lambda: shown(graph, 0) == BLUE)
    assert node.count_subscribers(f'{graph.namespace}/color/image_raw') == 0
    graph.until(lambda: graph.status('memory'), 'diagnostics')
    assert 'fixed' in graph.status('memory').message
    assert not (tmp_path / 'memory').exists()


@pytest.mark.parametrize(('parameters', 'message'), [
    ({'reference_color': 'a.png'}, 'expected both or neither'),
    ({'reference_color': 'a.png', 'reference_depth': 'b.png'}, 'cannot be read'),
    ({'memory_name': '../elsewhere'}, 'no name of a memory'),
    ({'min_light': 2.0}, 'min_light'),
    ({'model': 'missing.safetensors', 'completer': 'missing.safetensors'}, 'not a file')])
def test_what_cannot_work_is_refused_with_the_reason(
        graph: LiveGraph, tmp_path: Path, parameters: dict[str, Any], message: str) -> None:
    from colorize_ros.nodes.depth_colorizer import DepthColorizerNode

    graph.add(DepthColorizerNode, memory_folder=str(tmp_path / 'memory'), **parameters)
    graph.until(lambda: (status := graph.status('state')) and message in status.message, message)
    assert graph.value('state', 'state') == 'unconfigured'


def test_memories_of_two_robots_lie_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('ROS_HOME', '/robots')
    assert default_folder('/front/eye') == Path('/robots/colorize_ros/memory/front.eye')
    monkeypatch.delenv('ROS_HOME')
    assert default_folder('/eye') == Path.home() / '.ros/colorize_ros/memory/eye'


def test_holes_are_completed_where_that_is_asked_for(
        graph: LiveGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from types import SimpleNamespace

    from colorize_ros.nodes import depth_colorizer

    class Completer:
        info = SimpleNamespace(name='dummy-completer', path='', sha256='', device='cpu',
                               precision='fp32')

        @classmethod
        def load(cls, model: str, *, device: str) -> Completer:
            assert model == 'paper'
            return cls()

        def warm_up(self, height: int, width: int) -> None:
            pass

        def __call__(self, depth_m: np.ndarray) -> Any:
            return SimpleNamespace(depth_m=np.where(np.isnan(depth_m), np.float32(9), depth_m))

    monkeypatch.setattr(depth_colorizer, 'DepthCompleter', Completer)
    node = start(graph, tmp_path, completer='paper')
    pixels = np.full((HEIGHT, WIDTH), 2.0, np.float32)
    pixels[:, :20] = np.nan
    holes = image_message(pixels, '32FC1', 0, 'eye')
    graph.until_sending(lambda number: send(graph, number, holes, color(RED)),
                        lambda: pictures(graph))
    assert node.colorizer is not None
    assert np.isfinite(node.colorizer.colorized[0]).all()
    assert node.colorizer.colorized[0][0, 0] == 9
    graph.until(lambda: graph.status('model dummy-completer'), 'both models')


def test_a_frame_goes_out_without_waiting_for_color(graph: LiveGraph, tmp_path: Path) -> None:
    """Color that comes every tenth depth image holds none of them back."""
    start(graph, tmp_path)
    graph.until_sending(
        lambda number: send(graph, number, depth(1.0), color(RED) if number % 10 == 0 else None),
        lambda: len(pictures(graph)) > 15)
    numbers = {(stamp_ns(picture) - FIRST_NS) // PERIOD_NS for picture in pictures(graph)}
    assert any(number % 10 for number in numbers)
    assert isinstance(pictures(graph)[0], Image)
