"""Say what a predictor gives of perfect symbols: no predictor is right more often than one in k."""

from math import exp, log2, nan, sqrt

import numpy as np

from samefade.entropy.sp80090b.most_common import raised
from samefade.entropy.sp80090b.prediction import local, log_absent
from samefade.entropy.sp80090b.quantiles import normal


def perfect_prediction(predictions: int, alphabet: int) -> float:
    """Return the mean estimate, bits a symbol, over the share of right predictions and their longest run.

    Args:
        predictions: How many predictions.
        alphabet: How many symbols there are, all equally likely.
    """
    if predictions < 2:
        return nan
    p = 1 / alphabet
    shares = np.clip(p + normal() * sqrt(p * (1 - p) / predictions), 0, 1)
    known = [max(p, raised(float(share), predictions)) for share in shares]
    mean, before, run = 0.0, 0.0, 0
    while before < 1 - 1e-6:
        # the longest run is at most `run` with the probability that no longer one is there
        at_most = exp(log_absent(p, run + 1, predictions)) if run < predictions else 1.0
        if at_most - before > 1e-6:
            far = local(p, run + 1, predictions)
            mean += (at_most - before) * float(np.mean([-log2(max(far, each)) for each in known]))
            before = at_most
        run += 1
    return mean / before
