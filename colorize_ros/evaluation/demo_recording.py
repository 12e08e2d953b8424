"""What the demo played and recorded, read back: rates, latencies, drops, frames."""
from __future__ import annotations

from collections.abc import Collection, Iterator
import contextlib
from dataclasses import dataclass
from itertools import islice
import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.ground_truth import GroundTruth
from colorize_ros.errors import DataError, MissingExtraError
from colorize_ros.messages import decode_depth, decode_rgb, stamp_ns

IMAGE, COMPRESSED = 'sensor_msgs/msg/Image', 'sensor_msgs/msg/CompressedImage'
CAMERA_INFO = 'sensor_msgs/msg/CameraInfo'
TRUTH = 'ground_truth'
# So many messages show which camera_info is stamped as which image.
PAIRED_BY = 10
DEPTH_ENCODINGS = ('16UC1', 'mono16', '32FC1')


class BagTopics(NamedTuple):
    """Topics of a bag by what they bring; None where there is none.

    Attributes:
        depth: image or compressed image.
        camera_info: of the depth camera.
        guide: a color image in the frame of depth, hence registered to it.
        truth: perfect depth.
        cameras: what the robot's other cameras see.
    """

    depth: str
    camera_info: str
    guide: str | None
    truth: str | None
    cameras: tuple[str, ...] = ()

    def transport(self, topic: str) -> str:
        """Return how a topic's images come: raw, compressed or compressedDepth."""
        suffix = topic.rsplit('/', 1)[1]
        return suffix if suffix in ('compressed', 'compressedDepth') else 'raw'

    def base(self, topic: str) -> str:
        """Return a topic's name without its transport."""
        return topic if self.transport(topic) == 'raw' else topic.rsplit('/', 1)[0]


@dataclass(frozen=True)
class Latencies:
    """How long frames took through DDS and the node and back.

    Attributes:
        since_start_s: (N,) when each frame was played.
        latency_ms: (N,) from the publishing of the depth image to the arrival of the result.
    """

    since_start_s: NDArray[np.float64]
    latency_ms: NDArray[np.float64]

    def quantile_ms(self, share: float) -> float:
        """Return a quantile, NaN where no frame came back."""
        return float(np.quantile(self.latency_ms, share)) if len(self.latency_ms) else np.nan


@contextlib.contextmanager
def opened(bag: Path) -> Iterator[Any]:
    """Open a bag with the rosbags library.

    Raises:
        MissingExtraError: rosbags is not installed.
        DataError: there is no bag that can be read.
    """
    try:
        from rosbags.highlevel import AnyReader, AnyReaderError
        from rosbags.typesys import get_typestore, Stores
    except ImportError as error:
        raise MissingExtraError('bags', 'reading bags') from error
    try:
        reader = AnyReader([bag], default_typestore=get_typestore(Stores.LATEST))
        reader.open()
    except (AnyReaderError, FileNotFoundError, OSError) as error:
        raise DataError(f'{bag} cannot be read as a bag ({error}); expected the folder of a '
                        'rosbag2, with its metadata.yaml') from error
    try:
        yield reader
    finally:
        reader.close()


def messages_of(bag: Path, topic: str | None) -> Iterator[Any]:
    """Read the messages of one topic, none if it is None."""
    if topic is None:
        return
    with opened(bag) as reader:
        wanted = [found for found in reader.connections if found.topic == topic]
        for connection, _, raw in reader.messages(wanted) if wanted else ():
            yield reader.deserialize(raw, connection.msgtype)


def find_topics(bag: Path) -> BagTopics:
    """Find the topics that `depth_enhancer` can work on.

    Args:
        bag: folder of a rosbag2.

    Raises:
        DataError: no bag, or one without depth or without its camera_info.
    """
    with opened(bag) as reader:
        kinds = {connection.topic: connection.msgtype for connection in reader.connections}
    truth = next((topic for topic in kinds if TRUTH in topic), None)
    images = [topic for topic, kind in kinds.items()
              if kind in (IMAGE, COMPRESSED) and topic != truth]
    first = {topic: message for topic in images for message in _first(bag, topic)}
    depth = [topic for topic in first if _is_depth(first[topic])]
    infos = [topic for topic, kind in kinds.items() if kind == CAMERA_INFO]
    if not depth or not infos:
        listed = ', '.join(f'{topic} [{kind}]' for topic, kind in kinds.items()) or 'nothing'
        raise DataError(f'{bag} holds {listed}; expected an image topic of depth (16UC1, 32FC1 or '
                        'compressedDepth) and a camera_info. `colorize-ros make-bag` makes one '
                        'of a folder of images')
    frame_id = first[depth[0]].header.frame_id
    others = [topic for topic in first if topic not in depth]
    guides = [topic for topic in others if first[topic].header.frame_id == frame_id]
    # Of several cameras, the one that is stamped as depth is; then the ones whose names have most
    # in common with the depth topic's.
    stamps = _first_stamps(bag, depth[0])
    info = max(infos, key=lambda topic: (len(stamps & _first_stamps(bag, topic)),
                                         _common(topic, depth[0])))
    guide = max(guides, key=lambda topic: _common(topic, depth[0]), default=None)
    return BagTopics(depth[0], info, guide, truth,
                     tuple(sorted(topic for topic in others if topic != guide)))


