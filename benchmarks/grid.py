"""Whether a grid of many small cells runs faster on a local Dask cluster: the same cells, in this process and on it.

`python -m benchmarks grid` runs 10,000 cells twice, some minutes each; `… grid --cells 400` tries it out.
The machine should have nothing else to do: the ratio is one of wall times, with everything that a user waits for in
them, from the plan to the table and the start of the cluster too.
Time of all cores by cell, here and there, says what sending costs whatever else the machine does.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import sys
import tempfile
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from samefade.bench import Campaign, connected, each, grid_of

CELLS, WORKERS, BAR = 10_000, 2, 1.7
SCHEMES = ("raw", "golay", "wskg", "golay-nosync")


def run(cells: int = CELLS) -> list[dict[str, object]]:
    """Measure both, and say what a cell costs in core time."""
    _compute(_grid(8), _here)  # what is loaded and compiled once is not counted
    one, one_cpu = _compute(_grid(cells), _here)
    many, many_cpu = _compute(_grid(cells), _there)
    ratio = one / many
    return [
        {"what": f"{cells:,} cells in one process (s)", "ours": one},
        {"what": f"the same on a local Dask cluster of {WORKERS} workers, its start included (s)", "ours": many},
        {"what": "times faster", "ours": ratio, "ratio": ratio, "bar": f"at least {BAR}", "holds": ratio >= BAR},
        {"what": "core time a cell in one process (ms)", "ours": 1e3 * one_cpu / cells},
        {"what": "core time a cell on the cluster, all of its processes (ms)", "ours": 1e3 * many_cpu / cells},
        {"what": "core time that the cluster adds (share)", "ours": many_cpu / one_cpu - 1},
    ]


def _grid(cells: int):  # noqa: ANN202 -- a Grid
    table = {
        "schemes": list(SCHEMES), "data": ["sim:los-short"], "seeds": max(1, cells // len(SCHEMES)), "seconds": 60,
        "by": "row", "metrics": "field",
    }  # fmt: skip
    return grid_of(table)


def _compute(grid, where) -> tuple[float, float]:  # noqa: ANN001 -- a Grid, and what gives a place to compute
    """Return wall time and core time of a whole grid."""
    with tempfile.TemporaryDirectory() as folder:
        began, spent = time.perf_counter(), _cpu()
        campaign = Campaign(grid, Path(folder))
        with where() as place:
            campaign.measure()
            for _ in campaign.run(place):
                pass
        campaign.finish()
        return time.perf_counter() - began, _cpu() - spent


@contextmanager
def _here():  # noqa: ANN202 -- a context manager of a place
    yield partial(each, workers=1)


@contextmanager
def _there():  # noqa: ANN202 -- a context manager of a place
    with connected("local", WORKERS) as cluster:
        yield cluster.each


def _cpu() -> float:
    """Return the core time of this process and of those that it started and that have ended."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def main(arguments: list[str]) -> None:
    """Run with options of its own: `--cells N`."""
    from benchmarks.table import show

    show("grid", run(int(arguments[1]) if arguments[:1] == ["--cells"] else CELLS))


if __name__ == "__main__":
    main(sys.argv[1:])
