"""What the demo played and recorded, read back: rates, latencies, drops, frames."""
from __future__ import annotations

from collections.abc import Callable, Collection
import contextlib
from dataclasses import dataclass
import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.ground_truth import GroundTruth
from colorize_ros.evaluation.bags import messages_of
from colorize_ros.evaluation.demo_topics import BagTopics
from colorize_ros.messages import decode_depth, decode_rgb, stamp_ns

Log = list[dict[str, Any]]


class Run(NamedTuple):
    """A bag that was played, and what was recorded meanwhile.

    Attributes:
        bag: folder of what was played.
        topics: of that bag.
        work: folder with `recorded` (a bag), `published.jsonl` and `received.jsonl`.
    """

    bag: Path
    topics: BagTopics
    work: Path

    @property
    def recorded(self) -> Path:
        """The bag of what came out of the nodes."""
        return self.work / 'recorded'

    @property
    def published(self) -> Log:
        """What the player noted: topic, stamp_ns, published_ns of each message."""
        return read_log(self.work / 'published.jsonl')

    @property
    def received(self) -> Log:
        """What the recorder noted: topic, stamp_ns, received_ns of each message."""
        return read_log(self.work / 'received.jsonl')


@dataclass(frozen=True)
class Latencies:
    """How long frames took through DDS and the node and back.

    Attributes:
        since_start_s: (N,) when each frame was played.
        latency_ms: (N,) from the publishing of the image to the arrival of the result.
    """

    since_start_s: NDArray[np.float64]
    latency_ms: NDArray[np.float64]

    def quantile_ms(self, share: float) -> float:
        """Return a quantile, NaN where no frame came back."""
        return float(np.quantile(self.latency_ms, share)) if len(self.latency_ms) else np.nan


def read_log(path: Path) -> Log:
    """Read a log of the player or the recorder; a last line that is cut short is left out."""
    entries = []
    for line in path.read_text().splitlines() if path.is_file() else []:
        with contextlib.suppress(json.JSONDecodeError):
            entries.append(json.loads(line))
    return entries


def latencies(published: Log, received: Log, source: str, result: str) -> Latencies:
    """Match what came back to what was played, by stamp.

    Args:
        published: the player's log.
        received: the recorder's log.
        source: topic of the images that went in.
        result: topic of what came out.
    """
    sent = {entry['stamp_ns']: entry['published_ns'] for entry in published
            if entry['topic'] == source}
    pairs = [(sent[entry['stamp_ns']], entry['received_ns']) for entry in received
             if entry['topic'] == result and entry['stamp_ns'] in sent]
    start_ns = min(sent.values(), default=0)
    return Latencies(np.array([(out - start_ns) / 1e9 for out, _ in pairs], np.float64),
                     np.array([(back - out) / 1e6 for out, back in pairs], np.float64))


def rate_hz(log: Log, topic: str, clock: str) -> tuple[int, float]:
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


def images_by_stamp(bag: Path, topic: str | None, wanted: Collection[int],
                    decode: Callable[[Any], NDArray[Any]] = decode_depth,
                    ) -> dict[int, NDArray[Any]]:
    """Decode the images of a topic whose stamps are wanted, by stamp; as depth by default."""
    return {stamp_ns(message): decode(message) for message in messages_of(bag, topic)
            if stamp_ns(message) in wanted}


def truth_by_stamp(bag: Path, topic: str | None,
                   wanted: Collection[int]) -> dict[int, NDArray[np.float32]]:
    """Read the true depth of the wanted stamps, from a topic or from the folder beside the bag."""
    if topic is not None:
        return images_by_stamp(bag, topic, wanted)
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
