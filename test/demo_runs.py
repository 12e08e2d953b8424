"""Runs of the demo that are made up: a bag, what came back of it, and the logs. No ROS needed."""

from __future__ import annotations

from collections.abc import Mapping
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from rosbags.rosbag2 import StoragePlugin, Writer
from rosbags.typesys import get_typestore, Stores

from colorize_ros.evaluation.demo_recording import Run
from colorize_ros.evaluation.demo_topics import find_topics
from colorize_ros.messages import (
    encode_confidence,
    encode_depth,
    encode_gray,
    encode_rgb,
    Intrinsics,
    RawImage,
)
from colorize_ros.simulation.bag_writer import BagWriter, encode_jpeg, Stamps

CAMERA = Intrinsics(width=64, height=48, fx=52.0, fy=52.0, cx=31.5, cy=23.5)
GUIDE, NIR = '/guide/image_raw/compressed', '/nir/image_raw'
MONO, STEREO_COLOR = '/stereo/mono/image_rect', '/stereo/color/image_rect/compressed'
START_NS = 1_700_000_000_000_000_000
STEP_NS = 100_000_000
FRAMES = 4
TRUE_M, FILLED_M = 2.0, 2.2
NIR_LEVEL, LIT_RGB, GUESSED_RGB = 100, (120, 90, 60), (115, 95, 65)
BASELINE_M = 0.1
TYPES = get_typestore(Stores.LATEST)
IMAGE, DIAGNOSTICS = 'sensor_msgs/msg/Image', 'diagnostic_msgs/msg/DiagnosticArray'
# How long after its frame the first result comes; each later one takes 10 ms more.
FIRST_TAKES_NS, EACH_TAKES_NS = 50_000_000, 10_000_000


def measured() -> np.ndarray:
    depth_m = np.full((48, 64), TRUE_M, np.float32)
    depth_m[:, :16] = np.nan
    return depth_m


def filled(rgb: tuple[int, int, int]) -> np.ndarray:
    return np.full((48, 64, 3), rgb, np.uint8)


def played_bag(folder: Path, *, depth: bool = True, guide: bool = True, truth: bool = True,
               nir: bool = False, stereo: bool = False) -> Path:
    """Write a bag of four frames; with `nir`, every other one has a truth in good light, and so
    with `stereo`, of the mono camera."""
    with BagWriter(folder) as bag:
        for number in range(FRAMES):
            at_ns = START_NS + number * STEP_NS
            stamps = Stamps(at_ns, at_ns)
            if depth:
                bag.write_image('/depth/image_raw', stamps, 'camera', encode_depth(measured()))
                bag.write_camera_info('/camera_info', stamps, 'camera', CAMERA)
            if guide:
                bag.write_image(GUIDE, Stamps(at_ns + 5_000_000, at_ns), 'camera',
                                encode_jpeg(filled((90, 90, 90))))
            if truth:
                bag.write_image('/ground_truth/depth', stamps, 'camera',
                                encode_depth(np.full((48, 64), TRUE_M, np.float32)))
            if nir:
                nir_stamps = Stamps(at_ns + 3, at_ns)
                bag.write_image(NIR, nir_stamps, 'nir',
                                encode_gray(np.full((48, 64), NIR_LEVEL, np.uint8)))
                bag.write_camera_info('/nir/camera_info', nir_stamps, 'nir', CAMERA)
            if stereo:
                write_pair(bag, at_ns + 7)
    for kind, late_ns in (('nir_lit', 3),) * nir + (('mono_lit', 7),) * stereo if truth else ():
        lit = folder / 'ground_truth' / kind
        lit.mkdir(parents=True)
        for number in range(0, FRAMES, 2):
            cv2.imwrite(str(lit / f'{START_NS + late_ns + number * STEP_NS}.png'),
                        filled(LIT_RGB)[..., ::-1])
    return folder


def write_pair(bag: BagWriter, at_ns: int) -> None:
    """Write a mono image, the color image beside it, and their cameras."""
    stamps, late = Stamps(at_ns, at_ns), Stamps(at_ns + 1000, at_ns)
    mono = cv2.cvtColor(filled(GUESSED_RGB), cv2.COLOR_RGB2GRAY)
    bag.write_image(MONO, stamps, 'mono', encode_gray(mono))
    bag.write_camera_info('/stereo/mono/camera_info', stamps, 'mono', CAMERA)
    bag.write_image(STEREO_COLOR, late, 'color', encode_jpeg(filled((90, 90, 95))))
    bag.write_camera_info('/stereo/color/camera_info', late, 'color', CAMERA, BASELINE_M)


