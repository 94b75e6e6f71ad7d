"""`samefade study`: recompute a paper figure by figure, and say of every claim whether it holds."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from samefade.cli.output import complain, emit, refused, say, show, table
from samefade.errors import SamefadeError

if TYPE_CHECKING:
    from rich.console import Console

    from samefade.study.claims import Sheet
    from samefade.study.folder import Study
    from samefade.study.lab import Told
    from samefade.study.places import Places
    from samefade.study.running import Failure, Order, Outcome
    from samefade.study.shelf import Shelved
    from samefade.study.state import State


def study(
    name: Annotated[str, typer.Argument(help="The study, such as wskg2025.")],
    figures: Annotated[list[str] | None, typer.Argument(help="Only these figures.", show_default=False)] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Minutes instead of hours, and the same code.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Compute anew what was computed before.")] = False,
    draw: Annotated[bool, typer.Option("--draw", help="Draw anew; compute nothing that is there.")] = False,
    render: Annotated[bool, typer.Option("--render", help="Only write README.md from what is there.")] = False,
    listed: Annotated[bool, typer.Option("--list", help="List the figures, and compute nothing.")] = False,
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Processes; by default one a core.")] = None,
    source: Annotated[Path | None, typer.Option("--from", help="The study's folder.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Where results and pictures go.")] = None,
    netstar: Annotated[Path | None, typer.Option("--netstar", help="Folder of the authors' own recordings.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Recompute a paper: figures, tables, and a verdict on each of its claims.

    Results are kept; what did not change is not computed again.

    Examples: `samefade study wskg2025 --list` · `samefade study wskg2025 --quick fig16 fig19`
    """
    from samefade.study.claims import read, sheet
    from samefade.study.folder import CLAIMS, find
    from samefade.study.places import places
    from samefade.study.report import report
    from samefade.study.running import Order, Outcome, results

    found = find(name, source)
    names = found.chosen(figures or [])
    if netstar is not None:
        _authors(netstar)
    order = Order(quick=quick, fresh=fresh, draw=draw, workers=workers, authors=netstar is not None)
    where = places(found, out, quick=quick, authors=netstar is not None)
    if listed:
        _list(found, names, where, order, as_json=json)
        return
    paper = read(found.path / CLAIMS)
    outcome = Outcome() if render else _run(found, names, where, order, quiet=json)
    kept = results(found, where)
    made = sheet(paper, kept)
    page = report(found, made, kept, where) if render or not figures else None
    _tell(made, outcome, page, brief=not figures, as_json=json)
    _end(outcome.failures, made.contradictions, as_json=json)


def _authors(folder: Path) -> None:
    """Let every process of this run find the authors' own recordings, or say that they are not there."""
    from samefade.data import netstar
    from samefade.errors import DataUnavailable

    os.environ[netstar.FOLDER] = str(folder.expanduser().resolve())
    if not netstar.experiments():
        raise DataUnavailable("the authors' own recordings", netstar.offered())


def _run(found: "Study", names: tuple[str, ...], places: "Places", order: "Order", *, quiet: bool) -> "Outcome":
    from rich.console import Console

    from samefade.study.running import plan, run

    console = Console(stderr=True, highlight=False, quiet=quiet)
    console.print(f"{found.name}, {'quick' if order.quick else 'full'}: {found.path}", markup=False, soft_wrap=True)
    states, failures = plan(found, names, places, order)
    for now in states:
        told = f"  {now.name:<8} {'to compute' if now.need == 'compute' else 'kept'}: {now.why}"
        console.print(told, markup=False, soft_wrap=True)
    order = _expect(console, found, states, order)
    with _progress(console, [now for now in states if now.need == "compute"]) as began:
        outcome = run(found, states, places, order, began)
    outcome.failures[:0] = failures
    return outcome


def _expect(console: "Console", found: "Study", states: "list[State]", order: "Order") -> "Order":
    """Tell how long it will take; return the order with this machine's speed, which is kept with the results."""
    from samefade.bench import cores
    from samefade.study.cost import calibration, estimate, records

    if all(now.need != "compute" for now in states):
        console.print("nothing to compute", markup=False)
        return order
    workers = order.workers or cores()
    if not order.quick:
        order = replace(order, speed=calibration())
    told = estimate(states, order.speed, workers, records(states, None if order.quick else found.path / "results"))
    console.print(f"time with {workers} process{'es' * (workers > 1)}, at most: {told}", markup=False)
    return order


