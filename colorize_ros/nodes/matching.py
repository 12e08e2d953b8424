"""The matcher of `colorize_ros.pairing` as a filter of message_filters."""
from __future__ import annotations

from collections.abc import Callable, Sequence
import time
from typing import Any, NamedTuple

from message_filters import SimpleFilter

from colorize_ros.pairing import ApproximateTimeMatcher


class Arrival(NamedTuple):
    """A message, and when it came."""

    message: Any
    at_s: float


class MatchingFilter(SimpleFilter):
    """Signals messages that belong together, one of each stream, in the order of the streams.

    It stands where message_filters' own ApproximateTimeSynchronizer would, except that a
    callback gets None for an optional stream that had nothing to give.

    Attributes:
        streams: the matcher's streams, in the order in which callbacks get them.
        matcher: decides what belongs together.
        complete_since_s: when the last message of the set came that callbacks are given now, on
            the clock of time.monotonic. The set may have waited for the proof that it is the
            closest.
    """

    def __init__(
        self,
        streams: Sequence[str],
        matcher: ApproximateTimeMatcher[Arrival],
        stamp_of: Callable[[Any], int],
    ) -> None:
        """Wrap a matcher.

        Args:
            streams: the matcher's streams, in the order in which callbacks get them.
            matcher: decides what belongs together.
            stamp_of: time of a message in ns, by which it is paired.
        """
        super().__init__()
        self.matcher = matcher
        self.complete_since_s = 0.0
        self.streams = tuple(streams)
        self._stamp_of = stamp_of

    def connect_input(self, stream: str, upstream: SimpleFilter) -> None:
        """Take the messages of a filter, such as message_filters.Subscriber, as a stream."""
        upstream.registerCallback(self.add, stream)

    def add(self, message: Any, stream: str) -> None:
        """Add a message to a stream, and signal every set that is complete with it."""
        arrival = Arrival(message, time.monotonic())
        for matched in self.matcher.add(stream, self._stamp_of(message), arrival):
            found = matched.items
            self.complete_since_s = max(each.at_s for each in found.values())
            self.signalMessage(*(
                found[name].message if name in found else None for name in self.streams))