def run_of(bag: Path, work: Path, *, returned: int = 3, colored: int = FRAMES) -> Run:
    """Make up a run.

    Args:
        bag: that was played.
        work: folder to write, must not exist.
        returned: how many frames come back from depth_enhancer.
        colored: how many from nir_colorizer, and from stereo_colorizer.
    """
    work.mkdir()
    unknown = np.isnan(measured())
    confidence = np.where(unknown, np.float32(0.7), np.float32(1.0))
    confidence[:, :4] = 0.2
    results = {
        '/depth_enhancer/depth': (0, returned, encode_depth(
            np.where(unknown, np.float32(FILLED_M), measured()))),
        '/depth_enhancer/confidence': (0, returned, encode_confidence(confidence)),
        '/nir_colorizer/image_color': (3, colored, encode_rgb(filled(GUESSED_RGB))),
        '/stereo_colorizer/image_color': (7, colored, encode_rgb(filled(GUESSED_RGB)))}
    topics = find_topics(bag)
    received: list[dict[str, Any]] = []
    with Writer(work / 'recorded', version=9, storage_plugin=StoragePlugin.MCAP) as writer:
        for topic, (late_ns, count, image) in results.items():
            connection = writer.add_connection(topic, IMAGE, typestore=TYPES)
            for number in range(count):
                stamp = START_NS + number * STEP_NS + late_ns
                at_ns = number * STEP_NS + FIRST_TAKES_NS + number * EACH_TAKES_NS
                writer.write(connection, at_ns, TYPES.serialize_cdr(image_of(image, stamp), IMAGE))
                received.append({'topic': topic, 'stamp_ns': stamp, 'received_ns': at_ns})
        _write_diagnostics(writer)
    published = [
        {'topic': stream.topic, 'stamp_ns': START_NS + number * STEP_NS + late_ns,
         'published_ns': number * STEP_NS}
        for role, late_ns in (('depth', 0), ('nir', 3), ('mono', 7))
        if (stream := topics.streams.get(role))
        for number in range(FRAMES)]
    for name, log in (('published', published), ('received', received)):
        lines = [json.dumps(entry) for entry in log]
        (work / f'{name}.jsonl').write_text('\n'.join(lines) + '\n{"cut sho')
    return Run(bag, topics, work)


def image_of(raw: RawImage, stamp: int) -> Any:
    """Make a message."""
    header = TYPES.types['std_msgs/msg/Header'](
        TYPES.types['builtin_interfaces/msg/Time'](*divmod(stamp, 10**9)), 'camera')
    return TYPES.types[IMAGE](header, raw.height, raw.width, raw.encoding, raw.is_bigendian,
                              raw.step, np.frombuffer(raw.data, np.uint8))


def _write_diagnostics(writer: Any) -> None:
    connection = writer.add_connection('/diagnostics', DIAGNOSTICS, typestore=TYPES)
    for node, model in (('depth_enhancer', 'robot <v1>'), ('nir_colorizer', 'guesser'),
                        ('stereo_colorizer', 'painter')):
        for frames in ('1', '3'):
            message = _diagnostics(node, {
                'pairing': {'sets': '4', 'dropped guide: no partner': '2'},
                'inference': {'frames': frames, 'failures': '0', 'latency_p50_ms': '41.5',
                              'dropped: a newer set came': '1'},
                'rows': {'nine_of_ten_below_px': '0.4'},
                'color side': {'colored': '3', 'gray': '1'},
                f'model {model}': {'sha256': 'ab' * 32, 'device': 'cpu', 'precision': 'bf16'}})
            writer.write(connection, 10**9, TYPES.serialize_cdr(message, DIAGNOSTICS))


def _diagnostics(node: str, parts: dict[str, dict[str, str]]) -> Any:
    return statuses_of(node, {part: (0, values) for part, values in parts.items()})


def statuses_of(
        node: str, parts: Mapping[str, tuple[int, Mapping[str, str]]], stamp: int = 0) -> Any:
    """Make diagnostics: level and values by part."""
    types = TYPES.types
    statuses = [types['diagnostic_msgs/msg/DiagnosticStatus'](
        level, f'{node}: {part}', '', '', [
            types['diagnostic_msgs/msg/KeyValue'](key, value) for key, value in values.items()])
        for part, (level, values) in parts.items()]
    header = types['std_msgs/msg/Header'](
        types['builtin_interfaces/msg/Time'](*divmod(stamp, 10**9)), '')
    return types[DIAGNOSTICS](header, statuses)