@contextmanager
def _progress(console: "Console", todo: "list[State]") -> "Iterator[Any]":
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    names = [now.name for now in todo]
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn(),
        console=console, transient=True, disable=not console.is_terminal,
    ) as bars:  # fmt: skip
        whole = bars.add_task("figures", total=len(todo))
        inner = bars.add_task("", total=None, visible=False)

        def began(now: "State") -> "Told":
            place = names.index(now.name) if now.name in names else len(names)
            bars.update(whole, completed=place)
            bars.reset(inner, description=now.name, visible=now.name in names)
            if console.is_terminal or now.name not in names:
                return lambda done, of, what: bars.update(
                    inner, completed=done, total=of, description=f"{now.name}: {what}"
                )
            console.print(f"  computing {now.name} ({place + 1} of {len(names)})", markup=False)
            return _quarters(console, now.name)

        yield began


def _quarters(console: "Console", name: str) -> "Told":
    """Tell of each quarter of some work on a line of its own, where there is no terminal to draw a bar on."""
    told = {"": 0}

    def tell(done: int, of: int, what: str) -> None:
        quarter = 4 * done // of if of else 4
        if quarter > told.get(what, 0):
            told[what] = quarter
            console.print(f"    {name}: {what} {done} of {of}", markup=False)

    return tell


def _list(found: "Study", names: tuple[str, ...], places: "Places", order: "Order", *, as_json: bool) -> None:
    from samefade.study.running import plan

    states, failures = plan(found, names, places, order)
    if as_json:
        rows = [
            {"figure": now.name, "title": now.figure.SPEC.title, "need": now.need, "why": now.why} for now in states
        ]
        broken = [{"figure": f.figure, **refused(_as_ours(f))} for f in failures]
        emit({"schema": "samefade.study-list/1", "study": found.name, "figures": rows, "failures": broken})
        return
    lines = [(now.name, now.figure.SPEC.title, f"{now.need}: {now.why}") for now in states]
    lines += [(failure.figure, "", f"broken: {failure.error}") for failure in failures]
    show(table(f"{found.name}, {'quick' if order.quick else 'full'}", "figure", "", "", rows=lines))


def _tell(sheet: "Sheet", outcome: "Outcome", page: Path | None, *, brief: bool, as_json: bool) -> None:
    if as_json:
        emit({
            "schema": "samefade.study/1",
            "computed": outcome.computed,
            "kept": [name for name in outcome.done if name not in outcome.computed],
            "claims": sheet.to_json(),
            "summary": sheet.summary(),
            "report": None if page is None else str(page),
            "failures": [{"figure": f.figure, **refused(_as_ours(f))} for f in outcome.failures],
        })  # fmt: skip
        return
    if brief and outcome.done:
        rows = [_line(name, shelved) for name, shelved in outcome.done.items()]
        show(table("verdicts on the paper's claims", "figure", "hold", "differ", "untested", "", rows=rows))
    else:
        _in_full(outcome)
    if page is not None:
        say(f"report: {page}")
    for line in sheet.contradictions:
        say(f"claims: {line}")
    say(sheet.summary())


def _line(name: str, shelved: "Shelved") -> tuple[str, ...]:
    marks = [verdict.mark for verdict in shelved.verdicts.values()]
    counts = [str(marks.count(mark)) for mark in ("holds", "differs", "cannot be tested")]
    return (name, *counts, str(shelved.about["title"]))


def _in_full(outcome: "Outcome") -> None:
    for name, shelved in outcome.done.items():
        say(f"{name}: {shelved.about['title']}")
        for number, verdict in sorted(shelved.verdicts.items()):
            say(f"  {number:>3} {verdict.mark}: {verdict.why}")
        for note in shelved.result.notes:
            say(f"      {note}")


def _end(failures: "list[Failure]", contradictions: tuple[str, ...], *, as_json: bool) -> None:
    """Tell of what failed, and end with the exit code of the last."""
    from rich.console import Console

    from samefade.study.errors import ClaimsInvalid

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    for failure in failures:
        where = f" ({failure.where})" if failure.where else ""
        console.print(f"{failure.figure} failed{where}:", markup=False)
        if failure is not failures[-1] or as_json:
            complain(_as_ours(failure), as_json=False)
    wrong = failures[-1].error if failures else ClaimsInvalid(contradictions) if contradictions else None
    if wrong is not None and as_json:
        raise typer.Exit(_as_ours(failures[-1]).exit_code if failures else ClaimsInvalid.exit_code)
    if wrong is not None:
        raise wrong  # the command line shows it last, with its traceback where that is asked for


def _as_ours(failure: "Failure") -> SamefadeError:
    error = failure.error
    return error if isinstance(error, SamefadeError) else SamefadeError(error=type(error).__name__, reason=str(error))
