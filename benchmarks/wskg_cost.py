"""WSKG's cost structure beside that of the same pipeline with pycwt: shares of its time, and the time of one key.

It measures what figure 19 of the study `study/wskg2025` shows; the readings are defined in its `costs.py`.
Run `OMP_NUM_THREADS=1 python -m benchmarks.wskg_cost`.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

Row = dict[str, Any]
SCHEMES = ["raw", "golay", "fft", "packet", "fft_band", "wskg"]
BLOCKS = [128, 1024, 8192, 35000]
BAR = 100.0


def run() -> list[Row]:
    """Measure an hour of the simulated testbed: shares, one key by each reading, and every scheme a sample."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "study"))
    from wskg2025 import costs

    spec = {"scenario": "los-short", "seed": 1, "seconds": None, "schemes": SCHEMES, "blocks": BLOCKS}
    rows, _ = costs.measure({**spec, "repeats": 9, "rounds": 3})
    return [*_keys(rows), *_shares(rows), *_schemes(rows)]


def _keys(rows: Sequence[Row]) -> list[Row]:
    """Compare one key by each reading; the bar stands at the key itself, once the band is agreed."""
    found: dict[tuple[str, int], dict[str, float]] = {}
    for row in rows:
        if row["kind"] == "key":
            found.setdefault((row["reading"], row["samples"]), {})[row["engine"]] = row["ms"]
    order = sorted(found, key=lambda case: (case[0] == "block", case[0]))  # as it is used first, to the letter last
    return [_key(*case, found[case]) for case in order if "pycwt" in found[case]]


def _key(reading: str, samples: int, ms: dict[str, float]) -> Row:
    what = {
        "agreed": "one key once the band is agreed (both ends: filter, quantise)",
        "agreed, rows of the band": "the same, pycwt asked for the band's rows alone",
        "hour": "one key of an hour, its agreement included",
    }.get(reading, f"one key to the letter, blocks of {samples:,} (coherence, search, inverse, lag)")
    ratio = ms["pycwt"] / ms["samefade"]
    return {
        "what": f"{what}; theirs with pycwt", "ours": f"{ms['samefade']:.3g} ms", "theirs": f"{ms['pycwt']:.3g} ms",
        "ratio": ratio, "bar": f"≥ {BAR:g}x", "holds": bool(ratio >= BAR),
    }  # fmt: skip


def _shares(rows: Sequence[Row]) -> list[Row]:
    longest = max(row["samples"] for row in rows if row["kind"] == "part")
    share = {
        (row["engine"], row["part"]): row["share"]
        for row in rows
        if row["kind"] == "part" and row["samples"] == longest
    }
    return [
        {
            "what": f"share of WSKG's time, blocks of {longest:,}: {part}; theirs with pycwt",
            "ours": f"{value:.1%}", "theirs": f"{share.get(('pycwt', part), float('nan')):.1%}",
        }
        for (engine, part), value in share.items()
        if engine == "samefade"
    ]  # fmt: skip


def _schemes(rows: Sequence[Row]) -> list[Row]:
    found = [row for row in rows if row["kind"] == "scheme"]
    return [
        {"what": f"{row['scheme']}: preprocessing a kept sample of one end", "ours": f"{row['ms'] * 1e3:.3g} µs"}
        for row in found
    ]


if __name__ == "__main__":
    from benchmarks.table import show

    show("wskg_cost", run())
