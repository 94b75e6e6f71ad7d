"""Write single values as a person reads them."""

from collections.abc import Mapping
from math import isfinite, log2


def text(value: object) -> str:
    """Return a value as a person reads it; a dash where there is none."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}" if isfinite(value) else "–"
    return f"{value:,}" if isinstance(value, int) else str(value)


def duration(seconds: float) -> str:
    """Return a time in seconds, minutes or hours."""
    if seconds < 120:
        return f"{seconds:.3g} s"
    return f"{seconds / 60:.3g} min" if seconds < 7200 else f"{seconds / 3600:.3g} h"


def fixed(value: object) -> str:
    """Return a number with three digits after the point, so that a column of them lines up."""
    return f"{value:.3f}" if isinstance(value, float) and isfinite(value) else text(value)


def whole(value: object) -> str:
    """Return a number without digits after the point."""
    return f"{value:,.0f}" if isinstance(value, float) and isfinite(value) else text(value)


def chance(value: object) -> str:
    """Return a chance as a power of two."""
    if value is None:
        return "not said: the estimate is an average"
    return f"2^{log2(float(str(value))):.4g}"


def short(value: object) -> str:
    """Return what belongs to an event in few words."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {short(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return f"{len(value)}: {short(value[0])} …" if len(value) > 1 else " ".join(map(short, value))
    return text(value)
