"""What WSKG and its rivals cost in processor time: figure 19, and the table of `benchmarks/wskg_cost.py`.

Every time is processor time of this process (all its threads), so that other load falls out; each piece of work is
timed in turns with the others, and quartiles are told beside the quietest.
Times are of one machine: they are measured anew, never carried over.

What a key costs depends on what is counted, so three readings stand apart:

- "agreed": the band is agreed; both ends filter and quantise their kept samples (steady state). With pycwt all rows
  are transformed and those outside the band are zeroed, as published; `FEW` is kinder to it.
- "hour": one hour and everything in it: agreement on the spoken quarter (coherence, search, inverse, lag), then the
  same; divided by the keys of that hour.
- "block": the paper to the letter, without a kept quarter: every block of n samples goes through coherence, search,
  inverse and lag, and is quantised; divided by the keys of the block. Both ends are counted, on one computer.

A key is 256 bits: 128 samples at four levels, before reconciliation.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import process_time
from typing import Any

import numpy as np

from samefade import schemes, wavelet
from samefade.align import Lag
from samefade.api.running import KEY_BITS, halves
from samefade.bench import Row
from samefade.quantize import Cdf
from samefade.restore import CoherentBand
from samefade.restore.thresholds import band, held, lower_coherence
from samefade.schemes import Scheme, Wskg
from samefade.types import Band, Feature, Float, Kept, Observation, Pair, Spoken, Terms
from samefade.wavelet import Coherence
from wskg2025 import other_transform
from wskg2025.grid import LEARNED
from wskg2025.other_transform import PycwtBand
from wskg2025.places import simulated

PARTS = ("transform", "search", "inverse", "lag", "quantiser")
SAMPLES = KEY_BITS // 2  # of a key, at four levels
Work = Callable[[], object]


@dataclass(frozen=True)
class Engine:
    """What computes the transforms of one block.

    Attributes:
        name: "samefade" or "pycwt".
        coherent: Coherence of two signals at a rate.
        within: One signal within a band.
        rule: The same inside a scheme.
    """

    name: str
    coherent: Callable[[Float, Float, float], Coherence]
    within: Callable[[Float, float, Band], Float]
    rule: CoherentBand


def _ours(x: Float, rate: float, found: Band) -> Float:
    kept: Float = wavelet.inverse(x, rate=rate, low=found.low, high=found.high, voices=found.voices)
    return kept


OURS = Engine("samefade", lambda a, b, rate: wavelet.coherence(a, b, rate=rate), _ours, CoherentBand(longest_run=True))
PYCWT = Engine("pycwt", other_transform.coherent, other_transform.within, PycwtBand(longest_run=True))
FEW = "agreed, rows of the band"  # the reading in which pycwt transforms the rows of the band alone


def has_pycwt() -> bool:
    """Say whether pycwt is installed."""
    from importlib.util import find_spec

    return find_spec("pycwt") is not None


@dataclass(frozen=True, eq=False)
class Hour:
    """One record of the simulated testbed, cut as a run cuts it.

    Attributes:
        pair: The whole record.
        spoken: What is spoken for calibration.
        kept: What keys are made of.
    """

    pair: Pair[Observation]
    spoken: Pair[Spoken]
    kept: Pair[Kept]


def hour(scenario: str, seed: int, seconds: float | None) -> Hour:
    """Return a record of the testbed, paired by row as the authors' files are."""
    pair = simulated(scenario, seed, seconds).pair()
    return Hour(pair, *halves(pair, None))


def in_turns(work: Mapping[str, Work], repeats: int) -> dict[str, "Float"]:
    """Return the processor times of pieces of work, s, (repeats,) each, all timed in turns after one round unseen."""
    for each in work.values():
        each()
    times: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(repeats):
        for name, each in work.items():
            begin = process_time()
            each()
            times[name].append(process_time() - begin)
    return {name: np.array(found) for name, found in times.items()}


def summary(times: "Float", per: float) -> Row:
    """Return the columns of a time in ms, divided by how many it is for: quietest, quartiles and median."""
    low, middle, high = (float(q) for q in np.quantile(times, (0.25, 0.5, 0.75)) * 1e3 / per)
    return {"ms": float(times.min()) * 1e3 / per, "ms_low": low, "ms_median": middle, "ms_high": high}


def scheme_rows(names: list[str], record: Hour, repeats: int) -> list[Row]:
    """Time the preprocessing of one end's kept samples, ms a sample, and agreement or training once."""
    found = {name: schemes.find(name) for name in names}
    learnt: dict[str, Terms] = {}
    agreement: dict[str, float] = {}
    for name, scheme in found.items():
        for _ in range(1 if name in LEARNED else 2):  # the first may load a library; a training is too long for two
            begin = process_time()
            learnt[name] = scheme.agree(record.spoken.a, record.spoken.b, bytes(16))
            agreement[name] = process_time() - begin
    work = {name: _bound(scheme, record.kept.a, learnt[name]) for name, scheme in found.items()}
    times = in_turns(work, repeats)
    n = len(record.kept)
    return [
        {"kind": "scheme", "scheme": name, "samples": n, **summary(times[name], n), "agree_ms": agreement[name] * 1e3}
        for name in names
    ]


def _bound(scheme: Scheme, x: Kept, terms: Terms) -> Work:
    return lambda: scheme.feature(x, terms)


