"""What the field reports beside what is secret, scheme by scheme."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from samefade.api.comparison import Row
from samefade.draw.canvas import save
from samefade.errors import NotEnough


def rates(rows: Sequence[Row], path: Path) -> None:
    """Draw key rate, secure rate and mutual information of every scheme that ran, on a logarithmic axis.

    Args:
        rows: Lines of a comparison.
        path: Where to; .png, .pdf or .svg.

    Raises:
        NotEnough: When no scheme could run.
        CannotWrite: When it cannot be written.
    """
    ran = [row.report for row in rows if row.report is not None]
    if not ran:
        raise NotEnough(schemes_that_ran=0)
    y = np.arange(len(ran))[::-1]
    figure = Figure(figsize=(10, 1.6 + 0.42 * len(ran)), layout="constrained")
    axes = figure.subplots()
    floor = 1e-4
    reported = [max(r.key_rate[20], floor) for r in ran]
    secret = [max(r.secure_bits_per_sample, floor) for r in ran]
    axes.barh(y + 0.2, reported, 0.36, color="#c9c9c9", label="key rate, ≤ 20 of 256 bits wrong (not secrecy)")
    axes.barh(y - 0.2, secret, 0.36, color="#0b7a3b", label="secure rate")
    limit = ran[0].mutual_information_per_sample
    if limit > floor:
        axes.axvline(limit, color="#a01a58", lw=1.2, ls="--", label=f"mutual information {limit:.3g}: the limit")
    axes.set_yticks(y, [r.scheme for r in ran])
    axes.set_xscale("log")
    axes.set(xlim=(floor, 3), xlabel="bits a sample (a bar at the left edge: none)")
    figure.legend(fontsize=8, loc="outside upper left", ncols=3)
    save(figure, path)
