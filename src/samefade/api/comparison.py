"""Run many schemes on one pair, so that they can stand in one table."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from samefade.align import NoLag
from samefade.api.overclaim import Overclaim, overclaim
from samefade.api.report import Report, refusal_json
from samefade.api.running import Progress, halves, run
from samefade.errors import NotEnough
from samefade.reciprocity import assess
from samefade.schemes import Scheme
from samefade.types import Kept, Observation, Pair


@dataclass(frozen=True, eq=False)
class Row:
    """One scheme's line in the table: its report, or why it could not even begin.

    Attributes:
        scheme: Name of the scheme.
        report: What its run found, or None.
        refusal: Why it could not begin, or None.
        field: What the field would report of it, beside what its band can hold.
    """

    scheme: str
    report: Report | None
    refusal: NotEnough | None = None
    field: Overclaim | None = None

    @property
    def share_of_limit(self) -> float | None:
        """Return secure bits a sample over the mutual information a sample; None where there is none to share."""
        if self.report is None or not self.report.mutual_information_per_sample > 0:
            return None
        return self.report.secure_bits_per_sample / self.report.mutual_information_per_sample

    def to_json(self) -> dict[str, Any]:
        """Return a row of `samefade.compare/1`, without any secret."""
        if self.report is None:
            return {"scheme": self.scheme, "refusal": None if self.refusal is None else refusal_json(self.refusal)}
        told = {} if self.field is None else self.field.to_json()
        return {**self.report.to_json(), "secure_share_of_mutual_information": self.share_of_limit, **told}


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

    @cache  # two halves at most: with all tones, and with one
    def kept(*, several: bool) -> Pair[Kept]:
        return halves(pair if several else pair.one_tone(), minutes)[1]

    rows: list[Row] = []
    unshifted: dict[Scheme, Report] = {}  # where no lag was found, synchronisation changed nothing
    for scheme in schemes:
        progress(scheme.name)
        twin = replace(scheme, align=NoLag())
        try:
            found = unshifted.get(scheme) or run(scheme, pair, minutes=minutes, seed=seed, evidence=evidence)
            if not found.terms.lag:
                unshifted[twin] = found
            field = overclaim(found, kept(several=scheme.all_tones))
            rows.append(Row(scheme.name, replace(found, scheme=scheme.name), field=field))
        except NotEnough as why:
            rows.append(Row(scheme.name, None, why))
    return tuple(rows)
