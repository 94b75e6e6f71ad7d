"""A scheme: how two observations become two strings of bits, as a value.

A scheme holds its parts and nothing else; it is printable, comparable and hashable, so it can be a row key in a table.
What calibration learns is a value too (`Terms`), because it must cross the air.
"""

import re
from dataclasses import InitVar, dataclass, replace
from typing import Protocol, runtime_checkable

from samefade.align import Lag, NoLag, trim
from samefade.amplify import Toeplitz
from samefade.entropy import assess, earn
from samefade.quantize import Cdf, to_bits
from samefade.reconcile import Answerer, Cascade, Corrector
from samefade.restore import Raw
from samefade.schemes.expectation import expected_errors
from samefade.types import Bits, Feature, Float, Half, Kept, Ledger, Mask, Observation, Spoken, Symbols, Terms


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
    reconcile: Cascade = Cascade(variant="biconf")
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
        terms = Terms(rate=a.rate, seed=seed)
        if isinstance(self.restore, Calibrated):
            terms = self.restore.agree(a, b, terms)
        fa, fb = self.feature(a, terms), self.feature(b, terms)
        lag = self.align.align(fa, fb)
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

    def bits(
        self,
        x: Kept | Feature[Kept],
        terms: Terms,
        usable: Mask | None = None,
        eve: Float | None = None,
        published: Float | None = None,
    ) -> Bits:
        """Make one end's bits, with the account of what they are worth.

        Args:
            x: As for `symbols`.
            terms: The public terms.
            usable: As for `symbols`.
            eve: What the eavesdropper heard at the points of the feature, (n,) or (n, m), or None when nobody knows.
            published: The feature of this end's spoken samples, which the eavesdropper knows, (p,).
        """
        feature = x if isinstance(x, Feature) else self.feature(x, terms)
        symbols = self.symbols(feature, terms, usable)
        account = earn(Ledger(), assess(symbols, feature, eve=eve, published=published), len(symbols))
        return self.spelt(symbols, terms, account)

    def spelt(self, symbols: Symbols, terms: Terms, account: Ledger) -> Bits:
        """Spell symbols as bits, with what they are worth and what was told to make them."""
        made = to_bits(symbols)
        return replace(made, ledger=account + made.ledger, terms=terms)

    def answer(self, bits: Bits) -> Answerer:
        """Return the party whose string becomes the common one."""
        return self.reconcile.answer(bits, _terms(bits).seed)

    def correct(self, bits: Bits) -> Corrector:
        """Return the party that corrects its string."""
        terms = _terms(bits)
        return self.reconcile.correct(bits, terms.seed, terms.expected_errors)


def _terms(bits: Bits) -> Terms:
    return bits.terms if bits.terms is not None else Terms(rate=1.0)
