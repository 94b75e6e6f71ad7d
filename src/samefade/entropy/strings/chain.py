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

from collections.abc import Sequence
from math import pi, sqrt

import numpy as np
from numpy.typing import NDArray

from samefade.entropy.strings.autoregression import MOST_ORDER, completed
from samefade.entropy.strings.guess import Guess
from samefade.entropy.strings.law import NAT, Law
from samefade.entropy.strings.mixture import Beside, Heard, gains
from samefade.entropy.strings.others import Code
from samefade.entropy.strings.replays import replayed
from samefade.errors import TooFewSamples
from samefade.types import Float, Strand

Real = NDArray[np.float64]
_HIGHEST = 512
_SCALE, _FAST, _SLOW = 64, (64, 4), (512, 16)  # stretch of the scale; stretch and order of the local predictors
_RIDGE, _TURNS = 1e-9, 4
_NEARLY = 0.05  # bits a sample that the mixture may gain over a law that is nearly right


def guesses(
    series: Real,
    strand: Strand,
    used: NDArray[np.bool_],
    known: Float | None = None,
    beside: Beside | None = None,
    *,
    heard: NDArray[np.bool_] | None = None,
) -> dict[str, Guess]:
    """Return what each guesser leaves of the cells of one strand.

    Args:
        series: (n,) the strand's series at end a, without its mean.
        strand: Its components, with thresholds.
        used: (m,) which blocks feed the key.
        known: (n, q) what is known at each time besides the past, or None.
        beside: What else there is to guess from; None leaves out replays and the mixture, which take longest.
        heard: (n,) which samples were heard and not filled in; all of them by default.

    Raises:
        TooFewSamples: When there are fewer than 64 samples, or 8 for each known column.
    """
    q = 0 if known is None else known.shape[1]
    need = max(64, 8 * q)
    if len(series) < need:
        raise TooFewSamples(have=len(series), need=need)
    heard = np.ones(len(series), np.bool_) if heard is None else heard
    if not used.any() or not heard.any():
        return {"stationary": Guess(0.0, 0.0, 0.0, 3.0)}
    given, rest = _explained(series, known, heard)
    law = Law.of(rest, strand, given, used, heard)
    flat, even = np.zeros(len(rest)), np.ones(len(rest))
    found = {"stationary": law.guess(flat, even, 0.0)}
    far = Law.of(rest, strand, given, used, heard, _HIGHEST)
    long = len(far.filter) > MOST_ORDER + 1
    if long:
        found["long memory"] = far.guess(flat, even, 0.0)
    if found["stationary"].expected == 0:
        return found
    again, price = flat, 0.0
    if beside is not None:
        again, price = replayed(law.innovations, law.whiten(beside.before), strand.span)
    fresh = law.innovations - again
    deviation, parameters = _scales(fresh, max(_SCALE, 8 * strand.span), heard)
    found["local scale"] = law.guess(again, deviation, parameters + price)
    for length, order in (_FAST, _SLOW):
        if len(rest) >= 2 * length:
            mean, deviation, parameters = _followed(fresh, length, order, strand.span, heard)
            name = f"local predictor of order {order}"
            found[name] = law.guess(again + mean, deviation, parameters + price)
    if beside is not None:
        far = far if long else law
        bits = gains(Heard(series, law, fresh, far.expected), beside, strand)
        found["mixture"] = _learnt(found["stationary"], *bits, law, price)
    return found


def lawful(series: Real, strand: Strand, used: NDArray[np.bool_], known: Float, heard: NDArray[np.bool_]) -> Law:
    """Return the stationary law of a strand's series, of which the columns are known."""
    given, rest = _explained(series, known, heard)
    return Law.of(rest, strand, given, used, heard)


def joined(guess: Guess, laws: Sequence[Law], series: Real, code: Code) -> Guess:
    """Return what is left of all strands when somebody expects them together.

    Args:
        guess: What the stationary laws leave of all strands.
        laws: The law of each.
        series: (n, s) the strands.
        code: How much they surprise together.
    """
    under = np.zeros(len(series))
    for law, own in zip(laws, series.T, strict=True):
        under += np.log2(law.spread * sqrt(2 * pi)) + NAT * ((own - law.expected) / law.spread) ** 2
    first = laws[0]
    news = first.news[first.news < len(series)]
    judged = np.isin(code.at, news)
    if not judged.any():
        return guess
    bits = code.bits[judged]
    gain = float((under[code.at[judged]] - bits).mean()) * len(news)
    share = sum(law.dimensions for law in laws) / max(1, len(news) * len(laws))
    anyhow = float(np.clip(gain, 0.0, _NEARLY * len(news) * len(laws)))
    left = guess.realised - gain + anyhow * (1 - share)
    variance = max(guess.variance, float(bits.var()) * len(news) * share)
    return Guess(left, left, variance, guess.kurtosis)


