"""Work on many items in processes of this machine, and hand on what is done as it is done."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def each(work: Callable[[T], R], items: Sequence[T], *, workers: int | None = None) -> Iterator[tuple[int, R]]:
    """Apply a function of a module to every item; yield each item's place and result, in the order of finishing.

    Args:
        work: A function that can be found by its name in another process.
        items: What it is applied to; they are sent to the processes.
        workers: Processes; by default one for each core, and none beside this one where one is enough.

    Raises:
        Exception: Whatever the function raises; what has not begun by then is given up.
    """
    workers = min(workers or cores(), len(items))
    if workers <= 1:
        yield from ((i, work(item)) for i, item in enumerate(items))
        return
    # a fresh interpreter for each: a fork would copy the threads' locks of libraries that were imported here
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        places = {pool.submit(work, item): i for i, item in enumerate(items)}
        try:
            for done in as_completed(places):
                yield places[done], done.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
