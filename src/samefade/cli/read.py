"""`samefade read`: what is in a file, and what was dropped."""

from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from samefade.cli.output import emit, say, show, steps, table, writable
from samefade.cli.source import ColumnA, ColumnB, Format, Negated, Rate
from samefade.types import Recording


def read(
    file: Annotated[Path, typer.Argument(help="A recording in any known format.")],
    format: Format = None,
    column_a: ColumnA = None,
    column_b: ColumnB = None,
    negated: Negated = False,
    rate: Rate = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Keep it in samefade's container: x.zarr or x.zarr.zip.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Read a recording and say what is in it: packets, tones, clock, and every line that was dropped.

    Examples: `samefade read capture.csv` · `samefade read rssi.csv --column-a "GW RSSI" --column-b "ED RSSI"` ·
    `samefade read capture.csv --out capture.zarr.zip`
    """
    from samefade import api, files

    given = {"format": format, "a": column_a, "b": column_b, "sign": -1 if negated else None, "rate": rate}
    with steps("reading", quiet=json):
        found = api.read(file, **{name: value for name, value in given.items() if value is not None})
    if out is not None:
        files.container.write(writable(out), found)
    told = [describe(recording) for recording in found]
    if json:
        emit({"schema": "samefade.read/1", "file": str(file), "recordings": told})
        return
    for one in told:
        _show(one)
    if out is not None:
        say(f"kept in {out}")


def describe(recording: Recording) -> dict[str, Any]:
    """Return what `read` says about one recording, as a dictionary."""
    time = recording.time
    span = float(time[-1] - time[0]) if len(time) > 1 else 0.0
    return {
        "device": recording.device,
        "packets": len(recording),
        "seconds": span,
        "rate_hz": 1 / float(np.median(np.diff(time))) if span > 0 and np.median(np.diff(time)) > 0 else None,
        "clock": recording.clock,
        "tones": 0 if recording.raw is None else int(recording.raw.shape[1]),
        "values": "none" if recording.raw is None else str(recording.raw.dtype),
        "rssi": recording.rssi is not None,
        "sequence_numbers": recording.seq is not None,
        "dropped": dict(recording.dropped),
        "about": dict(recording.about),
    }


def _show(told: dict[str, Any]) -> None:
    rate = "unknown" if told["rate_hz"] is None else _rate(told["rate_hz"], (told["packets"] - 1) / told["seconds"])
    rows = [
        ("packets", f"{told['packets']:,}"),
        ("duration", f"{told['seconds']:,.1f} s"),
        ("rate", rate),
        ("time axis", told["clock"]),
        ("tones", f"{told['tones']} ({told['values']})"),
        ("RSSI", "yes" if told["rssi"] else "no"),
        ("sequence numbers", "yes" if told["sequence_numbers"] else "no"),
        *((f"dropped: {reason}", f"{count:,}") for reason, count in told["dropped"].items()),
        *told["about"].items(),
    ]
    show(table(told["device"], "", "", rows=rows))
    say()


def _rate(median: float, mean: float) -> str:
    """Tell both rates where they differ, by bursts or by gaps."""
    return f"{median:.4g} Hz (median)" + (f", {mean:.4g} Hz on average" if abs(mean / median - 1) > 0.02 else "")
