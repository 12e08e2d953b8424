"""Filters that messages pass through, as ROS 2's message_filters has them.

Only what colorize_ros calls. Names are the real package's, hence not in this project's style.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ['SimpleFilter', 'Subscriber']


class SimpleFilter:
    """A filter that others can be connected to: what it signals, all of them are called with."""

    def __init__(self) -> None:
        """Begin with nothing connected."""
        self.callbacks: dict[int, tuple[Callable[..., Any], tuple[Any, ...]]] = {}

    def registerCallback(self, cb: Callable[..., Any], *args: Any) -> int:  # noqa: N802
        """Have `cb` called with what the filter signals, followed by `args`.

        Returns:
            The number of the connection.
        """
        connection = len(self.callbacks)
        self.callbacks[connection] = (cb, args)
        return connection

    def signalMessage(self, *msg: Any) -> None:  # noqa: N802
        """Call all callbacks, in the order in which they were registered."""
        for callback, args in self.callbacks.values():
            callback(*msg, *args)


class Subscriber(SimpleFilter):
    """A subscription as the beginning of a chain of filters.

    The real class was declared in three ways from Humble to Lyrical. What all of them accept is
    accepted here: node, type and topic by position, `qos_profile` (a profile or a depth, 10 by
    default, which means reliable) by name.
    """

    def __init__(
        self,
        node: Any,
        msg_type: type,
        topic: str,
        /,
        *,
        qos_profile: Any = 10,
        **kwargs: Any,
    ) -> None:
        """Subscribe to a topic.

        Args:
            node: the node that subscribes.
            msg_type: the type of the messages.
            topic: name of the topic, absolute or relative to the node.
            qos_profile: an rclpy QoSProfile, or the depth of a reliable one.
            kwargs: what else `Node.create_subscription` takes (callback_group, ...).
        """
        super().__init__()
        self.node = node
        self.topic = topic
        self.sub = node.create_subscription(
            msg_type, topic, self.callback, qos_profile=qos_profile, **kwargs)

    def callback(self, msg: Any) -> None:
        """Pass a message on."""
        self.signalMessage(msg)

    def getTopic(self) -> str:  # noqa: N802
        """Name of the topic as the constructor was given it."""
        return self.topic

    def __getattr__(self, key: str) -> Any:
        """Serve the attributes of the rclpy subscription as if they were the filter's own."""
        if key == 'sub':  # not subscribed: what follows would ask for it for ever
            raise AttributeError(key)
        return getattr(self.sub, key)
