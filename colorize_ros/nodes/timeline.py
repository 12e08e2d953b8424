"""Whether a frame goes on where the one before it was, or time has begun afresh."""
from __future__ import annotations

from collections.abc import Hashable


class Timeline:
    """Watches the stamps of the frames that a worker gets.

    A bag that loops steps back in its stamps; simulated time that is set back may do so in its
    clock alone, which is what `restart` is for.
    """

    def __init__(self) -> None:
        self._latest_ns: dict[Hashable, int] = {}
        self._restarted = True

    def restart(self) -> None:
        """Let the next frame begin afresh. Any thread may call this."""
        self._restarted = True

    def begins_afresh(self, stamp_ns: int, kind: Hashable = None) -> bool:
        """Tell whether the frame with this stamp, the next one, belongs to no frame before it.

        Args:
            stamp_ns: of the frame.
            kind: frames of one kind come in the order of their stamps; others may lag behind.
        """
        restarted, self._restarted = self._restarted, False
        afresh = restarted or stamp_ns < self._latest_ns.get(kind, 0)
        if afresh:
            self._latest_ns.clear()
        self._latest_ns[kind] = stamp_ns
        return afresh
