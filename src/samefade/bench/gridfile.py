"""Read a grid from a TOML file; whatever is wrong in it is said before anything runs."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import fields
from math import isfinite
from pathlib import Path
from typing import Any, get_args

from samefade import channel, data, schemes
from samefade.bench.errors import WrongGrid
from samefade.bench.grid import Grid, Place
from samefade.bench.metrics import ALL, FIELD, metric
from samefade.bench.source import Source
from samefade.errors import OutOfRange
from samefade.observe import By

_BY: tuple[str, ...] = get_args(By)
_TERMS = ("learnt", "oracle")
MOST = 1_000_000  # seeds or blocks of one line: all cells are planned before the first is computed
Check = tuple[str, Callable[[Any], bool]]


def _whole(value: Any, least: int) -> bool:  # noqa: ANN401 -- any TOML value
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _positive(value: Any) -> bool:  # noqa: ANN401 -- any TOML value
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value) and value > 0


def _several(value: Any, of: type) -> bool:  # noqa: ANN401 -- any TOML value
    return isinstance(value, list) and bool(value) and all(isinstance(item, of) for item in value)


def _seeds(value: Any) -> bool:  # noqa: ANN401 -- any TOML value
    return (_whole(value, 1) and value <= MOST) or (
        _several(value, int) and all(_whole(v, 0) for v in value) and len({*value}) == len(value)
    )


_OF_A_SOURCE: dict[str, Check] = {
    "seconds": ("a positive number", _positive),
    "by": ("one of " + ", ".join(_BY), lambda v: v in _BY),
    "tone": ("a whole number from 0", lambda v: _whole(v, 0)),
    "all_tones": ("true or false", lambda v: isinstance(v, bool)),
}
_OF_A_PLACE: dict[str, Check] = _OF_A_SOURCE | {
    "name": ("a name such as sim:los-short", lambda v: isinstance(v, str)),
    "label": ("a text", lambda v: isinstance(v, str) and bool(v)),
    "blocks": (f"a whole number from 1 to {MOST:,}", lambda v: _whole(v, 1) and v <= MOST),
    "seeds": (f"how many, up to {MOST:,}, or a list of different whole numbers from 0", _seeds),
}
_OF_A_TRAINING: dict[str, Check] = _OF_A_SOURCE | {
    "name": _OF_A_PLACE["name"],
    "seed": ("a whole number from 0", lambda v: _whole(v, 0)),
}
_OF_A_GRID: dict[str, Check] = _OF_A_SOURCE | {
    "schemes": ("a list of names", lambda v: _several(v, str) and len({*v}) == len(v)),
    "data": ("a list of names, or of tables with a name", lambda v: _several(v, str | dict)),  # type: ignore[arg-type]
    "seeds": _OF_A_PLACE["seeds"],
    "metrics": (
        '"field", "all" or a list of names',
        lambda v: v in {"field", "all"} if isinstance(v, str) else _several(v, str),
    ),
    "minutes": ("a positive number", _positive),
    "trained": ("a name, or a table with a name", lambda v: isinstance(v, str | dict)),
    "terms": ("one of " + ", ".join(_TERMS), lambda v: v in _TERMS),
}


def read_grid(path: Path) -> Grid:
    """Read a grid.

    Raises:
        WrongGrid: When the file is not there, no TOML, or has a key or a value that no grid has.
        UnknownName: When a scheme, a scenario, a public set or a metric is unknown.
        DataUnavailable: When a public set is not on this machine.
        OutOfRange: When the terms would be learnt on a record of the grid itself.
    """
    try:
        text = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as refused:
        raise WrongGrid(path, refused.strerror or str(refused)) from refused
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as damage:
        raise WrongGrid(path, f"it is no TOML: {damage}") from damage
    if set(text) != {"grid"} or not isinstance(text["grid"], dict):
        raise WrongGrid(path, "it needs one table, [grid], and nothing beside it")
    try:
        return grid_of(text["grid"])
    except _Wrong as why:
        raise WrongGrid(path, str(why)) from None


def grid_of(table: Mapping[str, Any]) -> Grid:
    """Make a grid of what stands under `[grid]`, and look up every name in it."""
    _check(table, _OF_A_GRID, "[grid]", needed=("schemes", "data"))
    names = table.get("metrics", "field")
    metrics = {"field": FIELD, "all": ALL}[names] if isinstance(names, str) else tuple(dict.fromkeys(names))
    for name in metrics:
        metric(name)
    for name in table["schemes"]:
        schemes.find(name)
    places = tuple(_place(entry, table) for entry in table["data"])
    twice = {place.label for place in places if sum(other.label == place.label for other in places) > 1}
    if twice:
        raise _Wrong(f"two lines of data are called {min(twice)!r}: give each a label")
    trained = None if "trained" not in table else _trained(table["trained"], table, places)
    return Grid(tuple(table["schemes"]), places, metrics, table.get("minutes"), trained, table.get("terms", "learnt"))


class _Wrong(Exception):
    """A sentence about what is wrong, for whoever knows the file's name."""


