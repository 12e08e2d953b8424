"""Work spread over processes, each with one thread, so that all processors render."""
from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ProcessPoolExecutor
import multiprocessing
from multiprocessing.connection import Connection, wait
import os
from threading import Thread
from typing import TypeVar

import cv2

Given = TypeVar('Given')
Made = TypeVar('Made')


def run_in_processes(work: Callable[[Given], Made], tasks: Sequence[Given], *,
                     workers: int | None = None) -> Generator[Made, None, None]:
    """Run `work` on each task in processes of their own; give results in the tasks' order.

    What a worker raises is raised here, and ends the work; so does closing the iterator.

    Args:
        work: a function of a module.
        tasks: its arguments; what can be pickled.
        workers: processes; by default as many as this process may use processors.
    """
    count = processors() if workers is None else workers
    context = multiprocessing.get_context('spawn')
    ended, alive = context.Pipe(duplex=False)
    # Not by fork: threads of the renderer would not survive it.
    pool = ProcessPoolExecutor(min(count, max(len(tasks), 1)), context, _begin, (ended,))
    try:
        yield from pool.map(work, tasks)
    except BaseException:
        # Nobody waits for what the workers are at.
        alive.close()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, 'sched_getaffinity'):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _begin(ended: Connection) -> None:
    cv2.setNumThreads(1)
    # Ctrl-C reaches the group of the process that waits for us; it ends us in order.
    os.setpgrp()
    Thread(target=_end_with_parent, args=(ended,), daemon=True).start()


def _end_with_parent(ended: Connection) -> None:
    # The other end of the pipe is closed, at the latest by the parent's end.
    wait([ended])
    os._exit(1)
