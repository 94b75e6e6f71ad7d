"""What the published schemes for low-power networks share: they leave samples out, and say which.

The bit error rate to expect is that of the samples that both ends would keep, seen on spoken ones.
"""

from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from samefade.errors import TooManyErrors
from samefade.quantize import Cutter, Guarded, gray
from samefade.reconcile import Corrector
from samefade.schemes.expectation import LEAST, MOST
from samefade.schemes.scheme import Scheme, spoken_only
from samefade.types import Bits, Feature, Mask, Spoken, Terms

_WEAKER = 0.8  # of an estimate that no code can bear, the next to try


@dataclass(frozen=True, kw_only=True)
class Exchanged(Scheme):
    """A scheme whose quantiser leaves samples out, so that the ends exchange which they kept.

    Its bits are those of `samefade.run` and of a session, which both exchange the indices (`quantize.common`) and
    charge for it; `bits` of one end alone holds what that end kept.
    """

    def met(self, a: Spoken, b: Spoken, terms: Terms) -> Terms:
        """Return the terms with the lag, and the errors of the samples that both ends would keep.

        Raises:
            NotEnough: When there is nothing to learn from.
        """
        met = super().met(a, b, terms)
        fa, fb = self.feature(a, met), self.feature(b, met)
        both = fa.usable & fb.usable
        bits, wrong = compared(self.cutter(met), fa, fb, both)
        return replace(met, expected_errors=min(max((wrong + 1) / (bits + 2), LEAST), MOST))

    def cutter(self, terms: Terms) -> Cutter:
        """Return the quantiser with what calibration chose.

        Raises:
            TypeError: When the quantiser keeps everything: then this is no scheme of this kind.
        """
        chosen = self.quantize.agreed(terms) if isinstance(self.quantize, Guarded) else self.quantize
        if not isinstance(chosen, Cutter):
            raise TypeError(f"{type(chosen).__name__} leaves no samples out")
        return chosen

    def correct(self, bits: Bits) -> Corrector:
        """Return the party that corrects its string, by the strongest code that there is for its errors.

        Where every code that could do would tell the whole string, a weaker one is tried, and fails or is paid for.
        """
        terms = bits.terms if bits.terms is not None else Terms(rate=1.0)
        estimate = terms.expected_errors
        while estimate > LEAST:
            with suppress(TooManyErrors):
                return self.reconcile.correct(bits, terms.seed, estimate)
            estimate *= _WEAKER
        return self.reconcile.correct(bits, terms.seed, LEAST)


def compared(cutter: Cutter, a: Feature[Spoken], b: Feature[Spoken], both: Mask) -> tuple[int, int]:
    """Return how many Gray-coded bits two spoken features would have in common, and how many of them differ."""
    x, y = (cutter.cut(np.asarray(f.values[both], np.float64)) for f in (a, b))
    kept = x.keep & y.keep
    differ = gray(x.level[kept], cutter.levels) != gray(y.level[kept], cutter.levels)
    return len(differ), int(np.count_nonzero(differ))


def openly(scheme: Scheme, a: Spoken, b: Spoken, seed: bytes) -> tuple[Terms, Feature[Spoken], Feature[Spoken]]:
    """Return terms with the lag alone, and both features under them: spoken samples may be compared.

    Raises:
        NotEnough: When there is nothing to learn from.
    """
    spoken_only(a, b)
    terms = Terms(rate=a.rate, seed=seed)
    plain = (scheme.feature(x, terms) for x in (a, b))
    terms = replace(terms, lag=scheme.align.align(*plain))
    return terms, scheme.feature(a, terms), scheme.feature(b, terms)
