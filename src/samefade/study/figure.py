"""What a figure of a study is: a specification, a computation, a drawing that computes nothing, and a judgement.

A figure is a file `study/<paper>/figNN.py` with

- `SPEC`, a `Spec`: what is computed, as plain values, in full and quick;
- `compute(spec, lab)`: a `Result`, made of the specification and nothing else;
- `draw(result)`: a picture of the result; it computes nothing that decides;
- `judge(result)`: which claims of the paper the result speaks about, and what it says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from samefade.bench import Row

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Picture

    from samefade.study.lab import Lab

Plain = str | int | float | bool | None | Sequence["Plain"] | Mapping[str, "Plain"]
Mark = Literal["holds", "differs", "cannot be tested"]


@dataclass(frozen=True)
class Spec:
    """What a figure computes, as values that JSON can hold; a spec that did not change is not computed again.

    Attributes:
        title: What the figure shows, in one line.
        full: The specification of the full study.
        quick: What `--quick` changes of it: seconds instead of minutes, and the same code.
    """

    title: str
    full: Mapping[str, Plain]
    quick: Mapping[str, Plain] = field(default_factory=dict)

    def values(self, *, quick: bool) -> dict[str, Any]:
        """Return the values of one run."""
        return {**self.full, **(self.quick if quick else {})}


@dataclass(frozen=True, eq=False)
class Result:
    """What a figure computed.

    Attributes:
        rows: A tidy table: every row has the same meaning, its columns say what it is about.
        arrays: What a picture needs beside the table: curves and panels, by name.
        notes: What was left out and why (an absent recording), in sentences.
    """

    rows: list[Row]
    arrays: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def where(self, **wanted: Plain) -> list[Row]:
        """Return the rows whose columns have these values."""
        return [row for row in self.rows if all(row.get(name) == value for name, value in wanted.items())]

    def column(self, name: str, **wanted: Plain) -> NDArray[np.float64]:
        """Return one column of those rows as numbers, NaN where there is none, (n,)."""
        values = [row.get(name) for row in self.where(**wanted)]
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


@dataclass(frozen=True)
class Verdict:
    """What a result says of one claim.

    Attributes:
        mark: Whether it holds.
        why: One sentence with the numbers that decide.
        places: Where it was tested → what was seen there: "los-short, simulated" → "holds".
    """

    mark: Mark
    why: str
    places: Mapping[str, Mark] = field(default_factory=dict)


def overall(places: Mapping[str, Mark], why: str) -> Verdict:
    """Return the verdict on several places: it holds where it holds on every one that can be tested."""
    seen = {mark for mark in places.values() if mark != "cannot be tested"}
    mark: Mark = "cannot be tested" if not seen else "holds" if seen == {"holds"} else "differs"
    return Verdict(mark, why, places)


class Figure(Protocol):
    """A figure's file, as a module."""

    SPEC: Spec

    def compute(self, spec: Mapping[str, Any], lab: "Lab") -> Result:
        """Compute what the specification asks for."""

    def draw(self, result: Result) -> "Picture":
        """Draw a result."""

    def judge(self, result: Result) -> dict[int, Verdict]:
        """Judge the claims that the result speaks about, by their numbers in claims.toml."""
