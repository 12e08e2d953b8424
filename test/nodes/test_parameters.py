"""One dataclass makes the parameters' checks, descriptors, YAML and table."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import pytest
import yaml

pytest.importorskip('rcl_interfaces')

from colorize_ros.errors import ConfigurationError
from colorize_ros.nodes.parameters import (
    descriptor,
    NodeParameters,
    parameter,
    refusal,
    render_table,
    render_yaml,
)

pytestmark = pytest.mark.ros


@dataclass(frozen=True)
class Sample(NodeParameters):
    distance_m: float = parameter(1.5, 'How far', unit='m', low=0.0, high=9.0, runtime=True)
    count: int = parameter(3, 'How many', low=1, high=5)
    kind: str = parameter('a', 'Which', choices=('a', 'b'))
    slop_s: float = parameter(0.1, 'Its own slop', unit='s', low=0.0, high=1.0)
    names: tuple[str, ...] = parameter(('left', 'right'), 'Whose')


FIELDS = {entry.name: entry for entry in fields(Sample)}


@pytest.mark.parametrize(('values', 'reason'), [
    ({'distance_m': 9.5}, 'distance_m is 9.5; expected 0.0 to 9.0 m'),
    ({'distance_m': float('nan')}, 'distance_m is nan'),
    ({'count': True}, 'count is True (bool); expected int'),
    ({'kind': 'c'}, "kind is 'c'; expected one of a, b"),
    ({'names': ()}, 'names is (); expected a list of names'),
    ({'names': 'left'}, "names is 'left'; expected a list of names"),
    ({'names': ('left', 'left')}, 'none of them twice'),
])
def test_a_value_that_is_not_allowed_raises(values: dict[str, Any], reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason.replace('(', r'\(').replace(')', r'\)')):
        Sample(**values)


def test_descriptors_carry_description_unit_and_range() -> None:
    distance = descriptor(FIELDS['distance_m'])
    assert distance.description == 'How far [m]'
    assert distance.floating_point_range[0].to_value == 9.0
    assert descriptor(FIELDS['count']).integer_range[0].from_value == 1
    assert descriptor(FIELDS['kind']).additional_constraints == 'one of a, b'


def test_only_runtime_parameters_change_once_configured() -> None:
    assert refusal(Sample, {'distance_m': 2.0}, configured=True) == ''
    assert 'count is fixed' in refusal(Sample, {'count': 2}, configured=True)
    assert refusal(Sample, {'count': 2}, configured=False) == ''
    assert 'expected 1 to 5' in refusal(Sample, {'count': 7}, configured=False)


def test_the_yaml_holds_every_default_and_a_section_only_what_differs() -> None:
    sections = yaml.safe_load(render_yaml({'sample': Sample}))
    assert sections['/**']['ros__parameters'] == {
        entry.name: entry.default for entry in fields(NodeParameters)}
    assert sections['/**/sample']['ros__parameters'] == {
        'distance_m': 1.5, 'count': 3, 'kind': 'a', 'slop_s': 0.1,
        'names': ['left', 'right']}


def test_the_table_has_a_row_a_parameter() -> None:
    table = render_table(Sample)
    assert '| `distance_m` | `1.5 m` | 0.0 to 9.0 m | yes | How far |' in table
    assert "| `kind` | `'a'` | a, b | no | Which |" in table
    assert len(table.splitlines()) == 2 + len(FIELDS)
