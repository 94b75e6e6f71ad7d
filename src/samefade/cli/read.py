"""`samefade read`: what is in a file, and what was dropped."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer

from samefade.cli.output import emit, say, show, steps, table, writable
from samefade.cli.source import ColumnA, ColumnB, ColumnTime, Format, Negated, Rate
from samefade.types import Recording

if TYPE_CHECKING:
    from samefade.files.windows import Held
    from samefade.types import Float

STEP = 1 << 16  # packets that are looked at


def read(
    file: Annotated[Path, typer.Argument(help="A recording in any known format.")],
    format: Format = None,
    column_a: ColumnA = None,
    column_b: ColumnB = None,
    column_time: ColumnTime = None,
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

    With --out, logs of ESP32-CSI-Tool and esp-csi and tables of amplitudes may be longer than memory.
    """
    from samefade import api
    from samefade.files.converting import convert
    from samefade.files.windows import hold

    columns = {"a": column_a, "b": column_b, "time": column_time}
    given = {"format": format, **columns, "sign": -1 if negated else None, "rate": rate}
    options: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    streamed = True
    if out is None:
        with steps("reading", quiet=json):
            told = [describe(recording) for recording in api.read(file, **options)]
    else:
        with steps("reading and keeping", quiet=json):
            streamed = convert(file, writable(out), **options)
            told = [describe_held(end) for end in hold(out)]
    if json:
        emit({"schema": "samefade.read/1", "file": str(file), "recordings": told})
        return
    for one in told:
        _show(one)
    if out is not None:
        say(f"kept in {out}" + ("" if streamed else " (this format is read whole, not in batches)"))


def describe(recording: Recording) -> dict[str, Any]:
    """Return what `read` says about one recording, as a dictionary."""
    return _described(recording, recording.time, len(recording))


def describe_held(end: "Held") -> dict[str, Any]:
    """Return the same about an end of a container; its usual interval is that of its first 65,536 packets."""
    first = end.window(0, STEP)
    time = first.time if len(end) <= STEP else np.append(first.time, end.column("time", len(end) - 1, len(end)))
    return _described(first, time, len(end))


def _described(recording: Recording, time: "Float", packets: int) -> dict[str, Any]:
    span = float(time[-1] - time[0]) if packets > 1 else 0.0
    usual = float(np.median(np.diff(time[: len(recording)]))) if len(recording) > 1 else 0.0
    return {
        "device": recording.device,
        "packets": packets,
        "seconds": span,
        "rate_hz": 1 / usual if span > 0 and usual > 0 else None,
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
