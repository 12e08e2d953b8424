"""A slot that holds the newest item of each kind only, and the one thread that empties it."""
from __future__ import annotations

from collections.abc import Callable, Hashable
import threading
from typing import Generic, TypeVar

T = TypeVar('T')

# A frame of the largest model on a slow machine is over by then; a join that takes longer would
# look like a node that hangs.
JOIN_TIMEOUT_S = 20.0


class NewestSlot(Generic[T]):
    """Holds one item of each kind. A newer one replaces it, so what is taken is never stale.

    Kinds take turns, so that a frequent one does not keep the others out. One thread puts, one
    takes.
    """

    def __init__(self) -> None:
        self._ready = threading.Condition()
        self._items: dict[Hashable, T] = {}
        self._closed = False

    def put(self, item: T, kind: Hashable = None) -> T | None:
        """Leave an item; returns the one it replaced, which nobody will see, or None."""
        with self._ready:
            replaced = self._items.get(kind)
            # A dict keeps the place of a key whose value is replaced: that is the turn.
            self._items[kind] = item
            self._ready.notify()
        return replaced

    def take(self) -> T | None:
        """Wait for an item and take it; None once the slot is closed."""
        with self._ready:
            self._ready.wait_for(lambda: self._items or self._closed)
            return None if self._closed else self._items.pop(next(iter(self._items)))

    def clear(self) -> list[T]:
        """Empty the slot; returns what was in it."""
        with self._ready:
            discarded = list(self._items.values())
            self._items.clear()
        return discarded

    def close(self) -> None:
        """Let the taker go; whatever is inside is discarded."""
        with self._ready:
            self._closed = True
            self._ready.notify()


class Worker(Generic[T]):
    """One thread that takes the newest item from a slot and handles it, until stopped."""

    def __init__(self, name: str, handle: Callable[[T], None]) -> None:
        self.slot: NewestSlot[T] = NewestSlot()
        self._handle = handle
        # A daemon, so that a handler that never returns cannot keep the process alive.
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> bool:
        """Close the slot and wait for the item in work.

        Returns:
            Whether the thread ended in time.
        """
        self.slot.close()
        self._thread.join(JOIN_TIMEOUT_S)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (item := self.slot.take()) is not None:
            self._handle(item)
