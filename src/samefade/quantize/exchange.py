"""Keep what both ends kept, and charge for saying so.

The length of a prefix code for what is said bounds what a listener learns from above, whatever she knows of the channel
(Kraft 1949): a symmetric band says little about the sign that becomes the bit, so the charge often eats the whole key,
and that is the price of proof without a model of the channel.
"""

from dataclasses import replace
from math import ceil, lgamma, log, log2, pi

import numpy as np
from numpy.typing import NDArray

from samefade.errors import EndsDisagree, OutOfRange
from samefade.quantize.cuts import Cutter
from samefade.quantize.differential import Differential
from samefade.quantize.guard_band import GuardBand
from samefade.quantize.guarded import Guarded
from samefade.quantize.lossy_cdf import LossyCdf
from samefade.quantize.sign import Sign
from samefade.types import Ledger, Mask, Symbols

# these leave samples out for their values, so which ones they kept tells something
DROPPING = (Differential, GuardBand, Guarded, LossyCdf, Sign)
_ROUNDING = 1e-6
_SAME = 1e-9  # lgamma of a certain outcome is off by its rounding alone


def drops(quantizer: object) -> bool:
    """Say whether a quantiser leaves samples out for their values, so that the ends must name what they kept."""
    return isinstance(quantizer, (Cutter, *DROPPING))


def candidates(quantizer: object, usable: Mask) -> Mask:
    """Return of which samples a quantiser may make symbols, (n,), as everybody knows who knows which can be used."""
    return quantizer.candidates(usable) if isinstance(quantizer, Differential) else usable


def common(a: Symbols, b: Symbols, *, among: Mask | None = None, apart: bool = False) -> tuple[Symbols, Symbols]:
    """Return the symbols whose samples both ends kept; both get the same ledger.

    a names the samples that she kept of those that both can use, and b which of these he kept too; each message is
    charged with the bits of its shortest code here (`mask_bits`).

    Args:
        a: One end's symbols.
        b: The other end's symbols.
        among: (n,) the candidates: which samples both ends can use, as was named before and is paid for elsewhere; by
            default all up to the last that either kept.
        apart: b, too, names all that he kept of the candidates, because he does not wait for a.

    Raises:
        EndsDisagree: When the numbers of levels differ.
        OutOfRange: When a symbol's sample is no candidate.
    """
    if a.levels != b.levels:
        raise EndsDisagree("levels", a.levels, b.levels)
    span = 1 + max((int(x.index.max()) for x in (a, b) if len(x)), default=-1)
    able = np.ones(span, np.bool_) if among is None else np.asarray(among, np.bool_)
    in_a, in_b = (_held(x, able) for x in (a, b))
    first, second = in_a[able], in_b[able]
    public = a.public if a.public == b.public else a.public + b.public
    public = public.pay(f"indices told by a: {len(a)} of {len(first)}", mask_bits(first))
    second = second if apart else second[first]
    public = public.pay(f"indices told by b: {int(second.sum())} of {len(second)}", mask_bits(second))
    _, chosen_a, chosen_b = np.intersect1d(a.index, b.index, assume_unique=True, return_indices=True)
    return _take(a, chosen_a, public), _take(b, chosen_b, public)


def mask_bits(mask: Mask) -> float:
    """Return the bits that name which points are meant: 1 for all of them, else 3 and the shortest of four codes.

    One code names how many there are and then which of all such sets; another how many runs there are, and then
    where each begins and ends; the others guess every point from the one and from the four before it, because packets
    are lost, and fades are deep, in bursts (see `_guessed`).
    All sets together use up no more than there is to a prefix code (Kraft 1949): ½ + 4 · ⅛ = 1.
    """
    n, m = len(mask), int(np.count_nonzero(mask))
    if m == n:
        return 1.0 if n else 0.0
    place = ceil(log2(n + 1))
    edges = int(np.count_nonzero(np.diff(mask))) + int(mask[0]) + int(mask[-1])
    listed = place + min(set_bits(n, m), edges * place)
    return float(3 + min(listed, *(_guessed(mask, before) for before in (1, 4))))


def set_bits(n: int, m: int) -> int:
    """Return the bits that name m of n things to whoever knows m: log2 of the binomial coefficient, rounded up."""
    exact = (lgamma(n + 1) - lgamma(m + 1) - lgamma(n - m + 1)) / log(2)
    return max(0, ceil(exact - _SAME))


def _guessed(mask: Mask, before: int) -> int:
    """Return the bits that name points one by one, each guessed from so many before it, rounded up.

    In each context the next is guessed from how often either was seen there, half a time more each (Krichevsky and
    Trofimov 1981): together Γ(m + ½) Γ(n − m + ½) / (π n!) for m of n.
    """
    whole = np.concatenate([np.ones(before, np.bool_), mask]).astype(np.int64)
    context = sum(whole[k : k + len(mask)] << k for k in range(before))
    seen = np.bincount(2 * context + whole[before:], minlength=2 << before).reshape(-1, 2).tolist()
    nats = sum(log(pi) + lgamma(m + n + 1) - lgamma(m + 0.5) - lgamma(n + 0.5) for m, n in seen if m + n)
    return ceil(nats / log(2) - _ROUNDING)


def _held(x: Symbols, able: Mask) -> Mask:
    """Return which samples an end kept, (n,)."""
    held = np.zeros(len(able), np.bool_)
    if len(x) and (x.index.max() >= len(able) or not able[x.index].all()):
        raise OutOfRange("index", int(x.index.max()), f"one of {int(able.sum())} candidates below {len(able)}")
    held[x.index] = True
    return held


def _take(x: Symbols, chosen: NDArray[np.intp], public: Ledger) -> Symbols:
    reliability = None if x.reliability is None else x.reliability[chosen]
    return replace(x, values=x.values[chosen], index=x.index[chosen], public=public, reliability=reliability)
