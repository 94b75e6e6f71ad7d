"""`samefade sim`: recordings from the synthetic testbed, in the format that the boards write."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer

from samefade.cli.output import emit, say, steps
from samefade.errors import CannotWrite

if TYPE_CHECKING:
    from samefade.channel import World


def sim(
    scenario: Annotated[
        str, typer.Argument(help="los-short, nlos-long, carried, indoor/pycom, … (a wrong name lists them).")
    ],
    out: Annotated[Path, typer.Option("--out", help="Folder for ap.csv, sta.csv and eve.csv; made if absent.")],
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the world.")] = 1,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Simulate a link and write what each end, and Eve, would have recorded with the ESP32 CSI Tool.

    Examples: `samefade sim los-short --out testbed --seed 7` · `samefade key testbed/ap.csv testbed/sta.csv`
    """
    from samefade import channel

    case = channel.scenario(scenario)
    with steps("simulating", quiet=json) as step:
        world = channel.simulate(case, np.random.default_rng(seed))
        step("writing")
        paths = _written(world, out)
    if json:
        emit(
            {
                "schema": "samefade.sim/1",
                "scenario": scenario,
                "seed": seed,
                "files": {k: str(v) for k, v in paths.items()},
            }
        )
        return
    for path in paths.values():
        say(path)
    say(f"next: samefade measure {paths['a']} {paths['b']} --eve {paths['e']}")


def _written(world: "World", out: Path) -> dict[str, Path]:
    """Write all three files or none, and no folder where none was."""
    from samefade import files

    paths = {"a": out / "ap.csv", "b": out / "sta.csv", "e": out / "eve.csv"}
    fresh = not out.exists()
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".sim.", dir=out) as part:
            for end, path in paths.items():
                files.esp32_tool.write(getattr(world, end), Path(part) / path.name)
            for path in paths.values():
                (Path(part) / path.name).replace(path)
    except OSError as error:
        raise CannotWrite(out, error.strerror or str(error)) from error
    finally:
        if fresh and out.is_dir() and not any(out.iterdir()):
            out.rmdir()
    return paths
