"""Train with a bar to look at, or meet a record with what was trained before: what `train` and `key` share."""

from pathlib import Path
from typing import TYPE_CHECKING, cast

from samefade.cli.fingerprint import fingerprints
from samefade.cli.output import bar
from samefade.cli.trained import ModelRefused, Trained, read
from samefade.types import Observation, Pair, Spoken, Terms

if TYPE_CHECKING:
    from samefade.cli.source import Given
    from samefade.learn import Learned
    from samefade.schemes import Scheme


def watched(
    scheme: "Learned", spoken: Pair[Spoken], seed: bytes, *, checkpoint: Path | None = None, quiet: bool = False
) -> Terms:
    """Train a scheme, and show on standard error how far it is."""
    from samefade import learn

    with bar(f"training {scheme.name}", quiet=quiet) as tell:
        return learn.train(
            scheme, spoken, seed=seed, checkpoint=checkpoint,
            progress=lambda done, of, loss: tell(done, of, f"loss {loss:.3f}"),
        )  # fmt: skip


def chosen(name: str | None, model: Path | None) -> "tuple[Scheme, Trained | None]":
    """Return the scheme of this name, or of the model, or ours; and the model, where there is one.

    Raises:
        ModelRefused: When the model is of another scheme.
        UnknownName: When there is no such scheme.
        MissingExtra: When it needs an extra that is not installed.
    """
    from samefade import schemes

    trained = None if model is None else read(model)
    found = schemes.find(name or (schemes.BEST if trained is None else trained.scheme))
    if trained is not None and trained.scheme != found.name:
        raise ModelRefused(model, f"it is of {trained.scheme}, not of {found.name}")
    return found, trained


def terms(
    scheme: "Scheme", trained: Trained | None, source: "Given", pair: Pair[Observation], *, minutes: float | None,
    seed: bytes, quiet: bool,
) -> Terms | None:  # fmt: skip
    """Return the terms of a learned scheme, trained before or here with a bar; None for a scheme that needs neither.

    Args:
        scheme: The scheme.
        trained: A model that was trained before.
        source: Where the record was read from.
        pair: The record.
        minutes: How much of it is spoken.
        seed: 16 public random bytes.
        quiet: Whether to show nothing.

    Raises:
        AlreadySeen: When the model saw this record's kept half.
        NotEnough: When there is nothing to learn from.
    """
    from samefade.api.running import halves
    from samefade.learn import Learned

    here = isinstance(scheme, Learned) and type(scheme).agree is Learned.agree
    if trained is None and not here:
        return None
    spoken, kept = halves(tones(scheme, pair), minutes)
    if trained is None:
        return watched(cast("Learned", scheme), spoken, seed, quiet=quiet)
    trained.refuse_seen(kept, digests(source, pair), begin=pair.a.start)
    return trained.met(scheme, spoken, seed)


def digests(source: "Given", pair: Pair[Observation]) -> tuple[bytes, ...]:
    """Return the SHA-256 of the files of both ends, and the fingerprints of their samples."""
    from samefade.bench.digest import digest

    files = (bytes.fromhex(digest(path)) for end, path in source.files().items() if end != "eve")
    return tuple(dict.fromkeys((*files, *fingerprints(pair.recordings[:2]))))


def tones(scheme: "Scheme", pair: Pair[Observation]) -> Pair[Observation]:
    """Return the pair with the tones that a scheme uses."""
    return pair if scheme.all_tones else pair.one_tone()
