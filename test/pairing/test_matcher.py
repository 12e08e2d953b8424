"""What the matcher takes: rates, gaps, offsets, arguments."""

from __future__ import annotations

import pytest

from colorize_ros.pairing import ApproximateTimeMatcher
from pairing.feeding import feed, items, make, MS

SECOND = 1_000_000_000


def test_dropped_messages_cost_only_their_own_sets():
    matcher = make('abc')
    messages = [(name, 1000 + 33 * i) for i in range(30) for name in 'abc'
                if (name, i) not in {('a', 3), ('b', 7), ('c', 7), ('c', 20)}]
    got = feed(matcher, messages)
    assert [found.items['a'] for found in got] == [
        1000 + 33 * i for i in range(30) if i not in {3, 7, 20}]
    assert matcher.statistics.drops == {
        ('a', 'unmatched'): 2, ('b', 'unmatched'): 2, ('c', 'unmatched'): 1}


def test_offsets_are_added_before_stamps_are_compared():
    matcher = make(slop_ms=1, offsets_s={'b': -0.1})
    found = feed(matcher, [('a', 1000), ('b', 1100)])[0]
    assert (found.items, found.stamp_ns, found.span_s) == ({'a': 1000, 'b': 1100}, 1000 * MS, 0)


def test_an_offset_larger_than_the_stamp_does_no_harm():
    matcher = make(slop_ms=1, offsets_s={'a': -9.0, 'b': -9.0})
    assert items(feed(matcher, [('a', 1000), ('b', 1000)])) == [{'a': 1000, 'b': 1000}]


@pytest.mark.parametrize(('arguments', 'message'), [
    ({'streams': []}, 'at least one'),
    ({'streams': ['a', 'a']}, 'none twice'),
    ({'optional': ['a']}, 'required stream first'),
    ({'optional': ['c']}, "unknown streams \\['c'\\]"),
    ({'offsets_s': {'c': 1.0}}, "unknown streams \\['c'\\]"),
    ({'offsets_s': {'a': float('nan')}}, 'finite'),
    ({'slop_s': -0.1}, 'slop_s -0.1'),
    ({'slop_s': float('inf')}, 'slop_s inf'),
    ({'queue_size': 0}, 'queue_size 0'),
])
def test_arguments_that_do_not_go_together_are_an_error(arguments, message):
    with pytest.raises(ValueError, match=message):
        ApproximateTimeMatcher(**{'streams': ['a', 'b'], 'slop_s': 0.1, **arguments})


def test_a_message_of_an_unknown_stream_is_an_error():
    with pytest.raises(ValueError, match=r"unknown stream 'c'; expected one of \['a', 'b'\]"):
        make().add('c', SECOND, None)
