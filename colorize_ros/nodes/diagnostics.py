"""A node's state as diagnostics (REP 107): statuses named `node: subcomponent`."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean
from typing import Any, NamedTuple, Protocol

from diagnostic_msgs.msg import DiagnosticStatus, KeyValue

from colorize_ros.nodes.monitor import InputMonitor
from colorize_ros.nodes.worklog import WorkReport
from colorize_ros.pairing import PairingStatistics

OK, WARN, ERROR = DiagnosticStatus.OK, DiagnosticStatus.WARN, DiagnosticStatus.ERROR


class ModelInfo(Protocol):
    """What a pipeline says of the model it runs."""

    @property
    def name(self) -> str:
        """Preset or file name."""

    @property
    def path(self) -> Any:
        """Where the weights lie."""

    @property
    def sha256(self) -> str:
        """Hash of the weights."""

    @property
    def device(self) -> str:
        """Where it runs."""

    @property
    def precision(self) -> str:
        """In which precision it runs."""


class Finding(NamedTuple):
    """What a node says of itself beyond what all nodes say.

    Attributes:
        part: its name in the diagnostics.
        wrong: whether it is worth a warning.
        message: what is found; of what is wrong with the remedy.
        values: by key.
        severe: whether what is wrong is an error, and no mere warning.
    """

    part: str
    wrong: bool
    message: str
    values: Mapping[str, Any]
    severe: bool = False


def status(node: str, part: str, level: bytes, message: str,
           values: Mapping[str, Any]) -> DiagnosticStatus:
    """Make one status; numbers are rounded to what a person reads."""
    return DiagnosticStatus(
        name=f'{node}: {part}', hardware_id=node, level=level, message=message,
        values=[KeyValue(key=key, value=_text(value)) for key, value in values.items()])


def state_status(node: str, phase: str, refusal: str) -> DiagnosticStatus:
    """Say which lifecycle state the node is in, and why no further."""
    if refusal:
        return status(node, 'state', ERROR, refusal, {'state': phase})
    return status(node, 'state', OK, phase, {'state': phase})


def input_status(node: str, monitor: InputMonitor) -> DiagnosticStatus:
    """Rate and age of one input, and what is wrong with its publishers."""
    return status(
        node, f'input {monitor.topic}', WARN if monitor.complaint else OK,
        monitor.complaint or f'{monitor.rate_hz():.1f} Hz',
        {'received': monitor.received, 'rate_hz': monitor.rate_hz(),
         'silent_s': monitor.silent_s(), 'age_on_arrival_s': monitor.age_on_arrival_s})


def pairing_statuses(
        node: str, groups: Sequence[tuple[tuple[str, ...], PairingStatistics]],
        ) -> list[DiagnosticStatus]:
    """Make a status of each group of streams; one of a single stream has nothing to pair."""
    if len(groups) == 1:
        return [pairing_status(node, groups[0][1])]
    return [pairing_status(node, statistics, f'pairing {" + ".join(streams)}')
            for streams, statistics in groups if len(streams) > 1]


def pairing_status(
        node: str, statistics: PairingStatistics, part: str = 'pairing') -> DiagnosticStatus:
    """Sets made, messages that belonged to none, stamps relative to the first stream's."""
    values: dict[str, Any] = {'sets': statistics.sets, 'time_jumps': statistics.time_jumps}
    if statistics.offsets_s:
        values['largest_recent_span_s'] = max(statistics.offsets_s)
    for stream, offsets_s in list(statistics.stream_offsets_s.items())[1:]:
        if offsets_s:
            values[f'mean_offset_s {stream}'] = fmean(offsets_s)
    for (stream, reason), count in sorted(statistics.drops.items()):
        values[f'dropped {stream}: {reason}'] = count
    starved = not statistics.sets and all(statistics.received.values())
    return status(
        node, part, WARN if starved else OK,
        'messages come in, but none belong together; compare the stamps, or raise slop_s'
        if starved else f'{statistics.sets} sets', values)


def work_status(node: str, report: WorkReport) -> DiagnosticStatus:
    """Frames, drops, latency, the last error and warning."""
    values: dict[str, Any] = {
        'frames': report.frames, 'failures': report.failures,
        'latency_p50_ms': report.p50_ms, 'latency_p95_ms': report.p95_ms,
        'last_error': report.last_error, 'last_warning': report.last_warning}
    values.update({f'dropped: {reason}': count
                   for reason, count in sorted(report.drops.items())})
    level, message = OK, f'{report.frames} frames'
    if report.error_is_recent:
        level, message = ERROR, report.last_error
    elif report.warning_is_recent:
        level, message = WARN, report.last_warning
    return status(node, 'inference', level, message, values)


def finding_status(node: str, finding: Finding) -> DiagnosticStatus:
    """What a node says of itself alone."""
    level = OK if not finding.wrong else ERROR if finding.severe else WARN
    return status(node, finding.part, level, finding.message, finding.values)


def model_statuses(node: str, models: Iterable[ModelInfo]) -> list[DiagnosticStatus]:
    """Name, hash, device and precision of each model."""
    return [status(node, f'model {info.name}', OK, f'{info.device}, {info.precision}', {
        'path': info.path, 'sha256': info.sha256, 'device': info.device,
        'precision': info.precision}) for info in models]


def _text(value: Any) -> str:
    if value is None:
        return 'none yet'
    return f'{value:.4g}' if isinstance(value, float) else str(value)
