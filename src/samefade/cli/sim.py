"""`samefade sim`: recordings from the synthetic testbed, in the format that the boards write."""

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from samefade.cli.output import emit, say, steps
from samefade.errors import CannotWrite, UnknownName


def sim(
    scenario: Annotated[str, typer.Argument(help="los-short, nlos-short, nlos-long, carried, quiet-room, static.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for ap.csv, sta.csv and eve.csv; made if absent.")],
    seed: Annotated[int, typer.Option("--seed", help="Seed of the world.")] = 1,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Simulate a link and write what each end, and Eve, would have recorded with the ESP32 CSI Tool.

    Examples: `samefade sim los-short --out testbed --seed 7` · `samefade key testbed/ap.csv testbed/sta.csv`
    """
    from samefade import channel, files

    known = channel.SCENARIOS
    if scenario not in known:
        raise UnknownName("scenario", scenario, tuple(known))
    with steps("simulating", quiet=json) as step:
        world = channel.simulate(known[scenario], np.random.default_rng(seed))
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CannotWrite(out, error.strerror or str(error)) from error
        paths = {"a": out / "ap.csv", "b": out / "sta.csv", "e": out / "eve.csv"}
        for end, path in paths.items():
            step(f"writing {path.name}")
            files.esp32_tool.write(getattr(world, end), path)
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
