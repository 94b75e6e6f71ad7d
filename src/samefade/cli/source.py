"""Where a command gets its pair from: two files, one two-ended file, or a public data set by name."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from samefade.cli.output import steps
from samefade.errors import OutOfRange
from samefade.types import Observation, Pair

# as `samefade.observe.By`, spelt again because that room takes a second to load, and `--help` needs only this
By = Literal["auto", "sequence", "clock", "row"]

Files = Annotated[
    list[Path] | None, typer.Argument(help="The two ends' recordings, or one file that holds both.", show_default=False)
]
Data = Annotated[str | None, typer.Option("--data", help="A public data set by name; `samefade data list`.")]
Eve = Annotated[Path | None, typer.Option("--eve", help="What the eavesdropper recorded.")]
Tone = Annotated[int | None, typer.Option("--tone", help="Index of the subcarrier; by default 6, the paper's.")]
AllTones = Annotated[bool, typer.Option("--all-tones", help="Of CSI: every tone that both ends can use.")]
Format = Annotated[str | None, typer.Option("--format", help="Name of the format, when guessing fails.")]
ColumnA = Annotated[str | None, typer.Option("--column-a", help="In an RSSI table: the column of end a.")]
ColumnB = Annotated[str | None, typer.Option("--column-b", help="In an RSSI table: the column of end b.")]
ColumnTime = Annotated[str | None, typer.Option("--column-time", help="In an RSSI table: the column of the time.")]
Negated = Annotated[bool, typer.Option("--negated", help="In an RSSI table: the values are −RSSI.")]
Rate = Annotated[float | None, typer.Option("--rate", help="Packets per second, where the file does not tell.")]
Match = Annotated[By, typer.Option("--match", help="Match samples by: auto, sequence, clock, row.")]
HalfDuplex = Annotated[bool, typer.Option("--half-duplex", help="Interpolate b to a's instants.")]


def _pair(
    recordings: Files = None,
    data: Data = None,
    eve: Eve = None,
    tone: Tone = None,
    format: Format = None,
    column_a: ColumnA = None,
    column_b: ColumnB = None,
    column_time: ColumnTime = None,
    negated: Negated = False,
    rate: Rate = None,
    match: Match = "auto",
    half_duplex: HalfDuplex = False,
    all_tones: AllTones = False,
) -> Pair[Observation]:
    paths = recordings or []
    if (data is None) == (not paths) or len(paths) > 2:
        raise OutOfRange("recordings", len(paths), "two files, one two-ended file, or --data NAME")
    given = {"format": format, "time": column_time, "sign": -1 if negated else None, "rate": rate}
    options: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    from samefade.api import read_pair, read_set

    with steps("reading"):
        if data is not None:
            if options or column_a or column_b or half_duplex:
                raise OutOfRange("beside --data", "how to read it", "nothing of the kind: the set itself says how")
            return read_set(data, eve=eve, subcarrier=tone, by=match, all_tones=all_tones)
        options |= {"by": match, "half_duplex": half_duplex, "columns": (column_a, column_b)}
        return read_pair(*paths, eve=eve, subcarrier=tone, all_tones=all_tones, **options)


@dataclass(frozen=True)
class Given:
    """What the options name, before anything is read.

    Attributes:
        options: The options by their names.
    """

    options: Mapping[str, Any]

    def __bool__(self) -> bool:
        """Say whether they name a recording at all."""
        return bool(self.options["recordings"]) or self.options["data"] is not None

    def pair(self) -> Pair[Observation]:
        """Read the pair."""
        return _pair(**self.options)

    def files(self) -> dict[str, Path]:
        """Return the files that the pair is made of: what each holds → where it lies."""
        from samefade import data

        recordings = self.options["recordings"] or []
        named: dict[str, Path] = dict(zip(("a", "b") if len(recordings) == 2 else ("both",), recordings, strict=False))
        if self.options["data"] is not None:
            named = {str(role): path for role, path in data.get(self.options["data"]).items()}
        eve = self.options["eve"]
        return named if eve is None else named | {"eve": eve}


def with_pair(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that name recordings, and call it with the pair they make."""
    return _joined(command, "pair", lambda options: _pair(**options))


def with_source(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that name recordings, and call it with what they name, as `source`."""
    return _joined(command, "source", Given)


def _joined(command: Callable[..., None], called: str, make: Callable[[dict[str, Any]], Any]) -> Callable[..., None]:
    source = inspect.signature(_pair).parameters
    own = [p for name, p in inspect.signature(command).parameters.items() if name != called]

    @wraps(command)
    def run(**given: Any) -> None:  # noqa: ANN401 -- whatever the options hold
        made = make({name: given.pop(name) for name in source})
        command(**{called: made}, **given)

    run.__signature__ = inspect.Signature([*source.values(), *own])  # type: ignore[attr-defined]  # read by typer
    run.__annotations__ = {p.name: p.annotation for p in [*source.values(), *own]}
    return run
