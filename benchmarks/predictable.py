"""What can be computed and is credited all the same: laws in time, and tones that tell of each other.

`python -m benchmarks predictable [--quick]`

Every channel is simulated, one record each, and nothing is tuned on it.
A row that does not hold is a limit that THREATS.md names; `--quick` has fewer and shorter records, which say less.
It prints what it is doing to stderr.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import sys

from benchmarks import predictable_laws, predictable_strands

Row = dict[str, object]


def run(*, quick: bool = False) -> list[Row]:
    """Measure both parts, one after the other."""
    return predictable_laws.rows(quick=quick) + predictable_strands.rows(quick=quick)


def main(words: list[str]) -> None:
    """Print one table."""
    from benchmarks.table import show

    parser = argparse.ArgumentParser(prog="python -m benchmarks predictable")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter records")
    show("predictable", run(quick=parser.parse_args(words).quick))


if __name__ == "__main__":
    main(sys.argv[1:])
