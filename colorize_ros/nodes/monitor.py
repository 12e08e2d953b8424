"""What comes in on one topic: its rate, its age, its silence, and who is to blame."""
from __future__ import annotations

from collections import deque
import time

from rclpy.node import Node
from rclpy.qos import qos_check_compatible, QoSCompatibility, QoSProfile

from colorize_ros.nodes.topics import describe_qos, type_name

RATE_WINDOW = 60
NANOSECONDS = 1_000_000_000


class InputMonitor:
    """Counts the messages of one input, and says once what is wrong with its publishers.

    Attributes:
        topic: full name, as subscribed.
        received: number of messages so far.
        age_on_arrival_s: node's clock minus stamp, when the newest message came; None before it.
        complaint: what is wrong at present, empty if nothing is.
    """

    def __init__(self, node: Node, topic: str, message_type: type, qos: QoSProfile, *,
                 needs_stamps: bool, expected: bool = True) -> None:
        self.topic = topic
        self.received = 0
        self.age_on_arrival_s: float | None = None
        self.complaint = ''
        self._needs_stamps = needs_stamps
        self._expected = expected
        self._node = node
        self._type = type_name(message_type)
        self._qos = qos
        self._arrivals: deque[float] = deque(maxlen=RATE_WINDOW)
        self._waiting_since = time.monotonic()
        self._stamp_zero = False  # whether the newest message came with stamp 0

    @property
    def description(self) -> str:
        """The topic with its type and the QoS of the subscription."""
        return f'{self.topic} [{self._type}; {describe_qos(self._qos)}, depth {self._qos.depth}]'

    def arrived(self, stamp_ns: int) -> None:
        """Note a message that has just come."""
        self.received += 1
        self._waiting_since = time.monotonic()
        self._arrivals.append(self._waiting_since)
        self.age_on_arrival_s = (
            self._node.get_clock().now().nanoseconds - stamp_ns) / NANOSECONDS
        self._stamp_zero = stamp_ns == 0

    def silent_s(self) -> float:
        """Seconds since the last message, or since the subscription before the first."""
        return time.monotonic() - self._waiting_since

    def rate_hz(self) -> float:
        """Messages a second over the latest ones; towards 0 when it has fallen silent."""
        if len(self._arrivals) < 2:
            return 0.0
        # Up to now, not up to the last arrival, so that the rate of a dead topic goes to 0.
        return (len(self._arrivals) - 1) / max(time.monotonic() - self._arrivals[0], 1e-3)

    def incompatible(self, _event: object) -> None:
        """Take the middleware's event that a publisher's QoS does not fit."""
        self._complain(self._misfits() or (
            f'{self.topic}: a publisher offers a QoS that does not fit ours '
            f'({describe_qos(self._qos)})'))

    def check(self, silent_after_s: float) -> None:
        """Look for publishers that do not fit, for silence, for stamps; log what is new, once."""
        misfits = self._misfits()
        silent_s = self.silent_s()
        if misfits:
            self._complain(misfits)
        elif silent_s > silent_after_s and self._is_missed():
            self._complain(self._silence(silent_after_s))
        elif self._stamp_zero and self._needs_stamps:
            self._complain(
                f'{self.topic}: header.stamp is 0, so its messages cannot be paired. Let the '
                'publisher set it, or set the parameter pair_by to arrival')
        elif self.complaint and self.received and silent_s < silent_after_s:
            self._node.get_logger().info(f'{self.topic}: messages come in')
            self.complaint = ''

    def _is_missed(self) -> bool:
        return bool(self._expected or self.received or self._node.count_publishers(self.topic))

    def _complain(self, complaint: str) -> None:
        if complaint != self.complaint:
            self._node.get_logger().warning(complaint)
            self.complaint = complaint

    def _misfits(self) -> str:
        """Describe the publishers whose type or QoS keeps their messages from us."""
        reasons = []
        for publisher in self._node.get_publishers_info_by_topic(self.topic):
            compatibility, _ = qos_check_compatible(publisher.qos_profile, self._qos)
            if publisher.topic_type != self._type:
                reasons.append(f'{publisher.node_name} publishes {publisher.topic_type}, '
                               f'expected {self._type} (see the parameter transport)')
            elif compatibility == QoSCompatibility.ERROR:
                reasons.append(
                    f'{publisher.node_name} offers {describe_qos(publisher.qos_profile)}, '
                    f'incompatible with the {describe_qos(self._qos)} asked for')
        return f'{self.topic}: ' + '; '.join(sorted(reasons)) if reasons else ''

    def _silence(self, silent_after_s: float) -> str:
        publishers = self._node.get_publishers_info_by_topic(self.topic)
        if not publishers:
            return (f'{self.description}: no message for {silent_after_s:g} s and no publisher; '
                    'is the topic remapped to what the driver publishes?')
        offers = ', '.join(sorted(f'{publisher.node_name} ({describe_qos(publisher.qos_profile)})'
                                  for publisher in publishers))
        return (f'{self.description}: no message for {silent_after_s:g} s, though published by '
                f'{offers}')
