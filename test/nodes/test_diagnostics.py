"""What the diagnostics say, without a graph."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip('diagnostic_msgs')
pytest.importorskip('rclpy')

from colorize_ros.nodes.diagnostics import (
    Finding,
    finding_status,
    pairing_status,
    pairing_statuses,
    work_status,
)
from colorize_ros.nodes.worklog import WorkLog
from colorize_ros.pairing import ApproximateTimeMatcher, PairingStatistics

pytestmark = pytest.mark.ros

MS = 1_000_000


def values(status: Any) -> dict[str, str]:
    return {entry.key: entry.value for entry in status.values}


def test_the_pairing_says_what_offset_to_take_away() -> None:
    matcher: ApproximateTimeMatcher[int] = ApproximateTimeMatcher(['depth', 'guide'], slop_s=0.02)
    for number in range(30):
        matcher.add('depth', (1000 + 33 * number) * MS, number)
        matcher.add('guide', (1008 + 33 * number) * MS, number)
    matcher.add('guide', 0, 0)
    said = values(pairing_status('node', matcher.statistics))
    assert said['mean_offset_s guide'] == '0.008'
    assert said['largest_recent_span_s'] == '0.008'
    assert said['dropped guide: no_stamp'] == '1'
    assert 'mean_offset_s depth' not in said


def test_messages_that_never_belong_together_are_a_warning() -> None:
    matcher: ApproximateTimeMatcher[int] = ApproximateTimeMatcher(['depth', 'guide'], slop_s=0.02)
    matcher.add('depth', 1000 * MS, 0)
    assert pairing_status('node', matcher.statistics).level == b'\x00'
    matcher.add('guide', 5000 * MS, 0)
    status = pairing_status('node', matcher.statistics)
    assert status.level == b'\x01'
    assert 'slop_s' in status.message


def test_groups_of_streams_have_a_pairing_each_and_a_lone_stream_has_none() -> None:
    counted = [(('reference', name), PairingStatistics(sets=count))
               for count, name in enumerate(('nir', 'depth'))]
    said = pairing_statuses('node', [*counted, (('info',), PairingStatistics())])
    assert [status.name for status in said] == [
        'node: pairing reference + nir', 'node: pairing reference + depth']
    assert [values(status)['sets'] for status in said] == ['0', '1']
    assert pairing_statuses('node', counted[:1])[0].name == 'node: pairing'


def test_what_is_wrong_is_a_warning_unless_it_is_severe() -> None:
    found = Finding('trust', True, 'less than half is found again', {'f1': 0.25})
    assert finding_status('node', found).level == b'\x01'
    assert finding_status('node', found._replace(severe=True)).level == b'\x02'
    assert finding_status('node', found._replace(wrong=False, severe=True)).level == b'\x00'


def test_a_warning_gives_way_to_an_error() -> None:
    work = WorkLog()
    assert work_status('node', work.report()).level == b'\x00'
    work.warn('the image is upside down')
    status = work_status('node', work.report())
    assert (status.level, status.message) == (b'\x01', 'the image is upside down')
    work.fail('the image is empty')
    status = work_status('node', work.report())
    assert (status.level, status.message) == (b'\x02', 'the image is empty')
    assert values(status)['last_warning'] == 'the image is upside down'
