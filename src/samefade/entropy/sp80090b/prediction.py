"""Turn how often a predictor was right into min-entropy (SP 800-90B, sections 6.3.7 to 6.3.10, last steps)."""

from math import exp, inf, log, log1p, log2

from samefade.entropy.sp80090b.most_common import raised

_ABSENT = log(0.99)
_ROUNDS = 66  # of the fixed point; where it has not settled by then, such runs are all but certain


def prediction(right: int, predictions: int, run: int, alphabet: int) -> float:
    """Return −log2 of the larger of the global, local and blind probability of a right prediction.

    Args:
        right: How many predictions were right.
        predictions: How many there were.
        run: The most right ones in a row.
        alphabet: How many symbols there are.
    """
    known = raised(right / predictions, predictions) if right else 1 - 0.01 ** (1 / predictions)
    p = max(1 / alphabet, known)
    return abs(log2(max(p, local(p, run + 1, predictions))))


def local(least: float, run: int, predictions: int) -> float:
    """Return the p with which no `run` of right predictions comes in a row with probability 0.99; at least `least`."""
    if least >= 1 or log_absent(least, run, predictions) <= _ABSENT:
        return least
    low, high = least, 1.0
    while True:
        p = (low + high) / 2
        if not low < p < high:
            return high
        low, high = (p, high) if log_absent(p, run, predictions) > _ABSENT else (low, p)


def log_absent(p: float, run: int, trials: int) -> float:
    """Return the log of the probability that `trials` hold no `run` successes in a row (Feller, XIII.7).

    Notation: x = 1 + y solves x = 1 + q·p^r·x^(r+1); y is kept, because it is small.
    """
    q, y, before = 1 - p, 0.0, -1.0
    start = run * log(p)
    for _ in range(_ROUNDS):
        if y - before <= 1e-17 * (1 + y):
            break
        before, y = y, q * exp(start + (run + 1) * log1p(y))
    left, scale = q - p * y, (1 - run * y) * q
    if left <= 0 or scale <= 0:
        return -inf
    return log(left) - log(scale) - (trials + 1) * log1p(y)
