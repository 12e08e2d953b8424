"""What consistency_monitor can be told, and what it refuses to be told."""

from __future__ import annotations

import pytest

pytest.importorskip('rcl_interfaces')

from colorize_ros.detection.kinds import KINDS
from colorize_ros.errors import ConfigurationError
from colorize_ros.nodes.consistency_parameters import ConsistencyMonitorParameters

pytestmark = pytest.mark.ros


@pytest.mark.parametrize('candidates', [
    ('reference',), ('nir_colorizer', '/reference'), ('nir_colorizer', '/nir_colorizer')])
def test_names_that_are_taken_are_refused(candidates: tuple[str, ...]) -> None:
    with pytest.raises(ConfigurationError, match='names of nodes that differ'):
        ConsistencyMonitorParameters(candidates=candidates)


def test_nodes_of_several_namespaces_may_be_watched() -> None:
    told = ConsistencyMonitorParameters(candidates=('left/nir_colorizer', '/right/nir_colorizer'))
    assert told.rules.by_light.warn_below == 0.5


@pytest.mark.parametrize('kind', ['auto', *KINDS])
def test_every_kind_that_a_detector_can_be_may_be_said(kind: str) -> None:
    assert ConsistencyMonitorParameters(detector_kind=kind).detector_kind == kind
