"""The process of one node: start, spin, clean end."""
from __future__ import annotations

from collections.abc import Sequence
import signal

import rclpy
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor

from colorize_ros.nodes.base import PerceptionNode


def run(node_type: type[PerceptionNode], args: Sequence[str] | None = None) -> None:
    """Run one node until it is told to end (SIGINT, SIGTERM)."""
    # rclpy's own handler calls this one after it: SIGTERM too ends what takes long, such as
    # loading a model, at once.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    node = None
    try:
        rclpy.init(args=None if args is None else list(args))
        node = node_type()
        executor = SingleThreadedExecutor()
        executor.add_node(node)
        executor.spin()
    except (KeyboardInterrupt, ExternalShutdownException):
        pass
    except Exception:
        # One from a callback that was still at work when the context ended is part of the end.
        if node is None or rclpy.ok():
            raise
    finally:
        # An impatient second signal must not make a failure of the clean-up, ours and Python's:
        # that takes seconds on a busy machine.
        for late in (signal.SIGINT, signal.SIGTERM):
            signal.signal(late, signal.SIG_IGN)
        if node is not None:
            node.close()
        rclpy.try_shutdown()
