"""One frozen dataclass declares a node's parameters: ROS, the YAML and the README follow it."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, Field, field, fields
import math
from typing import Any, Protocol, TypeVar

from rcl_interfaces.msg import FloatingPointRange, IntegerRange, ParameterDescriptor

from colorize_ros.errors import ConfigurationError


def parameter(
    default: Any,
    description: str,
    *,
    unit: str = '',
    low: float | None = None,
    high: float | None = None,
    choices: tuple[Any, ...] = (),
    runtime: bool = False,
) -> Any:
    """Declare one parameter as a dataclass field.

    Args:
        default: bool, int, float, str or a tuple of str; its type is the parameter's type.
        description: one line, for `ros2 param describe`, the YAML and the README.
        unit: of the value, such as 's' or 'm'; empty where it has none.
        low: smallest allowed value (numbers; give both ends or neither).
        high: largest allowed value.
        choices: all allowed values, where they can be listed.
        runtime: whether it may change while the node is configured.
    """
    return field(default=default, metadata={
        'description': description, 'unit': unit, 'low': low, 'high': high,
        'choices': choices, 'runtime': runtime,
    })


@dataclass(frozen=True)
class NodeParameters:
    """What every node of this package can be told. A value out of range raises."""

    autostart: bool = parameter(
        True, 'Configure and activate without being asked; false: wait for a lifecycle manager')
    device: str = parameter(
        'auto', 'Where the network runs: auto, cpu, cuda or cuda:N; a missing device is an error')
    slop_s: float = parameter(
        0.02, 'Largest difference of stamps within one set of frames', unit='s',
        low=0.0, high=10.0)
    queue_size: int = parameter(
        10, 'Frames of each input kept while their partners are awaited', low=1, high=1000)
    pair_by: str = parameter(
        'stamp', 'Pair frames by header stamp, or by arrival where clocks of machines differ',
        choices=('stamp', 'arrival'))
    max_age_s: float = parameter(
        0.0, 'Drop a set whose stamp is older than this when its turn comes; 0: never', unit='s',
        low=0.0, high=3600.0, runtime=True)
    silent_after_s: float = parameter(
        5.0, 'Report an input that has brought nothing for so long', unit='s',
        low=0.1, high=3600.0, runtime=True)

    def __post_init__(self) -> None:
        """Check every value against its declaration.

        Raises:
            ConfigurationError: a value has the wrong type or is not allowed.
        """
        problems = [problem(entry, getattr(self, entry.name)) for entry in fields(self)]
        if any(problems):
            raise ConfigurationError('; '.join(filter(None, problems)))


P = TypeVar('P', bound=NodeParameters)


class ParameterServer(Protocol):
    """The part of an rclpy node that holds parameters."""

    def declare_parameter(self, name: str, value: Any = None, descriptor: Any = None,
                          ignore_override: bool = False) -> Any:
        """Declare one parameter."""

    def get_parameter(self, name: str) -> Any:
        """Return one parameter."""

    def undeclare_parameter(self, name: str) -> None:
        """Forget one parameter."""


def problem(entry: Field[Any], value: Any) -> str:
    """Say what is wrong with a value of a parameter; an empty string if nothing is."""
    if isinstance(entry.default, tuple):
        return _problem_of_names(entry, value)
    if type(value) is not type(entry.default):
        return (f'parameter {entry.name} is {value!r} ({type(value).__name__}); expected '
                f'{type(entry.default).__name__}, such as {entry.default!r}')
    choices = entry.metadata['choices']
    if choices and value not in choices:
        return (f'parameter {entry.name} is {value!r}; expected one of '
                + ', '.join(str(choice) for choice in choices))
    low, high = entry.metadata['low'], entry.metadata['high']
    if low is not None and not low <= value <= high:  # NaN fails every comparison
        return f'parameter {entry.name} is {value}; expected {low} to {high}' + (
            f' {entry.metadata["unit"]}' if entry.metadata['unit'] else '')
    return ''


def refusal(declared: type[NodeParameters], changes: Mapping[str, Any], *,
            configured: bool) -> str:
    """Say why changes of parameters are not allowed; an empty string if they are.

    Args:
        declared: the parameters of the node.
        changes: new values by name.
        configured: whether the node is; then only parameters marked `runtime` may change.
    """
    for entry in fields(declared):
        if entry.name not in changes:
            continue
        wrong = problem(entry, changes[entry.name])
        if wrong:
            return wrong
        if configured and not entry.metadata['runtime']:
            return (f'parameter {entry.name} is fixed while the node is configured; '
                    'clean the node up, set it, and configure again')
    return ''


def descriptor(entry: Field[Any]) -> ParameterDescriptor:
    """Make the ROS descriptor (description, unit, range) of one declared parameter."""
    metadata = entry.metadata
    made = ParameterDescriptor(name=entry.name, description=_describe(entry))
    if metadata['choices']:
        made.additional_constraints = 'one of ' + ', '.join(map(str, metadata['choices']))
    if metadata['low'] is None:
        return made
    if isinstance(entry.default, float):
        made.floating_point_range = [FloatingPointRange(
            from_value=float(metadata['low']), to_value=float(metadata['high']))]
    else:
        made.integer_range = [IntegerRange(
            from_value=int(metadata['low']), to_value=int(metadata['high']))]
    return made


def declare_parameters(node: ParameterServer, declared: type[NodeParameters]) -> dict[str, str]:
    """Declare all parameters of a dataclass on a node, with the values given from outside.

    A bad value from a file or the command line must not end the process: the parameter then
    starts at its default, and what was wrong is returned, for `configure` to refuse.

    Returns:
        What is wrong, by the name of the parameter.
    """
    problems = {}
    for entry in fields(declared):
        value = _given(node, entry)
        wrong = problem(entry, value)
        if wrong:
            problems[entry.name] = wrong
            value = entry.default
        node.declare_parameter(entry.name, list(value) if isinstance(value, tuple) else value,
                               descriptor(entry), ignore_override=True)
    return problems


def read_parameters(node: ParameterServer, declared: type[P]) -> P:
    """Read a node's present parameters into the dataclass that declared them.

    Raises:
        ConfigurationError: a value is not allowed.
    """
    values: dict[str, Any] = {
        entry.name: node.get_parameter(entry.name).value for entry in fields(declared)}
    for entry in fields(declared):
        if isinstance(entry.default, tuple):
            values[entry.name] = tuple(values[entry.name])
    return declared(**values)


def render_yaml(nodes: Mapping[str, type[NodeParameters]]) -> str:
    """Write the parameter file: what all nodes share under `/**`, the rest a section a node.

    Args:
        nodes: the parameters' dataclass, by the name of the node.

    Returns:
        YAML with every default, each with its description, unit and range as a comment.
    """
    shared = {entry.name: entry for entry in fields(NodeParameters)}
    lines = ['# Defaults of every node, in any namespace; `make tables` writes them from the',
             '# dataclasses in colorize_ros/nodes. Copy it, change the copy, pass that to launch.',
             *_section('/**', list(shared.values()))]
    for name, declared in nodes.items():
        own = [entry for entry in fields(declared)
               if entry.name not in shared or entry.default != shared[entry.name].default]
        lines += ['', *_section(f'/**/{name}', own)]
    return '\n'.join(lines) + '\n'


def render_table(declared: type[NodeParameters]) -> str:
    """Write the table of a node's parameters for the README, in Markdown."""
    lines = ['| parameter | default | allowed | at run time | what it does |',
             '| --- | --- | --- | --- | --- |']
    for entry in fields(declared):
        default = _scalar(entry.default) + _unit(entry)
        lines.append(f'| `{entry.name}` | `{default}` | {_allowed(entry)} | '
                     f'{"yes" if entry.metadata["runtime"] else "no"} | '
                     f'{entry.metadata["description"]} |')
    return '\n'.join(lines) + '\n'


