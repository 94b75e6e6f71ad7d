"""How long a channel stays alike: what must lie between samples that were told and samples that are kept."""

import numpy as np

from samefade.observe.correlogram import autocorrelation
from samefade.types import Float, Half, Observation, Pair

COHERENCE_TIMES = 3  # an exponential memory has faded to 5 % after three
MOST_OF_RECORD = 0.1


def coherence_time(x: Observation) -> float:
    """Return the time after which the autocorrelation has dropped to 1/e, seconds.

    Noise that is new in every packet is left out: the drop is counted from the autocorrelation at one sample.
    A channel without any memory gives 0; one that never drops within the record, or never moves, gives the record.
    Of several tones the slowest counts.
    """
    columns = np.asarray(x.values, np.float64).reshape(len(x), -1).T
    return max((_samples(column) for column in columns), default=0.0) / x.rate


def guard_time(pair: Pair[Half], record: float | None = None) -> float:
    """Return the seconds to throw away between spoken and kept samples: three coherence times of the slower end.

    It is at most a tenth of the record, beyond which the record is too short for its channel.

    Args:
        pair: What the coherence times are measured on; spoken samples, where the guard will be public.
        record: Seconds of the whole record; by default the pair is all of it.
    """
    times = [coherence_time(end) for end in (pair.a, pair.b)]
    most = MOST_OF_RECORD * (pair.a.seconds if record is None else record)
    return min(max(COHERENCE_TIMES * max(times), 1 / pair.rate), most)


def _samples(x: Float) -> float:
    n = len(x)
    if n < 4 or np.ptp(x) == 0:
        return float(n)
    r = autocorrelation(x, n)
    if r[1] <= 2 / np.sqrt(n):  # not to be told from white noise
        return 0.0
    below = np.flatnonzero(r < r[1] / np.e)
    return float(below[0]) if below.size else float(n)
