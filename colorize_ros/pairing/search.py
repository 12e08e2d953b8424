"""The search for the closest set, and the proof that it is."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
import math
from typing import Any

from colorize_ros.pairing.stream import Stream


def closest(queues: Sequence[list[int]], slop_ns: int, bound: list[int] | None = None
            ) -> list[int] | None:
    """Find the set that is closer than all it touches.

    Walks the smallest windows over the queues from the oldest message on, as far as they touch
    the best one so far.

    Args:
        queues: stamps in ns of each stream's messages, ascending.
        slop_ns: largest span of a set.
        bound: positions of a set that is made after this one; None where nothing is made after.

    Returns:
        A position in each queue, or None where no set is within the slop.
    """
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
            closer = span <= slop_ns
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
    return _nearest_within(queues, best, ends) if best and len(queues) > 2 else best


def is_certain(streams: Sequence[Stream[Any]], positions: list[int]) -> bool:
    """Tell whether no message to come can make a set that is closer and touches this one."""
    stamps = [queue.whens[position] for queue, position in zip(streams, positions)]
    right = max(stamps)
    enough = 2 * right - min(stamps)
    for queue in streams:
        assert queue.newest is not None
        if queue.newest < right:
            at_least = queue.next_at_least()
            assert at_least is not None
            if at_least < enough:
                return False
    return True


def _nearest_within(queues: Sequence[list[int]], positions: list[int], ends: list[int]
                    ) -> list[int]:
    """Of the sets with the same span, the one nearest to the first stream's stamp."""
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
