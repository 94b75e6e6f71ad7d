"""Losses that are put into a record, and the zones of low coherence that they leave.

The 2025 paper drops packets from one end's record (section III-B2) and reads the number of lost packets off the width
of the zone of low coherence. What the remaining rows then do is not said, and it decides what can be read:

- "closed up": the rows after a loss move up, as in a log without counter or clock; both ends are paired by row.
- "left open": every row keeps its place, and the lost stretch is bridged by a straight line.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from samefade import channel, observe
from samefade.types import Float, Mask

if TYPE_CHECKING:
    from samefade.draw.coherence import Panel

Treatment = Literal["closed up", "left open"]
TREATMENTS: tuple[Treatment, ...] = ("closed up", "left open")


class Cut(NamedTuple):
    """A loss: its first row and how many rows, in rows of the whole record; all packets of it are lost."""

    first: int
    packets: int


class Zone(NamedTuple):
    """A stretch of low coherence: its first row and its width in rows."""

    first: int
    width: int


def lose(a: Float, b: Float, cuts: Sequence[Cut], how: Treatment, end: Literal["a", "b"] = "a") -> tuple[Float, Float]:
    """Return both ends after one of them lost these packets.

    Args:
        a: (n,) one end.
        b: (n,) the other end.
        cuts: What is lost.
        how: What becomes of the rows behind a loss.
        end: Who loses.
    """
    hit, whole = (a, b) if end == "a" else (b, a)
    heard: Mask = np.ones(len(hit), np.bool_)
    for cut in cuts:
        heard[cut.first : cut.first + cut.packets] = False
    if how == "closed up":
        hit = hit[heard]
        whole = whole[: len(hit)]
    else:
        rows = np.arange(len(hit))
        hit = np.interp(rows, rows[heard], hit[heard])
    return (hit, whole) if end == "a" else (whole, hit)


def quiet_los(seed: int, seconds: float, rate: float) -> tuple[Float, Float, float]:
    """Return the simulated line of sight at a packet rate, nothing of it lost: both ends (n,), and the rate.

    The scenario `los-short` loses a few packets by itself; without them, what is lost is what is put in.
    """
    case = channel.scenario("los-short")
    a, b = (replace(radio, loss=0.0, cuts=()) for radio in (case.a, case.b))
    world = channel.simulate(replace(case, a=a, b=b, seconds=seconds, rate=rate), seed, tones=(6,))
    pair = observe.pair(world.a, world.b, tone=6, by="row")
    return np.ravel(pair.a.values), np.ravel(pair.b.values), pair.rate


def height(panel: "Panel", band: tuple[float, float]) -> Float:
    """Return the mean R² of the rows of a band over time, one for each column of the panel, (m,)."""
    rows = (panel.frequency >= band[0] * 0.999) & (panel.frequency <= band[1] * 1.001)
    return np.asarray(panel.power[rows].mean(axis=0))


def zones(heights: Float, usual: float, step: float) -> list[Zone]:
    """Return every stretch below half of the usual coherence, the widest first.

    Args:
        heights: (m,) mean R² over time, from `height`.
        usual: Its median in the record without losses.
        step: Rows of the record between two of them.
    """
    low = np.concatenate([[False], heights < usual / 2, [False]]).astype(int)
    first, stop = np.flatnonzero(np.diff(low) == 1), np.flatnonzero(np.diff(low) == -1)
    found = [Zone(round(x * step), round((y - x) * step)) for x, y in zip(first, stop, strict=True)]
    return sorted(found, key=lambda zone: -zone.width)
