"""The services of `depth_colorizer`: what it knows of a place, in the user's hands."""
from __future__ import annotations

from collections.abc import Callable
import time
from typing import Any, NamedTuple

from rclpy.node import Node
from std_srvs.srv import Trigger

from colorize_ros.errors import ColorizeError, DataError
from colorize_ros.pipelines import PlaceMemory, Reference

# A capture is of what is seen now.
CAPTURED_WITHIN_S = 2.0


class Seen(NamedTuple):
    """Color and depth of one moment.

    Attributes:
        reference: the two.
        light: how well lit color is.
        taken_ns: stamp of depth.
        at_s: when it was, on the clock of time.monotonic.
    """

    reference: Reference
    light: float
    taken_ns: int
    at_s: float


class MemoryServices:
    """Offers what can be done with a memory, until it is closed; answers in the executor's thread.

    Args:
        node: offers the services, below its own name.
        place: the memory.
        seen: what was seen last.
        name: of the memory that is saved or loaded.
    """

    def __init__(self, node: Node, place: PlaceMemory, seen: Callable[[], Seen | None],
                 name: Callable[[], str]) -> None:
        self._node, self._place, self._seen, self._name = node, place, seen, name
        actions = {'capture_reference': self._capture, 'list_references': place.describe,
                   'clear_references': self._clear, 'save_references': self._save,
                   'load_references': self._load}
        self._offered = [
            node.create_service(Trigger, f'~/{name}', _answer(node, action))
            for name, action in actions.items()]

    def close(self) -> None:
        """Offer nothing any more."""
        for service in self._offered:
            self._node.destroy_service(service)
        self._offered = []

    def _capture(self) -> str:
        """Hold what is seen now, whatever the light.

        Raises:
            DataError: there is nothing to hold, or it is too large.
        """
        seen = self._seen()
        if seen is None or time.monotonic() - seen.at_s > CAPTURED_WITHIN_S:
            raise DataError(
                f'no color image that can be used came with depth in the last '
                f'{CAPTURED_WITHIN_S:g} s; expected both while the node is active')
        if not self._place.learn(seen.reference, seen.light, seen.taken_ns, always=True):
            raise DataError('the reference is larger than the whole memory; raise most_megabytes')
        self._place.keep(now=True)
        return f'captured, lit {seen.light:.2f}; {self._place.references} references are held'

    def _clear(self) -> str:
        self._place.clear()
        return 'no references are held'

    def _save(self) -> str:
        name = self._name()
        self._place.save(name)
        return f'{self._place.references} references are saved as {name!r}'

    def _load(self) -> str:
        name = self._name()
        warnings = self._place.load(name)
        for warning in warnings:
            self._node.get_logger().warning(warning)
        return '\n'.join([f'{self._place.references} references are loaded from {name!r}',
                          *warnings])


def _answer(node: Node, action: Callable[[], str]) -> Callable[[Any, Any], Any]:
    """Make a callback of an action, whose words are the answer."""
    def answer(_request: Any, response: Any) -> Any:
        try:
            response.message, response.success = action(), True
        except Exception as error:  # of a network or a disk; it must not end the node
            told = str(error) if isinstance(error, ColorizeError) else repr(error)
            response.message, response.success = told, False
            node.get_logger().error(told)
        return response

    return answer
