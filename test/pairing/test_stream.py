"""Streams that are late, out of order, or go back in time."""

from __future__ import annotations

import itertools

from hypothesis import given, settings, strategies as st
import pytest

from pairing.feeding import feed, items, make


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from('ab'), st.integers(-2**63, 2**63 - 1)), max_size=30))
def test_no_stamp_whatever_stops_it(messages):
    matcher = make()
    for stream, stamp in messages:
        matcher.add(stream, stamp, 0)
    matcher.reset('test')
    assert items(feed(matcher, [('a', 7), ('b', 7)])) == [{'a': 7, 'b': 7}]


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
