"""`samefade assess`: the certificate of a key, for whoever must judge it."""

import json as notation
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Annotated

import typer

from samefade.cli.asked import Minutes, SchemeName, Seed, positive_minutes, public_seed
from samefade.cli.key import refuse
from samefade.cli.output import emit, finite, keep, say, steps, writable
from samefade.cli.source import with_pair
from samefade.types import Observation, Pair

if TYPE_CHECKING:
    from samefade.api import Certificate


@with_pair
def assess(
    pair: Pair[Observation],
    scheme: SchemeName = None,
    full: Annotated[bool, typer.Option("--full", help="Add NIST's ten estimators and the cost of guessing.")] = False,
    smoke: Annotated[bool, typer.Option("--smoke", help="Add SP 800-22 on raw bits; it proves nothing.")] = False,
    minutes: Minutes = None,
    seed: Seed = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write what may be shown to others to this file.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object, private numbers included.")] = False,
) -> None:
    """Say what a key of this pair is worth, and on what grounds; exit code 3 when there is no key.

    What is printed holds numbers computed from secret samples: keep it as secret as the key. What `--out` writes holds
    none, and may be shown.

    Examples: `samefade assess ap.csv sta.csv --eve eve.csv` · `samefade assess --data skyglow/mobile --full` ·
    `samefade assess ap.csv sta.csv --all-tones --smoke --out certificate.json`
    """
    from samefade import api, schemes

    if out is not None:
        writable(out)
    chosen = schemes.find(scheme or schemes.BEST)
    with steps(chosen.name, quiet=json) as step:
        found = api.assess(
            pair, chosen, full=full, smoke=smoke, minutes=positive_minutes(minutes), seed=public_seed(seed),
            progress=step,
        )  # fmt: skip
    if out is not None:
        _write(found, out)
    if json:
        emit(found.to_json(private=True) | {"matching": pair.matching})
    else:
        say(fill(f"{len(pair):,} samples, matched by {pair.matching}", 100) + "\n")
        say(str(found))
        if out is not None:
            say(f"\ncertificate to show to others: {out}")
    if found.private.refusal is not None:
        refuse(found.private.refusal, told=json)


def _write(found: "Certificate", path: Path) -> None:
    """Write what may travel, all or nothing."""
    keep(path, (notation.dumps(finite(found.to_json()), ensure_ascii=False, indent=2) + "\n").encode())
