"""Strata: samefade's own scheme. Decorrelate, allocate, tell layer by layer.

1. *Components.* Blocks of all tones are cut into components that end b can estimate independently (`restore.Klt`);
   the length of a block is chosen by the secret bits a second that it promises.
2. *Cells.* Each component gets as many levels as its signal-to-noise ratio carries (`quantize.Cells`).
3. *Layers.* Bits go from the least significant up; end b turns what it heard into log-likelihood ratios, given all
   layers before (`quantize.CellBelief`), and a polar code tells no more than these leave open (`reconcile.Polar`).
   Nothing is told that the other end can infer, so redundancy between neighbours needs no removal: it costs entropy,
   which the account subtracts, and saves as much telling.
4. *Account.* The string as a whole is worth its smooth min-entropy under the channel's law (`entropy.chain`), given
   Eve, minus every public bit.

Building blocks: Slepian and Wolf 1973 (distributed coding); Arıkan 2009 and 2010 (polar codes); Wachsmann, Fischer and
Huber 1999 (multilevel codes, stage by stage); Hotelling 1936 (canonical components); Ye, Reznik and others 2010
(quantise Gaussian channels finely, correct with soft decisions).
It assumes that the spoken half speaks for the kept one; where it does not, the code tells more and the key is smaller.
"""

from dataclasses import dataclass, replace
from math import log2

import numpy as np
from numpy.typing import NDArray

from samefade import restore
from samefade.align import trim
from samefade.entropy import Estimate, assess_cells, given_past
from samefade.errors import TooLittleEntropy
from samefade.quantize import CellBelief, Cells, allocate, chances, expected_leak, quantum, spell, thresholds, widths
from samefade.reconcile import Polar, Reconciler
from samefade.restore import Klt, deviations, series_of
from samefade.schemes.scheme import Quantizer, Restorer, Scheme
from samefade.types import Bits, Feature, Kept, Ledger, Observation, Spoken, Strand, Symbols, Terms

Real = NDArray[np.float64]
SPANS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
_OVERHEAD = 0.05  # of what a code must tell, it tells so much more; and so many bits a component for checks
_LEAST_GAIN = 0.02  # bits; components that promise less are left out


@dataclass(frozen=True, kw_only=True)
class Strata(Scheme):
    """Components of blocks, cells by signal-to-noise ratio, soft decisions layer by layer.

    Attributes:
        spans: Lengths of a block to choose from, samples.
    """

    restore: Restorer = Klt()
    quantize: Quantizer = Cells()
    reconcile: Reconciler = Polar()
    spans: tuple[int, ...] = SPANS

    def agree(self, a: Spoken, b: Spoken, seed: bytes = bytes(16)) -> Terms:
        """Learn lag, length of a block, components and thresholds from spoken samples.

        Raises:
            NotEnough: When there are too few spoken samples, an end does not vary, or no component promises anything.
        """
        plain = restore.Raw()
        terms = Terms(rate=a.rate, seed=seed, lag=self.align.align(plain.restore(a), plain.restore(b)))
        x, y = trim(a, terms.lag), trim(b, terms.lag)
        best, most = None, 0.0
        for span in self.spans:
            if best is not None and span > _most_span(len(x)):
                break
            made = self._planned(x, y, terms, span)
            promised = sum(_promise(x, strand) for strand in made.strands) / span
            if promised > most:
                best, most = made, promised
        if best is None:
            raise TooLittleEntropy(have=0.0, need=self.amplify.bits)
        return best

    def worth(
        self, symbols: Symbols, feature: Feature[Kept], terms: Terms, *, spoken: Spoken | None, eve: Kept | None
    ) -> Estimate:
        """Return what the cells are worth together: their smooth min-entropy under the channel's law."""
        used = np.zeros(len(feature), np.bool_)
        used[symbols.index // feature.values.shape[1]] = True
        kept = _series(feature.source, terms)
        told = kept[:0] if spoken is None else _series(trim(spoken, terms.lag), terms)
        heard = None if eve is None else _series(trim(eve, terms.lag), terms)
        return assess_cells(terms.strands, kept, used, spoken=told, eve=heard, epsilon=self.amplify.epsilon)

    def spelt(self, symbols: Symbols, terms: Terms, account: Ledger) -> Bits:
        """Spell cells in layers of bits, least significant first."""
        wide = _wide(symbols, terms)
        values, layers = spell(symbols.values.astype(np.uint8), wide)
        return Bits(values, ledger=account + symbols.public, terms=terms, layers=layers)

    def believed(self, symbols: Symbols, feature: Feature[Kept], terms: Terms) -> Bits:
        """Make end b's bits, with what it believes of the other's."""
        plain = self.spelt(symbols, terms, Ledger())
        used = np.unique(symbols.index // feature.values.shape[1])
        spread = np.hstack([deviations(feature.source, strand) for strand in terms.strands])
        each = chances(feature.values[used], spread[used], thresholds(terms))
        return replace(plain, belief=CellBelief(each, _wide(symbols, terms)))

    def least_told(self, bits: Bits, terms: Terms) -> float:
        """Return about what a perfect code would tell, by the signal-to-noise ratios of the terms."""
        each = sum(expected_leak(float(n), e) for s in terms.strands for n, e in zip(s.noise, s.edges, strict=True))
        return each * len(bits) / sum(widths(terms))

    def _planned(self, a: Spoken, b: Spoken, terms: Terms, span: int) -> Terms:
        """Return the terms with components of this length of a block, without those that promise nothing."""
        klt = self.restore if isinstance(self.restore, Klt) else Klt()
        made = replace(klt, span=span, reach=max(klt.reach, span // 2)).agree(a, b, replace(terms, step=span))
        single = len(made.strands) == 1 and a.values.ndim == 1
        step = quantum(a.values[a.mask]) if single else None
        kept = (_chosen(a, strand, step) for strand in made.strands)
        return replace(made, strands=tuple(strand for strand in kept if strand is not None))


def _most_span(n: int) -> int:
    return n // 48


def _series(x: Observation, terms: Terms) -> Real:
    return np.column_stack([series_of(x, strand) for strand in terms.strands])


def _wide(symbols: Symbols, terms: Terms) -> NDArray[np.int64]:
    """Return how many bits each symbol has, (m,)."""
    each = np.asarray(widths(terms), np.int64)
    return np.asarray(each[symbols.index % len(each)])


def _chosen(a: Spoken, strand: Strand, step: float | None) -> Strand | None:
    """Return the strand with thresholds, without components that promise too little; None where none is left."""
    gain = _gains(a, strand)
    good = gain > _LEAST_GAIN
    if not good.any():
        return None
    part = replace(strand, basis=strand.basis[good], estimate=strand.estimate[good], noise=strand.noise[good])
    return allocate(part, step)


def _gains(a: Spoken, strand: Strand) -> Real:
    """Return the secret bits that each component promises: unpredictable from the past, predictable by end b."""
    known = given_past(series_of(a, strand), strand)
    told = np.array([_OVERHEAD * max(0.0, log2(2 / noise)) for noise in strand.noise])
    return np.asarray(np.log2(known / strand.noise) - told)


def _promise(a: Spoken, strand: Strand) -> float:
    return float(np.maximum(_gains(a, strand), 0).sum())