def _problem_of_names(entry: Field[Any], value: Any) -> str:
    """Say what is wrong with a list of names, which ROS gives as a sequence of any kind."""
    names = [] if isinstance(value, (str, bytes)) or not isinstance(value, Sequence) else value
    if names and all(isinstance(name, str) and name for name in names) and (
            len(set(names)) == len(names)):
        return ''
    return (f'parameter {entry.name} is {value!r}; expected a list of names, none of them twice, '
            f'such as {_scalar(entry.default)}')


def _given(node: ParameterServer, entry: Field[Any]) -> Any:
    """Return the value given from outside, else the default; an int will do for a float."""
    anything = ParameterDescriptor(dynamic_typing=True)
    node.declare_parameter(entry.name, None, anything)
    value = node.get_parameter(entry.name).value
    node.undeclare_parameter(entry.name)
    if value is None:
        return entry.default
    if isinstance(entry.default, float) and type(value) is int:
        return float(value)
    return value


def _describe(entry: Field[Any]) -> str:
    unit = entry.metadata['unit']
    return entry.metadata['description'] + (f' [{unit}]' if unit else '')


def _unit(entry: Field[Any]) -> str:
    return f' {entry.metadata["unit"]}' if entry.metadata['unit'] else ''


def _allowed(entry: Field[Any]) -> str:
    metadata = entry.metadata
    if metadata['choices']:
        return ', '.join(map(str, metadata['choices']))
    if metadata['low'] is not None:
        return f'{metadata["low"]} to {metadata["high"]}' + _unit(entry)
    return 'true, false' if isinstance(entry.default, bool) else 'any'


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return repr(value)
    if isinstance(value, tuple):
        return f'[{", ".join(map(repr, value))}]'
    return str(value) if math.isfinite(value) else f'.{value}'


def _section(name: str, entries: list[Field[Any]]) -> list[str]:
    lines = [f'{name}:', '  ros__parameters:']
    for entry in entries:
        lines.append(f'    # {_describe(entry)}')
        if entry.metadata['choices'] or entry.metadata['low'] is not None:
            lines.append(f'    # Allowed: {_allowed(entry)}')
        lines.append(f'    {entry.name}: {_scalar(entry.default)}')
    return lines
