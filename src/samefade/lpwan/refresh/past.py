"""Keep what earlier runs measured, so that no key follows from another: a series of bytes for each run.

A run is kept by the network's own measurements: what was spoken, and what was kept or only discussed.
They are as secret as the keys that came of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zlib import compress, decompress, error

import numpy as np
from numpy.typing import NDArray

from samefade.errors import RemoteProtocolError
from samefade.lpwan.refresh.pool import Pool, closed_up
from samefade.types import Mask
from samefade.wire.cbor import decode, encode
from samefade.wire.errors import Malformed

Real = NDArray[np.float64]

MOST_PLACES = 1 << 16  # of all runs that are kept; the last run is kept however long it is
_FORMAT = "samefade lpwan run 1"


def packed(samples: Sequence[tuple[int, int]], told: int) -> bytes:
    """Return a run in bytes, about one a sample.

    Args:
        samples: Its places and values.
        told: So many of the first ones are no key's source: they were spoken, or no key came of the run.
    """
    pool = Pool(len(samples))
    pool.keep(samples)
    return compress(encode([_FORMAT, told, pool.reveal_secret_parts()]), 9)


def unpacked(run: bytes) -> tuple[list[tuple[int, int]], int]:
    """Return what `packed` took.

    Raises:
        RemoteProtocolError: When it is damaged, or of another format.
    """
    try:
        said: Any = decode(decompress(run))
        form, told, parts = said
        if form != _FORMAT:
            raise RemoteProtocolError(run="of another format")
        return Pool.again(len(parts[-1]), parts).samples(), told
    except (error, Malformed, ValueError, TypeError):
        raise RemoteProtocolError(run="damaged") from None


def length(run: bytes) -> int:
    """Return how many places a run takes, jumps closed up."""
    places = closed_up(place for place, _ in unpacked(run)[0])
    return places[-1] + 1 if places else 0


def newest(lengths: Sequence[int]) -> int:
    """Return how many of the newest runs are kept: as many as fit into MOST_PLACES, and the last one anyhow.

    Args:
        lengths: Of all runs, oldest first.
    """
    total = np.cumsum(lengths[::-1])
    return max(min(1, len(lengths)), int(np.count_nonzero(total <= MOST_PLACES)))


@dataclass(frozen=True, eq=False, repr=False)
class Past:
    """What earlier runs measured, on one grid without jumps.

    Attributes:
        values: (m,) each run's deviation from its mean, in half dB; lines through the neighbours where nothing was.
        heard: (m,) where something was.
        secret: (m,) where it is a key's source.
    """

    values: Real
    heard: Mask
    secret: Mask

    @classmethod
    def of(cls, runs: Sequence[bytes]) -> "Past":
        """Lay runs behind each other, oldest first.

        Raises:
            RemoteProtocolError: When one is damaged.
        """
        places: list[int] = []
        values: list[Real] = []
        secret: list[Mask] = []
        for samples, told in map(unpacked, runs):
            strength = np.array([value for _, value in samples], np.float64)
            places += [place for place, _ in samples]
            values.append(strength - (strength.mean() if len(strength) else 0.0))
            secret.append(np.arange(len(samples)) >= told)
        if not places:
            return cls(np.zeros(0), np.zeros(0, np.bool_), np.zeros(0, np.bool_))
        at = np.array(closed_up(places))
        end = int(at[-1]) + 1
        heard, source = np.zeros(end, np.bool_), np.zeros(end, np.bool_)
        heard[at], source[at] = True, np.concatenate(secret)
        return cls(np.interp(np.arange(end), at, np.concatenate(values)), heard, source)
