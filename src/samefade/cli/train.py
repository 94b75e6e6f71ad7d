"""`samefade train`: train a learned scheme on one record, so that keys can be made of others with its public model."""

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from samefade.cli.asked import positive_minutes, public_seed
from samefade.cli.learning import digests, tones, watched
from samefade.cli.output import emit, say, show, table, writable
from samefade.cli.source import Given, with_source
from samefade.cli.trained import Trained, write
from samefade.errors import OutOfRange
from samefade.types import Observation, Pair, Spoken

if TYPE_CHECKING:
    from samefade.learn import Learned
    from samefade.schemes import Scheme

_NO_SEED = bytes(32)  # so that the same command goes on with the same training


@with_source
def train(
    source: Given,
    scheme: Annotated[
        str, typer.Option("--scheme", help="autoencoder, bcfl, or `file.py:Class` of such a scheme.")
    ] = "autoencoder",
    out: Annotated[Path | None, typer.Option("--out", help="File of the model; by default NAME.model.")] = None,
    checkpoint: Annotated[
        Path | None, typer.Option("--checkpoint", help="Keep the state here: after a kill, the same command goes on.")
    ] = None,
    minutes: Annotated[
        float | None, typer.Option("--minutes", help="Train on the first minutes alone; by default on all.")
    ] = None,
    seed: Annotated[str | None, typer.Option("--seed", help="32 public bytes in hex; by default zeros.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Train a learned scheme on a pair of recordings and write its model, which is public: no key can be made of these.

    Examples: `samefade train ap.csv sta.csv --out link.model` ·
    `samefade train --data skyglow/mobile --scheme bcfl --checkpoint bcfl.state` ·
    `samefade key later-ap.csv later-sta.csv --trained link.model`
    """
    limit, public = positive_minutes(minutes), public_seed(seed) or _NO_SEED
    chosen = _learned(scheme)
    path = writable(out or Path(f"{chosen.name}.model"))
    if checkpoint is not None:
        writable(checkpoint)
    pair = source.pair()
    spoken = _told(tones(chosen, pair), limit)
    terms = watched(chosen, spoken, public[:16], checkpoint=checkpoint, quiet=json)
    until = spoken.a.start + spoken.a.seconds
    trained = Trained(chosen.name, terms, len(spoken), until, digests(source, pair))
    write(trained, path)
    if json:
        emit(_described(trained, path))
    else:
        _tell(trained, path, minutes)


def _learned(name: str) -> "Learned":
    from samefade import schemes
    from samefade.learn import Learned

    found: Scheme = schemes.find(name)
    if not isinstance(found, Learned):
        raise OutOfRange("--scheme", found.name, "a scheme that learns: autoencoder or bcfl")
    return found


def _told(pair: Pair[Observation], minutes: float | None) -> Pair[Spoken]:
    """Return what is trained on; all of it is given away."""
    if minutes is not None:
        return pair.split(minutes=minutes)[0]
    return pair.spoken()


def _described(trained: Trained, path: Path) -> dict[str, object]:
    from samefade.api.report import terms_json

    return {
        "schema": "samefade.train/1",
        "scheme": trained.scheme,
        "samples": trained.samples,
        "rate_hz": trained.terms.rate,
        "terms": terms_json(trained.terms),
        "lag": trained.terms.lag,
        "model_bytes": len(trained.terms.model),
        "model_sha256": sha256(trained.terms.model).hexdigest(),
        "model": str(path),
    }


def _tell(trained: Trained, path: Path, minutes: float | None) -> None:
    terms = trained.terms
    told = ", ".join(f"{name} {value:.3f}" for name, value in terms.thresholds.items())
    part = "all of the record" if minutes is None else f"its first {minutes:g} minutes"
    rows = [
        ("trained on", f"{trained.samples:,} samples at {terms.rate:g} Hz, {part}"),
        ("lag", str(terms.lag)),
        ("at the end", told),
        ("bits that would differ there", f"{terms.expected_errors:.2%}"),
        ("model", f"{len(terms.model):,} bytes, public: {path}"),
    ]
    show(table(f"scheme {trained.scheme}", "", "", rows=rows))
    say(f"next: samefade key OTHER-A OTHER-B --trained {path}")
    say("Samples that were trained on are given away: no key can be made of them.")
    say("`key` knows the recording again in any file and format, but not a copy that was cut, rounded or scaled.")
