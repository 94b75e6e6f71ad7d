"""`samefade demo`: the whole job on a bundled recording, every step shown."""

import os
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from samefade.cli.key import tell
from samefade.cli.output import emit, say, steps


def demo(
    plot: Annotated[Path | None, typer.Option("--plot", help="Where to put the picture.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Turn a bundled recording (simulated, and labelled so) into keys, showing every step. Example: `samefade demo`."""
    from samefade import api, draw, reciprocity, schemes
    from samefade import demo as bundled

    paths = bundled.paths()
    where = plot or _place()
    with steps("demo", quiet=json) as step:
        step("reading two recordings of one link, and Eve's")
        pair = api.read_pair(paths["a"], paths["b"], eve=paths["e"])
        step("measuring how alike they are")
        words = reciprocity.diagnose(api.measure(pair))
        report = api.run(schemes.find(schemes.BEST), pair, progress=step)
        paper = api.run(schemes.find("wskg"), pair)
        step("drawing")
        draw.link(pair, where)
    if json:
        emit(report.to_json() | {"picture": str(where)})
        return
    say("A simulated recording: one access point and one station, carried about slowly; Eve listens nearby.")
    say(f"1. read      {paths['a'].name}, {paths['b'].name}: {len(pair):,} packets on a {pair.rate:g} Hz grid")
    say(f"2. measure   {words[0]}")
    say("3. key\n")
    tell(report)
    rate = paper.key_rate[20]
    say(
        f"\nFor comparison, the 2025 paper's scheme on the same samples reports {rate:.2f} bits a packet, "
        f"of which {paper.secure_bits_per_sample:.4f} are secret."
    )
    say(f"\npicture: {where}")
    say(
        "next:\n  samefade sim los-short --out testbed\n"
        "  samefade compare testbed/ap.csv testbed/sta.csv\n  samefade data list"
    )


def _place() -> Path:
    here = Path.cwd()
    folder = here if os.access(here, os.W_OK) else Path(tempfile.gettempdir())
    return folder / "samefade-demo.png"
