"""The life of every node: lifecycle, parameters, diagnostics; frames go along its line."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, ClassVar

from diagnostic_msgs.msg import DiagnosticArray
from rcl_interfaces.msg import SetParametersResult
from rclpy.clock import Clock, ClockType
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn
from rclpy.parameter import Parameter

from colorize_ros.errors import ConfigurationError
from colorize_ros.nodes import diagnostics
from colorize_ros.nodes.line import FrameLine
from colorize_ros.nodes.outlet import Outlet
from colorize_ros.nodes.parameters import (
    declare_parameters,
    NodeParameters,
    read_parameters,
    refusal,
)
from colorize_ros.nodes.topics import FrameSet, Input, Output
from colorize_ros.nodes.transitions import refuse_invalid_transitions
from colorize_ros.nodes.worklog import WorkLog

DIAGNOSTICS_PERIOD_S = 1.0
ERROR_LOG_PERIOD_S = 5.0


class PerceptionNode(LifecycleNode):
    """A lifecycle node that turns sets of frames into results.

    A child says what it reads (`inputs`), what it publishes (`outputs`), what it loads
    (`configure`) and what it does with one set of frames (`process`). Callbacks run in the
    executor's thread and only pair stamps; `process` runs in one worker thread, on the newest set.

    Attributes:
        node_name: default name of the node.
        Parameters: frozen dataclass that declares the node's parameters.
        parameters: their values, once configured.
    """

    node_name: ClassVar[str]
    Parameters: ClassVar[type[NodeParameters]] = NodeParameters

    def __init__(self, **options: Any) -> None:
        """Create the node; unless `autostart` is false it activates once it is spun.

        Args:
            options: of rclpy's LifecycleNode.
        """
        super().__init__(self.node_name, **options)
        self._phase = 'unconfigured'
        self._refusal = ''
        self._work = WorkLog()
        self._wrong: set[str] = set()
        self._outlet: Outlet | None = None
        self._line: FrameLine | None = None
        self._inputs: Sequence[Input] = ()
        self._bad_overrides = declare_parameters(self, self.Parameters)
        self.add_on_set_parameters_callback(self._on_set_parameters)
        refuse_invalid_transitions(self)
        self._diagnostics = self.create_publisher(DiagnosticArray, '/diagnostics', 10)
        # Not the node's own clock: simulated time may stand still.
        wall = Clock(clock_type=ClockType.STEADY_TIME)
        self.create_timer(DIAGNOSTICS_PERIOD_S, self._diagnose, clock=wall)
        if self.get_parameter('autostart').value is True:
            self._autostart = self.create_timer(0.0, self._start, clock=wall)

    # What a node is made of ---------------------------------------------------------------

    def inputs(self, parameters: Any) -> Sequence[Input]:
        """Return the topics to read; the first one leads the pairing."""
        raise NotImplementedError

    def groups(self, inputs: Sequence[Input]) -> Sequence[Sequence[Input]]:
        """Return which inputs are paired with each other; `process` gets one group at a time.

        The first of each group leads. By default all are one group.
        """
        return [inputs]

    def outputs(self, parameters: Any) -> Sequence[Output]:
        """Return the topics to publish."""
        raise NotImplementedError

    def configure(self, parameters: Any) -> None:
        """Load what `process` needs; whatever is raised here refuses the transition."""
        raise NotImplementedError

    def process(self, frames: FrameSet) -> Mapping[str, Any]:
        """Return the results of one set of frames, by output topic.

        What is raised here is reported, and the node goes on with the next set.
        """
        raise NotImplementedError

    def reason_to_skip(self, streams: tuple[str, ...], wanted: frozenset[str]) -> str:
        """Say why a set need not be worked on, '' if it must; by default if nobody listens.

        Runs in the worker's thread.

        Args:
            streams: of the set's inputs.
            wanted: topics of the outputs that somebody listens to.
        """
        return '' if wanted else 'nobody listens'

    def release(self) -> None:
        """Let go of what `configure` loaded."""
        raise NotImplementedError

    def forget(self) -> None:
        """Let go of what earlier frames left: time went back, or the node was activated.

        Runs in the worker's thread, before the frame that begins afresh.
        """

    def models(self) -> Sequence[diagnostics.ModelInfo]:
        """Return what is loaded, for the diagnostics."""
        raise NotImplementedError

    def findings(self) -> Sequence[diagnostics.Finding]:
        """Return what there is to say in the diagnostics beyond what all nodes say.

        Runs in the executor's thread, while the node is active. The log gets it when something
        becomes wrong, and when it is right again.
        """
        return ()

    # Lifecycle ----------------------------------------------------------------------------

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Read the parameters, load the model, advertise the outputs."""
        return self._transit('configure', 'inactive', self._configure, undo=self._free)

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Subscribe and start the worker."""
        def activate() -> None:
            """Let the publishers publish before the first set can come."""
            super(PerceptionNode, self).on_activate(state)
            self._open()

        return self._transit('activate', 'active', activate, undo=self._close)

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Unsubscribe, and stop the worker when the frame in work is done."""
        def deactivate() -> None:
            """Let the worker's last set out before the publishers fall silent."""
            self._close()
            super(PerceptionNode, self).on_deactivate(state)

        return self._transit('deactivate', 'inactive', deactivate)

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Free the model."""
        return self._transit('cleanup', 'unconfigured', self._free)

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Stop everything."""
        return self._transit('shutdown', 'finalized', self._stop)

    def close(self) -> None:
        """Stop everything and destroy the node, whatever state it is in."""
        self._stop()
        self.destroy_node()

    def _transit(self, name: str, phase: str, step: Callable[[], None],
                 undo: Callable[[], None] | None = None) -> TransitionCallbackReturn:
        """Run one transition; an exception refuses it, and the node lives on."""
        try:
            step()
        except Exception as error:  # whatever a model loader or the middleware may raise
            self._refusal = f'{name} failed: {error}'
            self.get_logger().error(self._refusal)
            if undo is not None:
                undo()
            return TransitionCallbackReturn.FAILURE
        self._refusal = ''
        self._phase = phase
        self.get_logger().info(phase)
        return TransitionCallbackReturn.SUCCESS

    def _configure(self) -> None:
        if self._bad_overrides:
            raise ConfigurationError('; '.join(self._bad_overrides.values()))
        self.parameters = read_parameters(self, self.Parameters)
        self._inputs = self.inputs(self.parameters)
        self.configure(self.parameters)
        for info in self.models():
            self.get_logger().info(f'model {info.name} on {info.device}, {info.precision}')
        self._outlet = Outlet(self, self.outputs(self.parameters))

    def _open(self) -> None:
        assert self._outlet is not None  # it came with the configuration
        self._line = FrameLine(self, self.groups(self._inputs), self._outlet, self._work)
        self._line.open()

    def _close(self) -> None:
        if self._line is not None:
            if not self._line.close():
                self.get_logger().error('the worker did not end in time')
            self._line = None

    def _free(self) -> None:
        if self._outlet is not None:
            self._outlet.close()
            self._outlet = None
        self.release()

    def _stop(self) -> None:
        self._close()
        self._free()

    def _start(self) -> None:
        self.destroy_timer(self._autostart)
        if self._phase == 'unconfigured' and (
                self.trigger_configure() == TransitionCallbackReturn.SUCCESS):
            self.trigger_activate()

    def _on_set_parameters(self, changes: list[Parameter]) -> SetParametersResult:
        """Take what is allowed: anything while unconfigured, else what may change at run time."""
        names = {entry.name for entry in fields(self.Parameters)}
        ours = {change.name: change.value for change in changes if change.name in names}
        configured = self._phase in ('inactive', 'active')
        reason = refusal(self.Parameters, ours, configured=configured)
        if reason:
            return SetParametersResult(successful=False, reason=reason)
        if configured:
            try:
                self.parameters = replace(self.parameters, **ours)
            except ConfigurationError as error:  # it does not go with the others
                return SetParametersResult(successful=False, reason=str(error))
        for name in ours:
            self._bad_overrides.pop(name, None)
        return SetParametersResult(successful=True)

    # What is said of the work --------------------------------------------------------------

    def warn(self, warning: str) -> None:
        """Say once, and in the diagnostics while it lasts, what is wrong with a frame in use."""
        if self._work.warn(warning):
            self.get_logger().warning(warning)

    def silent_s(self, stream: str) -> float:
        """Seconds since the last message of an input, or since its subscription."""
        intake = self._line.intake if self._line is not None else None
        return intake.monitors[stream].silent_s() if intake is not None else 0.0

    def report(self, error: Exception) -> None:
        """Count a bad frame; log it unless it only repeats the one before."""
        if self._work.fail(str(error) or type(error).__name__):
            self.get_logger().error(f'{type(error).__name__}: {error}',
                                    throttle_duration_sec=ERROR_LOG_PERIOD_S)

    # Diagnostics --------------------------------------------------------------------------

    def _diagnose(self) -> None:
        name = self.get_fully_qualified_name().strip('/')
        array = DiagnosticArray()
        array.header.stamp = self.get_clock().now().to_msg()
        array.status = [diagnostics.state_status(name, self._phase, self._refusal)]
        if self._line is not None and self._line.intake is not None:
            intake = self._line.intake
            intake.check(self.parameters.silent_after_s)
            array.status += [diagnostics.input_status(name, monitor)
                             for monitor in intake.monitors.values()]
            array.status += diagnostics.pairing_statuses(name, intake.statistics)
            array.status += [diagnostics.finding_status(name, finding)
                             for finding in self._new_findings()]
        if self._outlet is not None:
            array.status.append(diagnostics.work_status(name, self._work.report()))
            array.status += diagnostics.model_statuses(name, self.models())
        self._diagnostics.publish(array)

    def _new_findings(self) -> Sequence[diagnostics.Finding]:
        """Return the findings; log each that has become wrong, or is right again."""
        found = self.findings()
        wrong = {finding.part for finding in found if finding.wrong}
        for finding in found:
            if finding.part in wrong - self._wrong:
                self.get_logger().warning(finding.message)
            elif finding.part in self._wrong - wrong:
                self.get_logger().info(finding.message)
        self._wrong = wrong
        return found
