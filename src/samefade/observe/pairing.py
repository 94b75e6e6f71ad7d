"""Pair two recordings: amplitudes, matched, on one even grid with the gaps marked, and Eve's beside them."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from samefade.errors import ClocksDisagree, EndsDisagree
from samefade.observe.amplitude import amplitude, tone_of, unit, usable_tones
from samefade.observe.grid import estimate_rate, grid, phase
from samefade.observe.half_duplex import interpolate
from samefade.observe.matching import By, Matching, match
from samefade.types import End, Float, Observation, Pair, Recording

Tones = tuple[int, ...] | None


def pair(  # noqa: PLR0913 -- every choice of how two logs become one is made here, each by its name
    a: Recording,
    b: Recording,
    e: Recording | Sequence[Recording] | None = None,
    *,
    tone: int | None = None,
    by: By = "auto",
    rate: float | None = None,
    half_duplex: bool = False,
    all_tones: bool = False,
) -> Pair[Observation]:
    """Make one pair of two recordings of one link, with Eve's where there is one.

    The grid covers the time that both ends recorded; each packet goes to its nearest grid point,
    and what one end did not hear is filled in and marked at that end alone.
    Eve has her own clock and losses; she is matched to a by herself.
    Where no offset of her clock stands out from chance, she is placed as her clock stands, and `matching` says so:
    at whatever offset, what she heard is then hardly like what a heard.

    Args:
        a: One end.
        b: The other end.
        e: The eavesdropper's recording; of several (one for each transmitter) all become her columns.
        tone: Which tone, a number of `tones`; without it the default of `amplitude`.
        by: How to match a and b: "auto", "sequence", "clock" or "row".
        rate: Grid points a second, Hz; from the time axis when None.
        half_duplex: Interpolate b's series to a's instants, which lie between b's.
        all_tones: Take every tone that both ends can use; the values are (n, k) then.

    Raises:
        ClocksDisagree: When the recordings do not overlap in time, or the clocks cannot be matched.
        EndsDisagree: When the ends hold different units or no tone in common.
        OutOfRange: When there is no such tone, or a parameter is out of its range.
        NotFinite: When a value is NaN or infinite.
        TooFewSamples: When too few packets are left for a grid.
    """
    if unit(a) != unit(b):
        raise EndsDisagree("unit", unit(a), unit(b))
    tones = _shared_tones(a, b) if all_tones and unit(a) == "amplitude" else None
    matching = match(a, b, by, tone=tone)
    rate = max(estimate_rate(matching.time_a), estimate_rate(matching.time_b)) if rate is None else rate
    span = _span(matching, rate)
    ends = {
        "a": _observe("a", a, matching.time_a, amplitude(a, tone, tones=tones), rate, span),
        "b": _observe("b", b, matching.time_b, amplitude(b, tone, tones=tones), rate, span),
    }
    eves = () if e is None else (e,) if isinstance(e, Recording) else tuple(e)
    placed = [_eve(a, eve, matching, (tone, tones), rate, span) for eve in eves]
    eve = _joined([observation for observation, _ in placed]) if placed else None
    how = "; Eve by ".join([matching.how, *dict.fromkeys(text for _, text in placed)])
    main = 0 if tones is None else tones.index(chosen) if (chosen := tone_of(a, tone)) in tones else 0
    made = Pair(ends["a"], ends["b"], eve, how, (a, b, *eves), main)
    return interpolate(made) if half_duplex else made


def _shared_tones(a: Recording, b: Recording) -> tuple[int, ...]:
    of_b = set(usable_tones(b))
    shared = tuple(tone for tone in usable_tones(a) if tone in of_b)
    if not shared:
        raise EndsDisagree("usable tones", usable_tones(a), usable_tones(b))
    return shared


def _span(matching: Matching, rate: float) -> tuple[float, float]:
    """Return the time that both recorded, beginning where in the period most packets lie."""
    first = max(float(matching.time_a.min()), float(matching.time_b.min()))
    last = min(float(matching.time_a.max()), float(matching.time_b.max()))
    if last < first:
        raise ClocksDisagree(offset=matching.offset, drift=matching.drift, matched=0.0)
    packets = np.concatenate([matching.time_a[matching.index_a], matching.time_b[matching.index_b]])
    first += phase(packets, rate, first)
    return first, max(first, last)


def _observe(
    end: End, recording: Recording, time: Float, values: Float, rate: float, span: tuple[float, float]
) -> Observation:
    placed = grid(time, values, rate, span=span)
    return Observation(placed.values, rate, placed.mask, end, unit(recording), placed.start)


def _eve(
    a: Recording,
    eve: Recording,
    matching: Matching,
    which: tuple[int | None, Tones],
    rate: float,
    span: tuple[float, float],
) -> tuple[Observation, str]:
    """Put what Eve heard on the ends' grid, and say how she was matched."""
    tone, tones = which if unit(eve) == "amplitude" and unit(a) == "amplitude" else (None, None)
    try:
        found = match(a, eve, tone=tone)
        time, how = _on_axis(found, matching), found.how
    except ClocksDisagree:
        time, how = _as_it_stands(a, eve, matching), "her clock as it stands (no offset stands out from chance)"
    return _observe("e", eve, time, amplitude(eve, tone, tones=tones), rate, span), how


def _joined(heard: list[Observation]) -> Observation:
    """Make several of Eve's recordings the columns of one; heard where all of them were."""
    if len(heard) == 1:
        return heard[0]
    values = np.column_stack([one.values.reshape(len(one), -1) for one in heard])
    mask = np.logical_and.reduce([one.mask for one in heard])
    return replace(heard[0], values=values, mask=mask)


def _on_axis(eve: Matching, ends: Matching) -> Float:
    """Move Eve's instants from a's clock, as matched with her, to the axis on which a and b lie."""
    return eve.time_b + float(np.median(ends.time_a - eve.time_a[: len(ends.time_a)]))


def _as_it_stands(a: Recording, eve: Recording, ends: Matching) -> Float:
    """Take Eve's instants as they are where they overlap with a's; else let her begin when a does."""
    time = np.asarray(eve.time, np.float64)
    apart = time.max() < a.time.min() or time.min() > a.time.max()
    return (
        time + float(np.median(ends.time_a) - np.median(a.time)) + (float(a.time.min() - time.min()) if apart else 0.0)
    )
