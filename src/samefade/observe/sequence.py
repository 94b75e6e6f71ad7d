"""Match two recordings by sequence number: duplicates, wraps and reordering included."""

import numpy as np
from numpy.typing import NDArray

from samefade.errors import EndsDisagree
from samefade.types import Integer

# Counters in the field: one byte, 802.11's twelve bits, two bytes, four bytes.
MODULI = (2**8, 2**12, 2**16, 2**32)
LATEST = 64  # no packet comes later than so many others
SURE = 8  # packets before and after that show that a counter began again


def unwrap(seq: Integer) -> Integer:
    """Undo the wraps of a counter; a small step back is reordering and stays.

    A step back by more than half of the smallest counter that holds every value is a wrap; where there is one,
    as long a step forward is a packet from before it that came late.

    Args:
        seq: (n,) counter values in the order of arrival; values already unwrapped pass unchanged.
    """
    seq = np.asarray(seq, np.int64)
    modulus = next((m for m in MODULI if seq.size and seq.min() >= 0 and seq.max() < m), None)
    if modulus is None:
        return seq
    step = np.diff(seq, prepend=seq[:1])
    if step.min() >= -modulus // 2:  # a long step forward alone is a loss
        return seq
    turns = np.cumsum((step < -modulus // 2).astype(np.int64) - (step > modulus // 2).astype(np.int64))
    return seq + modulus * turns


def joined(seq_a: Integer, seq_b: Integer) -> tuple[Integer, Integer]:
    """Let a counter that began again at both ends, because its sender did, go on from where it was.

    Otherwise the packets that share a number could not be told apart.

    Args:
        seq_a: (n,) unwrapped sequence numbers of a.
        seq_b: (m,) the same of b.

    Raises:
        EndsDisagree: When it began again more often at one end: then nobody knows which numbers belong together.
    """
    runs_a, runs_b = (np.split(seq, _restarts(seq)) for seq in (seq_a, seq_b))
    if len(runs_a) != len(runs_b):
        raise EndsDisagree("times that the sequence numbers began again", len(runs_a) - 1, len(runs_b) - 1)
    top = min(int(runs_a[0].min()), int(runs_b[0].min())) - 1
    rises = []
    for first, second in zip(runs_a, runs_b, strict=True):
        rises.append(top + 1 - min(int(first.min()), int(second.min())))
        top = rises[-1] + max(int(first.max()), int(second.max()))
    a, b = (np.repeat(rises, [len(run) for run in runs]) for runs in (runs_a, runs_b))
    return seq_a + a, seq_b + b


def _restarts(seq: Integer) -> NDArray[np.int64]:
    """Find where a counter began again: everything just after is far below everything just before."""
    if len(seq) < 2 * SURE:
        return np.zeros(0, np.int64)
    windows = np.lib.stride_tricks.sliding_window_view(seq, SURE)
    low, high = windows[:-SURE].min(axis=1), windows[SURE:].max(axis=1)
    return np.flatnonzero((high < low - LATEST) & (np.diff(seq)[SURE - 1 : 1 - SURE] < -LATEST)) + SURE


def common(seq_a: Integer, seq_b: Integer) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Find the packets that both ends heard.

    Of a repeated number the first packet counts.
    Where one end started to log after a wrap, its numbers are shifted by whole turns of the counter.

    Args:
        seq_a: (n,) unwrapped sequence numbers of a.
        seq_b: (m,) the same of b.

    Returns:
        Indices into a, indices into b, both (k,) by rising sequence number; and what to add to b's numbers.

    Raises:
        EndsDisagree: When no number is common to both.
    """
    if not len(seq_a) or not len(seq_b):
        raise EndsDisagree("number of packets", len(seq_a), len(seq_b))
    gap = float(np.median(seq_a)) - float(np.median(seq_b))
    shifts = {0} | {modulus * round(gap / modulus) for modulus in MODULI}
    found = [(*_same(seq_a, seq_b + shift), shift) for shift in sorted(shifts, key=abs)]
    best = max(found, key=lambda match: len(match[0]))
    # a turn of the counter is believed only where the numbers as they stand match hardly anything
    if len(found[0][0]) >= min(len(seq_a), len(seq_b)) / 4:
        best = found[0]
    if not len(best[0]):
        raise EndsDisagree("sequence numbers", _range(seq_a), _range(seq_b))
    return best


def _same(seq_a: Integer, seq_b: Integer) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    _, index_a, index_b = np.intersect1d(seq_a, seq_b, return_indices=True)
    return index_a.astype(np.int64), index_b.astype(np.int64)


def _range(seq: Integer) -> str:
    return f"{int(seq.min())} to {int(seq.max())}"
