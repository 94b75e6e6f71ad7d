"""Say what the estimators would give of perfect symbols: below full entropy, because every string is finite.

Nothing is simulated: each estimator's statistic has a known distribution when all symbols are equally likely and
independent, and the estimate is averaged over it, in most cases at a few quantiles.
The least of several estimates is a little below the least of their averages; that is neglected.
"""

from collections.abc import Callable, Mapping
from math import log2, nan, sqrt

import numpy as np

from samefade.entropy.sp80090b import collision, compression
from samefade.entropy.sp80090b.assessment import BITS_ONLY
from samefade.entropy.sp80090b.most_common import Z_99, raised
from samefade.entropy.sp80090b.perfect_predictors import perfect_prediction
from samefade.entropy.sp80090b.perfect_repeats import most_often, perfect_lrs, perfect_t_tuple
from samefade.entropy.sp80090b.quantiles import LEVELS, normal
from samefade.errors import UnknownName


def perfect(name: str, samples: int, bits_per_symbol: int, *, literal: bool = True, bitstring: bool = True) -> float:
    """Return about what an estimator gives of perfect symbols, bits a symbol.

    Args:
        name: The estimator.
        samples: How many symbols.
        bits_per_symbol: How many bits a symbol has; all values are equally likely.
        literal: Whether the symbols as they are would be assessed.
        bitstring: Whether the string of bits would be assessed.

    Raises:
        UnknownName: When the estimator does not exist.
    """
    if name not in _PERFECT:
        raise UnknownName("estimator", name, tuple(_PERFECT))
    b = bits_per_symbol
    parts = []
    if literal and (b == 1 or name not in BITS_ONLY):
        parts.append(_PERFECT[name](samples, 2**b))
    if b > 1 and (bitstring or name in BITS_ONLY):
        parts.append(b * _PERFECT[name](b * samples, 2))
    # where a perfect string is too short to be judged, only the alphabet limits
    return float(min([b, *(part for part in parts if part >= 0)]))


def _most_common_value(n: int, k: int) -> float:
    most = (min(n, most_often(n / k, k, level)) for level in LEVELS)
    return float(np.mean([-log2(raised(max(1 / k, m / n), n)) for m in most]))


def _collision(n: int, _: int) -> float:
    # a wait is 2 or 3 bits, as likely: mean 2.5, standard deviation 0.5
    error = 0.5 / sqrt(n / 2.5)
    return float(np.mean([collision.from_mean(2.5 + (z - Z_99) * error) for z in normal()]))


def _markov(n: int, _: int) -> float:
    a, b = np.meshgrid(normal(), normal())
    zero = np.clip(0.5 + a / sqrt(2 * n), 0, 1)  # of a zero after a zero: about n/2 trials
    one = np.clip(0.5 + b / sqrt(2 * n), 0, 1)
    with np.errstate(divide="ignore"):
        stay, change = -np.log2(np.maximum(zero, one)), -np.log2((1 - zero) * (1 - one)) / 2
    return float(np.minimum((1 + 127 * np.minimum(stay, change)) / 128, 1).mean())


def _compression(n: int, _: int) -> float:
    blocks = n // compression.BLOCK
    if blocks < compression.LEARNT + 2:
        return nan
    p = 1 / compression.KINDS + np.concatenate([[0], np.geomspace(1e-5, 1 - 1 / compression.KINDS, 80)])
    mean = np.array([compression.expected_mean(each, blocks) for each in p])
    i = np.arange(1, 50 * compression.KINDS)
    likely = (1 - 1 / compression.KINDS) ** (i - 1) / compression.KINDS
    deviation = sqrt(float(likely @ np.log2(i) ** 2) - float(likely @ np.log2(i)) ** 2)
    error = compression.FACTOR * deviation / sqrt(blocks - compression.LEARNT)
    lowered = mean[0] + (normal() - Z_99) * error
    return float(np.interp(-lowered, -mean, -np.log2(p) / compression.BLOCK).mean())


def _predictor(skipped: int) -> Callable[[int, int], float]:
    return lambda n, k: perfect_prediction(n - skipped, k)


_PERFECT: Mapping[str, Callable[[int, int], float]] = {
    "most common value": _most_common_value,
    "collision": _collision,
    "markov": _markov,
    "compression": _compression,
    "t-tuple": perfect_t_tuple,
    "LRS": perfect_lrs,
    "multi-MCW": _predictor(63),
    "lag": _predictor(1),
    "multi-MMC": _predictor(2),
    "LZ78Y": _predictor(17),
}
