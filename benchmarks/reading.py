"""Reading an ESP32 capture, against CSIKit, in the same run.

CSIKit refuses the column that holds the host's time, so both read a copy without it; each time is the best of some.
It gives the imaginary part as the real one, so amplitudes are compared.
"""

import contextlib
import io
import os
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np

from samefade.files import read

CAPTURE = Path("esp32") / "walking_ht40.csv"
BAR = 5.0


def run(times: int = 5) -> list[dict[str, object]]:
    """Time both readers and our memory on a long log; nothing where the capture or CSIKit is absent."""
    source = Path(os.environ.get("SAMEFADE_DATA", "")) / CAPTURE
    if not source.is_file():
        return [{"what": "reading: set SAMEFADE_DATA to a folder with the public recordings"}]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "capture.csv"
        path.write_text("".join(_without_host(text) for text in source.read_text().splitlines()))
        return [_speed(path, times), _memory(path, Path(folder) / "long.csv")]


def _without_host(text: str) -> str:
    values, bracket, _ = text.partition("]")
    return f"{values}{bracket}\n" if bracket else f"{text.removesuffix(',timestamp')}\n"


def _speed(path: Path, times: int) -> dict[str, object]:
    what = f"read {path.stat().st_size / 1e6:.1f} MB of ESP32-CSI-Tool (s)"
    try:
        from CSIKit.reader import CSVBeamformReader
    except ImportError:
        return {"what": f"{what}: CSIKit is not installed"}

    def theirs() -> object:
        with contextlib.redirect_stdout(io.StringIO()):
            return CSVBeamformReader().read_file(str(path))

    seconds = [(_best(lambda: read(path), 1), _best(theirs, 1)) for _ in range(times)]
    ours, kit = (min(column) for column in zip(*seconds, strict=True))
    frames = [frame.csi_matrix.ravel() for frame in theirs().frames]  # type: ignore[attr-defined]
    same = np.abs(read(path)[0].csi) == np.abs([values for values in frames if values.size == 192]).astype(np.float32)
    ratio = kit / ours
    return {"what": what, "ours": ours, "theirs": kit, "ratio": ratio, "bar": f"{BAR:g}x",
            "holds": bool(ratio >= BAR and same.all())}  # fmt: skip


def _memory(path: Path, long: Path) -> dict[str, object]:
    """Read twenty copies in a row: beyond the arrays, memory must stay that of a few blocks."""
    header, _, data = path.read_text().partition("\n")
    with long.open("w") as file:
        file.write(header + "\n")
        for _ in range(20):
            file.write(data)
    tracemalloc.start()
    (heard,) = read(long)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    held = heard.raw.nbytes if heard.raw is not None else 0
    # both layouts of the file are held as int8 until the end is known, and the chosen one is joined
    return {"what": f"peak memory for {long.stat().st_size / 1e6:.0f} MB (MB; theirs: the array alone)",
            "ours": peak / 1e6, "theirs": held / 1e6, "ratio": peak / held, "bar": "< 3x",
            "holds": peak < 3 * held}  # fmt: skip


def _best(work: Callable[[], object], times: int) -> float:
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


if __name__ == "__main__":
    from benchmarks.table import show

    show("reading", run())
