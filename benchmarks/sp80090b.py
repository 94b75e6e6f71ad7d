"""How long the ten estimators of SP 800-90B take, beside NIST's own program where it is on the PATH."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from samefade.entropy.sp80090b import assess90b

ANCHOR = 0.7  # s, the least that NIST's program took for 1,000,000 bits in 2026 on a machine of two cores; the most 2.3
_TIMES = 3


def run() -> list[dict[str, object]]:
    """Measure 1,000,000 bits of three kinds against NIST's program, and one hour of symbols against a bound."""
    assess90b(_even(20_000, 1), 1)  # compiled here, if it was not yet
    assess90b(_even(20_000, 2), 2)
    rng = np.random.default_rng(2)
    kinds = {
        "even": _even(1_000_000, 1),
        "sticky": (np.cumsum(rng.random(1_000_000) < 0.05) & 1).astype(np.uint8),
        "of period 1,000 with noise": np.resize(_even(1000, 1), 1_000_000) ^ (rng.random(1_000_000) < 0.01),
    }
    rows = [_against_nist(f"1,000,000 bits, {kind} (s)", bits) for kind, bits in kinds.items()]
    for bits, bar in ((2, 2.0), (8, 5.0)):
        symbols = _even(36_000, bits)
        seconds = _best(lambda s=symbols, b=bits: assess90b(s, b))  # type: ignore[misc]
        rows.append(
            {"what": f"36,000 symbols of {bits} bits (s)", "ours": seconds, "theirs": None, "ratio": seconds / bar,
             "bar": f"< {bar:g} s", "holds": seconds < bar}
        )  # fmt: skip
    return rows


def _against_nist(what: str, bits: NDArray[np.uint8]) -> dict[str, object]:
    ours = _best(lambda: assess90b(bits, 1))
    theirs = _nist(bits)
    return {
        "what": what,
        "ours": ours,
        "theirs": theirs or f"not on the PATH; {ANCHOR} to 2.3 elsewhere",
        "ratio": ours / (theirs or ANCHOR),
        "bar": "within twice",
        "holds": ours < 2 * (theirs or ANCHOR),
    }


def _nist(bits: NDArray[np.uint8]) -> float | None:
    """Return the seconds that NIST's program takes, or None where it is absent."""
    program = shutil.which("ea_non_iid")
    if program is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bits.bin"
        file.write_bytes(bits.tobytes())
        return _best(lambda: subprocess.run([program, "-i", "-a", "-q", file, "1"], capture_output=True, check=True))


def _best(work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(_TIMES):
        begin = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begin)
    return min(seconds)


def _even(n: int, bits: int) -> NDArray[np.uint8]:
    return np.random.default_rng(1).integers(0, 2**bits, n, dtype=np.uint8)


if __name__ == "__main__":
    from benchmarks.table import show

    show("sp80090b", run())
