"""Time the matcher of colorize_ros.pairing beside message_filters' ApproximateTimeSynchronizer.

    python benchmarks/pairing.py --message-filters PATH --json out/pairing.json

PATH is a folder with the real package in it, where it is not installed already.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
import gc
import importlib
import json
from pathlib import Path
import platform
import random
import statistics
import sys
import time
from types import SimpleNamespace
from typing import Any

from colorize_ros.pairing import ApproximateTimeMatcher

SECONDS = 20
RATE_HZ = 30.0
START_NS = 1_700_000_000_000_000_000


@dataclass(frozen=True)
class Stream:
    """A topic: rate, how many 1/30 s it comes late, jitter and offset of its stamps, its end."""

    rate_hz: float = RATE_HZ
    late_frames: float = 0.0
    jitter_ms: float = 1.0
    offset_ms: float = 0.0
    ends_early_s: float = 0.0


@dataclass(frozen=True)
class Case:
    """What is sent, and with which slop and queue it is matched."""

    name: str
    streams: tuple[Stream, ...]
    queue_size: int = 10
    slop_s: float = 0.02
    loops: int = 1
    ours: tuple[tuple[str, Any], ...] = ()


CASES = (
    Case('2 topics, all there', (Stream(),) * 2),
    Case('3 topics, all there', (Stream(),) * 3),
    Case('4 topics, all there', (Stream(),) * 4),
    Case('4 topics, queue 100, last at 5 Hz', (*(Stream(),) * 3, Stream(5.0)), 100),
    Case('the same, slop 0.5 s', (*(Stream(),) * 3, Stream(5.0)), 100, 0.5),
    Case('2 topics, queue 10, last 10 frames late', (Stream(), Stream(late_frames=10.5))),
    Case('2 topics, queue 10, last 15 frames late', (Stream(), Stream(late_frames=15.5))),
    Case('2 topics, queue 100, last never comes', (Stream(), Stream(0.01)), 100),
    Case('2 topics, slop 0, equal stamps', (Stream(jitter_ms=0.0),) * 2, slop_s=0.0),
    Case('2 topics, bag of 5 s played 4 times, last ends 0.5 s early',
         (Stream(), Stream(ends_early_s=0.5)), loops=4),
    Case('2 topics, last stamped 8 ms later', (Stream(), Stream(offset_ms=8.0))),
    Case('the same, steady_rates=False', (Stream(), Stream(offset_ms=8.0)),
         ours=(('steady_rates', False),)),
)


def frames(case: Case, stream: Stream) -> int:
    """Give the number of messages of a stream in one loop; one that never comes sends one."""
    return max(1, round((SECONDS / case.loops - stream.ends_early_s) * stream.rate_hz))


def arrivals(case: Case) -> list[tuple[float, int, int]]:
    """Give (time of arrival in s, stream, stamp in ns), in the order of arrival."""
    generator = random.Random(1)
    span_s = SECONDS / case.loops
    sent = []
    for loop in range(case.loops):
        for number, stream in enumerate(case.streams):
            for frame in range(frames(case, stream)):
                at = frame / stream.rate_hz + stream.offset_ms / 1e3
                stamp = at + generator.uniform(0, stream.jitter_ms) / 1e3
                arrival = loop * span_s + at + stream.late_frames / RATE_HZ + number * 1e-4
                sent.append((arrival, number, START_NS + round(stamp * 1e9)))
    return sorted(sent)


def message(stamp_ns: int) -> Any:
    """Make the least that both take: something with a header with a stamp."""
    from builtin_interfaces.msg import Time
    stamp = Time(sec=stamp_ns // 10**9, nanosec=stamp_ns % 10**9)
    return SimpleNamespace(header=SimpleNamespace(stamp=stamp))


def ours(case: Case, signal: Callable[..., None]) -> Callable[[int, Any], None]:
    """Give a function that takes a message of a stream into our matcher."""
    names = [f'topic{number}' for number in range(len(case.streams))]
    matcher: ApproximateTimeMatcher[Any] = ApproximateTimeMatcher(
        names, slop_s=case.slop_s, queue_size=case.queue_size, **dict(case.ours))

    def take(stream: int, incoming: Any) -> None:
        stamp = incoming.header.stamp
        for found in matcher.add(names[stream], stamp.sec * 10**9 + stamp.nanosec, incoming):
            signal(*found.items.values())

    return take


def theirs(case: Case, signal: Callable[..., None]) -> Callable[[int, Any], None]:
    """Give a function that takes a message of a stream into the real synchronizer."""
    message_filters = importlib.import_module('message_filters')
    filters = [message_filters.SimpleFilter() for _ in case.streams]
    synchronizer = message_filters.ApproximateTimeSynchronizer(
        filters, case.queue_size, case.slop_s)
    synchronizer.registerCallback(signal)
    return lambda stream, incoming: filters[stream].signalMessage(incoming)


def measure(case: Case, matcher: Callable[..., Callable[[int, Any], None]]) -> dict[str, float]:
    """Send all messages of a case; time each one alone, in CPU time, which other load spares."""
    now = 0.0
    latencies_ms: list[float] = []
    spans_ms: list[float] = []
    arrived: dict[int, float] = {}

    def signal(*found: Any) -> None:
        stamps = [each.header.stamp.sec * 10**9 + each.header.stamp.nanosec for each in found]
        spans_ms.append((max(stamps) - min(stamps)) / 1e6)
        latencies_ms.append((now - max(arrived[id(each)] for each in found)) * 1e3)

    take = matcher(case, signal)
    messages = [(at, stream, message(stamp)) for at, stream, stamp in arrivals(case)]
    arrived = {id(each): at for at, _, each in messages}
    times_us = []
    gc.disable()
    for at, stream, incoming in messages:
        now = at
        begin = time.thread_time_ns()
        take(stream, incoming)
        times_us.append((time.thread_time_ns() - begin) / 1e3)
    gc.enable()
    possible = case.loops * min(frames(case, stream) for stream in case.streams)
    return {
        'sets': len(spans_ms), 'possible_sets': possible,
        'us_mean': statistics.fmean(times_us),
        'us_p99': statistics.quantiles(times_us, n=100)[98],
        'span_ms_mean': statistics.fmean(spans_ms) if spans_ms else 0.0,
        'wait_ms_mean': statistics.fmean(latencies_ms) if latencies_ms else 0.0,
    }


def rows(methods: dict[str, Callable[..., Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Measure every case by every method, best of three by mean time."""
    for case in CASES:
        yield case.name, {
            name: min((measure(case, matcher) for _ in range(3)), key=lambda row: row['us_mean'])
            for name, matcher in methods.items()}


def main() -> None:
    """Print the table and write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--message-filters', type=Path, help='folder of the real package')
    parser.add_argument('--json', type=Path, help='where to write the results')
    arguments = parser.parse_args()
    if arguments.message_filters:
        sys.path.insert(0, str(arguments.message_filters))
    methods: dict[str, Callable[..., Any]] = {'ours': ours}
    try:
        if hasattr(importlib.import_module('message_filters'), 'ApproximateTimeSynchronizer'):
            methods['message_filters'] = theirs
    except ImportError:
        pass
    print('| case | matcher | us a message, mean | p99 | sets | of | span, ms | waited, ms |')
    print('| --- | --- | --- | --- | --- | --- | --- | --- |')
    results = {}
    for name, measured in rows(methods):
        results[name] = measured
        for matcher, row in measured.items():
            print(f'| {name} | {matcher} | {row["us_mean"]:.1f} | {row["us_p99"]:.1f} '
                  f'| {row["sets"]} | {row["possible_sets"]} | {row["span_ms_mean"]:.2f} '
                  f'| {row["wait_ms_mean"]:.2f} |', flush=True)
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps(
            {'python': platform.python_version(), 'cases': results}, indent=1) + '\n')


if __name__ == '__main__':
    main()
