"""`samefade decompose`: large and small scale of a link, and what each operator leaves to Eve."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from samefade.cli.output import bar, drawable, emit, say, show, table
from samefade.cli.source import with_pair
from samefade.errors import UnknownName
from samefade.types import Observation, Pair

if TYPE_CHECKING:
    from samefade.reciprocity import PartEvidence
    from samefade.restore import Decomposition

DRAWN = "moving average 21"
COLUMNS = (
    "operator, window in samples",
    "part",
    "r",
    "Eve's r",
    "values",
    "independent",
    "repeats",
    "I(A;B)",
    "given Eve",
)
ABOUT = """
small: what a key may be made of; large: what whoever is near may know, whatever one Eve heard of it here.
independent: how many values the correlation rests on; repeats: autocorrelation of largest magnitude (at its lag).
I(A;B) and given Eve: bits a value, as if Gaussian; repeats count anew, and no public bit is paid: no key rate.
Operators that learn do so from the first quarter, and are measured on the rest."""


@with_pair
def decompose(
    pair: Pair[Observation],
    operator: Annotated[
        list[str] | None, typer.Option("--operator", help="Only those whose name begins so; give it several times.")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", "--picture", help="Draw the parts and all correlations to this file.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Split a link into large and small scale, and say what each way leaves to the ends and to Eve.

    Examples: `samefade decompose --data skyglow/outdoor-mobile --plot parts.png` ·
    `samefade decompose device.csv gateway.csv --operator "moving average" --json`
    """
    from samefade import reciprocity

    if plot is not None:
        drawable(plot)
    chosen = _chosen(operator)
    rows = [reciprocity.heard(pair)]
    with bar("decomposing", quiet=json) as progress:
        for done, (name, one) in enumerate(chosen.items()):
            progress(done, len(chosen), name)
            rows += reciprocity.parts_of(pair, name, one)
    if plot is not None:
        from samefade import draw

        drawn = DRAWN if DRAWN in chosen else next(iter(chosen))
        draw.decomposition(pair, rows, plot, operator=chosen[drawn], name=drawn)
    if json:
        told = {"schema": "samefade.decompose/1", "rate_hz": pair.rate, "matching": pair.matching}
        emit({**told, "rows": [row.to_json() for row in rows]})
        return
    say(f"{len(pair):,} samples at {pair.rate:g} Hz, matched by {pair.matching}\n")
    _show(rows)
    if plot is not None:
        say(f"\npicture: {plot}")


def _chosen(wanted: Sequence[str] | None) -> "Mapping[str, Decomposition]":
    """Return the operators whose names begin as asked.

    Raises:
        UnknownName: When a beginning fits none.
    """
    from samefade.reciprocity import OPERATORS

    if not wanted:
        return OPERATORS
    for start in wanted:
        if not any(name.startswith(start) for name in OPERATORS):
            raise UnknownName("operator", start, tuple(OPERATORS))
    return {name: one for name, one in OPERATORS.items() if name.startswith(tuple(wanted))}


def _show(rows: "Sequence[PartEvidence]") -> None:
    show(table("", *COLUMNS, rows=[_row(row) for row in rows if row.refused is None]))
    for row in rows:
        if row.refused is not None and row.part != "large":
            say(f"{row.operator}: {row.refused}")
    say(ABOUT)


def _row(row: "PartEvidence") -> tuple[str, ...]:
    repeats = "–" if row.lag_correlation is None else f"{row.lag_correlation:.2f} ({row.at_lag})"
    worth = "–" if row.effective is None else f"{row.effective:,.0f}"
    return (
        row.operator, row.part, _number(row.correlation), _number(row.eve), f"{row.samples:,}", worth, repeats,
        _number(row.shared), _number(row.given_eve),
    )  # fmt: skip


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
