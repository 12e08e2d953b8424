"""Which frames belong together: stamps in, sets out.

The closest set wins. Of all sets of one message a stream whose stamps lie within the slop, the one
with the smallest span is made first, then the next smallest of those that neither share a message
with it nor cross it (no stream goes back in time from one set to the next). The matcher emits just
these sets while the messages still come: it holds a set back only until no message to come can
make a closer one. Streams deliver their stamps in order, so that is when every stream has reached
the latest stamp of the set.

A message costs work in proportion to the streams and to the messages within one slop, never to
the queues' length. Nothing here is thread-safe: one thread, a node's executor, owns a matcher.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
import math
from typing import Generic, TypeVar

from colorize_ros.pairing.companions import Chosen, companions, Follower
from colorize_ros.pairing.search import closest, is_certain
from colorize_ros.pairing.statistics import PairingStatistics, RECENT
from colorize_ros.pairing.stream import Entry, JUMP_NS, Stream

T = TypeVar('T')


@dataclass(frozen=True)
class MatchedSet(Generic[T]):
    """Messages that belong together.

    Attributes:
        stamp_ns: stamp of the first stream's message, as it came in.
        items: an item a stream, in the order of the streams; an optional stream may be absent.
        span_s: latest minus earliest stamp, after the streams' offsets.
    """

    stamp_ns: int
    items: dict[str, T]
    span_s: float


class ApproximateTimeMatcher(Generic[T]):
    """Match messages of several streams whose stamps are about equal.

    Args:
        streams: names; the first one gives a set its stamp.
        slop_s: a set's latest and earliest stamp differ by at most this (0: equal stamps).
        queue_size: messages kept a stream. Where a stream comes so late that the others' queues
            cannot hold what it will match, sets are lost (drops for `queue_full`), never all.
        offsets_s: added to a stream's stamps before they are compared.
        optional: streams that a set may lack. They do not decide which sets are made; the nearest
            to the first stream's stamp joins. A set leaves without them once every required
            stream is past it, and at once where they were silent for `queue_size` sets.
        steady_rates: trust that no stream suddenly delivers faster than it did of late, so that a
            set can leave before the next messages prove it the closest. Without, a set whose
            stamps are not equal waits up to a period of its slowest stream.

    Raises:
        ValueError: names missing, doubled or unknown; the first one optional; slop or offsets not
            finite, slop negative; a queue below 1.
    """

    def __init__(self, streams: Sequence[str], *, slop_s: float, queue_size: int = 10,
                 offsets_s: Mapping[str, float] | None = None, optional: Collection[str] = (),
                 steady_rates: bool = True) -> None:
        offsets_s = offsets_s or {}
        _check(streams, slop_s, queue_size, offsets_s, optional)
        self.queue_size = queue_size
        self._slop = round(slop_s * 1e9)
        self._streams: dict[str, Stream[T]] = {
            name: Stream(name, round(offsets_s.get(name, 0.0) * 1e9), steady_rates)
            for name in streams}
        self._required = [self._streams[name] for name in streams if name not in optional]
        self._optional = [self._streams[name] for name in streams if name in optional]
        self._latest: int | None = None
        # Streams not heard since another one jumped back, and how many of their messages may
        # still be taken for ones of before.
        self._unsettled: dict[str, int] = {}
        self._pending: list[Chosen[T]] = []
        self.statistics = PairingStatistics(
            received=dict.fromkeys(streams, 0),
            stream_offsets_s={name: deque(maxlen=RECENT) for name in streams})

    def add(self, stream: str, stamp_ns: int, item: T) -> list[MatchedSet[T]]:
        """Take one message; return the sets that are now certain, oldest first.

        Raises:
            ValueError: a stream that the constructor was not told of.
        """
        if stream not in self._streams:
            raise ValueError(f'unknown stream {stream!r}; expected one of {list(self._streams)}')
        queue = self._streams[stream]
        self.statistics.received[stream] += 1
        if stamp_ns <= 0:
            self.statistics.count_drops(stream, 'no_stamp')
            return []
        when = stamp_ns + queue.offset_ns
        sets = self._start_afresh(stream) if queue.jumps_back(when) else []
        queue.silent_sets = 0
        refusal = self._refusal(queue, when)
        if refusal is not None:
            self.statistics.count_drops(stream, refusal)
            return sets
        queue.insert(Entry(when, stamp_ns, item))
        self._latest = when if self._latest is None else max(self._latest, when)
        queue.note_lag(self._latest - when)
        if queue in self._required:
            self._drop_unmatched()
            self._choose()
        sets += self._complete()
        self._bound(queue)
        return sets

    def reset(self, reason: str) -> None:
        """Forget what is queued, counted as dropped for `reason`; the statistics stay."""
        for chosen in self._pending:
            for name in chosen.entries:
                self.statistics.count_drops(name, reason)
        self._pending.clear()
        for queue in self._streams.values():
            self.statistics.count_drops(queue.name, reason, len(queue.whens))
            queue.forget()
        self._latest = None
        self._unsettled.clear()

    def queued(self, stream: str) -> int:
        """Messages of `stream` that are neither in a set nor dropped yet."""
        return (len(self._streams[stream].whens)
                + sum(stream in chosen.entries for chosen in self._pending))

    def _start_afresh(self, stream: str) -> list[MatchedSet[T]]:
        """Begin a new timeline at `stream`; sets that only waited for optional streams leave."""
        sets = [self._emit(chosen, {}) for chosen in self._pending]
        self._pending.clear()
        self.reset('time_jump')
        self.statistics.time_jumps += 1
        self._unsettled = dict.fromkeys(self._streams, self.queue_size)
        del self._unsettled[stream]
        return sets

    def _refusal(self, queue: Stream[T], when: int) -> str | None:
        """Why a message cannot be used any more, or None."""
        if queue.name in self._unsettled:
            if (self._latest is not None and when - self._latest > JUMP_NS
                    and self._unsettled[queue.name] > 0):
                self._unsettled[queue.name] -= 1
                return 'before_jump'
            del self._unsettled[queue.name]
        if queue.done is not None and when <= queue.done:
            if queue.newest is not None and when < queue.newest:
                return 'out_of_order'
            if queue in self._optional:
                return 'late'
        return None

    def _drop_unmatched(self) -> None:
        """Drop what no message, queued or to come, is within slop of."""
        stale = True
        while stale:
            stale = False
            latest = self._latest_front()
            for queue in self._required:
                if queue.whens and queue.whens[0] < latest - self._slop:
                    count = bisect_left(queue.whens, latest - self._slop)
                    self.statistics.count_drops(queue.name, 'unmatched', count)
                    queue.cut(count)
                    stale = True

    def _latest_front(self) -> int:
        """The earliest stamp that a set to come can have in the stream that is ahead."""
        fronts = [queue.whens[0] if queue.whens else queue.newest for queue in self._required]
        return max(front for front in fronts if front is not None)

    def _choose(self) -> None:
        """Move the sets that are certain to `pending`, in the order of time.

        The closest set of a stretch of time is found first; what lies before it may hold more.
        """
        bounds: list[list[int]] = []
        queues = [queue.whens for queue in self._required]
        while bounds or all(queues):
            found = closest(queues, self._slop, bounds[-1] if bounds else None)
            if found is not None and (bounds or is_certain(self._required, found)):
                bounds.append(found)
            elif bounds:
                taken = bounds.pop()
                self._take(taken)
                bounds = [[later - position - 1 for later, position in zip(bound, taken)]
                          for bound in bounds]
                if not bounds:
                    self._drop_unmatched()
            else:
                return

    def _take(self, positions: list[int]) -> None:
        """Move one set from the queues to `pending`, past what is older in each queue."""
        entries: dict[str, Entry[T]] = {}
        for queue, position in zip(self._required, positions):
            self.statistics.count_drops(queue.name, 'passed_over', position)
            entries[queue.name] = queue.entries[position]
            queue.cut(position + 1)
        whens = [entry.when for entry in entries.values()]
        self._pending.append(Chosen(entries, whens[0], min(whens), max(whens)))

    def _complete(self) -> list[MatchedSet[T]]:
        """Emit the pending sets whose optional messages are decided."""
        sets: list[MatchedSet[T]] = []
        while self._pending:
            joined = self._companions(self._pending[0])
            if joined is None:
                break
            sets.append(self._emit(self._pending.pop(0), joined))
        return sets

    def _companions(self, chosen: Chosen[T]) -> dict[str, int] | None:
        """Positions of the optional messages that join the oldest set; None: one may come."""
        if not self._optional:
            return {}
        followers = [later.first for later in self._pending[1:2]]
        followers += self._required[0].whens[:1]
        follower = Follower(followers[0] if followers else None,
                            self._required[0].next_at_least())
        passed = all(queue.newest is not None and queue.newest > chosen.right
                     for queue in self._required)
        return companions(chosen, self._optional, follower, slop_ns=self._slop,
                          patient=not passed and len(self._pending) == 1,
                          silent_after=self.queue_size)

    def _emit(self, chosen: Chosen[T], joined: dict[str, int]) -> MatchedSet[T]:
        """Make the set, count it, and drop the optional messages that it leaves behind."""
        found = dict(chosen.entries)
        for queue in self._optional:
            position = joined.get(queue.name)
            if position is not None:
                self.statistics.count_drops(queue.name, 'passed_over', position)
                found[queue.name] = queue.entries[position]
                queue.cut(position + 1)
            count = bisect_right(queue.whens, chosen.first)
            self.statistics.count_drops(queue.name, 'unmatched', count)
            queue.cut(count)
            queue.done = max(queue.done or chosen.first, chosen.first)
            if queue.silent_sets is not None:
                queue.silent_sets += 1
        entries = {name: found[name] for name in self._streams if name in found}
        whens = [entry.when for entry in entries.values()]
        span_s = (max(whens) - min(whens)) / 1e9
        self.statistics.sets += 1
        self.statistics.offsets_s.append(span_s)
        for name, entry in entries.items():
            self.statistics.stream_offsets_s[name].append((entry.when - chosen.first) / 1e9)
        return MatchedSet(found[self._required[0].name].stamp_ns,
                          {name: entry.item for name, entry in entries.items()}, span_s)

    def _bound(self, queue: Stream[T]) -> None:
        """Keep a queue within its size, and what the latest of the other streams will match.

        The oldest message goes only if all streams are past it. Otherwise the one before the
        newest goes: the queue then begins where a late stream is, and ends where a prompt one is.
        """
        if len(queue.whens) <= self.queue_size:
            return
        assert self._latest is not None
        lag = max((q.lag_ns for q in self._streams.values() if q is not queue), default=0)
        self.statistics.count_drops(queue.name, 'queue_full')
        if queue.whens[0] < self._latest - lag - self._slop:
            queue.cut(1)
        else:
            del queue.whens[-2], queue.entries[-2]


def _check(streams: Sequence[str], slop_s: float, queue_size: int,
           offsets_s: Mapping[str, float], optional: Collection[str]) -> None:
    """Raise ValueError where the arguments of a matcher do not go together."""
    if not streams or len(set(streams)) < len(streams):
        raise ValueError(f'streams {list(streams)}; expected at least one name, none twice')
    unknown = sorted({*offsets_s, *optional} - set(streams))
    if unknown:
        raise ValueError(f'unknown streams {unknown} in offsets_s or optional; '
                         f'expected some of {list(streams)}')
    if streams[0] in optional:
        raise ValueError(f'the first stream {streams[0]!r} stamps the sets and cannot be '
                         f'optional; name a required stream first')
    if not (math.isfinite(slop_s) and slop_s >= 0):
        raise ValueError(f'slop_s {slop_s}; expected 0 or more seconds')
    if queue_size < 1:
        raise ValueError(f'queue_size {queue_size}; expected 1 or more messages')
    if not all(math.isfinite(offset) for offset in offsets_s.values()):
        raise ValueError(f'offsets_s {dict(offsets_s)}; expected finite seconds')
