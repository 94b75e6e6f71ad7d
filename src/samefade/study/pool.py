"""Processes that stay for a whole study: starting them for every figure would take longer than a quick figure does."""

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import active_children
from typing import TypeVar

from samefade.bench import cores, each
from samefade.bench.local import processes

T = TypeVar("T")
R = TypeVar("R")


class Pool:
    """Processes for one map after the other.

    Attributes:
        workers: How many.
    """

    def __init__(self, workers: int | None = None) -> None:
        """Start nothing yet."""
        self.workers = workers or cores()
        self._pool: ProcessPoolExecutor | None = None
        self._aside: list[Future[None]] = []
        self._others = set(active_children())

    def each(self, work: Callable[[T], R], items: Sequence[T]) -> Generator[tuple[int, R]]:
        """Apply a function of a module to every item, as `bench.each`, which takes over where a process dies.

        Raises:
            WorkersDied: When process after process dies.
            Exception: Whatever the function raises; what has not begun by then is given up.
        """
        if min(self.workers, len(items)) <= 1:
            yield from ((i, work(item)) for i, item in enumerate(items))
            return
        left = dict(enumerate(items))
        try:
            for place, result in self._shared(work, left):
                del left[place]
                yield place, result
        except BrokenProcessPool:
            self.close()
            order = list(left)
            rest = each(work, [left[place] for place in order], workers=self.workers)
            yield from ((order[i], result) for i, result in rest)

    def aside(self, work: Callable[[], None]) -> Callable[[], None]:
        """Begin something beside what comes next; return what waits for it, and does it here where it failed there."""
        if self.workers <= 1:
            work()
            return lambda: None
        try:
            begun = self._begun().submit(work)
        except BrokenProcessPool:
            self.close()
            return work
        self._aside.append(begun)

        def waited() -> None:
            try:
                begun.result()
            except Exception:  # noqa: BLE001 -- a process died, or it raises again here, where it can be seen
                work()

        return waited

    def quiet(self) -> None:
        """Wait until nothing runs aside any more."""
        wait(self._aside)

    def close(self) -> None:
        """End the processes, whatever they are at."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None
            self._aside.clear()  # what was given up is waited for by nobody
            for process in set(active_children()) - self._others:
                process.terminate()

    def _shared(self, work: Callable[[T], R], items: dict[int, T]) -> Generator[tuple[int, R]]:
        pool = self._begun()
        places: dict[Future[R], int] = {pool.submit(work, item): i for i, item in items.items()}
        try:
            for done in as_completed(list(places)):
                yield places.pop(done), done.result()
        except BaseException:
            for future in places:
                future.cancel()
            raise

    def _begun(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = processes(self.workers)
        return self._pool
