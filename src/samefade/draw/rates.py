"""What the field reports beside what is secret, scheme by scheme."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from samefade.api.comparison import Row
from samefade.draw.canvas import save
from samefade.errors import NotEnough

_FLOOR, _RIGHT = 1e-4, 60.0
_RED = "#a0330b"


def rates(rows: Sequence[Row], path: Path) -> None:
    """Draw key rate, secure rate and mutual information of every scheme that ran, on a logarithmic axis.

    The part of a key rate that is more than the scheme's band can hold is hatched.

    Args:
        rows: Lines of a comparison.
        path: Where to; .png, .pdf or .svg.

    Raises:
        NotEnough: When no scheme could run.
        CannotWrite: When it cannot be written.
    """
    ran = [(row, row.report) for row in rows if row.report is not None]
    if not ran:
        raise NotEnough(schemes_that_ran=0)
    y = np.arange(len(ran))[::-1]
    figure = Figure(figsize=(10, 1.9 + 0.42 * len(ran)), layout="constrained")
    axes = figure.subplots()
    reported = [max(report.key_rate[20], _FLOOR) for _, report in ran]
    secret = [max(report.secure_bits_per_sample, _FLOOR) for _, report in ran]
    axes.barh(y + 0.2, reported, 0.36, color="#c9c9c9", label="key rate, ≤ 20 of 256 bits wrong (not secrecy)")
    axes.barh(y - 0.2, secret, 0.36, color="#0b7a3b", label="secure rate")
    _mark([row for row, _ in ran], y, axes)
    limit = max(report.mutual_information_per_sample for _, report in ran)  # of all tones, where a scheme takes all
    if limit > _FLOOR:
        axes.axvline(limit, color="#a01a58", lw=1.2, ls="--", label=f"mutual information {limit:.3g}: the limit")
    axes.set_yticks(y, [row.scheme for row, _ in ran])
    axes.set_xscale("log")
    axes.set(xlim=(_FLOOR, _RIGHT), xlabel="bits a sample (a bar at the left edge: none)")
    figure.legend(fontsize=8, loc="outside upper left", ncols=2)
    save(figure, path)


def _mark(rows: Sequence[Row], y: NDArray[np.int64], axes: Axes) -> None:
    """Hatch the part of a bar that is more than the scheme's band can hold, and say how many times too much it is."""
    hatched = False
    for row, at in zip(rows, y, strict=True):
        field = row.field
        if field is None or field.information is None or not field.overclaims:
            continue
        start = max(field.information.per_sample, _FLOOR)
        label = None if hatched else "of it, more than the scheme's band can hold"
        axes.barh(
            at + 0.2, field.claimed - start, 0.36, left=start, color="#efc9b5", hatch="////", edgecolor=_RED, lw=0,
            label=label,
        )  # fmt: skip
        axes.text(field.claimed * 1.05, at + 0.2, f"{field}", va="center", fontsize=7, color=_RED)
        hatched = True
