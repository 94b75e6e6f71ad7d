"""Say what a whole string of cells is worth as a secret: its smooth min-entropy under a Gaussian law of the channel.

*Notation.* x_t the series of which blocks were made; e_t its innovations, x_t minus the best linear prediction from its
past; u = W x the components of a block, S their cells; p_t the law's chance of the t-th cell given all before.

Given the exact past, earlier components of the same block included, a component is N(μ, s²): the chance of each cell is
known, and −log2 p_t of the cell that occurred is what the string surprises by there.
Σ (E[−log2 p_t | past] + log2 p_t) is a martingale, however the terms depend on each other, with the variance
V = Σ var[−log2 p_t | past].
So but for a chance ε the string surprises by at least H = Σ E[−log2 p_t | past] − z √V, z the normal quantile of ε, and
a string of which every likely value surprises by H bits is what the leftover hash lemma needs: H_min^ε ≥ H (Renner and
Wolf 2005; Holenstein and Renner 2011, for sums).
The lesser of what the model expects and what did surprise is taken for the sum.

How far this is a proof. The law is assumed, not proved, and its parameters are those of this very string, which makes
what did surprise smaller and not larger. The quantile is that of a limit theorem; for fine cells the lower tail is that
of χ², and z = √(2 ln(1/ε)) would do for any length (Laurent and Massart 2000): 9.42 in place of 9.08 at ε = 2^-64,
0.34 √V or 0.4 √n bits more.
That the key's length depends on the string by way of what did surprise is charged for with the number of keys.

Several guessers compete, and the least sum counts: the stationary law (autoregression of an order that Akaike's
criterion chooses, up to 32, and where it helps up to 512), the same with the channel's local scale known, predictors
learnt anew for every stretch (which follow a chirp, a siren, or a channel whose motion changes), both after replays
were taken off (`replays`), and a mixture of many that learn as they go (`mixture`), which looks at no Gaussian law.
What a guesser with q parameters gains over the truth by having seen the stretch itself, q/2 · log2 e bits, is given
back (Akaike 1974); the mixture has seen nothing before it guesses.
What is known besides the past (Eve's samples, other strands) is taken off the series first by least squares.
"""

from dataclasses import dataclass
from math import e, log2, sqrt

import numpy as np
from numpy.typing import NDArray

from samefade.entropy.strings.mixture import Beside, Heard, gains
from samefade.entropy.strings.replays import replayed
from samefade.entropy.strings.surprise import surprised
from samefade.errors import TooFewSamples
from samefade.types import Float, Strand

Real = NDArray[np.float64]
MOST_ORDER = 32
_HIGHEST, _PATIENCE = 512, 64
_NAT = log2(e) / 2
_SCALE, _FAST, _SLOW = 64, (64, 4), (512, 16)  # stretch of the scale; stretch and order of the local predictors
_RIDGE, _TURNS = 1e-9, 4
_NEARLY = 0.05  # bits a sample that the mixture may gain over a law that is nearly right
_ROUNDING = 1e-12  # share of a power below which nothing but rounding errors is left


@dataclass(frozen=True)
class Guess:
    """What one guesser leaves of a string.

    Attributes:
        expected: Bits that the law expects the string to surprise by.
        realised: Bits by which it did.
        variance: Variance of that under the law, bits².
        kurtosis: Fourth moment of the standardised innovations: 3 for Gaussian ones.
    """

    expected: float
    realised: float
    variance: float
    kurtosis: float

    def smooth(self, deviations: float) -> float:
        """Return the smooth min-entropy, bits, where ε is that many standard deviations away."""
        return max(0.0, min(self.expected, self.realised) - deviations * sqrt(self.variance))

    def __add__(self, other: "Guess") -> "Guess":
        """Add what two independent strings are worth."""
        return Guess(
            self.expected + other.expected,
            self.realised + other.realised,
            self.variance + other.variance,
            max(self.kurtosis, other.kurtosis),
        )


