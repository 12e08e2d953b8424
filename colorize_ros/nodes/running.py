"""The process of one node: start, spin, clean end."""
from __future__ import annotations

from collections.abc import Sequence
import signal
from types import FrameType

import rclpy
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.signals import (
    install_signal_handlers,
    SignalHandlerOptions,
    uninstall_signal_handlers,
)

from colorize_ros.nodes.base import PerceptionNode


class Ending:
    """What SIGINT and SIGTERM do: raise KeyboardInterrupt, once, and not before it is wanted."""

    SIGNALS = (signal.SIGINT, signal.SIGTERM)

    def __init__(self) -> None:
        self._told = self._raises = False
        for number in self.SIGNALS:
            signal.signal(number, self._handle)

    def begin(self) -> None:
        """Raise from now on; at once if a signal has come already."""
        self._raises = True
        if self._told:
            raise KeyboardInterrupt

    def ignore(self) -> None:
        """Have no signal do anything any more, Python's own clean-up included."""
        self._raises = False
        # Else shutting down rclpy would put back what was there before its handlers.
        uninstall_signal_handlers()
        for number in self.SIGNALS:
            signal.signal(number, signal.SIG_IGN)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self._told, raises, self._raises = True, self._raises, False
        if raises:
            raise KeyboardInterrupt


def run(node_type: type[PerceptionNode], args: Sequence[str] | None = None) -> None:
    """Run one node until it is told to end (SIGINT, SIGTERM)."""
    ending = Ending()
    node = executor = None
    try:
        # An end in the midst of them would leave node and executor half made.
        rclpy.init(args=None if args is None else list(args),
                   signal_handler_options=SignalHandlerOptions.NO)
        node = node_type()
        executor = SingleThreadedExecutor()
        executor.add_node(node)
        # rclpy's handlers wake the executor, then call ours: what takes long in a callback, such
        # as loading a model, ends at once.
        install_signal_handlers()
        ending.begin()
        executor.spin()
    except (KeyboardInterrupt, ExternalShutdownException):
        pass
    except Exception:
        # One from a callback that was still at work when the context ended is part of the end.
        if executor is None or rclpy.ok():
            raise
    finally:
        # An impatient second signal must not make a failure of the clean-up: that takes seconds
        # on a busy machine.
        ending.ignore()
        if node is not None:
            node.close()
        rclpy.try_shutdown()
