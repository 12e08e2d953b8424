"""What nir_colorizer takes, makes and refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

rclpy = pytest.importorskip('rclpy')
pytest.importorskip('message_filters')

from sensor_msgs.msg import CameraInfo, CompressedImage, Image  # noqa: E402

from colorize_ros.messages import decode_rgb, encode_compressed, stamp_ns  # noqa: E402
from colorize_ros.nodes import nir_colorizer  # noqa: E402
from colorize_ros.nodes.nir_colorizer import NirColorizerNode  # noqa: E402
from colorize_ros.pipelines import NirColorizer  # noqa: E402
from domains import own_domain_id  # noqa: E402
from nodes.live_graph import (  # noqa: E402
    camera_info_message,
    image_message,
    live_graph,
    LiveGraph,
    PERIOD_NS,
    stamp,
)
from pipelines.model_files import write_nir  # noqa: E402

pytestmark = pytest.mark.ros

DOMAIN_ID = own_domain_id()
FIRST_NS = 1_700_000_000_000_000_000
COLOR = 'nir_colorizer/image_color'
INFO = 'nir_colorizer/camera_info'
RAMP = np.tile(np.arange(48, dtype=np.uint8) * 5, (32, 1))


@pytest.fixture(scope='module')
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(write_nir(tmp_path_factory.mktemp('models')))


@pytest.fixture
def graph(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(nir_colorizer, 'WARM_UP_SIZE', RAMP.shape)
    with live_graph(DOMAIN_ID) as graph:
        yield graph


def start(graph: LiveGraph, weights: Path, *, listen: str = COLOR, info: bool = False,
          **parameters: Any) -> NirColorizerNode:
    """A colorizer that each image reaches, with one listener."""
    node = graph.add(NirColorizerNode, model=str(weights), device='cpu', **parameters)
    if parameters.get('transport') == 'compressed':
        graph.advertise('nir/image_raw/compressed', CompressedImage)
    else:
        graph.advertise('nir/image_raw', Image)
    if info:
        graph.advertise('nir/camera_info', CameraInfo)
    graph.listen(listen, Image if listen == COLOR else CameraInfo)
    graph.until(graph.connected, 'discovery')
    return node


def send(graph: LiveGraph, number: int, message: Any, info: CameraInfo | None = None) -> None:
    compressed = isinstance(message, CompressedImage)
    frames = {'nir/image_raw/compressed' if compressed else 'nir/image_raw': message}
    if info is not None:
        frames['nir/camera_info'] = info
    for topic, frame in frames.items():
        frame.header.stamp = stamp(FIRST_NS + number * PERIOD_NS)
        graph.send(topic, frame)


def answer(graph: LiveGraph, message: Any, first: int = 0) -> Image:
    """Send a message, numbered from `first`, until the first picture of it; tests step by 1000."""
    def pictures() -> list[Image]:
        return [picture for picture in graph.received[COLOR]
                if first <= (stamp_ns(picture) - FIRST_NS) / PERIOD_NS < first + 1000]

    graph.until_sending(lambda number: send(graph, number, message), pictures, first=first)
    return pictures()[0]


def refused(graph: LiveGraph, message: Any, said: str, first: int = 0) -> None:
    """Send a message until the diagnostics have an error that says so."""
    graph.until_sending(
        lambda number: send(graph, number, message),
        lambda: (status := graph.status('inference')) and status.level == b'\x02'
        and said in status.message, first=first)


def gray(pixels: np.ndarray) -> Image:
    return image_message(pixels, 'mono8' if pixels.dtype == np.uint8 else '16UC1', 0, 'nir_eye')


def compressed(pixels: np.ndarray, format: str) -> CompressedImage:
    fields = encode_compressed(pixels, format)
    return CompressedImage(format=fields.format, data=fields.data)


def contrast(picture: Image) -> int:
    return int(np.ptp(decode_rgb(picture).astype(int)))


def in_color_clothes(pixels: np.ndarray) -> np.ndarray:
    return np.repeat(pixels[..., None], 3, axis=-1)


def test_the_picture_is_rgb8_with_the_header_and_the_size_of_the_input(
        graph: LiveGraph, weights: Path) -> None:
    start(graph, weights)
    nir = gray(np.tile(np.arange(67, dtype=np.uint8), (45, 1)))
    picture = answer(graph, nir)
    assert picture.encoding == 'rgb8'
    assert (picture.width, picture.height) == (67, 45)
    assert picture.header.frame_id == 'nir_eye'
    assert (stamp_ns(picture) - FIRST_NS) % PERIOD_NS == 0


RAW = {
    '8UC1': image_message(RAMP, '8UC1', 0),
    'mono16': image_message(RAMP.astype('<u2') * 257, 'mono16', 0),
    '16UC1': image_message(RAMP.astype('<u2') * 257, '16UC1', 0),
    'rgb8': image_message(in_color_clothes(RAMP), 'rgb8', 0),
    'bgr8': image_message(in_color_clothes(RAMP), 'bgr8', 0),
}
COMPRESSED = {
    'jpeg': compressed(RAMP, 'jpeg'),
    'png': compressed(RAMP, 'png'),
    '16-bit png': compressed(RAMP.astype(np.uint16) * 257, 'png'),
    'color jpeg': compressed(in_color_clothes(RAMP), 'jpeg'),
}


@pytest.mark.parametrize(('transport', 'messages'), [('raw', RAW), ('compressed', COMPRESSED)])
def test_every_encoding_of_an_image_gives_the_same_picture(
        graph: LiveGraph, weights: Path, transport: str, messages: dict[str, Any]) -> None:
    node = start(graph, weights, transport=transport, exposure_smoothing=0.0)
    assert node.colorizer is not None
    expected = node.colorizer(RAMP).astype(int)
    assert np.ptp(expected) > 100
    for index, (name, message) in enumerate(messages.items()):
        picture = answer(graph, message, first=1000 * index)
        difference = np.abs(decode_rgb(picture).astype(int) - expected)
        assert difference.max() <= 4, name
    assert graph.value('inference', 'last_error') in (None, '')
    assert not [line for line in graph.logged if 'color' in line and 'luminance' in line]


def test_twenty_gray_levels_give_a_picture_with_contrast(graph: LiveGraph, weights: Path) -> None:
    start(graph, weights)
    dim = np.random.default_rng(0).integers(3, 23, (48, 64)).astype(np.uint8)
    assert contrast(answer(graph, gray(dim))) > 60


def test_color_is_taken_as_its_luminance_with_one_warning(graph: LiveGraph, weights: Path) -> None:
    start(graph, weights)
    color = in_color_clothes(RAMP)
    color[:16, :, 0] //= 2
    picture = answer(graph, image_message(color, 'rgb8', 0))
    assert contrast(picture) > 100
    graph.until_sending(
        lambda number: send(graph, number, image_message(color, 'rgb8', 0)),
        lambda: (status := graph.status('inference')) and status.level == b'\x01', first=1000)
    assert 'color camera' in graph.status('inference').message
    frames = int(graph.value('inference', 'frames') or 0)
    graph.until_sending(
        lambda number: send(graph, number, image_message(color, 'rgb8', 0)),
        lambda: int(graph.value('inference', 'frames') or 0) > frames + 10, first=2000)
    assert sum('only the luminance is used' in line for line in graph.logged) == 1


def depth_with_holes() -> np.ndarray:
    """Millimetres, with unknown pixels."""
    depth_mm = np.tile(np.linspace(600, 4000, 48).astype(np.uint16), (32, 1))
    depth_mm[12:20, 20:30] = 0
    return depth_mm


def truncated() -> Image:
    message = gray(RAMP)
    message.data = message.data[:-1]
    return message


def test_bad_images_are_diagnosed_and_the_node_goes_on(graph: LiveGraph, weights: Path) -> None:
    start(graph, weights)
    bad = [
        (image_message(RAMP.astype(np.float32), '32FC1', 0),
         "encoding '32FC1' is not a gray encoding"),
        (gray(depth_with_holes()), 'looks like depth in millimetres'),
        (Image(encoding='mono8'), 'the image is 0 x 0'),
        (truncated(), 'truncated'),
        (image_message(RAMP, 'yuv422', 0), "encoding 'yuv422' is not a gray encoding"),
        (gray(np.zeros((8, 8), np.uint8)), 'at least 32 rows and columns'),
    ]
    for index, (message, said) in enumerate(bad):
        refused(graph, message, said, first=1000 * index)
    assert not graph.received[COLOR]
    assert contrast(answer(graph, gray(RAMP), first=1000 * len(bad))) > 100


def test_compressed_depth_on_the_topic_is_named(graph: LiveGraph, weights: Path) -> None:
    start(graph, weights, transport='compressed')
    refused(graph, compressed(depth_with_holes(), 'png'), 'looks like depth')


def test_camera_info_goes_out_with_the_picture_and_is_not_needed(
        graph: LiveGraph, weights: Path) -> None:
    start(graph, weights, info=True)
    answer(graph, gray(RAMP))
    graph.listen(INFO, CameraInfo)
    graph.until(graph.connected, 'a listener')
    graph.until_sending(
        lambda number: send(graph, number, gray(RAMP), camera_info_message(48, 32, 0)),
        lambda: graph.received[INFO], first=1000)
    info = graph.received[INFO][0]
    assert (info.width, info.height) == (48, 32)
    graph.until(lambda: info.header.stamp in [
        picture.header.stamp for picture in graph.received[COLOR]], 'the picture of that stamp')


def test_a_camera_info_of_another_image_costs_itself_only(
        graph: LiveGraph, weights: Path) -> None:
    start(graph, weights, info=True)
    graph.listen(INFO, CameraInfo)
    graph.until(graph.connected, 'a listener')
    graph.until_sending(
        lambda number: send(graph, number, gray(RAMP), camera_info_message(96, 64, 0)),
        lambda: 'near infrared is 48 x 32' in (graph.value('inference', 'last_error') or ''))
    assert graph.received[COLOR]
    assert not graph.received[INFO]


def test_without_camera_info_nothing_is_missed(graph: LiveGraph, weights: Path) -> None:
    start(graph, weights, silent_after_s=0.2)

    def silent() -> bool:
        return float(graph.value('input /nir/camera_info', 'silent_s') or 0) > 0.4

    graph.until_sending(lambda number: send(graph, number, gray(RAMP)), silent)
    assert graph.status('input /nir/camera_info').level == b'\x00'
    assert not [line for line in graph.logged if 'no message for' in line]


@pytest.mark.parametrize('listen', [None, INFO])
def test_who_wants_no_picture_starts_no_inference(
        graph: LiveGraph, weights: Path, monkeypatch: pytest.MonkeyPatch,
        listen: str | None) -> None:
    graph.add(NirColorizerNode, model=str(weights), device='cpu')
    graph.advertise('nir/image_raw', Image)
    graph.advertise('nir/camera_info', CameraInfo)
    if listen:
        graph.listen(listen, CameraInfo)
    graph.until(graph.connected, 'discovery')
    calls: list[Any] = []
    monkeypatch.setattr(NirColorizer, '__call__', lambda *given, **_: calls.append(given))
    seen = 'frames' if listen else 'dropped: nobody listens'
    graph.until_sending(
        lambda number: send(graph, number, gray(RAMP), camera_info_message(48, 32, 0)),
        lambda: int(graph.value('inference', seen) or 0) >= 3)
    assert not calls


# Two levels of a light that rises: what is exposed as the first looks too bright.
DIM, LESS_DIM = RAMP // 16 + 10, RAMP // 16 + 14


def brightness(picture: Image) -> float:
    return float(np.mean(picture.data))


def test_the_exposure_of_a_video_changes_slowly(graph: LiveGraph, weights: Path) -> None:
    start(graph, weights, exposure_smoothing=0.99)
    before = brightness(answer(graph, gray(DIM)))
    assert brightness(answer(graph, gray(LESS_DIM), first=1000)) > before + 10
    assert graph.set_parameter('nir_colorizer', 'exposure_smoothing', 0.0).successful
    assert brightness(answer(graph, gray(LESS_DIM), first=2000)) < before + 5


def test_stamps_that_go_back_start_the_exposure_afresh(graph: LiveGraph, weights: Path) -> None:
    start(graph, weights, exposure_smoothing=0.99)
    before = brightness(answer(graph, gray(DIM), first=1000))
    assert brightness(answer(graph, gray(LESS_DIM))) < before + 5


def test_activation_starts_the_exposure_afresh(graph: LiveGraph, weights: Path) -> None:
    node = start(graph, weights, exposure_smoothing=0.99)
    before = brightness(answer(graph, gray(DIM)))
    node.trigger_deactivate()
    node.trigger_activate()
    graph.until(graph.connected, 'discovery')
    assert brightness(answer(graph, gray(LESS_DIM), first=1000)) < before + 5


def test_missing_weights_refuse_configure_and_the_model_is_named_and_freed(
        graph: LiveGraph, weights: Path, tmp_path: Path) -> None:
    lost = graph.add(NirColorizerNode, '-r', '__node:=lost',
                     model=str(tmp_path / 'none.safetensors'))
    graph.until(lambda: any('none.safetensors' in line for line in graph.logged), 'reason')
    assert lost.colorizer is None
    node = start(graph, weights)
    assert node.colorizer is not None
    graph.until(lambda: graph.status(f'model {node.colorizer.info.name}'), 'the model')
    node.trigger_deactivate()
    node.trigger_cleanup()
    assert node.colorizer is None
