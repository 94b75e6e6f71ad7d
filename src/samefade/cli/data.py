"""`samefade data`: public data sets by name."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from samefade import data as registry
from samefade.cli.output import emit, say, show, steps, table

app = typer.Typer(help="List, find and download public data sets.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Name = Annotated[str, typer.Argument(help="Name of the set.")]


@app.command("list")
def list_sets(json: Json = False) -> None:
    """List the sets: name, ends, rate, licence. Example: `samefade data list`."""
    sets = registry.sets()
    if json:
        emit({"schema": "samefade.data/1", "sets": [_json(one) for one in sets]})
        return
    rows = [(one.name, f"{one.size / 1e6:.2f}", one.licence, one.description) for one in sets]
    made = table("public data sets; none is a part of samefade", "name", "MB", "licence", "what", rows=rows)
    for column in made.columns:
        column.justify = "left"
    show(made)
    for one in sets:
        if one.warning:
            say(f"{one.name}: {one.warning}")


@app.command()
def path(name: Name, json: Json = False) -> None:
    """Say where the files of a set lie on this machine. Example: `samefade data path lora-indoor`."""
    _tell(name, registry.path(name), as_json=json)


@app.command()
def get(name: Name, json: Json = False) -> None:
    """Fetch a set, check its SHA-256, and say where it lies. Example: `samefade data get skyglow/mobile`."""
    with steps(f"getting {name}", quiet=json):
        found = registry.get(name)
    _tell(name, found, as_json=json)


def _json(one: registry.DataSet) -> dict[str, Any]:
    entry = asdict(replace(one, files=()))
    files = [
        {"role": f.role, "path": f.path, "size": f.size, "sha256": f.sha256, "address": f.address} for f in one.files
    ]
    return entry | {"files": files}


def _tell(name: str, found: Mapping[registry.Role, Path], *, as_json: bool) -> None:
    paths = {role: str(where) for role, where in found.items()}
    if as_json:
        emit({"schema": "samefade.data/1", "name": name, "files": paths})
        return
    for role, where in paths.items():
        say(f"{role}: {where}")
