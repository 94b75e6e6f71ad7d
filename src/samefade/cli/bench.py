"""`samefade bench`: a grid of schemes × data × metrics × seeds, on this machine or on a cluster."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from samefade.cli.output import emit, say, show, steps, table
from samefade.errors import CannotWrite, MissingExtra

if TYPE_CHECKING:
    from samefade.bench import Campaign, Estimate, Row
    from samefade.bench.campaign import Each

_SHOWN = 24  # lines of the summary that are printed; all of them are in the files


def bench(
    grid: Annotated[Path, typer.Argument(help="The grid: a TOML file with one table, [grid].")],
    out: Annotated[Path, typer.Option("--out", help="Folder of the results; made if absent.")],
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Processes; by default one a core.")] = None,
    cluster: Annotated[
        str | None, typer.Option("--cluster", help="A Dask scheduler, tcp://HOST:PORT, or `local` to start one here.")
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget what is finished in --out and begin anew.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would cost, and stop.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Run a grid of schemes on data: one tidy table, means with confidence intervals, and a leaderboard page.

    What is finished is kept: after a kill, an interrupt or a change of the grid, the same command goes on from there.

    Examples: `samefade bench grid.toml --out results` · `samefade bench grid.toml --out results --dry-run` ·
    `samefade bench grid.toml --out results --cluster tcp://10.0.0.5:8786`
    """
    from samefade.bench import Campaign, cores, read_grid

    campaign = Campaign(read_grid(grid), out)
    if fresh:
        campaign.rows.clear()
    before = len(campaign.planned) - len(campaign.left())
    if dry_run:
        with steps("trying a few cells of every kind", quiet=json):
            campaign.measure(keep=False)
        _tell_cost(campaign, before, workers or cores(), as_json=json)
        return
    with _place(campaign, cluster, workers) as place, _kept(campaign):
        _prepare(campaign, fresh=fresh)
        with steps("trying a few cells of every kind", quiet=json):
            campaign.measure()
        if not json:
            _say_cost(campaign, None if cluster else workers or cores())
        _compute(campaign, place, quiet=json)
    lines = campaign.finish()
    page = _publish(campaign, lines)
    _tell(campaign, lines, before, page, as_json=json)


def _prepare(campaign: "Campaign", *, fresh: bool) -> None:
    try:
        campaign.out.mkdir(parents=True, exist_ok=True)
    except OSError as refused:
        raise CannotWrite(campaign.out, refused.strerror or str(refused)) from refused
    if fresh:
        campaign.forget()
    campaign.tidy()


@contextmanager
def _kept(campaign: "Campaign") -> Iterator[None]:
    """Say what an interrupt leaves."""
    try:
        yield
    except KeyboardInterrupt:
        done = len(campaign.planned) - len(campaign.left())
        typer.echo(f"stopped: {done:,} of {len(campaign.planned):,} cells are kept; "
                   "the same command goes on from there", err=True)  # fmt: skip
        raise


@contextmanager
def _place(campaign: "Campaign", cluster: str | None, workers: int | None) -> Iterator["Each"]:
    """Say where tasks are computed: here, in processes of this machine, or on a cluster."""
    from samefade import bench

    if cluster is None or not campaign.left():
        yield partial(bench.each, workers=workers)
        return
    with bench.connected(cluster, workers) as there:
        there.check(campaign.grid.needed().missing)
        yield there.each


def _compute(campaign: "Campaign", place: "Each", *, quiet: bool) -> None:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(),
        TimeRemainingColumn(elapsed_when_finished=True), console=console, disable=quiet or not console.is_terminal,
    ) as progress:  # fmt: skip
        bar = progress.add_task("cells", total=None)
        done, of = 0, len(campaign.left())
        with closing(campaign.run(place)) as run:
            for task, expected in run:
                done += len(task.cells)
                progress.update(bar, total=expected, advance=task.seconds, description=f"{done:,} of {of:,} cells")


def _publish(campaign: "Campaign", lines: Sequence["Row"]) -> Path | None:
    """Write the page, with its pictures in it; without Jinja say that there is none, for the tables are there."""
    from samefade import dash
    from samefade.bench import BETTER
    from samefade.dash.leaderboard import leaderboard
    from samefade.draw.board import board
    from samefade.draw.canvas import png

    ranked = [metric for metric in campaign.grid.metrics if metric in BETTER]
    pictures = {
        metric: png(board(lines, metric, BETTER[metric]))
        for metric in ranked
        if any(line["metric"] == metric and line["numbers"] for line in lines)
    }
    rows = campaign.table()
    about = {
        "cells": len(rows),
        "refused": sum(row["refusal"] is not None for row in rows),
        "schemes": len(campaign.grid.schemes),
        "data": len(campaign.grid.data),
        "simulated": [place.label for place in campaign.grid.data if place.source.kind == "sim"],
        "blocks": [place.label for place in campaign.grid.data if place.source.blocks > 1],
        "made_by": campaign.parts.made_by,
        "commits": sorted({str(row["commit"]) for row in rows if row["commit"] is not None}),
    }
    path = campaign.out / "leaderboard.html"
    try:
        dash.write(leaderboard(lines, BETTER, pictures, about), path)
    except MissingExtra as missing:
        typer.echo(f"no leaderboard.html: {missing}", err=True)
        return None
    return path


