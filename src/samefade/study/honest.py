"""Set beside each key rate what the paper does not give: the secure rate, what the ends share, and the fair rival."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from samefade.bench import Row
from samefade.study.shelf import Shelved

RATE, SECURE, SHARED, WRONG = "key_rate_20", "secure_rate", "mutual_information", "bit_error_rate"
COLUMNS = (RATE, WRONG, SECURE, SHARED)


@dataclass(frozen=True)
class Means:
    """Means over the worlds of one place and arm.

    Attributes:
        place: Where.
        arm: How the record was treated.
        worlds: How many worlds have a key rate.
        accounts: How many of them have an account of secrecy.
        values: Column → mean, NaN where no world has it.
    """

    place: str
    arm: str
    worlds: int
    accounts: int
    values: Mapping[str, float]


def means(rows: Iterable[Row]) -> list[Means]:
    """Return the means of every place and arm that has key rates, in the order of the rows."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        about = _about(row)
        if _rate(row) is not None and about is not None:
            groups.setdefault(about, []).append(row)
    return [_means(place, arm, group) for (place, arm), group in groups.items()]


def homes(results: Mapping[str, Shelved]) -> dict[tuple[str, str], tuple[str, Means]]:
    """Return for each place and arm the figure whose result has most accounts of it, with its means.

    Of figures that know as much, the one with more arms and places is taken.
    """
    best: dict[tuple[str, str], tuple[str, Means]] = {}
    known: dict[tuple[str, str], tuple[int, int, int]] = {}
    for name, shelved in results.items():
        found = means(shelved.result.rows)
        for one in found:
            about, much = (one.place, one.arm), (one.accounts, one.worlds, len(found))
            if much > known.get(about, (-1, 0, 0)):
                best[about], known[about] = (name, one), much
    return best


def rates(results: Mapping[str, Shelved], place: str, arm: str) -> dict[int, float]:
    """Return world → key rate of one place and arm, from the figure that `homes` names."""
    found = homes(results).get((place, arm))
    rows = results[found[0]].result.rows if found else []
    return {
        int(str(row["world"])): rate
        for row in rows
        if _about(row) == (place, arm) and "world" in row and (rate := _rate(row)) is not None
    }


def _about(row: Row) -> tuple[str, str] | None:
    arm, place = row.get("arm") or row.get("scheme"), row.get("place") or row.get("name")
    return None if arm is None or place is None else (str(place), str(arm))


def _means(place: str, arm: str, rows: list[Row]) -> Means:
    values = {name: [v for row in rows if (v := _float(row.get(name))) is not None] for name in COLUMNS}
    values[RATE] = [v for row in rows if (v := _rate(row)) is not None]
    mean = {name: float(np.mean(found)) if found else float("nan") for name, found in values.items()}
    return Means(place, arm, len(values[RATE]), len(values[SECURE]), mean)


def _rate(row: Row) -> float | None:
    """Return the key rate: none was made where the ends could not even agree on terms."""
    return 0.0 if row.get(RATE) is None and row.get("refusal") == "NotReciprocal" else _float(row.get(RATE))


def _float(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
