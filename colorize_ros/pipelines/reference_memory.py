"""A small and diverse memory of how a place looks in good light."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
import dataclasses
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from colorize_ros.errors import ConfigurationError
from colorize_ros.pipelines.depth_view import depth_view, view_difference
from colorize_ros.pipelines.references import Reference

# Codes that differ by less, as a part of their size, are those of one and the same view: the noise
# of a sensor changes them by as much, another place by ten times that.
SAME_CODE = 0.05
# A double takes the place of what is held where it is better lit by this.
BETTER_LIT = 0.05
# A held choice stays until another one is nearer by this factor; a choice that flits flickers.
STEADY = 0.8


@dataclasses.dataclass(frozen=True, eq=False)
class Sight:
    """A reference, and what is known of it.

    Attributes:
        reference: color and depth.
        code: (N,) float32 of its appearance, by which sights are told apart.
        model: SHA-256 of the network that gave the code.
        light: how well lit it is, 0 to 1.
        taken_ns: stamp of its depth image.
    """

    reference: Reference
    code: NDArray[np.float32]
    model: str
    light: float
    taken_ns: int

    @property
    def nbytes(self) -> int:
        """Bytes of its arrays."""
        return self.reference.rgb.nbytes + self.reference.depth_m.nbytes + self.code.nbytes

    @cached_property
    def view(self) -> NDArray[np.float32]:
        """Its depth as `depth_view` has it."""
        return depth_view(self.reference.depth_m)


class Recalled(NamedTuple):
    """A sight, and how much its depth differs from what is seen.

    Attributes:
        sight: it.
        difference: of the views; 0.1 is a tenth of the depth. Infinite where they have too little
            in common.
    """

    sight: Sight
    difference: float


class ReferenceMemory:
    """Holds sights within bounds, as different in appearance as can be.

    Args:
        most: sights that are held.
        most_bytes: of all their arrays.

    Raises:
        ConfigurationError: a bound below 1.
    """

    def __init__(self, most: int, most_bytes: int) -> None:
        if most < 1 or most_bytes < 1:
            raise ConfigurationError(f'a memory of {most} references and {most_bytes} bytes holds '
                                     'nothing; expected at least 1 of both')
        self.most, self.most_bytes = most, most_bytes
        self._sights: list[Sight] = []

    @property
    def sights(self) -> tuple[Sight, ...]:
        """What is held, in the order in which it came."""
        return tuple(self._sights)

    @property
    def nbytes(self) -> int:
        """Bytes of what is held."""
        return sum(sight.nbytes for sight in self._sights)

    def clear(self) -> None:
        """Hold nothing."""
        self._sights = []

    def learn(self, sight: Sight, *, always: bool = False) -> bool:
        """Hold a sight if that makes the memory more diverse.

        One that looks like a sight that is held replaces it where it is clearly better lit. Beyond
        the bounds, one of the two sights that are most alike goes.

        Args:
            sight: its code is of the same network as those that are held.
            always: hold it whatever it looks like.

        Returns:
            Whether it is held; never where it is larger than the whole memory.
        """
        doubles = [held for held in self._sights if code_distance(held, sight) < SAME_CODE]
        if not always and any(sight.light < held.light + BETTER_LIT for held in doubles):
            return False
        held = self._within_bounds(
            [*(other for other in self._sights if always or other not in doubles), sight],
            keep=[sight] if always else [])
        if sight not in held:
            return False
        self._sights = held
        return True

    def replace(self, sights: Iterable[Sight]) -> None:
        """Hold these instead, as far as the bounds allow, also such as look the same."""
        self._sights = self._within_bounds(sights)

    def recall(self, depth_m: NDArray[np.float32], count: int = 1,
               held: Sequence[Sight] = ()) -> list[Recalled]:
        """Choose the sights whose depth looks most like what is seen.

        Args:
            depth_m: (H, W) float32 metres, NaN where unknown.
            count: of sights that are wanted.
            held: sights that were chosen last, the best first; they are favored, and it once more,
                so that pictures do not flicker.

        Returns:
            At most `count`, the most alike first; of those that cannot be compared the newest.
        """
        seen = depth_view(depth_m)
        found = [Recalled(sight, view_difference(seen, sight.view)) for sight in self._sights]
        found.sort(key=lambda recalled: (
            recalled.difference * STEADY ** ((recalled.sight in held)
                                             + (recalled.sight in held[:1])),
            -recalled.sight.taken_ns))
        return found[:count]

    def _within_bounds(self, sights: Iterable[Sight], keep: Sequence[Sight] = ()) -> list[Sight]:
        """Let go of those that are missed least; of `keep` only what is too large alone."""
        held = list(sights)
        while len(held) > self.most or sum(sight.nbytes for sight in held) > self.most_bytes:
            held.remove(_most_alike(held, keep))
        return held


def code_distance(first: Sight, second: Sight) -> float:
    """Return how far two codes are apart, as a part of their size."""
    return float(_distances(np.stack([first.code, second.code]))[0, 1])


def _distances(codes: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return (N, N) distances of codes (N, C) by their mean size; infinite to themselves."""
    wide = codes.astype(np.float64)
    sizes = np.linalg.norm(wide, axis=1)
    # By their products: the differences of a thousand codes would take gigabytes.
    squares = sizes[:, None] ** 2 + sizes[None] ** 2 - 2 * wide @ wide.T
    apart = np.sqrt(np.maximum(squares, 0))
    relative = apart / np.maximum((sizes[:, None] + sizes[None]) / 2, 1e-9)
    np.fill_diagonal(relative, np.inf)
    return np.asarray(relative)


def _most_alike(sights: Sequence[Sight], keep: Sequence[Sight]) -> Sight:
    """Choose the sight that is missed least: of the two most alike the one nearer to the rest."""
    if len(sights) == 1:
        return sights[0]
    distances = _distances(np.stack([sight.code for sight in sights]))
    pair = np.unravel_index(int(distances.argmin()), distances.shape)

    def worth(place: int) -> tuple[bool, float, float, int]:
        others = np.delete(distances[place], pair)
        sight = sights[place]
        return (sight in keep, float(others.min(initial=np.inf)), sight.light, sight.taken_ns)

    return sights[min((int(place) for place in pair), key=worth)]
