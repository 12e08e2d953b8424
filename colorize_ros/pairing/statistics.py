"""What pairing has counted."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

# Spans and offsets kept for the diagnostics.
RECENT = 100


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
