"""What a wavelet coherence says in numbers, and as much of it as a picture needs.

Frequencies are told in shares of the packet rate, so that recordings of other rates fall into the same three bands.
"""

from collections.abc import Mapping
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from samefade.bench import Row
from samefade.types import Float
from samefade.wavelet import Coherence

if TYPE_CHECKING:
    from samefade.draw.coherence import Panel

HIGH = 0.5  # the paper's arrows stand where R² exceeds this
IN_PHASE = np.pi / 4
BANDS = {"slow": (0.0, 0.01), "middle": (0.01, 0.1), "fast": (0.1, inf)}  # of the packet rate
COLUMNS, ROWS = 300, 110


def summary(found: Coherence) -> Row:
    """Return what is coherent outside the cone, where, and how far from in phase.

    `area` is the share of cells with R² > 0.5, `in_phase_area` of cells that are within 45° of each other as well,
    `area_slow`, `area_middle` and `area_fast` of the cells of a band; `phase_deg` is the mean distance from in phase
    and `phase_spread_deg` the circular standard deviation, both over cells with R² > 0.5; `coherent_up_to` is the
    frequency, as a share of the packet rate, up to which all rows from the slowest on exceed 0.5 half of the time.
    """
    cells = _rows(found)  # (S, 5): valid, high, high and in phase, Σ|phase| of high, Σ e^{i phase} of high
    valid, high = cells[:, 0].real, cells[:, 1].real
    told: Row = {
        "area": _ratio(high.sum(), valid.sum()),
        "in_phase_area": _ratio(cells[:, 2].real.sum(), valid.sum()),
    }
    share = np.asarray(found.frequency) / found.rate
    for name, (low, top) in BANDS.items():
        inside = (share >= low) & (share < top)
        told[f"area_{name}"] = _ratio(high[inside].sum(), valid[inside].sum())
        told[f"in_phase_{name}"] = _ratio(cells[inside, 2].real.sum(), valid[inside].sum())
    length = _ratio(abs(cells[:, 4].sum()), high.sum())
    return {
        **told,
        "phase_deg": float(np.degrees(_ratio(cells[:, 3].real.sum(), high.sum()))),
        "phase_spread_deg": float(np.degrees(np.sqrt(-2 * np.log(min(length, 1.0))))) if length > 0 else float("nan"),
        "coherent_up_to": coherent_up_to(found) / found.rate,
    }


def shares(found: Coherence) -> Float:
    """Return (S,) the share of each row's samples outside the cone with R² > 0.5; NaN where there are none."""
    cells = _rows(found)
    with np.errstate(invalid="ignore"):
        return np.asarray(cells[:, 1].real / cells[:, 0].real)


def coherent_up_to(found: Coherence) -> float:
    """Return the frequency in Hz up to which all rows, from the slowest on, exceed 0.5 half of the time; 0 for none."""
    held = shares(found)
    slowest = np.flatnonzero(np.isfinite(held))[::-1]  # rows go from high to low frequency
    passing = held[slowest] >= 0.5
    count = len(passing) if passing.all() else int(np.argmin(passing))
    return float(found.frequency[slowest[count - 1]]) if count else 0.0


def change(found: Coherence, other: Coherence, low: float, high: float) -> float:
    """Return the mean |ΔR²| of two coherences of one length over rows from `low` to `high` Hz, outside the cone."""
    total = cells = 0.0
    for j in np.flatnonzero((found.frequency >= low) & (found.frequency <= high)):
        inside = found.outside(int(j))
        gap = np.abs(found.rows[j][inside] - other.rows[j][inside])
        total, cells = total + float(gap.mean() * found.valid[j]) if gap.size else total, cells + float(found.valid[j])
    return _ratio(total, cells)


def sampled(found: Coherence, columns: int = COLUMNS, rows: int | None = ROWS) -> "Panel":
    """Return a coherence at so many points in time of so many rows at the most."""
    from samefade.draw.coherence import thinned  # brings matplotlib, which most processes do not need

    return thinned(found, columns, rows)


def kept(name: str, found: Coherence) -> dict[str, NDArray[Any]]:
    """Return the arrays of a picture's panel under a name."""
    panel = sampled(found)
    return {
        f"{name}/power": panel.power.astype(np.float16),
        f"{name}/phase": panel.phase.astype(np.float16),
        f"{name}/minutes": panel.minutes.astype(np.float32),
        f"{name}/frequency": panel.frequency.astype(np.float32),
        f"{name}/cone": panel.cone.astype(np.float32),
        f"{name}/last": np.array([panel.last]),
    }


def panel(arrays: Mapping[str, NDArray[Any]], name: str) -> "Panel":
    """Return a panel that was kept."""
    from samefade.draw.coherence import Panel

    parts = {part: arrays[f"{name}/{part}"] for part in ("minutes", "frequency", "power", "phase", "cone")}
    return Panel(**parts, last=float(arrays[f"{name}/last"][0]))


def _rows(found: Coherence) -> NDArray[np.complex128]:
    cells = np.zeros((len(found), 5), np.complex128)
    for j, (row, cross) in enumerate(zip(found.rows, found.cross, strict=True)):
        inside = found.outside(j)
        values = np.asarray(row[inside])
        if not values.size:
            continue
        phase = np.angle(np.asarray(cross[inside])[values > HIGH])
        near = np.count_nonzero(np.abs(phase) < IN_PHASE)
        cells[j] = len(values), len(phase), near, np.abs(phase).sum(), np.exp(1j * phase).sum()
        cells[j] *= found.valid[j] / len(values)  # a sample of a thinned row stands for several of the signal
    return cells


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else float("nan")
