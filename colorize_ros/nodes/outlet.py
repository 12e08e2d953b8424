"""A node's outputs while it is configured: publishers, and who listens."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rclpy.lifecycle import LifecycleNode
from rclpy.qos import qos_policy_name_from_kind
from rclpy.qos_overriding_options import QoSOverridingOptions
from std_msgs.msg import Header

from colorize_ros.nodes.topics import describe_qos, Output, output_qos

try:
    from rclpy.event_handler import PublisherEventCallbacks
except ImportError:  # Humble
    from rclpy.qos_event import PublisherEventCallbacks


class Outlet:
    """Publishes a node's results, and encodes only what somebody listens to."""

    def __init__(self, node: LifecycleNode, outputs: Sequence[Output]) -> None:
        self._node = node
        self._outputs = {output.topic: output for output in outputs}
        self._said: set[str] = set()
        self._publishers: dict[str, Any] = {}
        try:
            for output in outputs:
                self._publishers[output.topic] = self._advertise(output)
        except Exception:  # a QoS override that is none, say; nothing stays half-open
            self.close()
            raise

    def wanted(self) -> frozenset[str]:
        """Return the topics that have a subscriber."""
        return frozenset(topic for topic, publisher in self._publishers.items()
                         if publisher.get_subscription_count())

    def publish(self, header: Header, results: Mapping[str, Any], wanted: frozenset[str]) -> None:
        """Encode and publish those results that are wanted, all under one header.

        A result that cannot be encoded does not keep the others back; the first such error is
        raised in the end.
        """
        failures: list[Exception] = []
        for topic, publisher in self._publishers.items():
            if topic not in wanted or topic not in results:
                continue
            try:
                message = self._outputs[topic].encode(results[topic])
                if self._outputs[topic].takes_header:
                    message.header = header
                publisher.publish(message)
            except Exception as error:
                failures.append(error)
        if failures:
            raise failures[0]

    def close(self) -> None:
        """Withdraw the publishers."""
        for publisher in self._publishers.values():
            self._node.destroy_lifecycle_publisher(publisher)

    def _advertise(self, output: Output) -> Any:
        qos = output_qos()

        def incompatible(event: Any) -> None:
            """Say once that a subscriber asks for more than is offered (executor's thread)."""
            if output.topic not in self._said:
                self._said.add(output.topic)
                self._node.get_logger().warning(
                    f'{self._node.resolve_topic_name(output.topic)}: a subscriber asks for a '
                    f'{qos_policy_name_from_kind(event.last_policy_kind)} QoS policy that '
                    f'{describe_qos(qos)} does not meet; it gets nothing')

        return self._node.create_lifecycle_publisher(
            output.message_type, output.topic, qos,
            event_callbacks=PublisherEventCallbacks(incompatible_qos=incompatible),
            qos_overriding_options=QoSOverridingOptions.with_default_policies())