def guesses(
    series: Real,
    strand: Strand,
    used: NDArray[np.bool_],
    known: Float | None = None,
    beside: Beside | None = None,
) -> dict[str, Guess]:
    """Return what each guesser leaves of the cells of one strand.

    Args:
        series: (n,) the strand's series at end a, without its mean.
        strand: Its components, with thresholds.
        used: (m,) which blocks feed the key.
        known: (n, q) what is known at each time besides the past, or None.
        beside: What else there is to guess from; None leaves out replays and the mixture, which take longest.

    Raises:
        TooFewSamples: When there are fewer than 64 samples, or 8 for each known column.
    """
    q = 0 if known is None else known.shape[1]
    need = max(64, 8 * q)
    if len(series) < need:
        raise TooFewSamples(have=len(series), need=need)
    if not used.any():
        return {"stationary": Guess(0.0, 0.0, 0.0, 3.0)}
    given, rest = _explained(series, known)
    law = _Law.of(rest, strand, given, used)
    flat, even = np.zeros(len(rest)), np.ones(len(rest))
    found = {"stationary": law.guess(flat, even, 0.0)}
    far = _Law.of(rest, strand, given, used, _HIGHEST)
    long = len(far.filter) > MOST_ORDER + 1
    if long:
        found["long memory"] = far.guess(flat, even, 0.0)
    if found["stationary"].expected == 0:
        return found
    again, price = flat, 0.0
    if beside is not None:
        again, price = replayed(law.innovations, law.whiten(beside.before), strand.span)
    fresh = law.innovations - again
    deviation, parameters = _scales(fresh, max(_SCALE, 8 * strand.span))
    found["local scale"] = law.guess(again, deviation, parameters + price)
    for length, order in (_FAST, _SLOW):
        if len(rest) >= 2 * length:
            mean, deviation, parameters = _followed(fresh, length, order, strand.span)
            name = f"local predictor of order {order}"
            found[name] = law.guess(again + mean, deviation, parameters + price)
    if beside is not None:
        other = far if long else law
        expected = series - other.deviation * other.innovations
        bits = gains(Heard(series, law.innovations, law.deviation, fresh, expected), beside, strand)
        found["mixture"] = _learnt(found["stationary"], *bits, law.blocks, strand, price)
    return found


def _learnt(law: Guess, bits: Real, under: Real, blocks: NDArray[np.int64], strand: Strand, price: float) -> Guess:
    """Return what the mixture leaves of a string: the law's number less what it gains over the law on the samples.

    Components are fewer than the samples of their blocks, and how much of the gain lies in them is not known.
    What a law that is nearly right loses anyhow is charged by their share, and all that it loses beyond, because then a
    law of another kind may hold that needs only these.
    """
    at = (blocks[:, None] * strand.span + np.arange(strand.span)).ravel()
    gain = max(0.0, float((under[at] - bits[at]).sum()) - price * _NAT)
    anyhow = min(gain, _NEARLY * len(at))
    gain -= anyhow * (1 - min(1.0, strand.components / strand.span))
    scatter = float(bits[at].var()) * len(blocks) * strand.components
    left = max(0.0, law.realised - gain)
    return Guess(left, left, max(law.variance, scatter), law.kurtosis)


def given_past(series: Real, strand: Strand) -> Real:
    """Return the standard deviation of each component given the past and earlier components, (K,).

    Args:
        series: (n,) the strand's series at end a, without its mean.
        strand: Its components.
    """
    return np.asarray(np.diag(_Law.of(series, strand, np.zeros(len(series)), np.zeros(0, np.bool_)).lower))


