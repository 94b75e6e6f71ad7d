"""Compare two accounts number by number; verification raises."""

from collections.abc import Mapping
from math import isclose
from typing import Any

from samefade.errors import KeysDiffer

_DIGITS = 1e-9  # two computers may differ in the last digits of a sum


def same(name: str, ours: Any, theirs: Any) -> None:  # noqa: ANN401 -- any JSON value
    """Return when two values are the same, numbers but for their last digits.

    Args:
        name: What is compared, for the message.
        ours: A JSON value.
        theirs: Another.

    Raises:
        KeysDiffer: With the place that differs and both values.
    """
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping) and ours.keys() == theirs.keys():
        for key in ours:
            same(f"{name}, {key}", ours[key], theirs[key])
    elif isinstance(ours, list | tuple) and isinstance(theirs, list | tuple) and len(ours) == len(theirs):
        for i, (own, other) in enumerate(zip(ours, theirs, strict=True), 1):
            same(f"{name}, line {i}", own, other)
    elif not _equal(ours, theirs):
        raise KeysDiffer(what=name, a=ours, b=theirs)


def _equal(ours: Any, theirs: Any) -> bool:  # noqa: ANN401 -- any JSON value
    if _number(ours) and _number(theirs):
        return isclose(ours, theirs, rel_tol=_DIGITS)
    return type(ours) is type(theirs) and bool(ours == theirs)


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