def _first(bag: Path, topic: str) -> list[Any]:
    """Return the first message of a topic, nothing where it has none."""
    return list(islice(messages_of(bag, topic), 1))


def _first_stamps(bag: Path, topic: str) -> set[int]:
    return {stamp_ns(message) for message in islice(messages_of(bag, topic), PAIRED_BY)}


def _is_depth(message: Any) -> bool:
    if hasattr(message, 'encoding'):
        return message.encoding in DEPTH_ENCODINGS
    return 'compressedDepth' in message.format or message.format.startswith(DEPTH_ENCODINGS)


def _common(first: str, second: str) -> int:
    same = 0
    for one, other in zip(first, second):
        if one != other:
            break
        same += 1
    return same


def read_log(path: Path) -> list[dict[str, Any]]:
    """Read a log of the player or the recorder; a last line that is cut short is left out."""
    entries = []
    for line in path.read_text().splitlines() if path.is_file() else []:
        with contextlib.suppress(json.JSONDecodeError):
            entries.append(json.loads(line))
    return entries


def latencies(published: list[dict[str, Any]], received: list[dict[str, Any]], source: str,
              result: str) -> Latencies:
    """Match what came back to what was played, by stamp.

    Args:
        published: the player's log.
        received: the recorder's log.
        source: topic of the depth images.
        result: topic of the completed depth.
    """
    sent = {entry['stamp_ns']: entry['published_ns'] for entry in published
            if entry['topic'] == source}
    pairs = [(sent[entry['stamp_ns']], entry['received_ns']) for entry in received
             if entry['topic'] == result and entry['stamp_ns'] in sent]
    start_ns = min(sent.values(), default=0)
    return Latencies(np.array([(out - start_ns) / 1e9 for out, _ in pairs], np.float64),
                     np.array([(back - out) / 1e6 for out, back in pairs], np.float64))


def rate_hz(log: list[dict[str, Any]], topic: str, clock: str) -> tuple[int, float]:
    """Return how many messages of a topic a log holds, and their rate.

    Args:
        log: of the player or the recorder.
        topic: to count.
        clock: 'published_ns' or 'received_ns'.
    """
    times = [entry[clock] for entry in log if entry['topic'] == topic]
    span_s = (max(times) - min(times)) / 1e9 if len(times) > 1 else 0.0
    return len(times), (len(times) - 1) / span_s if span_s > 0 else 0.0


def last_diagnostics(bag: Path, node: str) -> dict[str, dict[str, str]]:
    """Return the node's newest diagnostics in a recorded bag, by subcomponent and key."""
    newest: dict[str, dict[str, str]] = {}
    for message in messages_of(bag, '/diagnostics'):
        for status in message.status:
            name, _, part = status.name.partition(': ')
            if name.strip('/') == node:
                newest[part] = {entry.key: entry.value for entry in status.values}
    return newest


def stamps_of(bag: Path, topic: str | None) -> list[int]:
    """Return the stamps of a topic's messages, in the order of the bag; none if it is None."""
    return [stamp_ns(message) for message in messages_of(bag, topic)]


def depth_by_stamp(bag: Path, topic: str | None,
                   wanted: Collection[int]) -> dict[int, NDArray[np.float32]]:
    """Decode the depth images of a topic whose stamps are wanted, by stamp."""
    return {stamp_ns(message): decode_depth(message) for message in messages_of(bag, topic)
            if stamp_ns(message) in wanted}


def truth_by_stamp(bag: Path, topic: str | None,
                   wanted: Collection[int]) -> dict[int, NDArray[np.float32]]:
    """Read the true depth of the wanted stamps, from a topic or from the folder beside the bag."""
    if topic is not None:
        return depth_by_stamp(bag, topic, wanted)
    truth = GroundTruth(bag)
    return {stamp: truth.depth_m(stamp) for stamp in truth.stamps('depth') if stamp in wanted}


def truth_stamps(bag: Path, topic: str | None) -> list[int]:
    """Return the stamps for which `truth_by_stamp` has depth."""
    return GroundTruth(bag).stamps('depth') if topic is None else stamps_of(bag, topic)


def nearest_rgb(bag: Path, topic: str | None,
                stamps: Collection[int]) -> dict[int, NDArray[np.uint8]]:
    """Decode the color images nearest in time to the stamps, by those stamps."""
    held = stamps_of(bag, topic)
    if not held:
        return {}
    nearest = {stamp: min(held, key=lambda other: abs(other - stamp)) for stamp in stamps}
    chosen = set(nearest.values())
    decoded = {stamp_ns(message): decode_rgb(message) for message in messages_of(bag, topic)
               if stamp_ns(message) in chosen}
    return {stamp: decoded[other] for stamp, other in nearest.items()}
