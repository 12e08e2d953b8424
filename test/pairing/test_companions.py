"""Optional streams join where they can, and stop nothing where they cannot."""

from __future__ import annotations

import pytest

from pairing.feeding import feed, items, make


def test_a_dead_optional_stream_does_not_stop_the_sets():
    matcher = make(optional='b')
    got = feed(matcher, [('a', 1000 + 33 * i) for i in range(10)])
    assert items(got) == [{'a': 1000 + 33 * i} for i in range(10)]


def test_an_optional_stream_that_dies_costs_a_frame_of_latency_at_most_and_then_none():
    matcher = make(optional='b', queue_size=5)
    feed(matcher, [(name, 1000 + 33 * i) for i in range(10) for name in 'ab'])
    assert matcher.statistics.sets == 10
    for i in range(10, 20):
        feed(matcher, [('a', 1000 + 33 * i)])
        assert matcher.statistics.sets >= i
    assert matcher.statistics.sets == 20
    got = feed(matcher, [(name, 1000 + 33 * i) for i in range(20, 30) for name in 'ba'])
    assert items(got) == [{'a': 1000 + 33 * i, 'b': 1000 + 33 * i} for i in range(20, 30)]


@pytest.mark.parametrize('after_ms', [-8, 0, 8])
@pytest.mark.parametrize('order', ['ab', 'ba'])
def test_an_optional_stream_joins_the_set_it_is_nearest_to(after_ms, order):
    matcher = make(optional='b')
    shift = {'a': 0, 'b': after_ms}
    got = feed(matcher, [(name, 1000 + 33 * i + shift[name]) for i in range(20) for name in order])
    assert len(got) >= 19
    joined = [found.items['b'] - found.items['a'] for found in got if 'b' in found.items]
    assert joined.count(after_ms) == len(joined) >= 18


def test_an_optional_message_is_left_for_the_set_it_is_nearer_to():
    matcher = make(optional='b', slop_ms=30, steady_rates=False)
    got = feed(matcher, [('b', 900), ('a', 900), ('a', 1000), ('b', 1025), ('a', 1033),
                         ('b', 1066), ('a', 1066)])
    assert items(got) == [{'a': 900, 'b': 900}, {'a': 1000}, {'a': 1033, 'b': 1025},
                          {'a': 1066, 'b': 1066}]


def test_an_optional_message_that_comes_after_its_set_left_is_late():
    matcher = make(optional='b')
    feed(matcher, [('b', 967), ('a', 967), ('a', 1000), ('a', 1033), ('b', 1000)])
    assert matcher.statistics.drops == {('b', 'late'): 1}
