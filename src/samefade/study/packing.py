"""Write rows as text and read them back: one row a line, and columns told once.

Rows of one figure may have different columns: each row begins with the number of its list of columns, and a column that
is the same in all of its rows is told once. Numbers are kept to six digits.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from samefade.bench import Row

DIGITS = 6
_DEEP = ("spec", "provenance", "verdicts")  # names whose inner names have a line each


def document(about: Mapping[str, Any], rows: Sequence[Row]) -> str:
    """Return a table as JSON that is easy to read and to compare: what it is about, and then its rows.

    Args:
        about: Anything that JSON has a form for, by name.
        rows: The rows; `unpacked` returns them.
    """
    kinds, lines = packed(plain(rows))
    head = _by_name(plain({**about, **kinds}), _DEEP)[:-2]
    body = ",\n".join(map(_json, lines))
    return f'{head},\n"rows": [\n{body}\n]}}\n'


def packed(rows: Sequence[Row]) -> tuple[dict[str, Any], list[list[Any]]]:
    """Return the lists of columns with what is the same in all rows of each, and the rows as lists."""
    kinds: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        kinds.setdefault(tuple(row), []).append(row)
    number = {columns: i for i, columns in enumerate(kinds)}
    same = [
        {name: group[0][name] for name in columns if len({_json(row[name]) for row in group}) == 1}
        for columns, group in kinds.items()
    ]
    lines = [[i := number[tuple(row)], *(row[name] for name in row if name not in same[i])] for row in rows]
    return {"columns": [list(columns) for columns in kinds], "same": same}, lines


def unpacked(columns: list[list[str]], same: list[Row], lines: list[list[Any]]) -> list[Row]:
    """Return the rows again."""
    varying = [[name for name in names if name not in told] for names, told in zip(columns, same, strict=True)]
    rows: list[Row] = []
    for i, *values in lines:
        found = {**same[i], **dict(zip(varying[i], values, strict=True))}
        rows.append({name: found[name] for name in columns[i]})
    return rows


def plain(value: Any) -> Any:  # noqa: ANN401 -- any value that JSON has a form for
    """Return a value as JSON holds it: numbers to six digits, null for what is not finite."""
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if np.isfinite(value) else None
    return value


def _by_name(told: Mapping[str, Any], deep: tuple[str, ...] = ()) -> str:
    """Return JSON with a line for each name, and one for each inner name where that is easier to read and compare."""
    lines = [
        f"{_json(name)}: {_by_name(inner) if name in deep and inner else _json(inner)}" for name, inner in told.items()
    ]
    return "{\n" + ",\n".join(lines) + "\n}"


def _json(value: Any) -> str:  # noqa: ANN401 -- any value that JSON has a form for
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