@dataclass(frozen=True, eq=False)
class _Law:
    """A stationary law fitted to a series, and the components' dependence on its innovations."""

    innovations: Real  # (n,) standardised
    deviation: float  # of the innovations before that
    filter: Real  # (p + 1,) that makes innovations of the series
    lower: Real  # (K, K) Cholesky factor of the components' covariance given the past
    turn: Real  # (T, K) orthonormal: innovations of a block to the components' own
    values: Real  # (m, K) components
    blocks: NDArray[np.int64]  # which blocks are used
    edges: tuple[Float, ...]
    span: int

    @classmethod
    def of(cls, rest: Real, strand: Strand, given: Real, used: NDArray[np.bool_], order: int = MOST_ORDER) -> "_Law":
        from scipy.linalg import toeplitz
        from scipy.signal import lfilter

        T = strand.span
        m = min(len(rest) // T, len(used))
        whiten, deviation = autoregression(rest, order)
        innovations = np.asarray(lfilter(whiten, [1.0], rest)) / deviation
        answer = np.asarray(lfilter([1.0], whiten, np.eye(1, T)[0])) * deviation
        spread = strand.basis @ toeplitz(answer, np.eye(1, T)[0] * answer[0])  # (K, T)
        turn, upper = np.linalg.qr(spread.T)
        sign = np.where(np.diag(upper) < 0, -1.0, 1.0)
        values = (rest + given)[: m * T].reshape(m, T) @ strand.basis.T
        at = np.flatnonzero(used[:m])
        return cls(innovations, deviation, whiten, upper.T * sign, turn * sign, values, at, strand.edges, strand.span)

    def whiten(self, before: Float) -> Real:
        """Return the innovations of what came before, as far as there is any."""
        from scipy.signal import lfilter

        if not len(before):
            return np.zeros(0)
        return np.asarray(lfilter(self.filter, [1.0], before)) / self.deviation

    def guess(self, mean: Real, deviation: Real, parameters: float) -> Guess:
        """Return what is left when innovations are N(mean, deviation²), (n,) each; a block has one deviation."""
        T, at = self.span, self.blocks
        m = len(self.values)
        scale = deviation[: m * T : T][at]  # (m,)
        fresh = (self.innovations - mean)[: m * T].reshape(m, T)[at] / scale[:, None]
        own = fresh @ self.turn  # (m, K) standard normal, if the law holds
        width = np.diag(self.lower)
        expected = realised = variance = 0.0
        for k, edges in enumerate(self.edges):
            spread = width[k] * scale
            centre = self.values[at, k] - own[:, k] * spread
            found = surprised(self.values[at, k], centre, np.maximum(spread, 1e-12), edges).sum(axis=0)
            expected, realised, variance = expected + found[0], realised + found[1], variance + found[2]
        # components average samples, and look the more Gaussian for it
        fourth = float((fresh**4).mean() / max(float((fresh**2).mean()) ** 2, 1e-300))
        bonus = parameters * _NAT * min(1.0, len(self.edges) / T)
        return Guess(float(expected + bonus), float(realised + bonus), float(variance), fourth)


def autoregression(x: Real, most: int = MOST_ORDER) -> tuple[Real, float]:
    """Return the whitening filter (1, −a_1, … −a_p) and the innovations' deviation, by Burg's recursion.

    Burg's errors, forwards and backwards, find sinusoids in noise that the sample's autocovariance smears (Kay 1988).
    The order is Akaike's choice; the search ends where 64 more do not help.
    """
    z = np.asarray(x, np.float64) - x.mean()
    n, variance = len(z), float((x - x.mean()) @ (x - x.mean())) / len(x)
    floor = _ROUNDING * (variance + float(x.mean()) ** 2)
    if variance <= floor:
        return np.ones(1), 1e-12
    past, forward, backward = np.empty(0), z[1:].copy(), z[:-1].copy()
    best = (n * np.log(variance), past, variance)
    for p in range(1, min(most, n // 8) + 1):
        power = float(forward @ forward + backward @ backward)
        reflection = 2 * float(forward @ backward) / max(power, 1e-300)
        past = np.append(past - reflection * past[::-1], reflection)
        variance *= max(1 - reflection**2, 1e-12)
        score = n * np.log(variance) + 2 * p
        if score < best[0]:
            best = score, past, variance
        if variance <= floor:
            break
        if p > MOST_ORDER and p - len(best[1]) >= _PATIENCE:
            break
        forward, backward = forward[1:] - reflection * backward[1:], backward[:-1] - reflection * forward[:-1]
    return np.concatenate([[1.0], -best[1]]), sqrt(best[2])


def _explained(series: Real, known: Float | None) -> tuple[Real, Real]:
    """Return what the known columns explain of the series, and the rest, whose innovations are the smallest.

    The least rest is not the hardest to predict: what Eve heard brings noise of its own, which the past then predicts
    worse. So weights are found for whitened series, turn by turn (Cochrane and Orcutt 1949).
    """
    from scipy.signal import lfilter

    if known is None or not known.shape[1]:
        return np.zeros(len(series)), series
    columns = np.asarray(known, np.float64) - known.mean(axis=0)
    size = np.sqrt((columns**2).mean(axis=0))
    columns = columns[:, size > 0] / size[size > 0]
    best, whiten = series, np.ones(1)
    least = autoregression(series)[1]
    for _ in range(_TURNS):
        z, x = lfilter(whiten, [1.0], columns, axis=0), lfilter(whiten, [1.0], series)
        gram = z.T @ z
        ridge = _RIDGE * float(np.trace(gram)) / max(1, len(gram)) * np.eye(len(gram))
        rest = series - columns @ np.linalg.solve(gram + ridge, z.T @ x)
        whiten, deviation = autoregression(rest)
        if deviation < least:
            best, least = rest, deviation
    return series - best, best


def _scales(innovations: Real, length: int) -> tuple[Real, float]:
    """Return the deviation of each stretch's innovations, (n,), and how many parameters that took."""
    starts = np.arange(0, max(1, len(innovations) - length // 2), length)
    power = np.add.reduceat(innovations**2, starts) / np.diff(np.append(starts, len(innovations)))
    return np.repeat(np.sqrt(power) + 1e-9, np.diff(np.append(starts, len(innovations)))), float(len(starts))


def _followed(innovations: Real, length: int, order: int, span: int) -> tuple[Real, Real, float]:
    """Return local predictions of the innovations, their errors' deviation, and how many parameters they took."""
    length = -(-length // span) * span
    n = len(innovations)
    past = np.column_stack([np.concatenate([np.zeros(k), innovations[: n - k]]) for k in range(1, order + 1)])
    design = np.column_stack([np.ones(n), past, innovations])
    count = n // length
    parts = design[: count * length].reshape(count, length, -1)
    gram = parts.transpose(0, 2, 1) @ parts
    inner = gram[:, :-1, :-1] + _RIDGE * length * np.eye(order + 1)
    weight = np.linalg.solve(inner, gram[:, :-1, -1:])[..., 0]
    mean = (parts[..., :-1] @ weight[..., None])[..., 0].ravel()
    error = (innovations[: count * length] - mean).reshape(count, length)
    deviation = np.repeat(np.sqrt((error**2).mean(axis=1)) + 1e-9, length)
    tail = n - count * length
    left = innovations[count * length :]
    mean = np.concatenate([mean, np.zeros(tail)])
    last = np.full(tail, sqrt(float((left**2).mean())) + 1e-9 if tail else 1.0)
    return mean, np.concatenate([deviation, last]), float(count * (order + 2))
