"""A scheme: how two observations become two strings of bits, as a value.

A scheme holds its parts and nothing else; it is printable, comparable and hashable, so it can be a row key in a table.
What calibration learns is a value too (`Terms`), because it must cross the air.
"""

import re
from dataclasses import InitVar, dataclass, replace
from typing import Protocol, runtime_checkable

import numpy as np

from samefade.align import Lag, NoLag, trim
from samefade.amplify import Toeplitz
from samefade.entropy import Estimate, assess, earn, mutual_information
from samefade.quantize import Cdf, to_bits
from samefade.reconcile import Answerer, Cascade, Corrector, Reconciler
from samefade.restore import Raw
from samefade.schemes.expectation import expected_errors, least_told
from samefade.schemes.windowed import Windows, least_of_windows
from samefade.types import (
    BitArray,
    Bits,
    Feature,
    Float,
    Half,
    Kept,
    Ledger,
    Mask,
    Observation,
    Pair,
    Spoken,
    Symbols,
    Terms,
)


class Restorer(Protocol):
    """What makes an observation more alike at the two ends."""

    def restore(self, x: Half, terms: Terms | None = None) -> Feature[Half]:
        """Return the restored feature."""


@runtime_checkable
class Calibrated(Protocol):
    """A restorer that learns something from spoken samples first."""

    def agree(self, a: Observation, b: Observation, terms: Terms) -> Terms:
        """Return the terms with what was learnt added."""


class Aligner(Protocol):
    """What finds the shift between two features."""

    def align(self, a: Feature[Half], b: Feature[Half]) -> int:
        """Return by how many samples b is late."""


class Quantizer(Protocol):
    """What turns a kept feature into symbols."""

    @property
    def levels(self) -> int:
        """How many levels there are, a power of two."""

    def quantize(self, x: Feature[Kept], terms: Terms | None = None) -> Symbols:
        """Return the symbols."""


