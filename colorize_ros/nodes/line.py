"""The way of frames through an active node: messages in, the newest set, results out."""
from __future__ import annotations

from collections.abc import Sequence
import time
from typing import Any, NamedTuple, TYPE_CHECKING

from colorize_ros.messages import stamp_ns
from colorize_ros.nodes.intake import Intake
from colorize_ros.nodes.outlet import Outlet
from colorize_ros.nodes.slot import Worker
from colorize_ros.nodes.timeline import Timeline
from colorize_ros.nodes.topics import FrameSet, Input
from colorize_ros.nodes.worklog import WorkLog

if TYPE_CHECKING:
    from colorize_ros.nodes.base import PerceptionNode


class Job(NamedTuple):
    """A set of messages on its way to the worker.

    Attributes:
        inputs: that were paired.
        messages: one of each input, None where an optional one is missing.
        complete_since_s: when the last of them came, on the clock of time.monotonic.
    """

    inputs: Sequence[Input]
    messages: tuple[Any, ...]
    complete_since_s: float

    @property
    def streams(self) -> tuple[str, ...]:
        """The names of the inputs."""
        return tuple(entry.stream for entry in self.inputs)


class FrameLine:
    """Pairs messages in the executor's thread, and has the newest set processed in the worker's.

    Attributes:
        intake: of the node's inputs; None while closed.
    """

    def __init__(self, node: PerceptionNode, groups: Sequence[Sequence[Input]], outlet: Outlet,
                 work: WorkLog) -> None:
        """Prepare, subscribe nothing.

        Args:
            node: processes the sets.
            groups: inputs that are paired with each other; the first one of each leads.
            outlet: of the results; outlives this.
            work: where what was done is counted.
        """
        self.intake: Intake | None = None
        self._node, self._groups, self._outlet, self._work = node, groups, outlet, work
        self._timeline = Timeline()
        self._worker: Worker[Job] = Worker(f'{node.node_name} worker', self._handle)

    def open(self) -> None:
        """Start the worker and subscribe."""
        self._worker.start()
        self.intake = Intake(self._node, self._groups, self._node.parameters, self._deliver,
                             self._restart)

    def close(self) -> bool:
        """Unsubscribe, and wait for the set in work.

        Returns:
            Whether it was done in time.
        """
        if self.intake is not None:
            self.intake.close()
            self.intake = None
        return self._worker.stop()

    def _deliver(self, inputs: Sequence[Input], messages: tuple[Any, ...],
                 complete_since_s: float) -> None:
        """Leave a set for the worker (executor's thread)."""
        job = Job(inputs, messages, complete_since_s)
        if self._worker.slot.put(job, job.streams) is not None:
            self._work.drop('a newer set came')

    def _restart(self) -> None:
        self._timeline.restart()
        for _ in self._worker.slot.clear():
            self._work.drop('time jump')

    def _handle(self, job: Job) -> None:
        """Turn a set into results (worker's thread)."""
        node, outlet = self._node, self._outlet
        try:
            wanted = outlet.wanted()
            header = job.messages[0].header
            if self._timeline.begins_afresh(stamp_ns(job.messages[0]), job.streams):
                node.forget()
            skipped = node.reason_to_skip(job.streams, wanted)
            if skipped:
                self._work.drop(skipped)
            elif self._is_too_old(job):
                self._work.drop('older than max_age_s')
            else:
                frames = FrameSet(header, self._decode(job), wanted)
                results = node.process(frames)
                outlet.publish(header, results, wanted)
                if results:
                    self._work.done(time.monotonic() - job.complete_since_s)
                else:
                    self._work.drop('nothing came of it')
        except Exception as error:  # one bad frame is a report, never the end of a node
            if node.context.ok():  # publishing fails while the process is told to end
                node.report(error)

    def _decode(self, job: Job) -> dict[str, Any]:
        """Decode a set; a bad frame of an optional input is reported and left out."""
        frames = {}
        for entry, message in zip(job.inputs, job.messages):
            if message is None:
                continue
            try:
                frames[entry.stream] = entry.decode(message)
            except Exception as error:
                if not entry.optional:
                    raise
                self._node.report(error)
        return frames

    def _is_too_old(self, job: Job) -> bool:
        parameters = self._node.parameters
        if parameters.pair_by == 'arrival':  # stamps are of another clock, or of none
            age_s = time.monotonic() - job.complete_since_s
        else:
            now_ns = self._node.get_clock().now().nanoseconds
            age_s = (now_ns - stamp_ns(job.messages[0])) / 1e9
        return 0.0 < parameters.max_age_s < age_s
