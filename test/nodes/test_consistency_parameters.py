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


def test_an_error_is_worse_than_a_warning() -> None:
    with pytest.raises(ConfigurationError, match=r'error_below is 0.6.*warn_below, which is 0.5'):
        ConsistencyMonitorParameters(error_below=0.6)
    with pytest.raises(ConfigurationError, match='raise warn_below'):
        ConsistencyMonitorParameters(warn_below=0.2)
    assert ConsistencyMonitorParameters(error_below=0.5).rules.by_light.error_below == 0.5
