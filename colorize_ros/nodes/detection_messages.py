"""Detections as vision_msgs, where that package is installed."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from std_msgs.msg import Header

from colorize_ros.detection import Detections

try:
    import vision_msgs.msg as vision
except ImportError:
    vision = None


class Found(NamedTuple):
    """What was found in an image.

    Attributes:
        detections: in pixels of the image.
        class_names: the detector's.
        header: of the image.
    """

    detections: Detections
    class_names: Sequence[str]
    header: Header


def message_type() -> Any | None:
    """Return vision_msgs/Detection2DArray, None where the package is not installed."""
    return None if vision is None else vision.Detection2DArray


def detection_array(found: Found) -> Any:
    """Make a Detection2DArray; classes go by name."""
    array = vision.Detection2DArray()
    array.header = found.header
    for box, label, score in zip(found.detections.boxes.astype(float).tolist(),
                                 found.detections.labels, found.detections.scores):
        detection, result = vision.Detection2D(), vision.ObjectHypothesisWithPose()
        detection.header = found.header
        detection.bbox.center.position.x = (box[0] + box[2]) / 2
        detection.bbox.center.position.y = (box[1] + box[3]) / 2
        detection.bbox.size_x, detection.bbox.size_y = box[2] - box[0], box[3] - box[1]
        result.hypothesis.class_id = found.class_names[label]
        result.hypothesis.score = float(score)
        detection.results = [result]
        array.detections.append(detection)
    return array