def _say_cost(campaign: "Campaign", workers: int | None) -> None:
    """Tell on standard error what is about to begin."""
    for name in campaign.parts.damaged:
        typer.echo(f"{name} is damaged: it is put aside, and its cells are computed again", err=True)
    typer.echo(_cost(campaign, campaign.estimate(), workers), err=True)


def _cost(campaign: "Campaign", estimate: "Estimate", workers: int | None) -> str:
    finished = len(campaign.planned) - estimate.cells
    at_least = "at least" if estimate.unknown else "about"
    where = "of one core" if workers is None else f"on {workers} process{'es' if workers > 1 else ''}"
    untried = f"; {estimate.unknown:,} cells are of a kind that was not tried" if estimate.unknown else ""
    return (
        f"{len(campaign.planned):,} cells: {finished:,} finished, {estimate.cells:,} to compute, "
        f"{at_least} {estimate.hours(workers or 1):.2g} hours {where}{untried}"
    )


def _tell_cost(campaign: "Campaign", before: int, workers: int, *, as_json: bool) -> None:
    estimate = campaign.estimate()
    if not as_json:
        for name in campaign.parts.damaged:
            say(f"{name} is damaged: its cells would be computed again")
        say(_cost(campaign, estimate, workers))
        return
    emit(
        {
            "schema": "samefade.bench-cost/1",
            "cells": len(campaign.planned),
            "finished": before,
            "to_compute": estimate.cells,
            "core_seconds": estimate.seconds,
            "workers": workers,
            "hours": estimate.hours(workers),
            "cells_of_untried_kinds": estimate.unknown,
            "damaged_parts": campaign.parts.damaged,
        }
    )


def _tell(campaign: "Campaign", lines: Sequence["Row"], before: int, page: Path | None, *, as_json: bool) -> None:
    paths = [campaign.out / name for name in ("table.parquet", "summary.parquet", "summary.json")]
    files = {path.name: str(path) for path in [*paths, *([] if page is None else [page])]}
    refused = _refused(campaign)
    if as_json:
        told: dict[str, Any] = {
            "schema": "samefade.bench/1",
            "cells": len(campaign.planned),
            "finished_before": before,
            "computed": len(campaign.planned) - before,
            "refused": sum(refused.values()),
            "refusals": [{"data": data, "refusal": why, "cells": n} for (data, why), n in refused.items()],
            "damaged_parts": campaign.parts.damaged,
            "files": files,
            "summary": list(lines),
        }
        emit(told)
        return
    _show(lines, campaign.grid.metrics)
    say(f"\n{len(campaign.planned):,} cells, {before:,} of them finished before; {sum(refused.values()):,} refused")
    for (data, why), n in refused.items():
        say(f"  {data}: {why} in {n:,} cells")
    if refused:
        say("  (`samefade key RECORDING --scheme NAME` says in words why)")
    for path in files.values():
        say(path)


def _refused(campaign: "Campaign") -> Counter[tuple[str, str]]:
    """Count refusals by place and reason."""
    rows = campaign.table()
    return Counter((str(row["data"]), str(row["refusal"])) for row in rows if row["refusal"] is not None)


def _show(lines: Sequence["Row"], metrics: Sequence[str]) -> None:
    """Show the lines that can be ranked, one metric after the other."""
    from samefade.bench import BETTER

    ranked = [line for line in lines if line["numbers"] and line["metric"] in BETTER]
    ranked.sort(key=lambda line: metrics.index(str(line["metric"])))
    columns = ("metric", "data", "scheme", "mean", "95 % interval", "worlds")
    show(table("means over worlds", *columns, rows=[_line(line) for line in ranked[:_SHOWN]]))
    if len(lines) > _SHOWN:
        say(f"{len(lines):,} lines in all: see the summary and the page")


def _line(line: "Row") -> tuple[str, ...]:
    low, high = line["low"], line["high"]
    there = isinstance(low, float) and low == low  # noqa: PLR0124 -- not NaN
    return (
        str(line["metric"]), str(line["data"]), str(line["scheme"]), f"{line['mean']:.4g}",
        f"{low:.4g} to {high:.4g}" if there else "–", f"{line['numbers']} of {line['worlds']}",
    )  # fmt: skip
