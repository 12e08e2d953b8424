"""What a robot knows of how the place looks: learned by day, recalled at night, kept on disk."""

from __future__ import annotations

from collections.abc import Sequence
import dataclasses
import threading
import time

import numpy as np
from numpy.typing import NDArray

from colorize_ros.errors import DataError
from colorize_ros.pipelines.depth_color import Appearance, DepthColorizer
from colorize_ros.pipelines.reference_memory import Recalled, ReferenceMemory, Sight
from colorize_ros.pipelines.reference_store import ReferenceStore
from colorize_ros.pipelines.references import Reference

MEGABYTE = 10 ** 6
# What is new is kept on disk at once, but not more often than this.
SAVE_PERIOD_S = 10.0


class PlaceMemory:
    """The memory of one place, for one colorizer. Any thread may call anything.

    Args:
        colorizer: gives appearances.
        memory: what is held, empty.
        store: where it can be kept.
        kept_as: name under which it is kept as it grows; '' where it is kept only when asked.
        at_once: how many references the colorizer is given at a time.
    """

    def __init__(self, colorizer: DepthColorizer, memory: ReferenceMemory, store: ReferenceStore,
                 *, kept_as: str = '', at_once: int = 1) -> None:
        self._colorizer, self._memory, self._store = colorizer, memory, store
        self._kept_as, self._at_once = kept_as, at_once
        self._lock = threading.RLock()
        self._chosen: tuple[Recalled, ...] = ()
        self._appearance: Appearance | None = None
        self._unsaved, self._saved_s = False, -SAVE_PERIOD_S
        self._trouble = ''

    def learn(self, reference: Reference, light: float, taken_ns: int, *,
              always: bool = False) -> bool:
        """Hold a reference if it makes the memory more diverse.

        Args:
            reference: of the place.
            light: how well lit it is, 0 to 1.
            taken_ns: its stamp.
            always: hold it whatever it looks like.

        Returns:
            Whether it is held.
        """
        with self._lock:
            code = self._colorizer.remember([reference]).code
            held = self._memory.learn(
                Sight(reference, code, self._colorizer.info.sha256, light, taken_ns),
                always=always)
            self._unsaved |= held
            return held

    def appearance_for(self, depth_m: NDArray[np.float32]) -> Appearance | None:
        """Return how the references look whose depth looks most like what is seen.

        Args:
            depth_m: (H, W) float32 metres, NaN where unknown.

        Returns:
            None where the memory is empty.
        """
        with self._lock:
            before = [recalled.sight for recalled in self._chosen]
            self._chosen = tuple(self._memory.recall(depth_m, self._at_once, before))
            sights = [recalled.sight for recalled in self._chosen]
            # Which one is the best counts, and which others there are, but not in what order.
            changed = sights[:1] != before[:1] or set(sights) != set(before)
            if not sights:
                self._appearance = None
            elif changed or self._appearance is None:
                self._appearance = self._colorizer.remember([
                    sight.reference for sight in sights])
            return self._appearance

    def forget_choice(self) -> None:
        """Choose anew, without favor for what was chosen last."""
        with self._lock:
            self._chosen = ()

    @property
    def references(self) -> int:
        """How many are held."""
        return len(self._memory.sights)

    @property
    def megabytes(self) -> float:
        """How large they are."""
        return self._memory.nbytes / MEGABYTE

    @property
    def difference(self) -> float | None:
        """How much the depth of the chosen reference differs from what is seen; 0.1: a tenth."""
        chosen = self._chosen
        return chosen[0].difference if chosen else None

    @property
    def trouble(self) -> str:
        """What went wrong with the disk last; empty where nothing did."""
        return self._trouble

    def describe(self) -> str:
        """Say what is held, a line a reference."""
        with self._lock:
            memory = self._memory
            lines = [f'{self.references} of at most {memory.most} references, {self.megabytes:.1f}'
                     f' of at most {memory.most_bytes / MEGABYTE:g} MB']
            for number, sight in enumerate(memory.sights, 1):
                height, width = sight.reference.depth_m.shape
                lines.append(f'{number}: stamp {sight.taken_ns / 1e9:.3f} s, {width} x {height}, '
                             f'lit {sight.light:.2f}')
            return '\n'.join(lines)

    def clear(self) -> None:
        """Hold nothing, on disk too where the memory is kept."""
        with self._lock:
            self._hold([])
            self._unsaved = True
            self.keep(now=True)

    def save(self, name: str) -> None:
        """Write the memory under a name, and keep it there from now on if it is kept.

        Raises:
            ConfigurationError: the name is none.
            DataError: it cannot be written.
        """
        with self._lock:
            self._store.save(name, self._memory.sights)
            self._now_kept_as(name)

    def load(self, name: str) -> list[str]:
        """Hold the memory of a name instead, and keep it there from now on if it is kept.

        Returns:
            Why some of it is left out, one a line.

        Raises:
            ConfigurationError: the name is none.
            DataError: there is no memory of that name.
        """
        with self._lock:
            loaded = self._store.load(name)
            self._hold([self._with_own_code(sight) for sight in loaded.sights])
            self._now_kept_as(name)
            self._trouble = ' '.join(loaded.warnings)
            return loaded.warnings

    def load_kept(self) -> list[str]:
        """Hold what was kept, if there is something; returns as `load`.

        Raises:
            ConfigurationError: the name under which it is kept is none.
        """
        if self._kept_as and self._store.place_of(self._kept_as).name in self._store.names():
            return self.load(self._kept_as)
        return []

    def keep(self, *, now: bool = False) -> None:
        """Write what is new, if the memory is kept; trouble is noted, not raised.

        Args:
            now: though it was written a moment ago.
        """
        with self._lock:
            due = now or time.monotonic() - self._saved_s >= SAVE_PERIOD_S
            if not (self._kept_as and self._unsaved and due):
                return
            self._saved_s = time.monotonic()
            try:
                self._store.save(self._kept_as, self._memory.sights)
            except DataError as error:
                self._trouble = str(error)
            else:
                self._unsaved, self._trouble = False, ''

    def _hold(self, sights: Sequence[Sight]) -> None:
        self._memory.replace(sights)
        self._chosen, self._appearance = (), None

    def _now_kept_as(self, name: str) -> None:
        if self._kept_as:
            self._kept_as = name
        self._unsaved, self._trouble = False, ''

    def _with_own_code(self, sight: Sight) -> Sight:
        """Return a sight whose code is of this network: codes of two cannot be compared."""
        if sight.model == self._colorizer.info.sha256:
            return sight
        code = self._colorizer.remember([sight.reference]).code
        return dataclasses.replace(sight, code=code, model=self._colorizer.info.sha256)
