"""`samefade compare`: every scheme on one pair, in one table."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from samefade.cli.key import positive_minutes, public_seed
from samefade.cli.output import emit, say, show, steps, table, writable
from samefade.cli.source import with_pair
from samefade.types import Observation, Pair

if TYPE_CHECKING:
    from samefade.api.comparison import Row

COLUMNS = (
    "scheme", "r", "differ", "key rate ≤ 20", "min-entropy/bit", "told", "secure", "secure/sample", "of limit", "keys",
)  # fmt: skip


@with_pair
def compare(
    pair: Pair[Observation],
    scheme: Annotated[list[str] | None, typer.Option("--scheme", help="Only these; give it several times.")] = None,
    minutes: Annotated[float | None, typer.Option("--minutes", help="How much to speak for calibration.")] = None,
    seed: Annotated[str | None, typer.Option("--seed", help="32 public random bytes in hex, to repeat a run.")] = None,
    plot: Annotated[Path | None, typer.Option("--plot", help="Draw the rates by scheme to this file.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Compare schemes on one pair: what the field reports beside what is secret.

    Examples: `samefade compare --data skyglow/mobile --plot rates.png` ·
    `samefade compare ap.csv sta.csv --scheme wskg --scheme mine.py:Mine`
    """
    from samefade import api, schemes

    if plot is not None:
        writable(plot)
    chosen = [schemes.find(name) for name in scheme] if scheme else list(schemes.schemes().values())
    with steps("comparing", quiet=json) as step:
        rows = api.compare(chosen, pair, minutes=positive_minutes(minutes), seed=public_seed(seed), progress=step)
    if json:
        emit({"schema": "samefade.compare/1", "rows": [_json(row) for row in rows]})
    else:
        _show(pair, rows)
    if plot is not None:
        from samefade import draw

        draw.rates(rows, plot)
        if not json:
            say(f"picture: {plot}")


def _show(pair: Pair[Observation], rows: Sequence["Row"]) -> None:
    show(table(f"{len(pair):,} samples at {pair.rate:g} Hz", *COLUMNS, rows=[_cells(row) for row in rows]))
    say(
        "\nkey rate: bits a packet in keys with at most 20 of 256 bits wrong, as the field says it; not a secrecy rate."
    )
    say("told: public bits; where no code could win, nothing is sent, and the least that it would take is shown.")
    say("secure: bits that may be issued after every public bit; of limit: against the mutual information.")


def _json(row: "Row") -> dict[str, Any]:
    from samefade.api.report import refusal_json

    if row.report is not None:
        return row.report.to_json()
    return {"scheme": row.scheme, "refusal": None if row.refusal is None else refusal_json(row.refusal)}


def _cells(row: "Row") -> tuple[str, ...]:
    r = row.report
    if r is None:
        why = "" if row.refusal is None else type(row.refusal).__name__
        return (row.scheme, *["–"] * 8, why)
    limit = r.mutual_information_per_sample
    share = f"{r.secure_bits_per_sample / limit:.0%}" if limit > 0 else "–"
    outcome = str(len(r.keys_a)) if r.refusal is None else type(r.refusal).__name__
    return (
        row.scheme,
        f"{r.pearson_restored:.3f}",
        f"{r.bit_error_rate:.1%}",
        f"{r.key_rate[20]:.3f}",
        f"{r.min_entropy_per_bit:.3f}",
        f"{r.leak_bits:,.0f}",
        f"{r.secure_bits:,}",
        f"{r.secure_bits_per_sample:.4f}",
        share,
        outcome,
    )
