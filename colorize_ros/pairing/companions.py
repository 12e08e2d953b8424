"""Optional streams: which of their messages join a set that is made without them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from colorize_ros.pairing.stream import Entry, Stream

T = TypeVar('T')


@dataclass(slots=True)
class Chosen(Generic[T]):
    """A set of the required streams that waits for the optional ones.

    Attributes:
        entries: a message of each required stream.
        first: when the first stream's message was; `left` the earliest, `right` the latest.
    """

    entries: dict[str, Entry[T]]
    first: int
    left: int
    right: int


@dataclass(slots=True)
class Follower:
    """The first stream's message after a chosen set.

    Attributes:
        when: its stamp, None while it has not come.
        at_least: the stamp that it does not go below, None where nothing is known.
    """

    when: int | None
    at_least: int | None


def companions(chosen: Chosen[Any], optional: Sequence[Stream[Any]], follower: Follower, *,
               slop_ns: int, patient: bool, silent_after: int) -> dict[str, int] | None:
    """Find the optional messages that join a set.

    Args:
        chosen: the set.
        optional: the streams it may lack.
        follower: of the set; an optional message that is nearer to it is left for it.
        slop_ns: largest span of the set with its companions.
        patient: whether it may still wait.
        silent_after: a stream that so many sets had to do without is not waited for.

    Returns:
        Positions by the streams' names; None where a better one may still come.
    """
    joined: dict[str, int] = {}
    left, right = chosen.left, chosen.right
    for queue in optional:
        position, sure = _nearest(queue, chosen.first, right - slop_ns, left + slop_ns, follower)
        silent = queue.silent_sets is None or queue.silent_sets >= silent_after
        if patient and not (sure or silent):
            return None
        if position is not None:
            joined[queue.name] = position
            left, right = min(left, queue.whens[position]), max(right, queue.whens[position])
    return joined


def _nearest(queue: Stream[Any], stamp: int, low: int, high: int, follower: Follower
             ) -> tuple[int | None, bool]:
    """Position in an optional queue nearest to `stamp` in [low, high], and if that is sure.

    A message that is later than `stamp` and nearer to the follower is left for that.
    """
    whens = queue.whens
    start, end = bisect_left(whens, low), bisect_right(whens, high)
    after = bisect_left(whens, stamp, start, end)
    before = after - 1 if after > start else None
    gap = high + 1 - stamp if before is None else stamp - whens[before]
    if after < end and whens[after] - stamp < gap:
        gap = whens[after] - stamp
        if follower.when is not None:
            return (after if abs(follower.when - whens[after]) >= gap else before), True
        return after, gap == 0 or (
            follower.at_least is not None and follower.at_least >= stamp + 2 * gap)
    to_come = queue.next_at_least()
    return before, to_come is not None and to_come >= stamp + gap
