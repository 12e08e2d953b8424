"""Messages for a matcher, in milliseconds."""

from __future__ import annotations

from colorize_ros.pairing import ApproximateTimeMatcher, MatchedSet

MS = 1_000_000


def make(streams: str = 'ab', slop_ms: float = 20, **options) -> ApproximateTimeMatcher[int]:
    return ApproximateTimeMatcher(list(streams), slop_s=slop_ms / 1e3, **options)


def feed(matcher: ApproximateTimeMatcher, messages) -> list[MatchedSet]:
    """Add (stream, milliseconds) messages; the item is the stamp in milliseconds."""
    return [found for stream, ms in messages
            for found in matcher.add(stream, round(ms * MS), ms)]


def items(sets) -> list[dict]:
    return [found.items for found in sets]