@dataclass(frozen=True, kw_only=True)
class Scheme:
    """The parts of a scheme; subclasses are papers and give the papers' parts.

    Attributes:
        restore: Makes the two observations more alike.
        align: Finds the lag between the ends; `NoLag()` for a scheme without synchronisation.
        quantize: Makes symbols.
        reconcile: Corrects the bits that still differ, and counts what that tells.
        amplify: Makes a key of what is left.
        levels: Shorthand for `quantize=Cdf(levels=…)`.
    """

    restore: Restorer = Raw()
    align: Aligner = Lag()
    quantize: Quantizer = Cdf(levels=4)
    reconcile: Reconciler = Cascade(variant="biconf")
    amplify: Toeplitz = Toeplitz(bits=256)
    levels: InitVar[int | None] = None

    def __post_init__(self, levels: int | None) -> None:
        """Apply the shorthand."""
        if levels is not None:
            object.__setattr__(self, "quantize", Cdf(levels=levels))

    @property
    def name(self) -> str:
        """Return the name used in tables and on the command line: `fft_band`, `fft_band-nosync`."""
        snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type(self).__name__).lower()
        return f"{snake}-nosync" if isinstance(self.align, NoLag) else snake

    def agree(self, a: Spoken, b: Spoken, seed: bytes = bytes(16)) -> Terms:
        """Learn the public terms from spoken samples of both ends.

        Args:
            a: What end a spoke.
            b: What end b spoke, same grid.
            seed: Public random bytes for Cascade's shuffles.

        Raises:
            NotEnough: When there is nothing to learn from.
        """
        spoken_only(a, b)
        terms = Terms(rate=a.rate, seed=seed)
        if isinstance(self.restore, Calibrated):
            terms = self.restore.agree(a, b, terms)
        return self.met(a, b, terms)

    def met(self, a: Spoken, b: Spoken, terms: Terms) -> Terms:
        """Return terms that were learnt before, perhaps on other samples, with the lag and the errors of these.

        Args:
            a: What end a spoke.
            b: What end b spoke, same grid.
            terms: The public terms.

        Raises:
            NotEnough: When there is nothing to learn from.
        """
        spoken_only(a, b)
        terms = replace(terms, lag=0)
        fa, fb = self.feature(a, terms), self.feature(b, terms)
        # a restorer that thins out the samples shows no lag of single samples
        seen = (fa, fb) if fa.rate == a.rate else (Raw().restore(a), Raw().restore(b))
        lag = self.align.align(*seen)
        if lag:
            terms = replace(terms, lag=lag)
            fa, fb = self.feature(a, terms), self.feature(b, terms)
        levels = terms.levels or self.quantize.levels
        return replace(terms, expected_errors=expected_errors(fa, fb, levels))

    def feature(self, x: Half, terms: Terms) -> Feature[Half]:
        """Drop the out-of-step samples of one end and restore the rest."""
        return self.restore.restore(trim(x, terms.lag), terms)

    def symbols(self, x: Kept | Feature[Kept], terms: Terms, usable: Mask | None = None) -> Symbols:
        """Quantise one end's kept samples, at the points that both ends can use.

        Args:
            x: Kept samples, or the feature that was made of them.
            terms: The public terms.
            usable: (n,) points that both ends named usable in public; by default this end's own.
        """
        feature = x if isinstance(x, Feature) else self.feature(x, terms)
        quantizer = self.quantize
        if terms.levels is not None and isinstance(quantizer, Cdf):
            quantizer = replace(quantizer, levels=terms.levels)
        if usable is not None:
            feature = replace(feature, usable=feature.usable & usable)
        return quantizer.quantize(feature.kept, terms)

    def worth(
        self, symbols: Symbols, feature: Feature[Kept], terms: Terms, *, spoken: Spoken | None, eve: Kept | None
    ) -> Estimate:
        """Return what end a's symbols are worth as a secret.

        Args:
            symbols: The symbols.
            feature: The feature that they were made of.
            terms: The public terms.
            spoken: This end's spoken samples, which the eavesdropper knows.
            eve: What the eavesdropper heard meanwhile, or None when nobody knows.
        """
        heard = None if eve is None or np.ptp(eve.values) == 0 else self.feature(eve, terms).values
        told = None if spoken is None else self.feature(spoken, terms).values
        plain = assess(symbols, feature, eve=heard, published=told)
        windows = Windows.of(self.restore, terms)
        if windows is None:
            return plain
        epsilon = self.amplify.epsilon
        return least_of_windows(plain, symbols, feature, windows, spoken=spoken, eve=eve, epsilon=epsilon)

    def bits(
        self,
        x: Kept | Feature[Kept],
        terms: Terms,
        usable: Mask | None = None,
        *,
        spoken: Spoken | None = None,
        eve: Kept | None = None,
    ) -> Bits:
        """Make one end's bits: at end a with the account of what they are worth, at end b with what it believes.

        Args:
            x: As for `symbols`.
            terms: The public terms.
            usable: As for `symbols`.
            spoken: This end's spoken samples, which the eavesdropper knows.
            eve: What the eavesdropper heard meanwhile, or None when nobody knows.
        """
        feature = x if isinstance(x, Feature) else self.feature(x, terms)
        symbols = self.symbols(feature, terms, usable)
        if feature.source.end == "b":
            return self.believed(symbols, feature, terms)
        worth = self.worth(symbols, feature, terms, spoken=spoken, eve=eve)
        return self.spelt(symbols, terms, earn(Ledger(), worth, len(symbols)))

    def spelt(self, symbols: Symbols, terms: Terms, account: Ledger) -> Bits:
        """Spell symbols as bits, with what they are worth and what was told to make them."""
        made = to_bits(symbols)
        return replace(made, ledger=account + made.ledger, terms=terms)

    @property
    def all_tones(self) -> bool:
        """Say whether the scheme takes every tone that there is, and not one alone."""
        return False

    def limit(self, kept: Pair[Kept], terms: Terms) -> float:
        """Return the mutual information of the ends' kept samples, bits a sample, given Eve where there is one.

        No scheme can issue more (Maurer 1993), if the channel is Gaussian and stationary.
        """
        heard = [trim(x, terms.lag).values for x in (kept.a, kept.b, kept.e) if x is not None]
        return shared(*heard)

    def hard_bits(self, symbols: Symbols, terms: Terms) -> BitArray:  # noqa: ARG002 -- some schemes need the terms
        """Return the Gray code of the symbols: the bits in which the field counts errors and key rates."""
        return to_bits(symbols).values

    def believed(self, symbols: Symbols, feature: Feature[Kept], terms: Terms) -> Bits:  # noqa: ARG002 -- for soft ones
        """Make end b's bits, with what it believes of the other's where the scheme decides softly."""
        return self.spelt(symbols, terms, Ledger())

    def least_told(self, bits: Bits, terms: Terms) -> float:
        """Return the bits that any code must tell at the least, as far as the terms know."""
        return least_told(len(bits), terms.expected_errors)

    def answer(self, bits: Bits) -> Answerer:
        """Return the party whose string becomes the common one."""
        return self.reconcile.answer(bits, _terms(bits).seed)

    def correct(self, bits: Bits) -> Corrector:
        """Return the party that corrects its string."""
        terms = _terms(bits)
        return self.reconcile.correct(bits, terms.seed, terms.expected_errors)


def spoken_only(*ends: Observation) -> None:
    """Refuse to learn public terms from samples that are secret.

    Raises:
        TypeError: When one end's samples are kept.
    """
    if any(isinstance(end, Kept) for end in ends):
        raise TypeError("only Spoken samples may set public terms, not Kept")


def shared(a: Float, b: Float, eve: Float | None = None) -> float:
    """Return the mutual information of two series or groups of series, and at most that given Eve, bits a sample."""
    whole = mutual_information(a, b).per_sample
    if eve is None or np.ptp(eve) == 0:
        return whole
    # what Eve heard may also make the ends' samples seem to share more: she can ignore it
    return min(whole, mutual_information(a, b, eve=eve).per_sample)


def _terms(bits: Bits) -> Terms:
    return bits.terms if bits.terms is not None else Terms(rate=1.0)