def _check(table: Mapping[str, Any], known: Mapping[str, Check], where: str, needed: tuple[str, ...]) -> None:
    for key, value in table.items():
        if key not in known:
            raise _Wrong(f"{where} has no key {key!r}; it may have {', '.join(sorted(known))}")
        what, right = known[key]
        if not right(value):
            raise _Wrong(f"{key} of {where} is {value!r}, not {what}")
    for key in needed:
        if key not in table:
            raise _Wrong(f"{where} lacks {key}")


def _place(entry: str | dict[str, Any], defaults: Mapping[str, Any]) -> Place:
    own = {"name": entry} if isinstance(entry, str) else entry
    _check(own, _OF_A_PLACE, f"the line of data {own.get('name', '')!r}", needed=("name",))
    source = _source({**_inherited(defaults), **own})
    seeds = own.get("seeds", defaults.get("seeds", 1))
    if source.kind != "sim":
        if "seeds" in own or "seconds" in own:
            raise _Wrong(f"{source.name} is a record: it has blocks, and neither seeds nor seconds")
        seeds = [0]
    return Place(
        own.get("label", source.name), source, tuple(range(1, seeds + 1)) if isinstance(seeds, int) else tuple(seeds)
    )


def _inherited(defaults: Mapping[str, Any]) -> dict[str, Any]:
    return {key: defaults[key] for key in _OF_A_SOURCE if key in defaults}


def _source(about: Mapping[str, Any]) -> Source:
    """Make a source, and see that it is here; a simulated one has tone 6, a record the one that its format takes."""
    own = {field.name: about[field.name] for field in fields(Source) if field.name in about}
    simulated = own["name"].startswith("sim:")
    if not simulated:
        own.pop("seconds", None)
    source = Source(**({"tone": None} if not simulated else {}) | own)
    if source.kind == "sim":
        channel.scenario(source.about)
    elif source.kind == "set":
        data.path(source.about)
    source.hashes()
    return source


def _trained(entry: str | dict[str, Any], defaults: Mapping[str, Any], places: tuple[Place, ...]) -> Source:
    own = {"name": entry} if isinstance(entry, str) else entry
    _check(own, _OF_A_TRAINING, "trained", needed=("name",))
    source = _source({**_inherited(defaults), **own})
    for place in places:
        if _one_record(source, place.source) and (source.kind != "sim" or source.seed in place.seeds):
            raise OutOfRange("trained", f"{source.name}, seed {source.seed}", "a record that is not in the grid itself")
    return source


def _one_record(source: Source, other: Source) -> bool:
    """Say whether two names are of one record; a file may have two."""
    if source.name == other.name or source.kind != other.kind or source.kind not in ("files", "netstar"):
        return source.name == other.name
    return bool({*source.hashes().values()} & {*other.hashes().values()})
