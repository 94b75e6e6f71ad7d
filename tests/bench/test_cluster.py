"""Work on a real Dask cluster of three worker processes, of which one gets killed."""

import os
import signal
from contextlib import nullcontext
from types import SimpleNamespace

import dask
import pytest
from distributed import default_client

from samefade.bench import ClusterUnfit, WorkersDied, connected
from samefade.bench import cluster as clusters
from samefade.errors import MissingExtra

WORK = """
import os, signal, time
from pathlib import Path

def slow(x):
    Path(x[0], str(x[1])).touch()
    time.sleep(0.2)
    return os.getpid(), x[1]

def die(x):
    os.kill(os.getpid(), signal.SIGKILL)

def refuse(x):
    raise ValueError(f"no {x}")

def fits():
    return None

def lacks():
    return "the recording is not here"

def version():
    return "0.0.1"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("work")
    (folder / "cluster_work.py").write_text(WORK, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        yield folder


@pytest.fixture(scope="module")
def work(folder):  # noqa: ARG001 -- its path is needed
    import cluster_work

    return cluster_work


@pytest.fixture(scope="module")
def started(work):  # noqa: ARG001 -- its path must be set when the workers start
    with connected("local", 3) as there:
        yield there


@pytest.fixture
def cluster(started):
    """The cluster with all its workers: those that another test killed have come back."""
    started.client.wait_for_workers(3, timeout="600s")
    return started


def test_a_killed_worker_loses_nothing(cluster, work, tmp_path):
    assert cluster.workers == 3
    items = [(str(tmp_path), i) for i in range(16)]
    found, killed = {}, None
    for place, (pid, x) in cluster.each(work.slow, items):
        found[place] = x
        if killed is None:
            killed = next(other for other in cluster.client.run(os.getpid).values() if other != pid)
            os.kill(killed, signal.SIGKILL)
    assert found == {i: i for i in range(16)}
    cluster.client.wait_for_workers(3, timeout="600s")
    assert killed not in cluster.client.run(os.getpid).values()


def test_a_scheduler_is_joined_by_its_address(cluster, work, tmp_path):
    address = cluster.client.cluster.scheduler_address
    with connected(address) as same:
        assert same.workers == 3
        assert sorted(x for _, (_, x) in same.each(work.slow, [(str(tmp_path), i) for i in range(3)])) == [0, 1, 2]


def test_it_is_not_where_the_callers_own_arrays_are_computed(cluster, work, tmp_path, monkeypatch):
    monkeypatch.setattr(clusters, "PATIENCE", "1s")
    with connected(cluster.client.cluster.scheduler_address) as same:
        assert [place for place, _ in same.each(work.slow, [(str(tmp_path), 1)])] == [0]
        with pytest.raises(ValueError, match="No client"):
            default_client()
    with pytest.raises(ClusterUnfit), connected("tcp://127.0.0.1:9"):
        pass
    assert dask.config.get("scheduler", None) is None


def test_what_the_function_raises_comes_through(cluster, work):
    with pytest.raises(ValueError, match="no 1"):
        list(cluster.each(work.refuse, [1]))


def test_workers_must_have_what_is_needed_and_the_same_samefade(cluster, work, monkeypatch):
    cluster.check(work.fits)
    with pytest.raises(ClusterUnfit, match="the recording is not here"):
        cluster.check(work.lacks)
    monkeypatch.setattr(clusters, "_version", work.version)
    with pytest.raises(ClusterUnfit, match=r"has samefade 0\.0\.1"):
        cluster.check(work.fits)


def test_a_task_that_takes_worker_after_worker_with_it_is_told(cluster, work, monkeypatch):
    monkeypatch.setattr(cluster.client.cluster.scheduler, "allowed_failures", 0)
    with pytest.raises(WorkersDied) as told:
        list(cluster.each(work.die, [1]))
    assert told.value.numbers["of"] == 1


def test_no_scheduler_is_told_and_a_strange_address_too(monkeypatch):
    monkeypatch.setattr(clusters, "PATIENCE", "1s")
    for address in ("tcp://127.0.0.1:9", "carrier-pigeon://x", "nonsense"):
        with pytest.raises(ClusterUnfit, match="no scheduler answers"), connected(address):
            pass


class Late:
    """A client whose loop is late so many times, as Dask says it."""

    def __init__(self, times):
        self.times, self.given = times, []

    def __call__(self, *given, **_options):
        self.given.append(given)
        self.times -= 1
        assert self.times < 0
        return nullcontext(self)

    def wait_for_workers(self, *_args, **_options):
        """Have them all at once."""


@pytest.mark.parametrize("name", ["local", "tcp://127.0.0.1:9"])
def test_a_loop_that_is_late_is_asked_a_second_time_and_then_told(monkeypatch, name):
    for times in (0, 1, 2):
        late = Late(times)
        monkeypatch.setattr(clusters, "engine", lambda late=late: SimpleNamespace(Client=late, LocalCluster=late))
        if times < 2:
            with connected(name, 1) as there:
                assert there.client is late
            assert len(late.given) == times + 1 + (name == "local")
        else:
            with pytest.raises(ClusterUnfit, match="too busy"), connected(name, 1):
                pass
            assert len(late.given) == 2


def test_processes_that_cannot_be_started_are_told(monkeypatch):
    def refuse(**_options):
        raise TimeoutError("Nanny failed to start")

    monkeypatch.setattr(clusters, "engine", lambda: SimpleNamespace(LocalCluster=refuse))
    with pytest.raises(ClusterUnfit, match="its processes do not begin"), connected("local", 1):
        pass


def test_without_distributed_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(MissingExtra, match="cluster"), connected("local"):
        pass
