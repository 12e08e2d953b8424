"""The promises of colorize_ros.pairing."""

from __future__ import annotations

from collections import Counter
import itertools

from hypothesis import given, settings, strategies as st
import pytest

from colorize_ros.pairing import ApproximateTimeMatcher, MatchedSet

MS = 1_000_000
SECOND = 1_000_000_000
LONG = 10_000  # a queue that nothing here fills


def make(streams: str = 'ab', slop_ms: float = 20, **options) -> ApproximateTimeMatcher[int]:
    return ApproximateTimeMatcher(list(streams), slop_s=slop_ms / 1e3, **options)


def feed(matcher: ApproximateTimeMatcher, messages) -> list[MatchedSet]:
    """Add (stream, milliseconds) messages; the item is the stamp in milliseconds."""
    return [found for stream, ms in messages
            for found in matcher.add(stream, round(ms * MS), ms)]


def items(sets) -> list[dict]:
    return [found.items for found in sets]


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


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from('ab'), st.integers(-2**63, 2**63 - 1)), max_size=30))
def test_no_stamp_whatever_stops_it(messages):
    matcher = make()
    for stream, stamp in messages:
        matcher.add(stream, stamp, 0)
    matcher.reset('test')
    assert items(feed(matcher, [('a', 7), ('b', 7)])) == [{'a': 7, 'b': 7}]


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


def test_dropped_messages_cost_only_their_own_sets():
    matcher = make('abc')
    messages = [(name, 1000 + 33 * i) for i in range(30) for name in 'abc'
                if (name, i) not in {('a', 3), ('b', 7), ('c', 7), ('c', 20)}]
    got = feed(matcher, messages)
    assert [found.items['a'] for found in got] == [
        1000 + 33 * i for i in range(30) if i not in {3, 7, 20}]
    assert matcher.statistics.drops == {
        ('a', 'unmatched'): 2, ('b', 'unmatched'): 2, ('c', 'unmatched'): 1}


@pytest.mark.parametrize(('late', 'at_least'), [(5, 595), (9, 590), (10, 520), (15, 340)])
def test_a_stream_later_than_the_queue_does_not_starve_the_sets(late, at_least):
    matcher = make(queue_size=10)
    messages = []
    for i in range(600 + late):
        messages += [('a', 1000 + 33 * i)] if i < 600 else []
        messages += [('b', 1001 + 33 * (i - late))] if i >= late else []
    assert len(feed(matcher, messages)) >= at_least
    assert all(matcher.queued(name) <= 10 for name in 'ab')


def test_a_slow_and_late_stream_does_not_starve_the_sets():
    matcher = make(queue_size=10)
    arrivals = [(33 * i, 'a', 1000 + 33 * i) for i in range(600)]
    arrivals += [(990 * i + 200, 'b', 1000 + 990 * i) for i in range(20)]
    got = feed(matcher, [(name, ms) for _, name, ms in sorted(arrivals)])
    assert len(got) >= 18


def test_a_stream_that_comes_back_after_a_long_silence_is_matched_again():
    matcher = make(queue_size=10)
    feed(matcher, [('a', 1000 + 33 * i) for i in range(1000)])
    assert matcher.queued('a') == 10
    assert matcher.statistics.drops == {('a', 'queue_full'): 990}
    both = [(name, 1000 + 33 * i) for i in range(1000, 1010) for name in 'ab']
    assert len(feed(matcher, both)) == 10


def test_stamp_0_is_dropped_and_counted():
    matcher = make()
    assert feed(matcher, [('a', 0), ('b', 0), ('a', -5), ('a', 5), ('b', 5)])[0].stamp_ns == 5 * MS
    assert matcher.statistics.drops == {('a', 'no_stamp'): 2, ('b', 'no_stamp'): 1}
    assert matcher.statistics.received == {'a': 3, 'b': 2}


@pytest.mark.parametrize('lag', [0, 1, 3])
@pytest.mark.parametrize('frames', [6, 12, 60])
def test_a_bag_that_loops_is_matched_again_in_each_loop(lag, frames):
    matcher = make('abc')
    loops = [[(name, 1000 + 33 * i) for i in range(frames)] * 4 for name in 'abc']
    loops[2] = [('a', 0)] * lag + loops[2]  # c comes later than the others by so many frames
    got = feed(matcher, [message for row in itertools.zip_longest(*loops, fillvalue=('a', 0))
                         for message in row])
    assert len(got) >= 4 * (frames - lag) - (6 if frames == 60 else 9)
    assert all(len(set(found.items.values())) == 1 for found in got)
    assert 3 <= matcher.statistics.time_jumps <= (3 if frames == 60 else 9)


def test_after_a_jump_nothing_of_before_is_matched():
    matcher = make()
    assert feed(matcher, [('a', 9000), ('a', 9033), ('a', 5000), ('b', 9000), ('b', 5000)]
                )[0].items == {'a': 5000, 'b': 5000}
    assert matcher.statistics.time_jumps == 1
    assert matcher.statistics.drops == {('a', 'time_jump'): 2, ('b', 'before_jump'): 1}


def test_a_late_stream_that_steps_back_alone_is_matched_again():
    matcher = make(queue_size=20)
    messages = []
    for i in range(100):
        messages += [('a', 1000 + 33 * i), ('b', 1000 + 33 * (i - 15) + 500 * (i == 50))]
    got = feed(matcher, [message for message in messages if message[1] >= 1000])
    assert matcher.statistics.time_jumps == 1
    assert got[-1].items['b'] == 1000 + 33 * 84


def test_one_stamp_far_in_the_future_is_survived():
    matcher = make()
    messages = [(name, 1000 + 33 * i) for i in range(20) for name in 'ab']
    messages[20] = ('a', 10**7)
    assert len(feed(matcher, messages)) >= 18


def test_a_message_out_of_order_is_put_where_it_belongs_or_dropped():
    matcher = make(steady_rates=False)
    got = feed(matcher, [('a', 100), ('a', 166), ('a', 133), ('b', 100), ('b', 133), ('b', 166)])
    assert [found.items['a'] for found in got] == [100, 133, 166]
    assert feed(matcher, [('a', 200), ('a', 150), ('b', 200)])[0].items == {'a': 200, 'b': 200}
    assert matcher.statistics.drops == {('a', 'out_of_order'): 1}
    assert matcher.statistics.time_jumps == 0


def test_offsets_are_added_before_stamps_are_compared():
    matcher = make(slop_ms=1, offsets_s={'b': -0.1})
    found = feed(matcher, [('a', 1000), ('b', 1100)])[0]
    assert (found.items, found.stamp_ns, found.span_s) == ({'a': 1000, 'b': 1100}, 1000 * MS, 0)


def test_an_offset_larger_than_the_stamp_does_no_harm():
    matcher = make(slop_ms=1, offsets_s={'a': -9.0, 'b': -9.0})
    assert items(feed(matcher, [('a', 1000), ('b', 1000)])) == [{'a': 1000, 'b': 1000}]


def test_steady_streams_do_not_wait_for_the_next_frame():
    messages = [(name, 1000 + 33 * i + 5 * (name == 'b')) for i in range(30) for name in 'ab']
    assert len(feed(make(), messages)) == 30
    assert len(feed(make(steady_rates=False), messages)) == 29


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
