"""What colorize_ros relies on in message_filters, the real one or ours: whichever is installed."""

from __future__ import annotations

import time

import pytest

rclpy = pytest.importorskip('rclpy')
message_filters = pytest.importorskip('message_filters')

from rclpy.callback_groups import MutuallyExclusiveCallbackGroup  # noqa: E402
from rclpy.qos import (  # noqa: E402
    qos_profile_sensor_data,
    QoSProfile,
    ReliabilityPolicy,
)
from std_msgs.msg import Header  # noqa: E402

pytestmark = pytest.mark.ros


@pytest.fixture
def node():
    context = rclpy.Context()
    rclpy.init(context=context)
    made = rclpy.create_node('contract', namespace='robot', context=context)
    yield made
    made.destroy_node()
    rclpy.shutdown(context=context)


def receive(node, publisher, received, deadline_s=20.0):
    """Publish until something has arrived, while the two discover each other."""
    executor = rclpy.executors.SingleThreadedExecutor(context=node.context)
    executor.add_node(node)
    end = time.monotonic() + deadline_s
    while not received and time.monotonic() < end:
        publisher.publish(Header(frame_id='camera'))
        executor.spin_once(timeout_sec=0.05)
    executor.remove_node(node)


def test_signals_go_to_all_callbacks_in_order_with_their_arguments():
    source, calls = message_filters.SimpleFilter(), []
    first = source.registerCallback(lambda *got: calls.append(('first', *got)), 'extra', 1)
    second = source.registerCallback(lambda *got: calls.append(('second', *got)))
    assert (first, second) == (0, 1)
    source.signalMessage('a', 'b')
    assert calls == [('first', 'a', 'b', 'extra', 1), ('second', 'a', 'b')]


def test_connections_can_be_seen_and_taken_away():
    source, calls = message_filters.SimpleFilter(), []
    connection = source.registerCallback(calls.append)
    assert source.callbacks[connection] == (calls.append, ())
    del source.callbacks[connection]
    source.signalMessage('a')
    assert calls == []


def test_a_signal_without_callbacks_is_nothing():
    assert message_filters.SimpleFilter().signalMessage('a') is None


def test_an_exception_in_a_callback_reaches_the_sender():
    def fail(message):
        raise KeyError(message)

    source = message_filters.SimpleFilter()
    source.registerCallback(fail)
    with pytest.raises(KeyError, match='a'):
        source.signalMessage('a')


def test_a_filter_can_be_derived_and_chained():
    class Doubling(message_filters.SimpleFilter):
        def __init__(self, upstream):
            super().__init__()
            upstream.registerCallback(self.add)

        def add(self, message):
            self.signalMessage(2 * message)

    source, calls = message_filters.SimpleFilter(), []
    Doubling(source).registerCallback(calls.append)
    source.signalMessage(21)
    assert calls == [42]


def test_a_subscriber_is_a_filter_that_passes_messages_on(node):
    subscriber = message_filters.Subscriber(node, Header, 'header', qos_profile=10)
    assert isinstance(subscriber, message_filters.SimpleFilter)
    received = []
    subscriber.registerCallback(lambda message, name: received.append((message, name)), 'depth')
    receive(node, node.create_publisher(Header, 'header', 10), received)
    assert received[0] == (Header(frame_id='camera'), 'depth')


def test_a_subscriber_knows_its_topic_as_given_and_in_full(node):
    subscriber = message_filters.Subscriber(node, Header, 'depth/header', qos_profile=10)
    assert subscriber.getTopic() == 'depth/header'
    assert subscriber.topic == 'depth/header'
    assert subscriber.topic_name == '/robot/depth/header'  # the subscription's own
    assert subscriber.node is node
    assert subscriber.sub in list(node.subscriptions)


@pytest.mark.parametrize(('given', 'reliability', 'depth'), [
    ({}, ReliabilityPolicy.RELIABLE, 10),
    ({'qos_profile': 3}, ReliabilityPolicy.RELIABLE, 3),
    ({'qos_profile': QoSProfile(depth=7)}, ReliabilityPolicy.RELIABLE, 7),
    ({'qos_profile': qos_profile_sensor_data}, ReliabilityPolicy.BEST_EFFORT, 5),
])
def test_the_quality_of_service_is_the_subscriptions(node, given, reliability, depth):
    subscriber = message_filters.Subscriber(node, Header, 'header', **given)
    assert subscriber.qos_profile.reliability == reliability
    assert subscriber.qos_profile.depth == depth


def test_other_arguments_reach_the_subscription(node):
    group = MutuallyExclusiveCallbackGroup()
    subscriber = message_filters.Subscriber(
        node, Header, 'header', qos_profile=10, callback_group=group, raw=True)
    assert subscriber.callback_group is group
    assert subscriber.raw is True


def test_a_subscriber_can_be_destroyed(node):
    subscriber = message_filters.Subscriber(node, Header, 'header', qos_profile=10)
    assert node.destroy_subscription(subscriber.sub)
    assert subscriber.sub not in list(node.subscriptions)


def test_an_attribute_that_nobody_has_is_an_error(node):
    subscriber = message_filters.Subscriber(node, Header, 'header', qos_profile=10)
    with pytest.raises(AttributeError):
        subscriber.does_not_exist  # noqa: B018


def test_an_impossible_topic_is_an_error(node):
    with pytest.raises(Exception, match='topic'):
        message_filters.Subscriber(node, Header, 'not a topic!', qos_profile=10)
