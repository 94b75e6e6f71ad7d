"""How the command line speaks: tables for people, one JSON object for programs, progress on standard error."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from samefade.errors import CannotWrite, SamefadeError


def say(*parts: object) -> None:
    """Print to standard output, without interpreting brackets in the text."""
    Console(highlight=False, soft_wrap=True).print(*parts, markup=False)


def show(table: Table) -> None:
    """Print a table to standard output, as wide as it needs where the output is not a terminal."""
    console = Console(highlight=False)
    (console if console.is_terminal else Console(highlight=False, width=140)).print(table)


def table(title: str, *columns: str, rows: Sequence[tuple[str, ...]]) -> Table:
    """Make a plain table: the first column and those without a name to the left, the others to the right."""
    made = Table(
        title=escape(title), title_justify="left", title_style="bold", box=None, pad_edge=False, header_style="bold"
    )
    for i, column in enumerate(columns):
        made.add_column(column, justify="right" if i and column else "left", overflow="fold")
    for row in rows:
        made.add_row(*map(escape, row))
    return made


def emit(result: dict[str, Any]) -> None:
    """Print one JSON object; NaN becomes null, because JSON has none."""
    print(json.dumps(finite(result), ensure_ascii=False, indent=2))  # noqa: T201 -- this is the printing


def finite(value: Any) -> Any:  # noqa: ANN401 -- any JSON value
    """Return a JSON value with null for every number that is not finite."""
    if isinstance(value, dict):
        return {k: finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [finite(v) for v in value]
    if isinstance(value, float) and value - value != 0:
        return None
    return value


def complain(error: SamefadeError, *, as_json: bool) -> None:
    """Print an error: the sentence, the numbers and one line of advice on standard error, and one JSON object."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(str(error), markup=False)
    console.print(error.advice, markup=False)
    if as_json:
        emit(refused(error))


def refused(error: SamefadeError) -> dict[str, Any]:
    """Return the JSON object of an error."""
    from samefade.api.report import refusal_json

    return {"schema": "samefade.error/1", "refusal": refusal_json(error)}


@contextmanager
def steps(title: str, *, quiet: bool = False) -> Iterator[Callable[[str], None]]:
    """Show on standard error which step is running, and for how long."""
    console = Console(stderr=True)
    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=console, transient=True,
        disable=quiet or not console.is_terminal,
    ) as progress:  # fmt: skip
        task = progress.add_task(title, total=None)
        yield lambda step: progress.update(task, description=f"{title}: {step}")


@contextmanager
def bar(title: str, *, quiet: bool = False) -> Iterator[Callable[[int, int, str], None]]:
    """Show on standard error how much of some work is done, and when all of it will be."""
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn(),
        console=console, transient=True, disable=quiet or not console.is_terminal,
    ) as progress:  # fmt: skip
        task = progress.add_task(title, total=None)
        yield lambda done, of, what: progress.update(
            task, completed=done, total=of, description=f"{title}: {what}", refresh=True
        )


def writable(path: Path) -> Path:
    """Check early that a picture or file can be written there.

    Raises:
        CannotWrite: When its folder does not exist.
    """
    if not path.resolve().parent.is_dir():
        raise CannotWrite(path, "its folder does not exist")
    return path


def drawable(path: Path) -> Path:
    """Check early that a picture can be written there: that its folder exists, and that its ending is known.

    Raises:
        OutOfRange: When the ending is not one of .png, .pdf, .svg.
        CannotWrite: When its folder does not exist.
    """
    from samefade.draw.canvas import ending

    ending(path)
    return writable(path)


def keep(path: Path, content: bytes) -> None:
    """Write a file, all or nothing.

    Raises:
        CannotWrite: When the operating system refuses.
    """
    from samefade.bench.parts import whole

    whole(path, lambda part: part.write_bytes(content))
