"""How long an hour at 10 Hz takes, from the kept samples to the amplified key and its account, on one core."""

import json
import statistics
import sys
import time

from benchmarks import sp80090b
from benchmarks.secrecy_channel import gaussian_pair
from samefade import api
from samefade.observe import guard_time
from samefade.schemes import Strata
from samefade.types import Observation, Pair

Row = dict[str, object]
BLOCK, RUNS, RUNS_FULL = 36_000, 5, 3
WITHOUT, WITH = 1.0, 6.0  # seconds


def rows() -> list[Row]:
    """Measure SP 800-90B beside NIST's program, and the block without and with all estimators."""
    made = [row for row in sp80090b.run() if str(row["what"]).startswith("1,000,000")]
    pair = _hour()
    print("secrecy: … the block, after one run to warm up", file=sys.stderr, flush=True)
    found = {}
    for full, runs in ((False, RUNS), (True, RUNS_FULL)):
        _seconds(pair, 0, full=full)
        each = [_seconds(pair, i, full=full) for i in range(1, runs + 1)]
        found[full] = [statistics.median(column) for column in zip(*each, strict=True)]
    label = f"{BLOCK:,} kept samples, one thread, median of some runs, CPU seconds:"
    return [
        *made,
        _row(f"{label} restore to amplified key and certificate", found[False][0], WITHOUT),
        _row(f"{label} the same with all estimators", found[True][0], WITH),
        _row(f"{label} without them, but with measuring and calibration before", found[False][1], None),
    ]


def _hour() -> Pair[Observation]:
    """Return a simulated first-order channel of which at least `BLOCK` samples are kept after a quarter is spoken."""
    pair = gaussian_pair(BLOCK * 4 // 3 + 200, 3)
    spoken, _ = pair.split()
    guard = guard_time(spoken, record=pair.a.seconds)
    beyond = len(pair.split(guard=guard)[1]) - BLOCK
    print(f"secrecy: … {BLOCK:,} samples and {beyond} are kept", file=sys.stderr, flush=True)
    return pair


def _seconds(pair: Pair[Observation], seed: int, *, full: bool) -> tuple[float, float]:
    """Return the seconds from the kept samples on, and those of all."""
    begin, quantising = time.process_time(), []

    def note(step: str) -> None:
        if step == "quantising":
            quantising.append(time.process_time())

    given = bytes([seed]) * 32
    if full:
        certificate = api.assess(pair, Strata(), full=True, smoke=True, seed=given, progress=note)
    else:
        certificate = api.certify(api.run(Strata(), pair, seed=given, progress=note), Strata())
    json.dumps(certificate.to_json(private=True))
    end = time.process_time()
    return end - quantising[0], end - begin


def _row(what: str, ours: float, theirs: float | None) -> Row:
    if theirs is None:
        return {"what": what, "ours": ours, "theirs": None, "ratio": None, "bar": None, "holds": None}
    return {
        "what": what,
        "ours": ours,
        "theirs": theirs,
        "ratio": ours / theirs,
        "bar": f"< {theirs:g} s",
        "holds": ours < theirs,
    }