def _learnt(guess: Guess, bits: Real, under: Real, law: Law, price: float) -> Guess:
    """Return what the mixture leaves of a string: the law's number less what it gains over the law on the samples.

    Components are fewer than the samples that were heard of their blocks, and how much of the gain lies in them is not
    known. What a law that is nearly right loses anyhow is charged by their share, and all that it loses beyond, because
    then a law of another kind may hold that needs only these.
    """
    at = law.news[law.news < len(bits)]
    gain = max(0.0, float((under[at] - bits[at]).sum()) - price * NAT)
    anyhow = min(gain, _NEARLY * len(at))
    gain -= anyhow * (1 - law.dimensions / max(1, len(at)))
    left = max(0.0, guess.realised - gain)
    return Guess(left, left, _scatter(guess, bits[at], law), guess.kurtosis)


def _scatter(guess: Guess, bits: Real, law: Law) -> float:
    """Return the variance of what a string of cells surprises the mixture by, bits²: as much as the samples' own."""
    return max(guess.variance, float(bits.var()) * law.dimensions) if len(bits) else guess.variance


def _explained(series: Real, known: Float | None, heard: NDArray[np.bool_]) -> tuple[Real, Real]:
    """Return what the known columns explain of the series, and the rest, whose innovations are the smallest.

    The least rest is not the hardest to predict: what Eve heard brings noise of its own, which the past then predicts
    worse. So weights are found for whitened series, turn by turn (Cochrane and Orcutt 1949).
    What was lost is filled in anew each turn, by what was known then and a rest that fits what was heard.
    """
    from scipy.signal import lfilter

    if known is None or not known.shape[1]:
        return np.zeros(len(series)), series
    columns = np.asarray(known, np.float64) - known.mean(axis=0)
    size = np.sqrt((columns**2).mean(axis=0))
    columns = columns[:, size > 0] / size[size > 0]
    centre = float(series[heard].mean())
    best, whiten, whole, rows = series, np.ones(1), series, heard
    least = completed(series, heard)[1]
    for _ in range(_TURNS):
        z, x = lfilter(whiten, [1.0], columns, axis=0)[rows], lfilter(whiten, [1.0], whole - centre)[rows]
        gram = z.T @ z
        ridge = _RIDGE * float(np.trace(gram)) / max(1, len(gram)) * np.eye(len(gram))
        said = columns @ np.linalg.solve(gram + ridge, z.T @ x)
        rest = series - said
        whiten, deviation, filled = completed(rest, heard)
        whole, rows = said + filled, np.ones(len(series), np.bool_)
        if deviation < least:
            best, least = rest, deviation
    return series - best, best


def _scales(innovations: Real, length: int, heard: NDArray[np.bool_]) -> tuple[Real, float]:
    """Return the deviation of each stretch's innovations, (n,), and how many parameters that took."""
    starts = np.arange(0, max(1, len(innovations) - length // 2), length)
    power = np.add.reduceat(innovations**2, starts) / np.maximum(np.add.reduceat(heard.astype(np.float64), starts), 1)
    return np.repeat(np.sqrt(power) + 1e-9, np.diff(np.append(starts, len(innovations)))), float(len(starts))


def _followed(
    innovations: Real, length: int, order: int, span: int, heard: NDArray[np.bool_]
) -> tuple[Real, Real, float]:
    """Return local predictions of the innovations, their errors' deviation, and how many parameters they took."""
    length = -(-length // span) * span
    n = len(innovations)
    past = np.column_stack([np.concatenate([np.zeros(k), innovations[: n - k]]) for k in range(1, order + 1)])
    # what was not heard has no innovation, and nothing is learnt from it
    design = np.column_stack([np.ones(n), past, innovations]) * heard[:, None]
    count = n // length
    parts = design[: count * length].reshape(count, length, -1)
    gram = parts.transpose(0, 2, 1) @ parts
    inner = gram[:, :-1, :-1] + _RIDGE * length * np.eye(order + 1)
    weight = np.linalg.solve(inner, gram[:, :-1, -1:])[..., 0]
    mean = (parts[..., :-1] @ weight[..., None])[..., 0].ravel()
    error = (innovations[: count * length] - mean).reshape(count, length)
    some = np.maximum(heard[: count * length].reshape(count, length).sum(axis=1), 1)
    deviation = np.repeat(np.sqrt((error**2).sum(axis=1) / some) + 1e-9, length)
    tail = n - count * length
    left = innovations[count * length :][heard[count * length :]]
    mean = np.concatenate([mean, np.zeros(tail)])
    last = np.full(tail, sqrt(float((left**2).mean())) + 1e-9 if len(left) else 1.0)
    return mean, np.concatenate([deviation, last]), float(count * (order + 2))