def block(engine: Engine, a: Float, b: Float, rate: float) -> dict[str, float]:
    """Run the paper's pipeline on one block and return the processor time of each part, s.

    Raises:
        NotReciprocal: When no thresholds give enough frequencies.
    """
    marks = [process_time()]
    found = engine.coherent(a, b, rate)
    marks.append(process_time())
    limits = lower_coherence(found, 0.5, 0.5)
    passed = held(found, limits.coherence) >= limits.samples
    chosen = band(found.frequency, passed, found.voices, longest_run=True)
    marks.append(process_time())
    ends = [_feature(engine.within(x, rate, chosen), rate, end) for x, end in ((a, "a"), (b, "b"))]
    marks.append(process_time())
    Lag().align(ends[0], ends[1])
    marks.append(process_time())
    for end in ends:
        Cdf(levels=4).quantize(end)
    marks.append(process_time())
    return dict(zip(PARTS, np.diff(marks).tolist(), strict=True))


def _feature(values: Float, rate: float, end: str) -> Feature[Kept]:
    """Mark every sample usable: in a block of one key the edges are all there is."""
    every = np.ones(len(values), dtype=np.bool_)
    return Feature(values, rate, every, Kept(values, rate, every, end))  # type: ignore[arg-type]


def block_rows(engines: list[Engine], record: Hour, sizes: list[int], repeats: int) -> list[Row]:
    """Time the paper's pipeline on blocks of several lengths, engine by engine in turns: a row for each part."""
    rows: list[Row] = []
    for n in sizes:
        a, b = (np.ascontiguousarray(x.values[:n], dtype=np.float64) for x in (record.pair.a, record.pair.b))
        times: dict[str, list[dict[str, float]]] = {engine.name: [] for engine in engines}
        for turn in range(repeats + 1):
            for engine in engines:
                found = block(engine, a, b, record.pair.rate)
                times[engine.name] += [found] if turn else []
        rows += [row for name, told in times.items() for row in _parts(name, n, told)]
    return rows


def _parts(engine: str, n: int, told: list[dict[str, float]]) -> list[Row]:
    quietest = min(told, key=lambda one: sum(one.values()))
    whole, keys = sum(quietest.values()), n // SAMPLES
    all_of = np.array([sum(one.values()) for one in told])
    about: Row = {"engine": engine, "samples": n, "keys": keys}
    parts: list[Row] = [
        {"kind": "part", **about, "part": part, "ms": quietest[part] * 1e3, "share": quietest[part] / whole}
        for part in PARTS
    ]
    return [*parts, {"kind": "key", "reading": "block", **about, **summary(all_of, keys)}]


def key_rows(engines: list[Engine], record: Hour, repeats: int) -> list[Row]:
    """Time a key where the band is agreed, and an hour with its agreement: a row for each reading and engine."""
    found: dict[str, Scheme] = {engine.name: Wskg(restore=engine.rule) for engine in engines}
    terms = {name: scheme.agree(record.spoken.a, record.spoken.b, bytes(16)) for name, scheme in found.items()}
    bits = {name: _quantised(scheme, record, terms[name]) for name, scheme in found.items()}
    work: dict[str, Work] = {}
    for name, scheme in found.items():
        work[f"agreed {name}"] = _steady(scheme, record, terms[name])
        work[f"hour {name}"] = _everything(scheme, record)
    readings = ["agreed", "hour"]
    if PYCWT.name in found:  # a kinder use of pycwt than the published one, which transforms all rows and zeroes most
        few = Wskg(restore=PycwtBand(longest_run=True, all_rows=False))
        work[f"{FEW} {PYCWT.name}"] = _steady(few, record, terms[PYCWT.name])
        work[f"{FEW} {OURS.name}"] = work[f"agreed {OURS.name}"]
        readings.append(FEW)
    times = in_turns(work, repeats)
    rows: list[Row] = []
    for reading in readings:
        for name in found:
            keys = bits[name] // KEY_BITS
            about: Row = {"engine": name, "samples": len(record.pair), "keys": keys}
            rows.append({"kind": "key", "reading": reading, **about, **summary(times[f"{reading} {name}"], keys)})
    return rows


def _quantised(scheme: Scheme, record: Hour, terms: Terms) -> int:
    """Filter and quantise both ends' kept samples; return how many bits each has."""
    sizes = [2 * len(scheme.symbols(end, terms)) for end in (record.kept.a, record.kept.b)]
    return min(sizes)


def _steady(scheme: Scheme, record: Hour, terms: Terms) -> Work:
    return lambda: _quantised(scheme, record, terms)


def _everything(scheme: Scheme, record: Hour) -> Work:
    return lambda: _quantised(scheme, record, scheme.agree(record.spoken.a, record.spoken.b, bytes(16)))


def measure(spec: Mapping[str, Any]) -> tuple[list[Row], tuple[str, ...]]:
    """Measure everything that a specification asks for, in this process; return the rows, and what was left out."""
    record = hour(spec["scenario"], spec["seed"], spec["seconds"])
    known = schemes.schemes()
    names = [name for name in spec["schemes"] if name in known]
    notes = [f"{name} is left out: no such scheme is installed" for name in spec["schemes"] if name not in known]
    engines = [OURS, PYCWT] if has_pycwt() else [OURS]
    if len(engines) == 1:
        notes.append("pycwt is not installed, so nothing stands beside our transform")
    sizes = [n for n in spec["blocks"] if n <= len(record.pair)]
    rows = [
        *scheme_rows(names, record, spec["repeats"]),
        *block_rows(engines, record, sizes, spec["rounds"]),
        *key_rows(engines, record, spec["rounds"]),
    ]
    return rows, tuple(notes)
