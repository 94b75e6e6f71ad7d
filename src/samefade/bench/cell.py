"""A cell of a grid: one scheme on one source; evaluated, it is one row of a tidy table."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from itertools import groupby
from time import perf_counter
from typing import Literal

from threadpoolctl import threadpool_limits

from samefade import api, reciprocity, schemes
from samefade.api.field import field
from samefade.api.running import halves
from samefade.bench.metrics import ACCOUNTS, ALL, Number, Outcome, metric
from samefade.bench.needed import scheme_file
from samefade.bench.source import Source
from samefade.errors import OutOfRange, SamefadeError
from samefade.reciprocity import Evidence
from samefade.restore import CoherentBand, oracle_band
from samefade.schemes import Scheme
from samefade.types import Kept, Observation, Pair, Spoken, Terms

Row = dict[str, Number | None]
SEED = bytes(32)  # public randomness of every cell: a table must come out the same twice


@dataclass(frozen=True)
class Cell:
    """One scheme on one source.

    Attributes:
        source: Where the pair comes from.
        scheme: Name of a scheme, or `file.py:ClassName`.
        metrics: What is asked; metrics of secrecy cost the whole account.
        minutes: How much of the record is spoken; by default a quarter.
        trained: Where the public terms are learnt, when it is not the spoken half of this record: all of that source.
        terms: "learnt" from spoken samples, or "oracle": the band of the kept samples themselves, which no protocol
            can know; then metrics of secrecy are empty.
    """

    source: Source
    scheme: str
    metrics: tuple[str, ...] = ALL
    minutes: float | None = None
    trained: Source | None = None
    terms: Literal["learnt", "oracle"] = "learnt"

    def key(self) -> Row:
        """Return the columns that say which cell this is."""
        about = asdict(self.source)
        trained = None if self.trained is None else f"{self.trained.name}#{self.trained.seed}"
        return {
            **{name: about[name] for name in ("name", "seed", "by", "seconds", "block", "blocks", "tone", "all_tones")},
            "scheme": self.scheme,
            "minutes": self.minutes,
            "trained": trained,
            "terms": self.terms,
        }


def evaluate(cells: Iterable[Cell]) -> list[Row]:
    """Return a row for every cell, in order; those of one source share the work of making its pair.

    A cell that cannot be had has a row, too: `refusal` names the error, and its numbers are None.
    `wall_s` is the time that the cell itself took, `source_s` that of its pair, shared by all cells of that source.
    """
    rows: list[Row] = []
    with threadpool_limits(limits=1, user_api="blas"):  # many small matrices: threads would only wait for each other
        for source, group in groupby(cells, key=lambda cell: cell.source):
            rows += _of_source(source, list(group))
    return rows


def _of_source(source: Source, cells: Sequence[Cell]) -> list[Row]:
    began = perf_counter()
    try:
        pair = source.pair()
    except SamefadeError as why:
        return _with_source([_refused(cell, why, 0.0) for cell in cells], perf_counter() - began)
    evidence: Evidence | SamefadeError | None = None
    if any(map(_accounted, cells)):
        try:
            evidence = reciprocity.assess(pair, column=pair.main)
        except SamefadeError as why:  # only who asks for the account is refused, whoever else is in the group
            evidence = why
    took = perf_counter() - began
    return _with_source([_row(cell, pair, evidence) for cell in cells], took)


def _accounted(cell: Cell) -> bool:
    return cell.terms == "learnt" and bool(set(cell.metrics) & set(ACCOUNTS))


def _with_source(rows: list[Row], seconds: float) -> list[Row]:
    return [{**row, "source_s": seconds} for row in rows]


def _row(cell: Cell, pair: Pair[Observation], evidence: Evidence | SamefadeError | None) -> Row:
    began = perf_counter()
    if isinstance(evidence, SamefadeError):
        if _accounted(cell):
            return _refused(cell, evidence, 0.0)
        evidence = None
    asked = [name for name in cell.metrics if cell.terms == "learnt" or name not in ACCOUNTS]
    try:
        scheme = _scheme(cell.scheme)
        found = _outcome(cell, scheme, pair if scheme.all_tones else pair.one_tone(), evidence)
        numbers = {name: metric(name)(found) for name in asked}
    except SamefadeError as why:
        return _refused(cell, why, perf_counter() - began)
    return _line(cell, numbers, None, perf_counter() - began)


def _scheme(name: str) -> Scheme:
    """Return a scheme by its name; a file is read anew when it changed, all else is looked for once."""
    file = scheme_file(name)
    return _found(name, file.stat().st_mtime_ns if file is not None and file.is_file() else 0)


@lru_cache(maxsize=64)  # looking through the installed packages takes longer than a small cell
def _found(name: str, changed: int) -> Scheme:  # noqa: ARG001 -- part of what the cache goes by
    return schemes.find(name)


def _refused(cell: Cell, why: SamefadeError, seconds: float) -> Row:
    return _line(cell, {}, type(why).__name__, seconds)


def _line(cell: Cell, numbers: Mapping[str, Number | None], refusal: str | None, seconds: float) -> Row:
    return {**cell.key(), **{name: numbers.get(name) for name in cell.metrics}, "refusal": refusal, "wall_s": seconds}


def _outcome(cell: Cell, scheme: Scheme, pair: Pair[Observation], evidence: Evidence | None) -> Outcome:
    spoken, kept = halves(pair, cell.minutes)
    if cell.terms == "oracle":
        return Outcome(field(scheme, kept, _oracle(scheme, spoken, kept)), kept, None)
    terms = None if cell.trained is None else _met(scheme, _trained(cell.trained, cell.trained.held(), scheme), spoken)
    if not _accounted(cell):
        learnt = scheme.agree(spoken.a, spoken.b, SEED[:16]) if terms is None else terms
        return Outcome(field(scheme, kept, learnt), kept, None)
    report = api.run(scheme, pair, minutes=cell.minutes, seed=SEED, evidence=evidence, terms=terms)
    return Outcome(field(scheme, kept, report.terms), kept, report)


def _oracle(scheme: Scheme, spoken: Pair[Spoken], kept: Pair[Kept]) -> Terms:
    """Return terms with the band of the kept samples, as the 2025 paper's offline evaluation has it (inferred)."""
    if not isinstance(scheme.restore, CoherentBand):
        raise OutOfRange("terms", "oracle", f"'learnt' for {scheme.name}: it has no coherent band")
    terms = scheme.agree(spoken.a, spoken.b, SEED[:16])
    return replace(terms, band=oracle_band(kept.a, kept.b, scheme.restore))


def _met(scheme: Scheme, trained: Terms, spoken: Pair[Spoken]) -> Terms:
    """Return terms of another record with the lag of this one; the rates of two logs differ in their last digits."""
    return scheme.met(spoken.a, spoken.b, replace(trained, rate=spoken.rate))


@lru_cache(maxsize=4)  # one training serves many records
def _trained(source: Source, _hashes: tuple[str, ...], scheme: Scheme) -> Terms:
    pair = source.pair()
    pair = pair if scheme.all_tones else pair.one_tone()
    spoken = pair.spoken()
    return scheme.agree(spoken.a, spoken.b, SEED[:16])
