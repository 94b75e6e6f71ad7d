"""Find stretches of a record that repeat an earlier one: louder or softer, upside down, backwards, between samples.

Stretch by stretch the whole past, what was published included, is searched for where it correlates best; what five
samples around each place there say of the stretch is then taken off by least squares.
Whoever chooses a place out of so many, and weights, by hindsight gains by chance; what this is worth is given back.
Innovations are compared, not samples, whose memory would pass for replays.
"""

from itertools import pairwise
from math import log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Real = NDArray[np.float64]
_LENGTH = 512  # samples of a stretch
_BLOCK = 4  # stretches in a block of the record that is transformed at once
_REACH = 2  # samples to either side of the place
_CERTAIN = 32.0  # half-nats beyond its price that a replay must explain to be taken for one
_PIECES = 8  # of a stretch, each of which may be a replay or not
_RIDGE = 1e-6


def replayed(fresh: Real, before: Real, span: int) -> tuple[Real, float]:
    """Return what earlier stretches say of each innovation, (n,), and how many parameters it took to say it.

    Args:
        fresh: (n,) innovations of unit variance.
        before: (p,) the same of what was published before.
        span: Samples in a block; stretches are whole blocks.
    """
    n, whole = len(fresh), np.concatenate([before, fresh])
    length = -(-_LENGTH // (_PIECES * span)) * _PIECES * span
    price = 2 * log(2 * len(whole))  # a place out of so many costs ln of their number, in half-nats
    places = _searched(whole, len(before), length, price)
    mean = np.zeros(n)
    # a replay that goes on costs nothing anew
    parameters = price * sum(found != last for last, found in pairwise([[], *places]) if found)
    if not parameters:
        return mean, 0.0
    for i, found in enumerate(places):
        # a replay may begin or end within a stretch, and then its neighbours know of other places
        near = {place for around in places[max(0, i - 1) : i + 2] for place in around}
        piece = length if len(near) == len(found) else length // _PIECES
        for start in range(i * length, min(n, (i + 1) * length), piece) if near else ():
            mean[start : start + piece], cost = _explained(whole, len(before) + start, min(piece, n - start), near)
            parameters += cost
    return mean, parameters


class _Place(NamedTuple):
    """Where a stretch was found before: so many samples ago, or backwards from a mirror."""

    where: int
    back: bool

    def past(self, at: int, length: int) -> bool:
        """Return whether all that a piece is compared with lies before it."""
        return self.where < 2 * at if self.back else self.where >= length


def _explained(whole: Real, begin: int, length: int, near: set["_Place"]) -> tuple[Real, float]:
    """Return what the best of the places says of a piece, and how many parameters it took; nothing where none helps."""
    part, cost = whole[begin : begin + length], 2 * _REACH + 3 + log(len(near))
    said = [_said(part, whole, place, begin) for place in near if place.past(begin, length)]
    best = min(said, key=lambda error: float(((part - error) ** 2).sum()), default=np.zeros(length))
    left, whole_of_it = float(((part - best) ** 2).mean()), float((part**2).mean())
    # samples that were lost have no innovation, and explain nothing
    gain = -int(np.count_nonzero(part)) * log(max(left, 1e-12) / max(whole_of_it, 1e-12))
    return (best, cost) if gain > cost else (np.zeros(length), 0.0)


def _searched(whole: Real, known: int, length: int, price: float) -> list[list[_Place]]:
    """Return for each stretch the place that tells most of it, or none."""
    from scipy import fft

    size = fft.next_fast_len(_BLOCK * length, real=True)
    hop = size - length
    # overlap-save: each block tells the correlations that begin in its first `hop` samples
    padded = np.zeros(-(-len(whole) // hop) * hop + length, np.float32)
    padded[: len(whole)] = whole
    spectra = fft.rfft(np.lib.stride_tricks.sliding_window_view(padded, size)[::hop])
    energy = np.concatenate([[0.0], np.cumsum(whole**2)])
    energy = np.maximum(energy[length:] - energy[:-length], 1e-3 * length)  # of the stretch that begins here
    scale = (1 / np.sqrt(energy)).astype(np.float32)
    out: list[list[_Place]] = []
    for begin in range(known, len(whole), length):
        part = whole[begin : begin + length]
        places = begin - length + 1  # that many stretches lie wholly before this one
        out.append([])
        if places < length or len(part) < length or not part.any():
            continue
        both = fft.rfft(np.stack([part, part[::-1]]).astype(np.float32), size).conj()
        ways = fft.irfft(spectra[: -(-places // hop)] * both[:, None], size)[..., :hop].reshape(2, -1)[:, :places]
        score = np.abs(ways) * scale[:places]
        back, at = divmod(int(score.argmax()), places)
        told = -length * log(max(1 - float(score[back, at]) ** 2 / float(part @ part), 1e-9))
        if told > _CERTAIN + price:
            out[-1].append(_Place(begin + at + length - 1 if back else begin - at, back=bool(back)))
    return out


def _said(part: Real, whole: Real, place: _Place, begin: int) -> Real:
    """Return what the samples around a place say of a piece that begins at `begin`, by least squares."""
    at = begin + np.arange(len(part))
    source = place.where - at if place.back else at - place.where
    near = np.clip(source[:, None] + np.arange(-_REACH, _REACH + 1), 0, begin - 1)
    rows = whole[near]
    gram = rows.T @ rows
    weight = np.linalg.solve(gram + _RIDGE * (1 + np.trace(gram)) * np.eye(len(gram)), rows.T @ part)
    return np.asarray(rows @ weight)
