"""Run many schemes on one pair, so that they can stand in one table."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from samefade.align import NoLag
from samefade.api.report import Report
from samefade.api.running import Progress, run
from samefade.errors import NotEnough
from samefade.reciprocity import assess
from samefade.schemes import Scheme
from samefade.types import Observation, Pair


@dataclass(frozen=True, eq=False)
class Row:
    """One scheme's line in the table: its report, or why it could not even begin."""

    scheme: str
    report: Report | None
    refusal: NotEnough | None = None


def compare(
    schemes: Iterable[Scheme],
    pair: Pair[Observation],
    *,
    minutes: float | None = None,
    seed: bytes | None = None,
    progress: Progress = lambda _step: None,
) -> tuple[Row, ...]:
    """Run each scheme on the same pair with the same split and the same public seed.

    Args:
        schemes: What to compare.
        pair: Both ends on one grid.
        minutes: As for `run`.
        seed: As for `run`.
        progress: Called with the name of each scheme as it begins.
    """
    progress("measuring reciprocity")
    evidence = assess(pair, column=pair.main)
    rows: list[Row] = []
    unshifted: dict[Scheme, Report] = {}  # where no lag was found, synchronisation changed nothing
    for scheme in schemes:
        progress(scheme.name)
        twin = replace(scheme, align=NoLag())
        try:
            found = unshifted.get(scheme) or run(scheme, pair, minutes=minutes, seed=seed, evidence=evidence)
            if not found.terms.lag:
                unshifted[twin] = found
            rows.append(Row(scheme.name, replace(found, scheme=scheme.name)))
        except NotEnough as why:
            rows.append(Row(scheme.name, None, why))
    return tuple(rows)
