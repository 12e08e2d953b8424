"""What a bag has for the nodes: streams of images, found by type, name and encoding."""
from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import islice, product
from pathlib import Path
import re
from typing import Any, NamedTuple

from colorize_ros.errors import ColorizeError
from colorize_ros.evaluation.bags import messages_of, opened
from colorize_ros.messages import side_of, stamp_ns
from colorize_ros.messages.compressed import decode_picture, picture_encoding

IMAGE, COMPRESSED = 'sensor_msgs/msg/Image', 'sensor_msgs/msg/CompressedImage'
CAMERA_INFO = 'sensor_msgs/msg/CameraInfo'
TRUTH = 'ground_truth'
DEPTH_ENCODINGS = ('16UC1', 'mono16', '32FC1')
GRAY_ENCODINGS = ('mono8', '8UC1', 'mono16')
RECTIFIED = re.compile(r'(^|[/_])rect([/_]|$)')
# Topics of near infrared are known by a part of their name alone: nothing else tells them from
# other gray images, or, with 16 bits, from depth.
INFRARED = re.compile(r'(^|[/_])(nir|ir|infra\d?|infrared\d?)([/_]|$)')
# So many messages show which camera_info is stamped as which image.
PAIRED_BY = 10


class Stream(NamedTuple):
    """The images of one camera in a bag.

    Attributes:
        topic: of images or compressed images.
        camera_info: topic of its camera_info, None where there is none.
    """

    topic: str
    camera_info: str | None = None

    @property
    def transport(self) -> str:
        """How the images come: raw, compressed or compressedDepth."""
        suffix = self.topic.rsplit('/', 1)[-1]
        return suffix if suffix in ('compressed', 'compressedDepth') else 'raw'

    @property
    def base(self) -> str:
        """The topic's name without its transport."""
        return self.topic if self.transport == 'raw' else self.topic.rsplit('/', 1)[0]


class BagTopics(NamedTuple):
    """Topics of a bag by what they bring.

    Attributes:
        streams: by role, those that there are: 'depth', 'guide' (a color image in the frame of
            depth, hence registered to it), 'nir', 'mono' and 'stereo_color' (a rectified pair).
        truth: topic of perfect depth, None where there is none.
        cameras: what the robot's cameras see, but the guide.
        listed: all topics with their types, for people.
    """

    streams: Mapping[str, Stream]
    truth: str | None = None
    cameras: tuple[Stream, ...] = ()
    listed: str = 'nothing'


def find_topics(bag: Path) -> BagTopics:
    """Find what the nodes could work on.

    Args:
        bag: folder of a rosbag2.

    Raises:
        MissingExtraError: rosbags is not installed.
        DataError: there is no bag that can be read.
    """
    with opened(bag) as reader:
        kinds = {connection.topic: connection.msgtype for connection in reader.connections}
    truth = next((topic for topic in kinds if TRUTH in topic), None)
    first = {topic: message for topic, kind in kinds.items()
             if kind in (IMAGE, COMPRESSED) and topic != truth for message in _first(bag, topic)}
    nir = [topic for topic in first if _is_infrared(topic, first[topic])]
    depth = [topic for topic in first if topic not in nir and _is_depth(first[topic])]
    cameras = [topic for topic in first if topic not in depth]
    guide = _guide(depth[0], cameras, first) if depth else None
    infos = {topic: _first_stamps(bag, topic) for topic, kind in kinds.items()
             if kind == CAMERA_INFO}
    streams = {}
    if depth:
        # Without a camera_info there is no depth_enhancer; so any is better than none.
        streams['depth'] = Stream(depth[0], _camera_info(bag, depth[0], infos))
    if guide is not None:
        streams['guide'] = Stream(guide, _own_camera_info(bag, guide, infos))
    if nir:
        streams['nir'] = Stream(nir[0], _own_camera_info(bag, nir[0], infos))
    streams.update(_rectified_pair(
        bag, [topic for topic in cameras if topic not in nir and topic != guide], first, infos))
    return BagTopics(
        streams, truth, tuple(Stream(topic) for topic in sorted(cameras) if topic != guide),
        ', '.join(f'{topic} [{kind}]' for topic, kind in kinds.items()) or 'nothing')


def _first(bag: Path, topic: str) -> list[Any]:
    """Return the first message of a topic, nothing where it has none."""
    return list(islice(messages_of(bag, topic), 1))


def _first_stamps(bag: Path, topic: str) -> set[int]:
    return {stamp_ns(message) for message in islice(messages_of(bag, topic), PAIRED_BY)}


def _is_depth(message: Any) -> bool:
    if hasattr(message, 'encoding'):
        return message.encoding in DEPTH_ENCODINGS
    return 'compressedDepth' in message.format or message.format.startswith(DEPTH_ENCODINGS)


def _is_infrared(topic: str, message: Any) -> bool:
    """Tell near infrared, but not depth in the frame of an infrared camera."""
    metres = getattr(message, 'encoding', '') == '32FC1' or topic.endswith('/compressedDepth')
    return INFRARED.search(topic) is not None and 'depth' not in topic and not metres


def _guide(depth: str, cameras: Collection[str], first: Mapping[str, Any]) -> str | None:
    """Choose a camera in the frame of depth; of several, by name."""
    frame_id = first[depth].header.frame_id
    return max((topic for topic in cameras if first[topic].header.frame_id == frame_id),
               key=lambda topic: _common(topic, depth), default=None)


def _camera_info(bag: Path, images: str, infos: Mapping[str, set[int]]) -> str | None:
    """Choose the camera_info that is stamped as the images are; of several, by name.

    Args:
        bag: folder of a rosbag2.
        images: topic.
        infos: topics of camera_info with their first stamps.
    """
    stamps = _first_stamps(bag, images)
    return max(infos, key=lambda topic: (len(stamps & infos[topic]), _common(topic, images)),
               default=None)


def _own_camera_info(bag: Path, images: str, infos: Mapping[str, set[int]]) -> str | None:
    """Choose a camera_info that is stamped as the images are, None where there is none."""
    stamps = _first_stamps(bag, images)
    return _camera_info(bag, images, {
        topic: own for topic, own in infos.items() if own & stamps})


def _rectified_pair(bag: Path, cameras: Collection[str], first: Mapping[str, Any],
                    infos: Mapping[str, set[int]]) -> dict[str, Stream]:
    """Find a gray and a color camera side by side, by their baseline or, both, by name.

    Args:
        bag: folder of a rosbag2.
        cameras: topics of images.
        first: first message of each.
        infos: topics of camera_info with their first stamps.
    """
    gray = [topic for topic in cameras if _is_gray(first[topic])]
    for pair in product(gray, [topic for topic in cameras if topic not in gray]):
        mono, color = (Stream(topic, _own_camera_info(bag, topic, infos)) for topic in pair)
        known = [_first(bag, stream.camera_info)[0] for stream in (mono, color)
                 if stream.camera_info]
        if (len(known) == 2 and side_of(*known)) or all(map(RECTIFIED.search, pair)):
            return {'mono': mono, 'stereo_color': color}
    return {}


def _is_gray(message: Any) -> bool:
    if hasattr(message, 'encoding'):
        return message.encoding in GRAY_ENCODINGS
    try:
        return picture_encoding(message, decode_picture(message)) in GRAY_ENCODINGS
    except ColorizeError:  # a damaged first image; the node will say so
        return False


def _common(first: str, second: str) -> int:
    """Count the characters with which both begin."""
    same = 0
    for one, other in zip(first, second):
        if one != other:
            break
        same += 1
    return same
