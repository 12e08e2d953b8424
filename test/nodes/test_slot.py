"""The slot holds the newest item only; the worker takes what is there and ends when told."""

from __future__ import annotations

import threading

import pytest

from colorize_ros.nodes.slot import NewestSlot, Worker

DEADLINE_S = 20.0


def test_a_newer_item_replaces_the_older_one() -> None:
    slot: NewestSlot[int] = NewestSlot()
    assert slot.put(1) is None
    assert slot.put(2) == 1
    assert slot.take() == 2
    assert slot.clear() == []


def test_kinds_take_turns_however_often_one_comes() -> None:
    slot: NewestSlot[str] = NewestSlot()
    slot.put('often 1', 'often')
    slot.put('rare 1', 'rare')
    assert slot.put('often 2', 'often') == 'often 1'
    assert slot.take() == 'often 2'
    slot.put('often 3', 'often')
    assert [slot.take(), slot.take()] == ['rare 1', 'often 3']


def test_a_cleared_item_is_not_taken() -> None:
    slot: NewestSlot[int] = NewestSlot()
    slot.put(1)
    assert slot.clear() == [1]
    slot.put(2)
    assert slot.take() == 2


def test_a_closed_slot_gives_nothing_even_if_something_is_inside() -> None:
    slot: NewestSlot[int] = NewestSlot()
    slot.put(1)
    slot.close()
    assert slot.take() is None


def test_the_worker_handles_the_newest_of_what_came_while_it_was_busy() -> None:
    handled: list[int] = []
    entered, gate, finished = threading.Event(), threading.Event(), threading.Event()

    def handle(item: int) -> None:
        handled.append(item)
        entered.set()
        assert gate.wait(DEADLINE_S)
        if item == 9:
            finished.set()

    worker = Worker('worker', handle)
    worker.start()
    worker.slot.put(0)
    assert entered.wait(DEADLINE_S)
    for item in range(1, 10):
        worker.slot.put(item)
    gate.set()
    assert finished.wait(DEADLINE_S)
    assert worker.stop()
    assert handled == [0, 9]


@pytest.mark.parametrize('busy', [False, True])
def test_stop_waits_for_the_item_in_work(busy: bool) -> None:
    entered, done = threading.Event(), []

    def handle(item: int) -> None:
        entered.set()
        done.append(item)

    worker = Worker('worker', handle)
    worker.start()
    if busy:
        worker.slot.put(1)
        assert entered.wait(DEADLINE_S)
    assert worker.stop()
    assert done == [1] * busy
