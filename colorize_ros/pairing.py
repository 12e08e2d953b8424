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

from bisect import bisect_left, bisect_right, insort_right
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
import math
from typing import Generic, TypeVar

T = TypeVar('T')

# A stream that steps back by more is a bag that loops or a simulation that starts again. A smaller
# step is a message out of order, unless the stream's next message stays behind too.
JUMP_NS = 200_000_000
# Spans and offsets kept for the diagnostics.
RECENT = 100
# A stream's shortest interval is that of the last so many, trusted from a few on, with a margin.
INTERVALS = 32
INTERVALS_TO_TRUST = 8
INTERVAL_MARGIN = 0.8


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


@dataclass
class PairingStatistics:
    """What came in, what came out, and what became of the rest.

    Attributes:
        sets: sets emitted.
        received: messages a stream.
        drops: messages by (stream, reason). Reasons: `no_stamp` (0 or less), `unmatched` (nothing
            within slop can come any more), `passed_over` (a closer set was made instead), `late`
            (its set left without it), `out_of_order`, `queue_full` (a longer queue would help),
            `before_jump` (still from before a jump that another stream has made), `time_jump`
            (queued when the stamps went backward), and what `reset` was given.
        time_jumps: times the stamps went backward and the matcher started afresh.
        offsets_s: spans of the latest sets.
        stream_offsets_s: each stream's stamp minus the first stream's, in the latest sets; its
            mean is what `offsets_s` of the matcher should take away.
    """

    sets: int = 0
    received: dict[str, int] = field(default_factory=dict)
    drops: dict[tuple[str, str], int] = field(default_factory=dict)
    time_jumps: int = 0
    offsets_s: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT))
    stream_offsets_s: dict[str, deque[float]] = field(default_factory=dict)

    def count_drops(self, stream: str, reason: str, count: int = 1) -> None:
        """Count `count` messages of `stream` as dropped for `reason`."""
        if count:
            self.drops[stream, reason] = self.drops.get((stream, reason), 0) + count


@dataclass(slots=True)
class _Entry(Generic[T]):
    """A message; `when` is its stamp with the stream's offset."""

    when: int
    stamp_ns: int
    item: T


class _Stream(Generic[T]):
    """One stream's queue, in the order of time, and what is known of what is still to come."""

    def __init__(self, name: str, offset_ns: int, steady: bool) -> None:
        self.name = name
        self.offset_ns = offset_ns
        self.whens: list[int] = []
        self.entries: list[_Entry[T]] = []
        self.lag_ns = 0  # how far behind the newest stamp of all this stream's messages come
        self.silent_sets: int | None = None  # sets made since its last message; None: never heard
        self.intervals: deque[int] = deque(maxlen=INTERVALS if steady else 0)
        self.forget()

    def forget(self) -> None:
        """Start afresh: nothing queued, nothing seen."""
        self.whens.clear()
        self.entries.clear()
        self.newest: int | None = None
        self.done: int | None = None  # all up to here is in a set or given up
        self.behind: int | None = None  # the last message, if it was out of order
        self.intervals.clear()

    def insert(self, entry: _Entry[T]) -> None:
        """Queue a message where its stamp belongs; equal stamps stay in the order they came."""
        if self.newest is None or entry.when >= self.newest:
            if self.newest is not None:
                self.intervals.append(entry.when - self.newest)
            self.newest = entry.when
            self.whens.append(entry.when)
            self.entries.append(entry)
        else:
            self.entries.insert(bisect_right(self.whens, entry.when), entry)
            insort_right(self.whens, entry.when)

    def cut(self, count: int) -> None:
        """Take the oldest `count` messages out."""
        if count:
            self.done = self.whens[count - 1]
            del self.whens[:count]
            del self.entries[:count]

    def next_at_least(self) -> int | None:
        """The stamp that no message to come goes below, None where nothing is known."""
        if self.newest is None or len(self.intervals) < INTERVALS_TO_TRUST:
            return self.newest
        return self.newest + int(INTERVAL_MARGIN * min(self.intervals))


