"""One stream of messages: its queue, its order, its rhythm, its lateness."""

from __future__ import annotations

from bisect import bisect_right, insort_right
from collections import deque
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar('T')

# A stream that steps back by more is a bag that loops or a simulation that starts again. A smaller
# step is a message out of order, unless the stream's next message stays behind too.
JUMP_NS = 200_000_000
# A stream's shortest interval is that of the last so many, trusted from a few on, with a margin.
INTERVALS = 32
INTERVALS_TO_TRUST = 8
INTERVAL_MARGIN = 0.8


@dataclass(slots=True)
class Entry(Generic[T]):
    """A message; `when` is its stamp with the stream's offset."""

    when: int
    stamp_ns: int
    item: T


class Stream(Generic[T]):
    """One stream's queue, in the order of time, and what is known of what is still to come."""

    def __init__(self, name: str, offset_ns: int, steady: bool) -> None:
        self.name = name
        self.offset_ns = offset_ns
        self.whens: list[int] = []
        self.entries: list[Entry[T]] = []
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

    def insert(self, entry: Entry[T]) -> None:
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

    def jumps_back(self, when: int) -> bool:
        """Tell a jump (a big step back, or two messages behind in a row) from disorder."""
        if self.newest is None or when >= self.newest:
            self.behind = None
            return False
        again = self.behind is not None and when > self.behind
        self.behind = when
        return again or self.newest - when > JUMP_NS

    def note_lag(self, lag_ns: int) -> None:
        """Learn how late the stream comes: at once when it gets worse, slowly when better."""
        self.lag_ns = max(lag_ns, self.lag_ns - (self.lag_ns - lag_ns) // 8)

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
