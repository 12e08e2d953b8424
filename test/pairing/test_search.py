"""The closest sets come out, and no later than they are certain."""

from __future__ import annotations

import itertools

from hypothesis import given, settings, strategies as st
import pytest

from pairing.feeding import feed, items, make, MS

LONG = 10_000  # a queue that nothing here fills


def closest_sets(streams: dict[str, list[int]], slop: int) -> list[tuple[int, ...]]:
    """All sets that ought to come, by trying every combination (the definition, written down)."""
    names = list(streams)
    candidates = []
    for positions in itertools.product(*(range(len(streams[name])) for name in names)):
        stamps = [streams[name][i] for name, i in zip(names, positions)]
        span = max(stamps) - min(stamps)
        if span <= slop:
            distance = sum(abs(stamp - stamps[0]) for stamp in stamps)
            candidates.append((span, max(stamps), distance, positions))
    chosen: list[tuple[int, ...]] = []
    for *_, positions in sorted(candidates):
        if all(all(p < q for p, q in zip(positions, other))
               or all(p > q for p, q in zip(positions, other)) for other in chosen):
            chosen.append(positions)
    return [tuple(streams[name][i] for name, i in zip(names, positions))
            for positions in sorted(chosen)]


@st.composite
def interleavings(draw, most: int = 6):
    """Streams of ordered stamps (ms), and an order of arrival that keeps each one's order."""
    names = 'abc'[:draw(st.integers(1, 3))]
    stamps = {name: sorted(draw(st.lists(st.integers(1, 60), max_size=most))) for name in names}
    order = draw(st.permutations([name for name in names for _ in stamps[name]]))
    queues = {name: iter(stamps[name]) for name in names}
    return stamps, [(name, next(queues[name])) for name in order]


@settings(max_examples=400, deadline=None)
@given(interleavings(), st.integers(0, 40))
def test_the_closest_sets_come_out_whatever_the_order_of_arrival(streams, slop):
    stamps, messages = streams
    matcher = make(''.join(stamps), slop, queue_size=LONG, steady_rates=False)
    got = feed(matcher, messages)
    got += feed(matcher, [(name, 5000) for name in stamps])  # proves all the rest
    assert got.pop().items == dict.fromkeys(stamps, 5000)
    assert [tuple(found.items.values()) for found in got] == closest_sets(stamps, slop)
    assert matcher.statistics.sets == len(got) + 1


def test_equal_stamps_leave_at_once_even_with_slop_0():
    assert items(feed(make(slop_ms=0), [('a', 5), ('b', 5)])) == [{'a': 5, 'b': 5}]


def test_slop_is_inclusive():
    assert items(feed(make(slop_ms=10), [('a', 10), ('b', 20), ('a', 90)])) == [{'a': 10, 'b': 20}]
    assert feed(make(slop_ms=10), [('a', 10), ('b', 20.000001), ('a', 90)]) == []


def test_the_closest_wins_not_the_first():
    matcher = make(slop_ms=50)
    got = feed(matcher, [('a', 100), ('b', 133), ('a', 140), ('b', 170)])
    assert items(got) == [{'a': 140, 'b': 133}]
    assert got[0].span_s == pytest.approx(0.007)
    assert matcher.statistics.drops == {('a', 'passed_over'): 1}


def test_a_set_has_the_first_streams_stamp_and_the_streams_order():
    found = feed(make('ab'), [('b', 7), ('a', 5), ('a', 90), ('b', 90)])[0]
    assert found.stamp_ns == 5 * MS
    assert list(found.items) == ['a', 'b']
    assert found.span_s == pytest.approx(0.002)


def test_streams_of_different_rates_give_the_slower_ones_rate():
    matcher = make(slop_ms=15)
    fast = [('a', 1000 + 33 * i) for i in range(60)]
    slow = [('b', 1005 + 198 * i) for i in range(10)]
    got = feed(matcher, sorted(fast + slow, key=lambda message: message[1]))
    assert items(got) == [{'a': 1000 + 198 * i, 'b': 1005 + 198 * i} for i in range(10)]


def test_steady_streams_do_not_wait_for_the_next_frame():
    messages = [(name, 1000 + 33 * i + 5 * (name == 'b')) for i in range(30) for name in 'ab']
    assert len(feed(make(), messages)) == 30
    assert len(feed(make(steady_rates=False), messages)) == 29
