"""A node's inputs while it is active: subscriptions, pairing, time jumps."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from message_filters import Subscriber
from rclpy.clock import JumpThreshold, TimeJump
from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.qos_overriding_options import QoSOverridingOptions

from colorize_ros.messages import stamp_ns
from colorize_ros.nodes.matching import MatchingFilter
from colorize_ros.nodes.monitor import InputMonitor
from colorize_ros.nodes.parameters import NodeParameters
from colorize_ros.nodes.topics import Input, input_qos
from colorize_ros.pairing import ApproximateTimeMatcher, PairingStatistics

try:
    from rclpy.event_handler import SubscriptionEventCallbacks
except ImportError:  # Humble
    from rclpy.qos_event import SubscriptionEventCallbacks


class Intake:
    """Subscribes a node's inputs and hands over what belongs together.

    Everything here runs in the executor's thread, and nothing of it computes: a callback takes
    the stamp of a message and gives it to the matcher.
    """

    def __init__(
        self,
        node: Node,
        groups: Sequence[Sequence[Input]],
        parameters: NodeParameters,
        deliver: Callable[[Sequence[Input], tuple[Any, ...], float], None],
        restarted: Callable[[], None],
    ) -> None:
        """Subscribe.

        Args:
            node: subscribes.
            groups: the streams that are paired with each other; the first one of each leads. A
                stream that is in several is subscribed once.
            parameters: of pairing.
            deliver: called with a group, one message of each of its inputs, None where an optional
                one is missing, and when the last of them came (time.monotonic).
            restarted: called when time has jumped, and what came before is void.
        """
        self._node = node
        self._restarted = restarted
        self._subscribers: list[Any] = []
        self._deliver = deliver
        self._by_stamp = parameters.pair_by == 'stamp'
        self._filters = [self._pair(group, parameters) for group in groups]
        self._jumps = node.get_clock().create_jump_callback(
            JumpThreshold(min_forward=None, min_backward=Duration(nanoseconds=-1)),
            post_callback=self._time_jumped)
        self.monitors: dict[str, InputMonitor] = {}
        try:
            for entry in {entry.stream: entry for group in groups for entry in group}.values():
                self.monitors[entry.stream] = self._subscribe(entry)
        except Exception:  # a QoS override that is none, say; nothing stays half-open
            self.close()
            raise

    @property
    def statistics(self) -> list[tuple[tuple[str, ...], PairingStatistics]]:
        """What the pairing of each group has counted, with the names of its streams."""
        return [(each.streams, each.matcher.statistics) for each in self._filters]

    def close(self) -> None:
        """Unsubscribe."""
        self._jumps.unregister()
        for subscriber in self._subscribers:
            self._node.destroy_subscription(subscriber.sub)

    def check(self, silent_after_s: float) -> None:
        """Look after the publishers of every input."""
        for monitor in self.monitors.values():
            monitor.check(silent_after_s)

    def _pair(self, group: Sequence[Input], parameters: NodeParameters) -> MatchingFilter:
        streams = [entry.stream for entry in group]
        made = MatchingFilter(streams, ApproximateTimeMatcher(
            streams, slop_s=parameters.slop_s, queue_size=parameters.queue_size,
            offsets_s={entry.stream: entry.offset_s for entry in group},
            optional=[entry.stream for entry in group if entry.optional]),
            stamp_ns if self._by_stamp else self._now_ns)
        made.registerCallback(
            lambda *messages: self._deliver(group, messages, made.complete_since_s))
        return made

    def _subscribe(self, entry: Input) -> InputMonitor:
        topic, qos = entry.resolve(self._node), input_qos()
        monitor = InputMonitor(self._node, topic, entry.wire_type, qos,
                               needs_stamps=self._by_stamp, expected=entry.expected)
        subscriber = Subscriber(
            self._node, entry.wire_type, topic, qos_profile=qos,
            event_callbacks=SubscriptionEventCallbacks(incompatible_qos=monitor.incompatible),
            qos_overriding_options=QoSOverridingOptions.with_default_policies())
        subscriber.registerCallback(lambda message: monitor.arrived(stamp_ns(message)))
        for each in self._filters:
            if entry.stream in each.streams:
                each.connect_input(entry.stream, subscriber)
        self._subscribers.append(subscriber)
        self._node.get_logger().info(f'subscribed {monitor.description}')
        return monitor

    def _now_ns(self, _message: Any) -> int:
        return int(self._node.get_clock().now().nanoseconds)

    def _time_jumped(self, jump: TimeJump) -> None:
        self._node.get_logger().warning(
            f'time jumped by {jump.delta.nanoseconds / 1e9:.3f} s; pairing starts afresh')
        for each in self._filters:
            each.matcher.reset('clock_jump')
        self._restarted()
