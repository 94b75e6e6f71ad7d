"""The pool of simulated recordings on which hostile runs are played, and a scheme that remembers its numerics.

A hostile run costs some ten milliseconds of protocol; to calibrate and to price a string costs ten times as much and
depends on the recording alone.
So calibration, features, symbols, prices and beliefs are computed once for each content that they are computed of,
and looked up by a hash of it.
Everything else is real in every run: handshake, seal, order, exchange of indices, correcting errors, hashing,
confirmation.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from typing import Any, cast

import numpy as np

from samefade import schemes
from samefade.amplify import Toeplitz
from samefade.link.source import RecordedSource
from samefade.quantize import GuardBand
from samefade.reconcile import Bch, Cascade, Polar
from samefade.schemes import Scheme
from samefade.session import Plan, Sample, agreement
from samefade.session.terms import pack_terms
from samefade.types import Observation, Symbols, Terms
from samefade.wire.cbor import encode

RATE, SPOKEN, GUARD = 10.0, 128, 400
SHORT = Toeplitz(bits=64, epsilon=2**-16)


@dataclass(frozen=True)
class Entry:
    """One simulated pair of recordings and what is made of it.

    Attributes:
        name: What it shall show.
        scheme: The scheme.
        noise: Deviation of each end's own noise in the kept samples; the channel's is 1.
        spoken_noise: The same in the spoken samples, where it is another: calibration then expects too little.
        kept: How many samples are kept.
        gap: Share of frames that an end misses, each end its own.
        enough: Whether a key is to be expected where no datagram is lost.
    """

    name: str
    scheme: Scheme
    noise: float
    spoken_noise: float | None = None
    kept: int = 500
    gap: float = 0.0
    enough: bool = True

    @property
    def plan(self) -> Plan:
        """Return the plan of its runs."""
        return Plan(first=1, spoken=SPOKEN, kept=self.kept, rate=RATE, scheme=self.scheme.name)


_STRATA = replace(schemes.find("strata"), spans=(1,), reconcile=Polar(frame=1024, list_size=8))
_LONG_KEYS, _SHORT_KEYS = replace(_STRATA, amplify=Toeplitz(bits=128)), replace(_STRATA, amplify=SHORT)
_CASCADE = schemes.Raw(levels=4, reconcile=Cascade(), amplify=SHORT)
_BCH = schemes.Raw(levels=4, reconcile=Bch(length=127), amplify=SHORT)
_GUARD = schemes.Raw(quantize=GuardBand(alpha=0.004), reconcile=Bch(length=127), amplify=SHORT)

POOL = (
    Entry("strata, easy", _LONG_KEYS, noise=0.03, kept=150),
    Entry("strata, two keys", _SHORT_KEYS, noise=0.02, kept=150),
    Entry("strata, gaps", _SHORT_KEYS, noise=0.02, kept=250, gap=0.02),
    Entry("strata, noisy", _SHORT_KEYS, noise=0.12, kept=220),
    Entry("strata, worse than calibrated", _SHORT_KEYS, noise=0.5, spoken_noise=0.1, kept=150, enough=False),
    Entry("strata, too little entropy", _LONG_KEYS, noise=0.5, kept=100, enough=False),
    Entry("Cascade, easy", _CASCADE, noise=0.01, kept=280),
    Entry("Cascade, gaps", _CASCADE, noise=0.01, kept=350, gap=0.01),
    Entry("Cascade, worse than calibrated", _CASCADE, noise=0.1, spoken_noise=0.02, kept=200, enough=False),
    Entry("BCH, easy", _BCH, noise=0.005, kept=400),
    Entry("BCH, more errors than it corrects", _BCH, noise=0.15, spoken_noise=0.02, kept=250, enough=False),
    Entry("guard band, other samples at each end", _GUARD, noise=0.003, kept=500),
    Entry("guard band, more errors than it corrects", _GUARD, noise=0.3, spoken_noise=0.02, kept=300, enough=False),
)


def sources(entry: Entry) -> tuple[RecordedSource, RecordedSource]:
    """Simulate both ends' recordings, always the same: a channel that moves, and noise of each end's own."""
    rng = np.random.default_rng(list(entry.name.encode()))
    n = SPOKEN + GUARD + entry.kept + 1
    channel = np.empty(n)
    channel[0], fresh = 0.0, rng.standard_normal(n)
    for i in range(1, n):
        channel[i] = 0.3 * channel[i - 1] + np.sqrt(1 - 0.3**2) * fresh[i]
    noise = np.full(n, entry.noise)
    noise[: SPOKEN + 1] = entry.noise if entry.spoken_noise is None else entry.spoken_noise

    def end(name: Any) -> RecordedSource:  # noqa: ANN401 -- "a" or "b"
        heard = rng.random(n) >= entry.gap
        return RecordedSource(Observation(10 + channel + noise * rng.standard_normal(n), RATE, heard, name))

    return end("a"), end("b")


class Played:
    """A recorded source whose samples were taken apart before: what is heard is the same, faster."""

    def __init__(self, recorded: RecordedSource) -> None:
        """Take every sample of the recording."""
        self._samples = tuple(recorded.take(0, len(recorded.observation) - 1))
        self._numbers = [sample.number for sample in self._samples]

    def take(self, first: int, last: int) -> Iterator[Sample]:
        """Return what was heard of the frames `first` to `last`, both included, in order."""
        return iter(self._samples[bisect_left(self._numbers, first) : bisect_right(self._numbers, last)])


class Remembering:
    """A scheme that computes what depends on the recording alone once for each content; the rest is the scheme's own.

    Calibration draws the seed of public choices in every run, so it is left out of the content and put back.
    """

    def __init__(self, scheme: Scheme) -> None:
        """Take the scheme."""
        self._scheme = scheme
        self._known: dict[bytes, Any] = {}

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- whatever the scheme has
        """Return what the scheme has."""
        return getattr(self._scheme, name)

    def calibrate(self, plan: Plan, spoken: Any, seed: bytes) -> Any:  # noqa: ANN401 -- as `session.halves`
        """Return what calibration learns, with this run's seed."""
        found = self._once(
            "calibrate", lambda: CALIBRATE(self._scheme, plan, spoken, bytes(16)), *_of(spoken.a), *_of(spoken.b)
        )
        return replace(found, terms=replace(found.terms, seed=seed))

    def feature(self, x: Any, terms: Terms) -> Any:  # noqa: ANN401 -- as `Scheme`
        """Return the feature of one end's samples."""
        return self._once("feature", lambda: self._scheme.feature(x, terms), *_of(x), x.end, _plain(terms))

    def symbols(self, x: Any, terms: Terms, usable: Any = None) -> Symbols:  # noqa: ANN401 -- as `Scheme`
        """Return one end's symbols."""
        key = (x.values, x.usable, usable, _plain(terms))
        return cast("Symbols", self._once("symbols", lambda: self._scheme.symbols(x, terms, usable), *key))

    def worth(self, symbols: Symbols, feature: Any, terms: Terms, *, spoken: Any, eve: Any) -> Any:  # noqa: ANN401
        """Return what symbols are worth."""
        key = (symbols.values, symbols.index, feature.values, *_of(spoken), _plain(terms))
        return self._once("worth", lambda: self._scheme.worth(symbols, feature, terms, spoken=spoken, eve=eve), *key)

    def believed(self, symbols: Symbols, feature: Any, terms: Terms) -> Any:  # noqa: ANN401 -- as `Scheme`
        """Return end b's bits, with this run's terms."""
        key = (
            symbols.values,
            symbols.index,
            feature.values,
            _plain(terms),
            encode([e.what for e in symbols.public.entries]),
        )
        return replace(
            self._once("believed", lambda: self._scheme.believed(symbols, feature, terms), *key), terms=terms
        )

    def _once(self, what: str, make: Callable[[], Any], *content: Any) -> Any:  # noqa: ANN401 -- whatever is made
        key = _hash(what, *content)
        if key not in self._known:
            try:
                self._known[key] = make()
            except Exception as why:  # noqa: BLE001 -- a refusal is a result too: it is raised again each time
                self._known[key] = why
        found = self._known[key]
        if isinstance(found, Exception):
            raise found.with_traceback(None)
        return found


