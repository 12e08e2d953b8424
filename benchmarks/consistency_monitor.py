"""What consistency_monitor costs beside its detector: CPU milliseconds of one look at two images.

    taskset -c 0 python benchmarks/consistency_monitor.py yolox_nano.onnx photo.jpg [photo.jpg ...]

The node's own `process` is called with messages of 640x480, raw, by light, at its default rate
and window on a clock of its own, with what the detector has found before; diagnostics are made of
each look. A photo stays for some looks, as what a robot sees does.
"""
from __future__ import annotations

from functools import partial
from pathlib import Path
import sys
import time
from typing import Any
from unittest import mock

import cv2
import numpy as np
from sensor_msgs.msg import Image
from std_msgs.msg import Header

from colorize_ros.detection import Detections, Detector
from colorize_ros.messages import decode_rgb, encode_rgb
from colorize_ros.nodes import consistency_monitor
from colorize_ros.nodes.consistency_monitor import ConsistencyMonitorNode, OVERLAY
from colorize_ros.nodes.consistency_parameters import ConsistencyMonitorParameters
from colorize_ros.nodes.images import image_message
from colorize_ros.nodes.topics import FrameSet

WARM_UP, LOOKS_EACH = 5, 10


class Remembering:
    """A detector that finds what it has found before in as bright an image, in no time."""

    def __init__(self, detector: Detector) -> None:
        self.detector, self.class_names, self.info = detector, detector.class_names, detector.info
        self._found: dict[int, Detections] = {}
        self.ms: list[float] = []

    def __call__(self, rgb: np.ndarray) -> Detections:
        """Find it again; only the first time counts for `ms`."""
        key = int(rgb[::16, ::16].sum())
        if key not in self._found:
            begun = time.thread_time()
            self._found[key] = self.detector(rgb)
            self.ms.append(1e3 * (time.thread_time() - begun))
        return self._found[key]


def make_node(detector: Any) -> ConsistencyMonitorNode:
    """Make the node's working part, without a graph."""
    node = ConsistencyMonitorNode.__new__(ConsistencyMonitorNode)
    node.parameters = ConsistencyMonitorParameters(candidates=('candidate',))
    node.detector = detector
    node.silent_s = lambda stream: 0.0  # type: ignore[method-assign]
    node.forget()
    return node


def look(node: ConsistencyMonitorNode, messages: list[Image], number: int, overlay: bool) -> float:
    """Return the CPU milliseconds of one look, what is published encoded."""
    for message in messages:
        message.header = Header()
        message.header.stamp.sec = number + 1
    frames = FrameSet(messages[0].header, dict(zip(('reference', 'candidate'), messages)),
                      frozenset([OVERLAY] if overlay else []))
    with mock.patch.object(consistency_monitor.time, 'monotonic', partial(float, number)):
        begun = time.thread_time()
        results = node.process(frames)
        node.findings()
        if OVERLAY in results:
            image_message(encode_rgb(results[OVERLAY]))
        return 1e3 * (time.thread_time() - begun)


def main(model: str, *photos: str) -> None:
    """Print the detector's median, and the mean of the rest."""
    cv2.setNumThreads(1)
    detector = Remembering(Detector.load(Path(model), score_threshold=0.3))
    pairs = []
    for photo in photos:
        rgb = cv2.cvtColor(cv2.resize(cv2.imread(photo), (640, 480)), cv2.COLOR_BGR2RGB)
        gray = np.repeat(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)
        pairs.append([image_message(encode_rgb(picture)) for picture in (rgb, gray)])
    nodes = {overlay: make_node(detector) for overlay in (False, True)}
    taken: dict[bool, list[float]] = {False: [], True: []}
    for pair in pairs:
        for message in pair:
            detector(decode_rgb(message))
    for number in range(LOOKS_EACH * len(pairs)):
        for overlay, node in nodes.items():
            taken[overlay].append(look(node, pairs[number // LOOKS_EACH], number, overlay))
    own = float(np.median(detector.ms[WARM_UP:]))
    print(f'detector: {own:.1f} ms an image, {2 * own:.1f} ms a look')
    for overlay, ms in taken.items():
        cost = float(np.mean(ms[LOOKS_EACH:]))
        print(f'monitor {"with" if overlay else "without"} overlay: {cost:.2f} ms a look, '
              f'{cost / (2 * own):.1%} of the detector')


if __name__ == '__main__':
    main(*sys.argv[1:])
