"""Compute tasks on a Dask cluster: one that is there already, or worker processes that are started here.

Whoever may speak to a Dask scheduler may run any code on its workers: use networks that you trust, or `tls://`.
A worker that dies loses nothing but what it was at; the scheduler gives that to another one.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from samefade import __version__
from samefade.bench.errors import ClusterUnfit, WorkersDied
from samefade.bench.local import cores
from samefade.errors import MissingExtra

T = TypeVar("T")
R = TypeVar("R")
_SETTINGS = {
    "distributed.worker.profile.enabled": False,  # it looks at every stack a hundred times a second
    "distributed.admin.tick.interval": "500ms",  # else every process wakes 50 times a second to see that it can
    # without Dask's MALLOC_TRIM_THRESHOLD_, which gives back every small array's memory and costs a fifth of the time
    "distributed.nanny.pre-spawn-environ": {
        "OMP_NUM_THREADS": 1, "MKL_NUM_THREADS": 1, "OPENBLAS_NUM_THREADS": 1,
    },
}  # fmt: skip
PATIENCE = "20s"  # to wait for a scheduler, and for its first worker


def engine() -> Any:  # noqa: ANN401 -- distributed comes without types
    """Import distributed.

    Raises:
        MissingExtra: When it is not installed.
    """
    try:
        import distributed
    except ImportError as missing:
        raise MissingExtra("cluster") from missing
    return distributed


class Cluster:
    """A connected cluster."""

    def __init__(self, name: str, client: Any) -> None:  # noqa: ANN401 -- a distributed.Client
        """Take the client, and how the cluster was named."""
        self.name, self.client = name, client

    @property
    def workers(self) -> int:
        """Return how many tasks run at once."""
        return sum(self.client.nthreads().values())

    def each(self, work: Callable[[T], R], items: Sequence[T]) -> Generator[tuple[int, R]]:
        """Apply a function of a module to every item; yield each item's place and result, as they are finished.

        Raises:
            WorkersDied: When a task takes worker after worker with it.
            Exception: Whatever the function raises.
        """
        distributed = engine()
        futures = self.client.map(work, items, pure=False, batch_size=1000)
        places = {future.key: i for i, future in enumerate(futures)}
        waiting = distributed.as_completed(futures, loop=self.client.loop)
        del futures  # a future that is held keeps its result on a worker
        try:
            for done in waiting:
                place = places[done.key]
                try:
                    yield place, done.result()
                except distributed.KilledWorker as died:
                    raise WorkersDied(deaths=3, unfinished=waiting.count() + 1, of=len(items)) from died
        finally:
            waiting.clear()

    def check(self, fit: Callable[[], str | None]) -> None:
        """See that every worker has this samefade, and whatever else it needs.

        Args:
            fit: A function of a module, run on each worker; what it returns is missing there.

        Raises:
            ClusterUnfit: When a worker has another version, or something is missing.
        """
        try:
            found = self.client.run(_version)
        except Exception as why:  # whatever a worker without samefade raises when it is asked
            raise ClusterUnfit(self.name, f"a worker cannot import samefade ({type(why).__name__}: {why})") from why
        for worker, version in found.items():
            if version != __version__:
                raise ClusterUnfit(self.name, f"{worker} has samefade {version}, and this is {__version__}")
        for worker, missing in self.client.run(fit).items():
            if missing is not None:
                raise ClusterUnfit(self.name, f"on {worker}: {missing}")


def _version() -> str:
    return __version__


def _begun(name: str, kind: Callable[..., Any], *given: Any, **options: Any) -> Any:  # noqa: ANN401 -- Dask's
    """Make a client or a cluster, which is a context.

    Dask gives the thread of its loop ten seconds to begin, and asserts that it did; on a busy machine it may not have,
    so it is asked a second time.

    Raises:
        ClusterUnfit: When it does not begin.
    """
    for again in (True, False):
        try:
            return kind(*given, **options)
        except AssertionError as late:
            if not again:
                raise ClusterUnfit(name, "Dask's own thread does not begin: this machine is too busy") from late
        except (OSError, ValueError, RuntimeError) as refused:
            what = "its processes do not begin" if name == "local" else "no scheduler answers there"
            raise ClusterUnfit(name, f"{what} ({refused})") from refused
    raise AssertionError  # not reached


def _client(name: str, *given: Any, **options: Any) -> Any:  # noqa: ANN401 -- Dask's
    """Make a client that is not where the caller's own Dask arrays get computed from now on, as Dask has it."""
    return _begun(name, engine().Client, *given, set_as_default=False, **options)


@contextmanager
def connected(name: str, workers: int | None = None) -> Iterator[Cluster]:
    """Connect to a cluster and leave it again.

    Args:
        name: Address of a scheduler, or "local" to start worker processes on this machine.
        workers: How many to start; by default one for each core.

    Raises:
        MissingExtra: When distributed is not installed.
        ClusterUnfit: When no scheduler answers, it has no workers, or none can be started here.
    """
    distributed = engine()
    if name == "local":
        import dask

        with (
            dask.config.set(_SETTINGS),
            _begun(
                name,
                distributed.LocalCluster,
                n_workers=workers or cores(),
                threads_per_worker=1,
                processes=True,
                silence_logs=40,
                dashboard_address="127.0.0.1:0",
                preload=[f"{__package__}.preload"],
            ) as here,
            _client(name, here) as client,
        ):
            yield Cluster(name, client)
        return
    with _client(name, name, timeout=PATIENCE) as client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except distributed.TimeoutError as alone:
            raise ClusterUnfit(name, "it has no workers") from alone
        yield Cluster(name, client)
