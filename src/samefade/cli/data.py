"""`samefade data`: public data sets by name."""

from typing import Annotated

import typer

from samefade import data as registry
from samefade.cli.output import emit, say, show, steps, table

app = typer.Typer(help="List, find and download public data sets.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Name = Annotated[str, typer.Argument(help="Name of the set.")]


@app.command("list")
def list_sets(json: Json = False) -> None:  # noqa: FBT002 -- typer passes by keyword
    """List the sets: name, ends, rate, licence. Example: `samefade data list`."""
    sets = registry.sets()
    if json:
        emit({"schema": "samefade.data/1", "sets": [one.to_json() for one in sets]})
        return
    rows = [(one.name, str(one.ends), f"{one.rate_hz or 0:g}", one.licence, one.description) for one in sets]
    show(table("public data sets (none is a part of samefade)", "name", "ends", "Hz", "licence", "what", rows=rows))


@app.command()
def path(name: Name, json: Json = False) -> None:  # noqa: FBT002 -- typer passes by keyword
    """Say where the files of a set lie on this machine. Example: `samefade data path lora-indoor`."""
    _tell(name, registry.path(name), as_json=json)


@app.command()
def get(name: Name, json: Json = False) -> None:  # noqa: FBT002 -- typer passes by keyword
    """Fetch a set, check its SHA-256, and say where it lies. Example: `samefade data get skyglow/mobile`."""
    with steps(f"getting {name}", quiet=json):
        found = registry.get(name)
    _tell(name, found, as_json=json)


def _tell(name: str, found: object, *, as_json: bool) -> None:
    paths = {role: str(where) for role, where in dict(found).items()}  # type: ignore[call-overload]
    if as_json:
        emit({"schema": "samefade.data/1", "name": name, "files": paths})
        return
    for role, where in paths.items():
        say(f"{role}: {where}")
