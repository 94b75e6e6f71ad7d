"""Make public terms into a message, and refuse those that ask for something silly."""

from typing import Any

import numpy as np

from samefade.errors import OutOfRange, RemoteProtocolError
from samefade.session.packing import expect, pack_array, unpack_array, within
from samefade.types import Band, Float, Strand, Terms

_MOST_NUMBERS, _MOST_PARTS, _MOST_LEVELS, _SEED = 65_536, 256, 4096, 16
_PARTS, _MOST_MODEL = 11, 1 << 20  # parts of terms without a learned model; bytes of one


def pack_terms(terms: Terms) -> list[Any]:
    """Make terms into plain values."""
    band = None if terms.band is None else [float(terms.band.low), float(terms.band.high), int(terms.band.voices)]
    return [
        float(terms.rate),
        int(terms.lag),
        band,
        {name: float(value) for name, value in terms.thresholds.items()},
        {end: pack_array(np.array(edges)) for end, edges in terms.edges.items()},
        int(terms.step),
        None if terms.levels is None else int(terms.levels),
        float(terms.expected_errors),
        terms.seed,
        {end: pack_array(np.array(weights)) for end, weights in terms.predictors.items()},
        [_pack_strand(strand) for strand in terms.strands],
        *([terms.model] if terms.model else []),
    ]


def unpack_terms(said: Any, *, rate: float, samples: int) -> Terms:  # noqa: ANN401 -- whatever the other end sent
    """Read terms.

    Args:
        said: What the other end sent.
        rate: Samples per second, as planned.
        samples: How many kept samples are planned.

    Raises:
        RemoteProtocolError: When they are malformed.
        OutOfRange: When they ask for something silly.
    """
    if not isinstance(said, list) or len(said) not in (_PARTS, _PARTS + 1):
        raise RemoteProtocolError(terms="malformed")
    hertz, lag, band, thresholds, edges, step, levels, errors, seed, predictors, strands = said[:_PARTS]
    model = said[_PARTS] if len(said) > _PARTS else b""
    expect([hertz, lag, step, errors, seed, strands, model], float, int, int, float, bytes, list, bytes)
    if hertz != rate:
        raise OutOfRange("rate in the terms", hertz, f"{rate:g} Hz, as planned")
    within("lag", abs(lag), 0, samples // 2)
    within("step", step, 1, samples)
    within("expected errors", errors, 0.0, 0.5)
    within("bytes of seed", len(seed), _SEED, _SEED)
    within("strands", len(strands), 0, _MOST_PARTS)
    within("bytes of model", len(model), 0, _MOST_MODEL)
    return Terms(
        rate=hertz,
        lag=lag,
        band=_band(band, rate),
        thresholds={_name(k): _number(v) for k, v in _items(thresholds)},
        edges=_series(edges),
        step=step,
        levels=_levels(levels),
        expected_errors=errors,
        seed=seed,
        predictors=_series(predictors),
        strands=tuple(_strand(strand, samples) for strand in strands),
        model=model,
    )


def _band(said: Any, rate: float) -> Band | None:  # noqa: ANN401 -- whatever the other end sent
    if said is None:
        return None
    low, high, voices = expect(said, float, float, int)
    within("band, high end", high, 0.0, rate)
    within("band, low end", low, 0.0, high)
    within("voices", voices, 1, 64)
    return Band(low, high, voices)


def _levels(said: Any) -> int | None:  # noqa: ANN401 -- whatever the other end sent
    if said is None:
        return None
    if type(said) is not int or not 2 <= said <= _MOST_LEVELS or said & (said - 1):
        raise OutOfRange("levels", said, "a power of two")
    return said


def _items(said: Any) -> list[tuple[Any, Any]]:  # noqa: ANN401 -- whatever the other end sent
    if not isinstance(said, dict) or len(said) > _MOST_PARTS:
        raise RemoteProtocolError(terms="malformed")
    return list(said.items())


def _name(said: Any) -> str:  # noqa: ANN401 -- whatever the other end sent
    if type(said) is not str or len(said) > 64:
        raise RemoteProtocolError(terms="a name that is none")
    return said


def _number(said: Any) -> float:  # noqa: ANN401 -- whatever the other end sent
    if type(said) is not float:
        raise RemoteProtocolError(terms="a number that is none")
    return said


def _series(said: Any) -> dict[str, tuple[float, ...]]:  # noqa: ANN401 -- whatever the other end sent
    return {_name(end): tuple(unpack_array(x, 1, _MOST_NUMBERS).tolist()) for end, x in _items(said)}


def _pack_strand(strand: Strand) -> list[Any]:
    return [
        pack_array(strand.direction),
        {end: float(value) for end, value in strand.mean.items()},
        int(strand.span),
        pack_array(strand.basis),
        int(strand.reach),
        pack_array(strand.estimate),
        pack_array(strand.noise),
        [float(strand.activity), float(strand.movement), float(strand.tail)],
        [pack_array(edges) for edges in strand.edges],
    ]


def _strand(said: Any, samples: int) -> Strand:  # noqa: ANN401 -- whatever the other end sent
    direction, mean, span, basis, reach, estimate, noise, law, edges = expect(
        said, list, dict, int, list, int, list, list, list, list
    )
    within("span", span, 1, samples)
    within("reach", reach, 0, samples)
    activity, movement, tail = expect(law, float, float, float)
    within("activity", activity, 0.0, 1.0)
    within("tail", tail, 0.0, 1.0)
    strand = Strand(
        direction=unpack_array(direction, 1, _MOST_NUMBERS),
        mean={_name(end): _number(value) for end, value in _items(mean)},
        span=span,
        basis=unpack_array(basis, 2, _MOST_NUMBERS),
        reach=reach,
        estimate=unpack_array(estimate, 2, _MOST_NUMBERS),
        noise=unpack_array(noise, 1, _MOST_NUMBERS),
        activity=activity,
        movement=movement,
        tail=tail,
        edges=tuple(_thresholds(x) for x in edges),
    )
    k = strand.components
    shapes = (strand.basis.shape, strand.estimate.shape, strand.noise.shape, (len(strand.edges),))
    if shapes != ((k, span), (k, span + 2 * reach), (k,), (k,)) or not {"a", "b"} <= set(strand.mean) <= {
        "a",
        "b",
        "e",
    }:
        raise RemoteProtocolError(strand="its parts do not fit together")
    if (strand.noise <= 0).any():
        raise OutOfRange("noise of a component", float(strand.noise.min()), "above 0")
    return strand


def _thresholds(said: Any) -> Float:  # noqa: ANN401 -- whatever the other end sent
    edges = unpack_array(said, 1, _MOST_LEVELS)
    if len(edges) & (len(edges) + 1) or (np.diff(edges) <= 0).any():
        raise OutOfRange("thresholds", len(edges), "2^bits - 1 of them, increasing")
    return edges
