"""Work on many items in processes of this machine, and hand on what is done as it is done."""

import os
import signal
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.connection import wait
from threading import Thread
from typing import TypeVar

from samefade.bench.errors import WorkersDied

T = TypeVar("T")
R = TypeVar("R")
DEATHS = 3  # pools that may die in a row without finishing anything


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def each(work: Callable[[T], R], items: Sequence[T], *, workers: int | None = None) -> Generator[tuple[int, R]]:
    """Apply a function of a module to every item; yield each item's place and result, in the order of finishing.

    Whoever stops asking closes it, or has it closed: then what is still computed is given up.
    A process that dies, killed or out of memory, takes its pool with it: what was not finished starts again in a new
    one, so the function must be one that may run twice.

    Args:
        work: A function that can be found by its name in another process.
        items: What it is applied to; they are sent to the processes.
        workers: Processes; by default one for each core, and none beside this one where one is enough.

    Raises:
        WorkersDied: When process after process dies and nothing gets finished.
        Exception: Whatever the function raises; what has not begun by then is given up.
    """
    workers = min(workers or cores(), len(items))
    if workers <= 1:
        yield from ((i, work(item)) for i, item in enumerate(items))
        return
    left, deaths = dict(enumerate(items)), 0
    while left:
        before = len(left)
        try:
            with closing(_pooled(work, left, workers)) as done:
                for place, result in done:
                    del left[place]
                    yield place, result
        except BrokenProcessPool as died:
            deaths = deaths + 1 if len(left) == before else 1
            if deaths == DEATHS:
                raise WorkersDied(deaths=deaths, unfinished=len(left), of=len(items)) from died


def _pooled(work: Callable[[T], R], items: dict[int, T], workers: int) -> Generator[tuple[int, R]]:
    others = set(active_children())
    with processes(workers) as pool:
        places: dict[Future[R], int] = {pool.submit(work, item): i for i, item in items.items()}
        try:
            for done in as_completed(places):
                yield places.pop(done), done.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in set(active_children()) - others:  # what they are at is lost; nobody will ask for it
                process.terminate()
            raise


def processes(workers: int) -> ProcessPoolExecutor:
    """Return processes that leave an interrupt to this one and end when it ends.

    Each is a fresh interpreter: a fork would copy the threads' locks of libraries that were imported here.
    """
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_serve)


def _serve() -> None:
    """Leave an interrupt to the parent, and end when the parent ends, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_follow, daemon=True).start()


def _follow() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
