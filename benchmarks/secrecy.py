"""The honest key: every bar that its issue names, in one table, with the reason where a bar does not hold.

Nothing here is tuned on what it measures.
Simulated channels are named so; recordings that are absent are skipped, and the table says which.
It prints what it is doing to stderr, and takes some minutes on one core.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import sys
import time
from collections.abc import Callable

from benchmarks import secrecy_channel, secrecy_codes, secrecy_sets, secrecy_speed, secrecy_traps

Row = dict[str, object]
PARTS: dict[str, Callable[[], list[Row]]] = {
    "reconciliation": secrecy_codes.rows,
    "a channel whose information is known": secrecy_channel.rows,
    "recordings of others": secrecy_sets.of_recordings,
    "the simulated testbed": secrecy_sets.of_testbed,
    "what naive rates claim": secrecy_traps.of_naive,
    "traps": secrecy_traps.of_traps,
    "an eavesdropper at hand": secrecy_traps.of_eve,
    "speed": secrecy_speed.rows,
}


def run() -> list[Row]:
    """Measure every part, one after the other."""
    found: list[Row] = []
    for name, part in PARTS.items():
        begin = time.perf_counter()
        print(f"secrecy: {name} …", file=sys.stderr, flush=True)
        found += part()
        print(f"secrecy: {name}: {time.perf_counter() - begin:.0f} s", file=sys.stderr, flush=True)
    return found


if __name__ == "__main__":
    from benchmarks.table import show

    show("secrecy", run())
