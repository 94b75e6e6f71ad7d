"""What a Dask worker that is started here does first: leave an interrupt to whoever asked, and load samefade."""

import signal
from typing import Any

from samefade.bench import cell  # noqa: F401 -- loaded while the cluster is still gathering


def dask_setup(_worker: Any) -> None:  # noqa: ANN401 -- Dask calls it by this name with its worker
    """Ignore an interrupt: a terminal sends it to every process, and one that says so is enough."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
