"""`samefade key`: two recordings become the same keys at both ends, or an honest no."""

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from samefade.cli.asked import Minutes, SchemeName, Seed, positive_minutes, public_seed
from samefade.cli.output import emit, say, show, steps, table
from samefade.cli.source import Given, with_source
from samefade.errors import SamefadeError
from samefade.types import Terms

if TYPE_CHECKING:
    from samefade.api import Report


@with_source
def key(
    source: Given,
    scheme: SchemeName = None,
    trained: Annotated[
        Path | None, typer.Option("--trained", help="A model that `samefade train` made of another record.")
    ] = None,
    minutes: Minutes = None,
    seed: Seed = None,
    reveal: Annotated[bool, typer.Option("--reveal", help="Print the keys themselves.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Make keys of a pair of recordings at both ends, and account for every bit; exit code 3 when there is no key.

    Examples: `samefade key ap.csv sta.csv` · `samefade key --data skyglow/mobile --scheme wskg --json` ·
    `samefade key capture.mat --eve eve.mat` · `samefade key ap.csv sta.csv --trained autoencoder.model`
    """
    from samefade import api
    from samefade.cli import learning

    spoken, public = positive_minutes(minutes), public_seed(seed) or secrets.token_bytes(32)
    chosen, model = learning.chosen(scheme, trained)
    pair = source.pair()
    terms = learning.terms(chosen, model, source, pair, minutes=spoken, seed=public[:16], quiet=json)
    with steps(chosen.name, quiet=json) as step:
        report = api.run(chosen, pair, minutes=spoken, seed=public, terms=terms, progress=step)
    if json:
        emit(report.to_json() | {"matching": pair.matching} | ({"key_hex": _hex(report)} if reveal else {}))
    else:
        say(f"{len(pair):,} samples, matched by {pair.matching}")
        tell(report)
        if reveal:
            for line in _hex(report):
                say(line)
    if report.refusal is not None:
        refuse(report.refusal, told=json)


def refuse(error: SamefadeError, *, told: bool) -> None:
    """End with the refusal's exit code; the JSON object, where there was one, has already told why."""
    if told:
        raise typer.Exit(error.exit_code)
    raise error


def _kept(terms: Terms) -> str:
    """Say what is kept of the samples."""
    if terms.strands:
        count = sum(strand.components for strand in terms.strands)
        of = "sample" if terms.step == 1 else f"{terms.step} samples"
        return f"{count} component{'' if count == 1 else 's'} of every {of}"
    return "every sample" if terms.step == 1 else f"one value for {terms.step} samples"


def tell(report: "Report") -> None:
    """Print the steps, the field's numbers, the account and the outcome."""
    terms = report.terms
    kept = _kept(terms)
    band = "" if terms.band is None else f", band {terms.band.low:.4g}–{terms.band.high:.4g} Hz"
    rates = ", ".join(f"{rate:.2f} (≤ {limit} wrong)" for limit, rate in report.key_rate.items())
    rows = [
        ("kept samples", f"{report.samples:,} at {report.rate_hz:g} Hz"),
        ("agreed in public", f"lag {terms.lag}, {kept}{band}"),
        ("correlation", f"{report.pearson_raw:.3f} as heard, {report.pearson_restored:.3f} restored"),
        ("bits at each end", f"{report.bits:,}, of which {report.bit_error_rate:.2%} differ"),
        ("key rate, as the field says it", f"{rates} bits a packet; says nothing of secrecy"),
        ("min-entropy of a bit", f"{report.min_entropy_per_bit:.3f}"),
        ("secure bits a sample", f"{report.secure_bits_per_sample:.4f}"),
        ("mutual information a sample", f"{report.mutual_information_per_sample:.4f}: the limit"),
    ]
    show(table(f"scheme {report.scheme}", "", "", rows=rows))
    say("\nthe account, in bits\n" + str(report.ledger))
    for assumption in report.ledger.assumptions:
        say(f"assumed: {assumption}")
    if report.keys_a:
        same = "the same at both ends" if report.keys_match else "DIFFERENT at the two ends"
        say(f"\n{len(report.keys_a)} × {report.keys_a[0]!r}, {same}")


def _hex(report: "Report") -> list[str]:
    return [key.reveal_secret_bytes().hex() for key in report.keys_a]