CALIBRATE = agreement.calibrate


def remember_calibration() -> None:
    """Let sessions of this process calibrate by what the scheme itself has for that, where it has something."""

    def calibrate(scheme: Any, plan: Plan, spoken: Any, seed: bytes) -> Any:  # noqa: ANN401 -- as `session.halves`
        own = getattr(scheme, "calibrate", None)
        return CALIBRATE(scheme, plan, spoken, seed) if own is None else own(plan, spoken, seed)

    agreement.calibrate = calibrate


@cache
def remembered(index: int) -> tuple[Scheme, Played, Played]:
    """Return the scheme of an entry of the pool, which remembers, and its recordings."""
    a, b = sources(POOL[index])
    return cast("Scheme", Remembering(POOL[index].scheme)), Played(a), Played(b)


def _of(x: Any) -> tuple[Any, ...]:  # noqa: ANN401 -- one end's samples
    return x.values, x.mask


def _plain(terms: Terms) -> bytes:
    return encode(pack_terms(replace(terms, seed=bytes(16))))


def _hash(*content: Any) -> bytes:  # noqa: ANN401 -- arrays, bytes, text or nothing
    digest = sha256()
    for part in content:
        raw = part if isinstance(part, bytes) else str(part).encode() if isinstance(part, str | None) else _raw(part)
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.digest()


def _raw(x: Any) -> bytes:  # noqa: ANN401 -- an array
    return str((x.shape, x.dtype)).encode() + np.ascontiguousarray(x).tobytes()
