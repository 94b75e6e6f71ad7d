"""`samefade measure`: how alike the two ends are, and a diagnosis in words."""

from pathlib import Path
from typing import Annotated

import typer

from samefade import api, reciprocity
from samefade.cli.output import emit, say, show, steps, table, writable
from samefade.cli.source import with_pair
from samefade.types import Observation, Pair


@with_pair
def measure(
    pair: Pair[Observation],
    plot: Annotated[Path | None, typer.Option("--plot", help="Draw coherence, lags and signals to this file.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure how alike the two ends of a link are, and say in words what stands between them and a key.

    Examples: `samefade measure ap.csv sta.csv --plot link.png` · `samefade measure --data skyglow/mobile --json`
    """
    if plot is not None:
        writable(plot)
    with steps("measuring", quiet=json) as step:
        evidence = api.measure(pair)
        step("looking for lost packets")
        losses = reciprocity.losses(pair.a.values, pair.b.values, rate=pair.rate) if pair.a.values.ndim == 1 else ()
        words = reciprocity.diagnose(evidence, losses)
        if plot is not None:
            step("drawing")
            from samefade import draw

            draw.link(pair, plot)
    if json:
        emit(
            {"schema": "samefade.measure/1", "matching": pair.matching, **evidence.to_json(), "diagnosis": list(words)}
        )
        return
    rows = [(name.replace("_", " "), _text(value)) for name, value in evidence.to_json().items()]
    show(table(f"{len(pair):,} samples at {pair.rate:g} Hz, matched by {pair.matching}", "", "", rows=rows))
    say()
    for sentence in words:
        say(sentence)
    if plot is not None:
        say(f"\npicture: {plot}")


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return "–" if value is None else str(value)
