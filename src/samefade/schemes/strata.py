"""Strata: samefade's own scheme. Decorrelate, allocate, tell layer by layer.

1. *Components.* Blocks of all tones are cut into components that end b can estimate independently (`restore.Klt`);
   the length of a block is chosen by the secret bits a second that it promises.
2. *Cells.* Each component gets as many levels as its signal-to-noise ratio carries (`quantize.Cells`).
3. *Layers.* Bits go from the least significant up; end b turns what it heard into log-likelihood ratios, given all
   layers before (`quantize.CellBelief`), and a polar code tells no more than these leave open (`reconcile.Polar`).
   Nothing is told that the other end can infer, so redundancy between neighbours needs no removal: it costs entropy,
   which the account subtracts, and saves as much telling.
4. *Account.* The string as a whole is worth its smooth min-entropy under the channel's law (`entropy.strings`), given
   Eve, minus every public bit.

Building blocks: Slepian and Wolf 1973 (distributed coding); Arıkan 2009 and 2010 (polar codes); Wachsmann, Fischer and
Huber 1999 (multilevel codes, stage by stage); Hotelling 1936 (canonical components); Ye, Reznik and others 2010
(quantise Gaussian channels finely, correct with soft decisions).
It assumes that the spoken half speaks for the kept one; where it does not, the code tells more and the key is smaller.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log2
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from samefade import restore
from samefade.align import trim
from samefade.entropy import Estimate, assess_cells, given_past, guesses, told_by
from samefade.errors import TooFewSamples
from samefade.quantize import (
    SCALES,
    CellBelief,
    Cells,
    Lattice,
    Likely,
    allocate,
    cells_of,
    downhill,
    lattice,
    spell,
    widths,
    widths_of,
)
from samefade.reconcile import Corrector, Polar, Reconciler
from samefade.restore import LEAST_HEARD, Klt, components_of, deviations, estimates, heard_share, series_of, tones
from samefade.schemes.expectation import least_told
from samefade.schemes.scheme import Quantizer, Restorer, Scheme, shared, spoken_only
from samefade.types import BitArray, Bits, Feature, Kept, Ledger, Observation, Pair, Spoken, Strand, Symbols, Terms

Real = NDArray[np.float64]
SPANS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
_OVERHEAD = 0.05  # of what a code must tell, it tells so much more; and so many bits a component for checks
_LEAST_GAIN = 0.02  # bits; components that promise less are left out
_LEAST_SHARE = 0.6  # of what was told on spoken samples: a discussion is declined only where even this is too much
_TAILS, _TAIL = (0.0, 0.003, 0.01, 0.03, 0.1), 0.01
_HALF = 64  # samples, the fewest from which anything is learnt or judged
_PATIENCE = 3  # lengths of a block that may promise less than a shorter one before no longer one is tried
_CALIBRATED = 4000  # symbols that are looked at to find them
_PATHS, _MOST_PATHS = 5e6, 256  # bits of a string times paths that a decoder may follow, and the most of these
_SHARE = 96  # a block is at most so small a share of the spoken samples


@dataclass(frozen=True, kw_only=True)
class Strata(Scheme):
    """Components of blocks, cells by signal-to-noise ratio, soft decisions layer by layer.

    Attributes:
        spans: Lengths of a block to choose from, samples.
    """

    restore: Restorer = Klt()
    quantize: Quantizer = Cells()
    reconcile: Reconciler = Polar(frame=4096, list_size=16)
    spans: tuple[int, ...] = SPANS

    @property
    def all_tones(self) -> bool:
        """Say that every tone is used."""
        return True

    def agree(self, a: Spoken, b: Spoken, seed: bytes = bytes(16)) -> Terms:
        """Learn lag, length of a block, components and thresholds from spoken samples.

        Raises:
            NotEnough: When there are too few spoken samples, or an end does not vary.
        """
        spoken_only(a, b)
        plain = restore.Raw()
        terms = Terms(rate=a.rate, seed=seed, lag=self.align.align(plain.restore(a), plain.restore(b)))
        x, y = trim(a, terms.lag), trim(b, terms.lag)
        need = 2 * _HALF  # one half learns, the other judges
        if len(x) < need:
            raise TooFewSamples(have=len(x), need=need)
        steps = self._steps(x, y, terms)
        best = max(self._trials(x, y, terms, steps), key=lambda trial: trial.promised)
        return replace(best.terms, thresholds={"promised": best.promised, "told": best.told})

    def worth(
        self, symbols: Symbols, feature: Feature[Kept], terms: Terms, *, spoken: Spoken | None, eve: Kept | None
    ) -> Estimate:
        """Return what the cells are worth together: their smooth min-entropy under the channel's law."""
        used = np.zeros(len(feature), np.bool_)
        used[symbols.index // feature.values.shape[1]] = True
        kept = _series(feature.source, terms)
        told = kept[:0] if spoken is None else _series(trim(spoken, terms.lag), terms)
        heard = None if eve is None else _series(trim(eve, terms.lag), terms)
        return assess_cells(
            terms.strands,
            kept,
            used,
            spoken=told,
            eve=heard,
            heard=feature.source.mask,
            epsilon=self.amplify.epsilon,
        )

    def spelt(self, symbols: Symbols, terms: Terms, account: Ledger) -> Bits:
        """Spell cells in layers of bits, least significant first."""
        wide = widths_of(symbols, terms)
        values, layers = spell(symbols.values.astype(np.uint8), wide)
        return Bits(values, ledger=account + symbols.public, terms=terms, layers=layers)

    def hard_bits(self, symbols: Symbols, terms: Terms) -> BitArray:
        """Return the Gray code of the cells, each in as many bits as its component has."""
        cells, wide = symbols.values.astype(np.int64), widths_of(symbols, terms)
        place = np.arange(int(wide.max()))
        code = (cells ^ (cells >> 1))[:, None] >> np.maximum(wide[:, None] - 1 - place, 0)
        return np.asarray(code[place < wide[:, None]] & 1, np.uint8)

    def believed(self, symbols: Symbols, feature: Feature[Kept], terms: Terms) -> Bits:
        """Make end b's bits, with what it believes of the other's."""
        plain = self.spelt(symbols, terms, Ledger())
        used = np.unique(symbols.index // feature.values.shape[1])
        columns = np.cumsum([strand.components for strand in terms.strands])[:-1]
        likely = tuple(
            Likely(expected, deviations(feature.source, strand)[used], strand.edges, strand.tail)
            for strand, expected in zip(terms.strands, np.split(feature.values[used], columns, axis=1), strict=True)
        )
        return replace(plain, belief=CellBelief(likely, np.asarray(widths(terms), np.int64)))

    def limit(self, kept: Pair[Kept], terms: Terms) -> float:
        """Return the mutual information of the strands' series, bits a sample, given Eve where there is one."""
        ends = [_series(trim(x, terms.lag), terms) for x in (kept.a, kept.b, kept.e) if x is not None]
        return shared(*ends)

    def least_told(self, bits: Bits, terms: Terms) -> float:
        """Return about what a perfect code would tell: as much for each sample as on spoken ones."""
        samples = len(bits) / sum(widths(terms)) * terms.step
        return _LEAST_SHARE * min(terms.thresholds["told"] * samples, len(bits))

    def correct(self, bits: Bits) -> Corrector:
        """Return the party that corrects its string, which follows more paths the shorter the string is.

        How many it follows is its own affair; more of them tell less, and take as much longer (Tal and Vardy 2015).
        """
        if not isinstance(self.reconcile, Polar):
            return super().correct(bits)
        fewest = self.reconcile.list_size
        paths = max(fewest, min(_MOST_PATHS, 1 << int(log2(max(1.0, _PATHS / max(1, len(bits)))))))
        return Scheme.correct(replace(self, reconcile=replace(self.reconcile, list_size=paths)), bits)

    def _steps(self, a: Spoken, b: Spoken, terms: Terms) -> "_Steps":
        """Return on which lattices the tones' samples lie, and whether their steps are coarser than what is to be cut.

        Below a step nothing can be told apart, and mixing such samples over time or tones would only hide the steps.
        """
        values = tones(a)[a.mask]
        found = tuple(lattice(column) for column in values.T)
        if None in found:
            return _Steps((), coarse=False)
        plain = self._klt(1, mixed=False).agree(a, b, terms)
        each = zip(plain.strands, found, strict=False)
        fine = (
            min(s.noise[0], given_past(series_of(a, s), s, a.mask)[0]) > abs(float(s.basis[0, 0])) * step.step
            for s, step in each
            if step is not None
        )
        return _Steps(tuple(step for step in found if step is not None), not all(fine))

    def _klt(self, span: int, *, mixed: bool) -> Klt:
        klt = self.restore if isinstance(self.restore, Klt) else Klt()
        return replace(klt, span=span, reach=max(klt.reach, span // 2), mixed=mixed)

    def _trials(self, a: Spoken, b: Spoken, terms: Terms, steps: "_Steps") -> "list[_Trial]":
        """Try longer and longer blocks until they have promised less for a while."""
        trials: list[_Trial] = []
        told: _Told = {}
        for span in (1,) if steps.coarse else self.spans:
            if trials and span > len(a) // _SHARE:
                break
            trials.append(self._trial(a, b, terms, span, steps, told))
            best = max(range(len(trials)), key=lambda i: trials[i].promised)
            if len(trials) - 1 - best >= _PATIENCE and trials[best].promised > 0:
                break
        return trials

    def _trial(self, a: Spoken, b: Spoken, terms: Terms, span: int, steps: "_Steps", told: "_Told") -> "_Trial":
        """Learn on the first half of the spoken samples what is then judged on the second, together as in the account.

        What strands tell of each other does not depend on the length of a block, and is looked up where it is known.
        """
        n = len(a) // 2
        made = self._planned(_part(a, 0, n), _part(b, 0, n), terms, span, steps)
        x, y = _part(a, n, len(a)), _part(b, n, len(b))
        usable = heard_share(x, span) >= LEAST_HEARD  # blocks that end a can use, and must name
        kept: list[_Judged] = []
        for strand in made.strands:
            # one that others foretell earns less than it tells
            known = _known([*(part.strand for part in kept), strand], x, told)
            one = _judged(x, y, strand, usable, known)
            if (part := one.without_loss()) is not None:
                kept.append(part)
        # where nothing promises anything, the account shall say so, with all its numbers
        kept = kept or [_judged(x, y, made.strands[0], usable, None)]
        open_bits = sum(float(one.told.sum()) for one in kept)
        share = float(usable.mean())
        named = least_told(1 / span, share) if 0 < share < 1 else 0.0
        promised = sum(float(one.promised.sum()) for one in kept) / len(x) - named
        strands = tuple(one.strand for one in kept)
        return _Trial(replace(made, strands=strands), promised, open_bits / max(1, int(usable.sum()) * span))

    def _planned(self, a: Spoken, b: Spoken, terms: Terms, span: int, steps: "_Steps") -> Terms:
        """Return the terms with components of this length of a block, without those that promise nothing."""
        made = self._klt(span, mixed=not steps.coarse).agree(a, b, replace(terms, step=span))
        alone = steps.coarse or len(steps.lattices) == 1  # each strand is a tone
        each = steps.lattices if alone and steps.lattices else (None,) * len(made.strands)
        kept = [_chosen(a, strand, step) for strand, step in zip(made.strands, each, strict=False)]
        found = tuple(strand for strand in kept if strand is not None)
        # where nothing promises anything, the account shall say so, with all its numbers
        return replace(made, strands=found or (allocate(made.strands[0], each[0]),))


class _Steps(NamedTuple):
    """The lattices on which the tones' samples lie, none where one does not, and whether their steps are coarse."""

    lattices: tuple[Lattice, ...]
    coarse: bool


class _Trial(NamedTuple):
    """What a length of a block came to on spoken samples that it was not learnt from, for each sample.

    Attributes:
        terms: Components that were worth more there than telling them would cost, their errors as they were there.
        promised: Secret bits.
        told: Bits that a perfect code would tell.
    """

    terms: Terms
    promised: float
    told: float


class _Judged(NamedTuple):
    """What the components of a strand came to on spoken samples that they were not learnt from, (K,) each, bits."""

    strand: Strand
    secret: Real
    told: Real

    @property
    def promised(self) -> Real:
        """Return what is left of each component when the other end has been told it."""
        return np.asarray(self.secret - (1 + _OVERHEAD) * self.told)

    def without_loss(self) -> "_Judged | None":
        """Return only the components that promise something; None where there is none."""
        good = self.promised > 0
        return _Judged(_part_of(self.strand, good), self.secret[good], self.told[good]) if good.any() else None


_Told = dict[bytes, Real]  # what strands tell of the last one, by the directions of all of them


def _known(strands: Sequence[Strand], a: Spoken, told: _Told) -> Real | None:
    """Return what all strands but the last tell of it, (n, q); None where there is one."""
    if len(strands) < 2:
        return None
    name = b"".join(strand.direction.tobytes() for strand in strands)
    if name not in told:
        *earlier, own = (series_of(a, strand) for strand in strands)
        told[name] = told_by(np.column_stack(earlier), own, a.mask)
    return told[name]


def _judged(a: Spoken, b: Spoken, strand: Strand, usable: NDArray[np.bool_], known: Real | None) -> _Judged:
    """Return what the components come to in the usable blocks, and the strand with its errors as they are there.

    They come to no more than they leave open to somebody who knows the columns.
    """
    own = series_of(a, strand)
    found = guesses(own, strand, usable, known, heard=a.mask).values()
    least = min(found, key=lambda guess: guess.expected)
    scale, tail, told = _calibrated(a, b, strand, usable)
    scaled = replace(strand, noise=np.minimum(1.0, scale * strand.noise), tail=tail)
    return _Judged(scaled, np.resize(least.each or 0.0, strand.components), told)


def _part_of(strand: Strand, good: NDArray[np.bool_]) -> Strand:
    """Return the strand with some of its components alone."""
    edges = tuple(e for e, chosen in zip(strand.edges, good, strict=False) if chosen)
    return replace(
        strand, basis=strand.basis[good], estimate=strand.estimate[good], noise=strand.noise[good], edges=edges
    )


def _part(x: Spoken, start: int, stop: int) -> Spoken:
    return cast("Spoken", x.window(start, stop))  # window keeps the type, which its annotation cannot say


def _calibrated(a: Spoken, b: Spoken, strand: Strand, usable: NDArray[np.bool_]) -> tuple[float, float, Real]:
    """Return scale and tail of errors under which end a's cells are likeliest, and the bits then told of each, (K,).

    Values in whole dB, and errors that are not Gaussian, make the likeliest scale another than the deviation.
    """
    if not usable.any():
        return 1.0, _TAIL, np.zeros(strand.components)
    likely = Likely(estimates(b, strand)[usable], deviations(b, strand)[usable], strand.edges, strand.tail)
    cells = cells_of(components_of(a, strand)[usable], strand.edges)
    some = max(1, cells.size // _CALIBRATED)

    def told(scale: float, tail: float, every: int = some) -> Real:
        each = replace(likely, tail=tail).chances(scale, every)
        own = np.take_along_axis(each, cells[::every, :, None], axis=2)[..., 0]
        return np.asarray(-np.log2(np.maximum(own, 1e-9)).sum(axis=0, dtype=np.float64))

    scale, _ = downhill(lambda scale: float(told(scale, _TAIL).sum()), SCALES, 1.0)
    tail, _ = downhill(lambda tail: float(told(scale, tail).sum()), _TAILS, _TAIL)
    return scale, tail, told(scale, tail, 1)


def _series(x: Observation, terms: Terms) -> Real:
    """Return the series of every strand, (n, s); an eavesdropper with other columns keeps her own."""
    if np.ndim(x.values) == 2 and x.values.shape[1] != len(terms.strands[0].direction):
        return np.asarray(x.values, np.float64)
    return np.column_stack([series_of(x, strand) for strand in terms.strands])


def _chosen(a: Spoken, strand: Strand, step: Lattice | None) -> Strand | None:
    """Return the strand with thresholds, without components that promise too little; None where none is left."""
    gain = _gains(a, strand)
    good = gain > _LEAST_GAIN
    if not good.any():
        return None
    return allocate(_part_of(strand, good), step)


def _gains(a: Spoken, strand: Strand) -> Real:
    """Return the secret bits that each component promises: unpredictable from the past, predictable by end b."""
    known = given_past(series_of(a, strand), strand, a.mask)
    told = np.array([_OVERHEAD * max(0.0, log2(2 / noise)) for noise in strand.noise])
    return np.asarray(np.log2(known / strand.noise) - told)
