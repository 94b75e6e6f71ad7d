"""`samefade trace`: what happened in a run, as a table in the order of time."""

from pathlib import Path
from typing import Annotated, Any

import typer

from samefade.cli.following import shown
from samefade.cli.output import emit, show, table
from samefade.errors import UnreadableRecording

_NAMED = ("t", "end", "event")


def trace(
    file: Annotated[Path, typer.Argument(help="What `samefade node --trace` wrote.")],
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show a trace; it holds public events only. Example: `samefade trace ap.trace`."""
    told = read_events(file)
    if json:
        emit({"schema": "samefade.trace/1", "events": told})
        return
    rows = [tuple(map(shown, (f"{line['t']:.3f}", str(line["end"]), str(line["event"]), _rest(line)))) for line in told]
    show(table(f"trace {file}", "", "end", "event", "", rows=rows))


def read_events(file: Path) -> list[dict[str, Any]]:
    """Return the events of a trace.

    Raises:
        UnreadableRecording: When the file cannot be read, or is no trace.
    """
    from samefade.session.trace import read_trace

    try:
        with file.open(encoding="utf-8", errors="replace") as lines:
            told = list(read_trace(lines, file))
            _refuse_others(told, file)
    except OSError as why:
        raise UnreadableRecording(file, reason=why.strerror or str(why)) from None
    return told


def _refuse_others(told: list[dict[str, Any]], file: Path) -> None:
    """Refuse JSON lines of something else, and a file without one whole line of ours."""
    from samefade.session.trace import FORMAT

    ours = bool(told) and told[0].get("format") == FORMAT
    if not ours or not all(isinstance(line["t"], int | float) for line in told):
        raise UnreadableRecording(file, reason="it is no trace")


def _rest(line: dict[str, Any]) -> str:
    return ", ".join(f"{name} {_short(value)}" for name, value in line.items() if name not in _NAMED)


def _short(value: Any) -> str:  # noqa: ANN401 -- any JSON value
    if isinstance(value, dict):
        return str(value["why"]) if "why" in value else ", ".join(f"{k} {_short(v)}" for k, v in value.items())
    if isinstance(value, list):
        return f"{len(value)}: {_short(value[0])} …" if len(value) > 1 else " ".join(map(_short, value))
    return f"{value:.4g}" if isinstance(value, float) else str(value)
