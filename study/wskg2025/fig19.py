"""Figure 19: what each scheme costs in processor time, and where WSKG spends it; measured on this machine."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from samefade.study import Lab, Mark, Result, Spec, Verdict, overall
from wskg2025 import costs, timings
from wskg2025.grid import LEARNED

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Picture

SPEC = Spec(
    "Processor time of every scheme a sample, WSKG's shares, and the time of one key beside pycwt's",
    {
        "scenario": "los-short",
        "seed": 1,
        "seconds": None,  # one hour
        "schemes": ["raw", "golay", "fft", "packet", "autoencoder", "bcfl", "fft_band", "wskg"],
        "blocks": [128, 1024, 8192, 35000],
        "repeats": 15,
        "rounds": 3,
    },
    {
        "schemes": ["raw", "golay", "fft", "packet", "fft_band", "wskg"],
        "blocks": [128, 4096],
        "seconds": 900,
        "repeats": 7,
    },
)
FAR = 3.0  # times the dearest rival: from here on a cost is "far" higher
SMALL = 0.2  # of the time: up to here a share is "small"
BEARABLE = 0.01  # of the time in which a key's samples are collected: up to here a delay is "reasonable"


def compute(spec: Mapping[str, Any], lab: Lab) -> Result:
    """Time everything in turns in this process: rows of kind "scheme", "part" and "key"."""
    lab.quiet()
    rows, notes = costs.measure(spec)
    return Result(rows, notes=(*notes, "times are of the machine that the provenance names"))


def draw(result: Result) -> "Picture":
    """Draw times a sample by scheme, and the shares of WSKG's time."""
    return timings.draw(result)


def judge(result: Result) -> dict[int, Verdict]:
    """Judge claims 53 to 55."""
    return {53: _dearest(result), 54: _transform_first(result), 55: _bearable(result)}


def _blocks(result: Result) -> dict[str, int]:
    """Return each engine's longest block."""
    found: dict[str, int] = {}
    for row in result.where(kind="key", reading="block"):
        found[str(row["engine"])] = max(found.get(str(row["engine"]), 0), int(row["samples"] or 0))
    return found


def _dearest(result: Result) -> Verdict:
    """Judge claim 53 on the protocol with its agreement, and on the paper to the letter with either transform."""
    cost = {f"blocks of {n:,}, {engine}": _sample(result, "block", engine, n) for engine, n in _blocks(result).items()}
    cost["an hour with its agreement, samefade"] = _sample(result, "hour", "samefade")
    rivals = {str(r["scheme"]): float(r["ms"] or 0) for r in result.where(kind="scheme") if r["scheme"] != "wskg"}
    dearest = max(rivals, key=lambda name: rivals[name])
    plain = max((name for name in rivals if name not in LEARNED), key=lambda name: rivals[name])  # learns nothing
    filtered = float(result.where(kind="scheme", scheme="wskg")[0]["ms"] or 0)
    marks: dict[str, Mark] = {where: "holds" if ms > FAR * rivals[dearest] else "differs" for where, ms in cost.items()}
    told = ", ".join(f"{_micro(ms)} ({where})" for where, ms in cost.items())
    dear = ", ".join(f"{name} {_micro(rivals[name])}" for name in dict.fromkeys((dearest, plain)))
    return overall(
        marks,
        f"A sample of one end costs WSKG {told}; the dearest rivals, training apart, take {dear}, and WSKG itself "
        f"{_micro(filtered)} once its band is agreed. Far means {FAR:g} times.",
    )


def _micro(ms: float) -> str:
    return f"{ms * 1e3:.2g} µs" if ms < 0.01 else f"{ms * 1e3:,.0f} µs"


def _sample(result: Result, reading: str, engine: str, n: int | None = None) -> float:
    """Return ms for a sample of one end: a key's time is that of 128 samples of both."""
    rows = [row for row in result.where(kind="key", reading=reading, engine=engine) if n in (None, row["samples"])]
    return float(rows[0]["ms"] or 0) / (2 * costs.SAMPLES)


def _transform_first(result: Result) -> Verdict:
    marks: dict[str, Mark] = {}
    told = []
    for engine, n in _blocks(result).items():
        share = {str(r["part"]): float(r["share"] or 0) for r in result.where(kind="part", engine=engine, samples=n)}
        first = max(share, key=lambda part: share[part]) == "transform" and share["search"] <= SMALL
        marks[f"{engine}'s transform"] = "holds" if first else "differs"
        told.append(f"{engine}: {', '.join(f'{part} {value:.1%}' for part, value in share.items())} (blocks of {n:,})")
    return overall(
        marks, f"Shares of WSKG's time block by block: {'; '.join(told)}; small is taken as up to {SMALL:.0%}."
    )


def _bearable(result: Result) -> Verdict:
    collecting = costs.SAMPLES / 10 * 1e3  # ms at ten packets a second
    marks: dict[str, Mark] = {}
    times: dict[float, str] = {}
    for row in result.where(kind="key"):
        ms, reading = float(row["ms"] or 0), str(row["reading"])
        where = f"{reading} of {row['samples']:,} samples" if reading == "block" else reading
        marks[f"{where}, {row['engine']}"] = "holds" if ms <= BEARABLE * collecting else "differs"
        times[ms] = f"{ms:.2g} ms ({where}, {row['engine']})"
    return overall(
        marks,
        f"A key takes both ends from {times[min(times)]} to {times[max(times)]} before reconciliation; reasonable is "
        f"taken as {BEARABLE:.0%} of the {collecting / 1e3:g} s in which its 128 samples come.",
    )
