"""`samefade measure`: how alike the two ends are, and a diagnosis in words."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from samefade.cli.output import drawable, emit, say, show, steps, table
from samefade.cli.source import with_pair
from samefade.types import Observation, Pair

if TYPE_CHECKING:
    from samefade.reciprocity import Evidence


@with_pair
def measure(
    pair: Pair[Observation],
    plot: Annotated[Path | None, typer.Option("--plot", help="Draw coherence, lags and signals to this file.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure how alike the two ends of a link are, and say in words what stands between them and a key.

    Examples: `samefade measure ap.csv sta.csv --plot link.png` · `samefade measure --data skyglow/mobile --json`
    """
    from samefade import api, reciprocity

    if plot is not None:
        drawable(plot)
    with steps("measuring", quiet=json) as step:
        one = pair.one_tone()
        evidence = api.measure(pair, column=pair.main)
        step("looking for lost packets")
        losses = reciprocity.losses(one.a.values, one.b.values, rate=pair.rate)
        words = reciprocity.diagnose(evidence, losses)
        if plot is not None:
            step("drawing")
            from samefade import draw

            told = [words[0], *(word for word in words[1:] if word.startswith("Eve"))]
            draw.link(one, plot, said=" ".join(told))
    if json:
        emit(
            {"schema": "samefade.measure/1", "matching": pair.matching, **evidence.to_json(), "diagnosis": list(words)}
        )
        return
    say(f"{len(pair):,} samples at {pair.rate:g} Hz, matched by {pair.matching}")
    _show(evidence)
    for sentence in words:
        say(sentence)
    if plot is not None:
        say(f"\npicture: {plot}")


VIEWS = {
    "as heard": "raw", "without a trend of 21 samples": "detrended",
    "without a slow trend": "varying", "first differences": "difference",
}  # fmt: skip


def _show(evidence: "Evidence") -> None:
    """Print the correlations as a table of their own, then the other numbers."""
    views = {name: getattr(evidence, field) for name, field in VIEWS.items()}
    rows = [
        (name, f"{c.value:.3f}", f"{c.best:.3f}", str(c.lag), f"{c.effective:,.0f}", f"{c.threshold:.3f}")
        for name, c in views.items()
    ]
    columns = ("\nPearson r", "at lag 0", "best", "at lag", "independent samples", "chance stays below")
    show(table("", *columns, rows=rows))
    spoken = {"pearson", *VIEWS.values()}
    rest = [(k, v) for k, v in evidence.to_json().items() if k.partition("_")[0] not in spoken]
    show(table("", "", "", rows=[(name.replace("_", " "), _text(value)) for name, value in rest]))
    say()


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return "–" if value is None else str(value)