@dataclass(slots=True)
class _Chosen(Generic[T]):
    """A set of the required streams that waits for the optional ones."""

    entries: dict[str, _Entry[T]]
    first: int
    left: int
    right: int


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
        self._streams: dict[str, _Stream[T]] = {
            name: _Stream(name, round(offsets_s.get(name, 0.0) * 1e9), steady_rates)
            for name in streams}
        self._required = [self._streams[name] for name in streams if name not in optional]
        self._optional = [self._streams[name] for name in streams if name in optional]
        self._latest: int | None = None
        # Streams not heard since another one jumped back, and how many of their messages may
        # still be taken for ones of before.
        self._unsettled: dict[str, int] = {}
        self._pending: list[_Chosen[T]] = []
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
        sets = self._start_afresh(stream) if self._jumps_back(queue, when) else []
        queue.silent_sets = 0
        refusal = self._refusal(queue, when)
        if refusal is not None:
            self.statistics.count_drops(stream, refusal)
            return sets
        queue.insert(_Entry(when, stamp_ns, item))
        self._note_lag(queue, when)
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

    def _jumps_back(self, queue: _Stream[T], when: int) -> bool:
        """Tell a jump (a big step back, or two messages behind in a row) from disorder."""
        if queue.newest is None or when >= queue.newest:
            queue.behind = None
            return False
        again = queue.behind is not None and when > queue.behind
        queue.behind = when
        return again or queue.newest - when > JUMP_NS

    def _start_afresh(self, stream: str) -> list[MatchedSet[T]]:
        """Begin a new timeline at `stream`; sets that only waited for optional streams leave."""
        sets = [self._emit(chosen, {}) for chosen in self._pending]
        self._pending.clear()
        self.reset('time_jump')
        self.statistics.time_jumps += 1
        self._unsettled = dict.fromkeys(self._streams, self.queue_size)
        del self._unsettled[stream]
        return sets

    def _refusal(self, queue: _Stream[T], when: int) -> str | None:
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

    def _note_lag(self, queue: _Stream[T], when: int) -> None:
        """Learn how late a stream comes: at once when it gets worse, slowly when better."""
        self._latest = when if self._latest is None else max(self._latest, when)
        lag = self._latest - when
        queue.lag_ns = max(lag, queue.lag_ns - (queue.lag_ns - lag) // 8)

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
        while bounds or all(queue.whens for queue in self._required):
            found = self._closest(bounds[-1] if bounds else None)
            if found is not None and (bounds or self._is_certain(found)):
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

    def _closest(self, bound: list[int] | None) -> list[int] | None:
        """Find the set (positions in the required queues) that is closer than all it touches.

        Walks the smallest windows over the queues from the oldest message on, as far as they touch
        the best one so far. `bound`: positions of a set that is made after this one.
        """
        queues = [queue.whens for queue in self._required]
        ends = bound or [len(whens) for whens in queues]
        positions = [0] * len(queues)
        best: list[int] | None = None
        best_span = best_right = 0
        if 0 in ends:
            return None
        while True:
            stamps = [whens[position] for whens, position in zip(queues, positions)]
            left, right = min(stamps), max(stamps)
            span = right - left
            if best is None:
                closer = span <= self._slop
            elif left > best_right:
                break
            else:
                closer = span < best_span
            if closer:
                best, best_span, best_right = positions.copy(), span, right
            oldest = stamps.index(left)
            positions[oldest] += 1
            if positions[oldest] == ends[oldest]:
                break
        return self._nearest_within(best, ends) if best and len(queues) > 2 else best

    def _nearest_within(self, positions: list[int], ends: list[int]) -> list[int]:
        """Of the sets with the same span, the one nearest to the first stream's stamp."""
        queues = [queue.whens for queue in self._required]
        right = max(whens[position] for whens, position in zip(queues, positions))
        choices = [range(position, bisect_right(whens, right, position, end))
                   for whens, position, end in zip(queues, positions, ends)]
        if all(len(choice) == 1 for choice in choices):
            return positions
        best, best_distance = positions, math.inf
        for first in choices[0]:
            stamp = queues[0][first]
            nearest = [min(choice, key=lambda i: abs(whens[i] - stamp))
                       for whens, choice in zip(queues[1:], choices[1:])]
            distance = sum(abs(whens[i] - stamp) for whens, i in zip(queues[1:], nearest))
            if distance < best_distance:
                best, best_distance = [first, *nearest], distance
        return best

    def _is_certain(self, positions: list[int]) -> bool:
        """Whether no message to come can make a set that is closer and touches this one."""
        stamps = [q.whens[position] for q, position in zip(self._required, positions)]
        right = max(stamps)
        enough = 2 * right - min(stamps)
        for queue in self._required:
            assert queue.newest is not None
            if queue.newest < right:
                at_least = queue.next_at_least()
                assert at_least is not None
                if at_least < enough:
                    return False
        return True

    def _take(self, positions: list[int]) -> None:
        """Move one set from the queues to `pending`, past what is older in each queue."""
        entries: dict[str, _Entry[T]] = {}
        for queue, position in zip(self._required, positions):
            self.statistics.count_drops(queue.name, 'passed_over', position)
            entries[queue.name] = queue.entries[position]
            queue.cut(position + 1)
        whens = [entry.when for entry in entries.values()]
        self._pending.append(_Chosen(entries, whens[0], min(whens), max(whens)))

    def _complete(self) -> list[MatchedSet[T]]:
        """Emit the pending sets whose optional messages are decided."""
        sets: list[MatchedSet[T]] = []
        while self._pending:
            companions = self._companions(self._pending[0])
            if companions is None:
                break
            sets.append(self._emit(self._pending.pop(0), companions))
        return sets

    def _companions(self, chosen: _Chosen[T]) -> dict[str, int] | None:
        """Positions of the optional messages that join a set; None: one may still come."""
        companions: dict[str, int] = {}
        left, right = chosen.left, chosen.right
        no_waiting = len(self._pending) > 1 or all(
            queue.newest is not None and queue.newest > chosen.right for queue in self._required)
        for queue in self._optional:
            position, sure = self._nearest(queue, chosen.first, right - self._slop,
                                           left + self._slop)
            silent = queue.silent_sets is None or queue.silent_sets >= self.queue_size
            if not (sure or no_waiting or silent):
                return None
            if position is not None:
                companions[queue.name] = position
                left, right = min(left, queue.whens[position]), max(right, queue.whens[position])
        return companions

    def _nearest(self, queue: _Stream[T], stamp: int, low: int, high: int
                 ) -> tuple[int | None, bool]:
        """Position in an optional queue nearest to `stamp` in [low, high], and if that is sure.

        A message that is later than `stamp` and nearer to the first stream's next one is left for
        that.
        """
        whens = queue.whens
        start, end = bisect_left(whens, low), bisect_right(whens, high)
        after = bisect_left(whens, stamp, start, end)
        before = after - 1 if after > start else None
        gap = high + 1 - stamp if before is None else stamp - whens[before]
        if after < end and whens[after] - stamp < gap:
            gap = whens[after] - stamp
            followers = [later.first for later in self._pending[1:2]]
            followers += self._required[0].whens[:1]
            if followers:
                return (after if abs(followers[0] - whens[after]) >= gap else before), True
            to_come = self._required[0].next_at_least()
            return after, gap == 0 or (to_come is not None and to_come >= stamp + 2 * gap)
        to_come = queue.next_at_least()
        return before, to_come is not None and to_come >= stamp + gap

    def _emit(self, chosen: _Chosen[T], companions: dict[str, int]) -> MatchedSet[T]:
        """Make the set, count it, and drop the optional messages that it leaves behind."""
        found = dict(chosen.entries)
        for queue in self._optional:
            position = companions.get(queue.name)
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

    def _bound(self, queue: _Stream[T]) -> None:
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
