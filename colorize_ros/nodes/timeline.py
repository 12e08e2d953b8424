"""Whether a frame goes on where the one before it was, or time has begun afresh."""
from __future__ import annotations


class Timeline:
    """Watches the stamps of the frames that a worker gets.

    A bag that loops steps back in its stamps; simulated time that is set back may do so in its
    clock alone, which is what `restart` is for.
    """

    def __init__(self) -> None:
        self._latest_ns = 0
        self._restarted = True

    def restart(self) -> None:
        """Let the next frame begin afresh. Any thread may call this."""
        self._restarted = True

    def begins_afresh(self, stamp_ns: int) -> bool:
        """Tell whether the frame with this stamp, the next one, belongs to no frame before it."""
        restarted, self._restarted = self._restarted, False
        latest_ns, self._latest_ns = self._latest_ns, stamp_ns
        return restarted or stamp_ns < latest_ns
