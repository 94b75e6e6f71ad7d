"""The page of a grid: for every metric a table of schemes with confidence intervals, and its picture."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal

from samefade.dash.pages import render

Line = Mapping[str, float | int | str | None]
_RATES = ("key_rate_", "accepted_error_rate_")


@dataclass(frozen=True)
class Standing:
    """One scheme's line at one place.

    Attributes:
        rank: From 1; None where the scheme has no number in some worlds, so that its mean compares with no other.
        scheme: Its name.
        mean: In words.
        interval: In words.
        worlds: How many worlds gave a number, of how many.
        refused: In how many the scheme refused.
    """

    rank: int | None
    scheme: str
    mean: str
    interval: str
    worlds: str
    refused: int


def standings(lines: Sequence[Line], better: Literal["higher", "lower"]) -> list[Standing]:
    """Order the schemes at one place by their mean; those without a number somewhere come last, without a rank."""
    sign = -1 if better == "higher" else 1
    whole = [line for line in lines if line["numbers"] == line["worlds"]]
    rest = [line for line in lines if line["numbers"] != line["worlds"]]
    scores = sorted(sign * _value(line, "mean") for line in whole)  # equal means share a rank
    ranked = sorted((_standing(line, 1 + scores.index(sign * _value(line, "mean"))) for line in whole), key=_rank)
    return [*ranked, *(_standing(line, None) for line in rest)]


def _rank(standing: Standing) -> int:
    return standing.rank or 0


def leaderboard(
    lines: Sequence[Line],
    better: Mapping[str, Literal["higher", "lower"]],
    pictures: Mapping[str, bytes],
    about: Mapping[str, Any],
) -> str:
    """Return the page.

    Args:
        lines: The grid's summary.
        better: Metrics that can be ranked → which way is better.
        pictures: Metric → picture, PNG.
        about: `cells`, `refused`, `schemes`, `data`, `metrics`, `simulated` (places), `blocks` (places), `made_by`.

    Raises:
        MissingExtra: When Jinja is not installed.
    """
    asked = [metric for metric in dict.fromkeys(str(line["metric"]) for line in lines) if metric in better]
    sections = [
        {
            "metric": metric, "words": metric.replace("_", " "), "better": better[metric],
            "rate": metric.startswith(_RATES), "picture": _embedded(pictures.get(metric)),
            "places": _places([line for line in lines if line["metric"] == metric], better[metric]),
        }
        for metric in asked
    ]  # fmt: skip
    return render("leaderboard.html", sections=sections, about=about)


def _places(lines: Sequence[Line], better: Literal["higher", "lower"]) -> list[tuple[str, list[Standing]]]:
    names = dict.fromkeys(str(line["data"]) for line in lines)
    return [(name, standings([line for line in lines if line["data"] == name], better)) for name in names]


def _standing(line: Line, rank: int | None) -> Standing:
    low, high = _value(line, "low"), _value(line, "high")
    return Standing(
        rank, str(line["scheme"]), _words(_value(line, "mean")),
        f"{_words(low)} to {_words(high)}" if isfinite(low) and isfinite(high) else "–",
        f"{line['numbers']} of {line['worlds']}", int(line["refused"] or 0),
    )  # fmt: skip


def _value(line: Line, name: str) -> float:
    value = line[name]
    return float(value) if isinstance(value, int | float) else float("nan")


def _words(value: float) -> str:
    return f"{value:.4g}".replace("-", "−") if isfinite(value) else "–"


def _embedded(picture: bytes | None) -> str | None:
    return None if picture is None else "data:image/png;base64," + b64encode(picture).decode()
