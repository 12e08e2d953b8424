"""The process of one node: start, spin, clean end."""
from __future__ import annotations

from collections.abc import Sequence
import signal

import rclpy
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor

from colorize_ros.nodes.base import PerceptionNode


def run(node_type: type[PerceptionNode], args: Sequence[str] | None = None) -> None:
    """Run one node until it is told to end (SIGINT, SIGTERM)."""
    rclpy.init(args=None if args is None else list(args))
    node = None
    try:
        node = node_type()
        executor = SingleThreadedExecutor()
        executor.add_node(node)
        executor.spin()
    except (KeyboardInterrupt, ExternalShutdownException):
        pass
    finally:
        if node is not None:
            node.close()
        rclpy.try_shutdown()
        # What is left is Python's own clean-up, seconds on a busy machine; an impatient second
        # signal must not make a failure of it.
        for late in (signal.SIGINT, signal.SIGTERM):
            signal.signal(late, signal.SIG_IGN)
