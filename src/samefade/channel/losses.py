"""Lost packets: one by one, in bursts, and cuts of a known length at a known place.

Sources: E. N. Gilbert, "Capacity of a burst-noise channel", 1960; E. O. Elliott 1963.
"""

from collections.abc import Iterable

import numpy as np

from samefade.channel.bounds import count, within
from samefade.types import Mask

RAREST = 1e-12  # below this the run lengths no longer fit into integers, and no record is long enough to show one


def independent(n: int, loss: float, rng: np.random.Generator) -> Mask:
    """Lose each packet by itself with probability `loss`; returns (n,) True where it was heard.

    Raises:
        OutOfRange: When n is not a positive whole number or the probability is outside 0 … 1.
    """
    return np.asarray(rng.random(count("n", n)) >= within("loss", loss, 0, 1))


def bursts(n: int, loss: float, burst: float, rng: np.random.Generator) -> Mask:
    """Lose packets in bursts (Gilbert–Elliott: nothing is lost in the good state, everything in the bad one).

    Closed form: the share lost is `loss`; burst lengths are geometric with mean `burst`.

    Args:
        n: Number of packets.
        loss: Share of packets lost in the long run, 0 to below 1.
        burst: Mean length of a burst, packets, at least 1 and at least loss/(1−loss).
        rng: Source of chance.

    Returns:
        Boolean array (n,), True where the packet was heard.

    Raises:
        OutOfRange: When a parameter is absurd.
    """
    n, loss = count("n", n), within("loss", loss, 0, 0.999)
    burst = within("burst", burst, max(1, loss / (1 - loss)), 1e9)
    if loss < RAREST:
        return np.ones(n, np.bool_)
    good = rng.geometric(max(loss / (1 - loss) / burst, RAREST), n)
    bad = rng.geometric(1 / burst, n)
    # the geometric law has no memory, so starting inside a burst needs no more than taking a bad run first
    begins_bad = rng.random() < loss
    runs = np.minimum([bad, good] if begins_bad else [good, bad], n)  # (2, n); longer than the record is long enough
    which = np.searchsorted(np.cumsum(runs.T.ravel()), np.arange(n), side="right") % 2
    return np.asarray(which == int(begins_bad))


def cut(n: int, cuts: Iterable[tuple[float, int]]) -> Mask:
    """Lose known stretches: each cut is (place in the record, 0 … 1; packets lost from there on).

    A cut at place 0 is a recording that was started late.

    Returns:
        Boolean array (n,), True where the packet was heard.

    Raises:
        OutOfRange: When a place is outside 0 … 1 or a number of packets is negative.
    """
    heard = np.ones(count("n", n), np.bool_)
    for place, packets in cuts:
        begin = round(n * within("place of a cut", place, 0, 1))
        heard[begin : begin + count("packets of a cut", packets, least=0)] = False
    return heard
