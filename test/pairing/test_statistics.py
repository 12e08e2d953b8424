"""Every message is accounted for."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings, strategies as st

from pairing.feeding import feed, make, MS


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from('abc'), st.integers(-5, 3000)), max_size=60),
       st.sampled_from([0, 20, 900]), st.integers(1, 5), st.sampled_from(['', 'b', 'bc']),
       st.booleans())
def test_every_message_is_in_one_set_or_dropped_or_queued(messages, slop, size, optional, steady):
    matcher = make('abc', slop, queue_size=size, optional=optional, steady_rates=steady)
    emitted: Counter[str] = Counter()
    for number, (stream, ms) in enumerate(messages):
        for found in matcher.add(stream, ms * MS, number):
            emitted.update(list(found.items))
            assert found.span_s <= slop / 1e3
            assert set('abc') - set(optional) <= set(found.items)
            assert found.stamp_ns == messages[found.items['a']][1] * MS
        for name in 'abc':
            assert matcher.queued(name) <= size + 2
    statistics = matcher.statistics
    for name in 'abc':
        dropped = sum(n for (stream, _), n in statistics.drops.items() if stream == name)
        assert statistics.received[name] == emitted[name] + dropped + matcher.queued(name)


def test_stamp_0_is_dropped_and_counted():
    matcher = make()
    assert feed(matcher, [('a', 0), ('b', 0), ('a', -5), ('a', 5), ('b', 5)])[0].stamp_ns == 5 * MS
    assert matcher.statistics.drops == {('a', 'no_stamp'): 2, ('b', 'no_stamp'): 1}
    assert matcher.statistics.received == {'a': 3, 'b': 2}


def test_reset_drops_what_is_queued_for_the_reason_given():
    matcher = make('abc')
    feed(matcher, [('a', 1000), ('b', 1000), ('a', 1033)])
    matcher.reset('deactivated')
    assert matcher.statistics.drops == {('a', 'deactivated'): 2, ('b', 'deactivated'): 1}
    assert feed(matcher, [('c', 1000)]) == []
    assert [matcher.queued(name) for name in 'abc'] == [0, 0, 1]


def test_statistics_tell_the_spans_and_each_streams_offset():
    matcher = make()
    feed(matcher, [(name, 1000 + 33 * i + 4 * (name == 'b')) for i in range(500) for name in 'ab'])
    statistics = matcher.statistics
    assert statistics.sets == 500
    assert len(statistics.offsets_s) == len(statistics.stream_offsets_s['b']) == 100
    assert set(statistics.offsets_s) == {0.004}
    assert set(statistics.stream_offsets_s['b']) == {0.004}
    assert set(statistics.stream_offsets_s['a']) == {0.0}
