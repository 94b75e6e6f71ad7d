"""`samefade compare`: every scheme on one pair, in one table."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from samefade.cli.asked import Minutes, Seed, positive_minutes, public_seed
from samefade.cli.output import drawable, emit, say, show, steps, table
from samefade.cli.source import with_pair
from samefade.types import Observation, Pair

if TYPE_CHECKING:
    from samefade.api.comparison import Row

REPORTED = ("scheme", "r", "differ", "claimed", "its band, Hz", "holds", "")
ON_REPORTED = """
claimed: bits a packet in keys with at most 20 of 256 bits wrong, as the field says it; not a secrecy rate.
holds: bits a sample that both ends share in the band that the scheme keeps, whoever else knows them.
A mark (←) is put on the field's number, not on the keys that are issued, which the second table accounts for.
"""
ON_SECURE = """
told: public bits; where no code could win, nothing is sent, and the least that it would take is shown.
secure: bits that may be issued after every public bit; the same a sample, and as a share of what the ends
share a sample given Eve, which no scheme can exceed."""
SECRET = ("scheme", "min-ent./bit", "told", "secure", "a sample", "of shared", "share", "claim", "keys")


@with_pair
def compare(
    pair: Pair[Observation],
    scheme: Annotated[
        list[str] | None,
        typer.Option("--scheme", help="Only these; give it several times. `lpwan`: all made for LoRa."),
    ] = None,
    minutes: Minutes = None,
    seed: Seed = None,
    plot: Annotated[Path | None, typer.Option("--plot", help="Draw the rates by scheme to this file.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Compare schemes on one pair: what the field reports, what its band can hold, and what is secret.

    Examples: `samefade compare --data skyglow/mobile --plot rates.png` ·
    `samefade compare ap.csv sta.csv --scheme wskg --scheme mine.py:Mine` ·
    `samefade compare --data lora-indoor --scheme lpwan`
    """
    from samefade import api, schemes

    if plot is not None:
        drawable(plot)
    named = [one for name in scheme or () for one in schemes.named(name)]
    chosen = named or list(schemes.schemes().values())
    with steps("comparing", quiet=json) as step:
        rows = api.compare(chosen, pair, minutes=positive_minutes(minutes), seed=public_seed(seed), progress=step)
    if json:
        emit({"schema": "samefade.compare/1", "matching": pair.matching, "rows": [row.to_json() for row in rows]})
    else:
        _show(pair, rows)
    if plot is not None:
        from samefade import draw

        draw.rates(rows, plot)
        if not json:
            say(f"picture: {plot}")


def _show(pair: Pair[Observation], rows: Sequence["Row"]) -> None:
    say(f"{len(pair):,} samples at {pair.rate:g} Hz, matched by {pair.matching}\n")
    show(table("what the field reports", *REPORTED, rows=[_reported(row) for row in rows]))
    say(ON_REPORTED)
    show(table("what is secret", *SECRET, rows=[_secret(row) for row in rows]))
    say(ON_SECURE)


def _reported(row: "Row") -> tuple[str, ...]:
    r, field = row.report, row.field
    if r is None or field is None:
        return (row.scheme, *["–"] * 5, "")
    band = "all" if field.band is None else f"{field.band[0]:.3g}–{field.band[1]:.3g}"
    holds = "–" if field.information is None else f"{field.information.per_sample:.3f}"
    return (
        row.scheme, f"{r.pearson_restored:.3f}", f"{r.bit_error_rate:.1%}", f"{field.claimed:.3f}", band, holds,
        f"← {field}" if field.overclaims else "",
    )  # fmt: skip


def _secret(row: "Row") -> tuple[str, ...]:
    r = row.report
    if r is None:
        why = "" if row.refusal is None else type(row.refusal).__name__
        return (row.scheme, *["–"] * 6, "none", why)
    share = "–" if row.share_of_limit is None else f"{row.share_of_limit:.0%}"
    outcome = str(len(r.keys_a)) if r.refusal is None else type(r.refusal).__name__
    return (
        row.scheme, f"{r.min_entropy_per_bit:.3f}", f"{r.leak_bits:,.0f}", f"{r.secure_bits:,}",
        f"{r.secure_bits_per_sample:.4f}", f"{r.mutual_information_per_sample:.4f}", share, r.claim, outcome,
    )  # fmt: skip
