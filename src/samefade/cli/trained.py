"""The file that `samefade train` writes and `samefade key --trained` reads: public terms with a learned model.

| bytes | what |
|---|---|
| 8 | `sfmodel1` |
| the rest | one map in deterministic CBOR: what `Trained` holds, the terms as a session packs them |

Nothing in it is executed, and whatever `write` would not have written is refused. The scheme is named by a plain name,
never by a file: who sends a model must not choose code.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from samefade.errors import EndsDisagree, InputError, SamefadeError, UnreadableRecording
from samefade.types import Kept, Pair, Spoken, Terms

if TYPE_CHECKING:
    from samefade.schemes import Scheme

MAGIC, LARGEST = b"sfmodel1", 1 << 21  # bytes of a file: twice those of the largest model
_STATE = b"sftrain1"  # begins the state of a training, which is easily given instead
_NAME = re.compile(r"[a-z0-9_]{1,64}(-nosync)?")
_DIGEST, _MOST_FILES = 32, 16
_PARTS = {"files", "samples", "scheme", "terms", "until"}
_SAME_RATE = 0.01  # two logs of one setting differ in the last digits; a filter is not hurt by a hundredth


class ModelRefused(InputError):
    """This file holds no model that can be used."""

    advice = "Give a file that `samefade train --out` wrote."

    def __init__(self, path: object, reason: str) -> None:
        """Name the file and the reason."""
        super().__init__(file=path, reason=reason)


class AlreadySeen(InputError):
    """The model was trained on samples that would become the key: the account would not hold."""

    advice = "Train on another record, or on the part that is spoken anyway: `samefade train --minutes M`."

    def __init__(self, *, until: float, kept: float) -> None:
        """Say until when the training saw this very record, and where its kept half begins, seconds of the record."""
        super().__init__(trained_until_s=until, kept_from_s=kept)


@dataclass(frozen=True, eq=False)
class Trained:
    """A model, and what it was trained on.

    Attributes:
        scheme: Name of the scheme.
        terms: The public terms, with the model.
        samples: How many grid points were trained on.
        until: Time of the end of the last of them on their record's axis, seconds.
        files: SHA-256 of each file that they were read from, and of the samples themselves.
    """

    scheme: str
    terms: Terms
    samples: int
    until: float
    files: tuple[bytes, ...]

    def refuse_seen(self, kept: Pair[Kept], files: Iterable[bytes], *, begin: float) -> None:
        """Refuse a record whose kept half the training saw.

        The same files are noticed, and the same samples in other files where `train` kept their fingerprints.
        A copy with another clock, or with its ends the other way round, tells another time: so what is kept must begin
        behind what was trained on both by the clock and counted from the record's beginning.

        Args:
            kept: The half that would become the key.
            files: SHA-256 of the files that the record is read from, and its fingerprints.
            begin: Time of the record's first grid point, seconds.

        Raises:
            AlreadySeen: When one of the two was trained on, to a later time than the kept half's beginning.
        """
        until = max(self.until, begin + (self.samples - 0.5) / self.terms.rate)
        if not set(files).isdisjoint(self.files) and kept.a.start < until:
            raise AlreadySeen(until=until - begin, kept=kept.a.start - begin)

    def met(self, scheme: "Scheme", spoken: Pair[Spoken], seed: bytes) -> Terms:
        """Return the terms with the lag and the errors of another record, and with its own seed.

        Args:
            scheme: The scheme.
            spoken: What both ends spoke of that record.
            seed: 16 public random bytes.

        Raises:
            EndsDisagree: When that record has another rate.
            OutOfRange: When the model is not of the scheme's sizes.
            NotEnough: When there is nothing to learn from.
        """
        if abs(self.terms.rate / spoken.rate - 1) > _SAME_RATE:
            raise EndsDisagree("rate in Hz of the model (a) and the record (b)", self.terms.rate, spoken.rate)
        return scheme.met(spoken.a, spoken.b, replace(self.terms, rate=spoken.rate, seed=seed))


def write(trained: Trained, path: Path) -> None:
    """Write a model, all or nothing.

    Raises:
        CannotWrite: When the operating system refuses.
    """
    from samefade.cli.output import keep
    from samefade.session.terms import pack_terms
    from samefade.wire import cbor

    told = {
        "scheme": trained.scheme,
        "terms": pack_terms(trained.terms),
        "samples": trained.samples,
        "until": float(trained.until),
        "files": sorted(trained.files),
    }
    keep(path, MAGIC + cbor.encode(told))


def read(path: Path) -> Trained:
    """Read a model that anybody may have written.

    Raises:
        UnreadableRecording: When there is no such file.
        ModelRefused: When it is anything else than such a file.
    """
    from samefade.wire import cbor
    from samefade.wire.errors import Malformed

    try:
        with path.open("rb") as file:
            held = file.read(LARGEST + 1)
    except OSError as why:
        raise UnreadableRecording(path, reason=why.strerror or str(why)) from why
    if held.startswith(_STATE):
        raise ModelRefused(path, "it is the state of a training, from --checkpoint")
    if not held.startswith(MAGIC) or len(held) > LARGEST:
        raise ModelRefused(path, "it is not of this format")
    try:
        return _unpacked(cbor.decode(held[len(MAGIC) :]))
    except (Malformed, SamefadeError, ValueError, TypeError, OverflowError) as why:
        raise ModelRefused(path, f"it is damaged, or no program of ours wrote it: {why}") from why


def _unpacked(said: Any) -> Trained:  # noqa: ANN401 -- whatever stands in the file
    from samefade.session.terms import unpack_terms

    if not isinstance(said, dict) or set(said) != _PARTS:
        raise ValueError("its parts are others")
    scheme, samples, until, files, packed = (said[name] for name in ("scheme", "samples", "until", "files", "terms"))
    if type(scheme) is not str or not _NAME.fullmatch(scheme):
        raise ValueError("the name of the scheme is none")
    if type(samples) is not int or not 0 < samples < 1 << 40 or type(until) is not float:
        raise ValueError("it does not say what it was trained on")
    if type(files) is not list or len(files) > _MOST_FILES or any(not _is_digest(one) for one in files):
        raise ValueError("it does not say which files it was trained on")
    rate = packed[0] if type(packed) is list and packed else None
    if type(rate) is not float or rate <= 0:
        raise ValueError("its rate is none")
    terms = unpack_terms(packed, rate=rate, samples=samples)
    if not terms.model:
        raise ValueError("it has no model")
    return Trained(scheme, terms, samples, until, tuple(files))


def _is_digest(said: Any) -> bool:  # noqa: ANN401 -- whatever stands in the file
    return type(said) is bytes and len(said) == _DIGEST
