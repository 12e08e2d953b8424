"""What a node's worker has done: frames, drops, errors, latencies."""
from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
import threading
import time

import numpy as np

LATENCIES_KEPT = 300
# What was wrong stays in the diagnostics for a few of their periods, so that nobody misses it.
SHOWN_S = 5.0


@dataclass(frozen=True)
class WorkReport:
    """The counts at one moment.

    Attributes:
        frames: sets processed and published.
        failures: frames that could not be used.
        drops: sets of which nothing was published, by reason.
        p50_ms: median latency, from when the last message of a set came to when its last result
            was published; None before the first.
        p95_ms: its 95th percentile.
        last_error: text of the newest error, empty if there was none.
        error_is_recent: whether that was within the last few seconds.
        last_warning: text of the newest warning, empty if there was none.
        warning_is_recent: whether that was within the last few seconds.
    """

    frames: int
    failures: int
    drops: dict[str, int]
    p50_ms: float | None
    p95_ms: float | None
    last_error: str
    error_is_recent: bool
    last_warning: str
    warning_is_recent: bool


class WorkLog:
    """Counts, from the worker's and the executor's thread alike."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._frames = 0
        self._failures = 0
        self._drops: Counter[str] = Counter()
        self._latencies_s: deque[float] = deque(maxlen=LATENCIES_KEPT)
        self._last_error = ''
        self._repeats = False  # whether nothing went well since the last error
        self._failed_at = -SHOWN_S
        self._warnings: set[str] = set()
        self._last_warning = ''
        self._warned_at = -SHOWN_S

    def drop(self, reason: str) -> None:
        """Count a set that was not processed."""
        with self._lock:
            self._drops[reason] += 1

    def done(self, latency_s: float) -> None:
        """Count a set that was processed and published."""
        with self._lock:
            self._frames += 1
            self._repeats = False
            self._latencies_s.append(latency_s)

    def fail(self, error: str) -> bool:
        """Count a frame that could not be used.

        Returns:
            Whether that is news: the error is another one, or something went well since.
        """
        with self._lock:
            news = not self._repeats or error != self._last_error
            self._failures += 1
            self._last_error = error
            self._repeats = True
            self._failed_at = time.monotonic()
        return news

    def warn(self, warning: str) -> bool:
        """Note what is not as it should be with a frame that can be used all the same.

        Args:
            warning: the same for every frame of the same kind.

        Returns:
            Whether it is the first such warning.
        """
        with self._lock:
            news = warning not in self._warnings
            self._warnings.add(warning)
            self._last_warning = warning
            self._warned_at = time.monotonic()
        return news

    def report(self) -> WorkReport:
        """Return the counts of this moment."""
        with self._lock:
            p50_ms = p95_ms = None
            if self._latencies_s:
                p50_ms, p95_ms = (
                    float(value) * 1e3 for value in np.percentile(self._latencies_s, (50, 95)))
            return WorkReport(
                self._frames, self._failures, dict(self._drops), p50_ms, p95_ms,
                self._last_error, time.monotonic() - self._failed_at < SHOWN_S,
                self._last_warning, time.monotonic() - self._warned_at < SHOWN_S)
