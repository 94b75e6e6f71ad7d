"""The claims of a paper: what each says, who judges it, and what came of it.

A study's `claims.toml` holds, in our own words, every claim of the paper. Each has exactly one way to its verdict:
`judge`, a figure's module, or `cannot`, a reason why nothing here can test it.
"""

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from samefade.study.answers import KNOWN
from samefade.study.errors import ClaimsInvalid
from samefade.study.figure import Mark, Verdict
from samefade.study.shelf import Shelved

Kind = Literal["ordering", "number", "qualitative", "assertion", "hypothesis"]
Standing = Mark | Literal["not computed"]


@dataclass(frozen=True)
class Claim:
    """One claim.

    Attributes:
        number: Its number in the list.
        says: What it says, in our words.
        kind: What sort of claim it is.
        figures: The paper's figures that it rests on.
        section: Where the paper makes it.
        judge: The module that judges it.
        cannot: Why nothing here can test it.
    """

    number: int
    says: str
    kind: Kind
    figures: str = ""
    section: str = ""
    judge: str | None = None
    cannot: str | None = None


@dataclass(frozen=True)
class Paper:
    """What a study's `claims.toml` holds.

    Attributes:
        about: Title, authors, and how many claims there are.
        claims: The claims, by number.
        figures: Module → what the paper's figure shows, in our words.
        findings: Questions that the summary answers, each with claims on it and with what the rows show of it.
    """

    about: Mapping[str, Any]
    claims: Mapping[int, Claim]
    figures: Mapping[str, str]
    findings: tuple[Mapping[str, Any], ...]


def read(file: Path) -> Paper:
    """Read and check a list of claims; a study without one has none.

    Raises:
        ClaimsInvalid: When numbers are missing or occur twice, or a claim has no way to a verdict, or two.
    """
    if not file.is_file():
        return Paper({"claims": 0}, {}, {}, ())
    try:
        table = tomllib.loads(file.read_text("utf-8"))
        claims = [Claim(**row) for row in table.get("claim", [])]
        figures = {row["module"]: row["shows"] for row in table.get("figure", [])}
        about = table.get("paper", {})
        of = int(about.get("claims", len(claims)))
        unknown = [str(row["shows"]) for row in table.get("finding", []) if row.get("shows", "best") not in KNOWN]
        if not all(type(claim.number) is int and isinstance(claim.says, str) for claim in claims):
            raise TypeError("a claim has a whole number and says something in words")
    except (OSError, TypeError, ValueError, KeyError, AttributeError) as why:  # a faulty TOML is a ValueError
        raise ClaimsInvalid((f"{file.name}: {why}",)) from why
    wrong = (*_wrong(claims, of), *(f"a finding shows {name}, which is not known" for name in unknown))
    if wrong:
        raise ClaimsInvalid(wrong)
    return Paper(about, {c.number: c for c in sorted(claims, key=lambda c: c.number)}, figures,
                 tuple(table.get("finding", [])))  # fmt: skip


def _wrong(claims: list[Claim], of: int) -> Iterator[str]:
    """Yield everything that is wrong with a list of claims, each a sentence."""
    count = Counter(claim.number for claim in claims)
    twice = sorted(n for n, times in count.items() if times > 1)
    absent = sorted(set(range(1, of + 1)) - set(count))
    beyond = sorted(set(count) - set(range(1, of + 1)))
    for numbers, what in ((twice, "occur twice"), (absent, "are missing"), (beyond, f"lie beyond 1 to {of}")):
        if numbers:
            yield f"claims {', '.join(map(str, numbers))} {what}"
    for claim in claims:
        if (claim.judge is None) == (claim.cannot is None):
            yield f"claim {claim.number} needs either a judge or a reason why it cannot be tested"
        if claim.kind not in get_args(Kind):
            yield f"claim {claim.number} is of no known kind: {claim.kind}"
        if not claim.says.strip():
            yield f"claim {claim.number} says nothing"


@dataclass(frozen=True, eq=False)
class Sheet:
    """The claims with what came of them.

    Attributes:
        paper: The claims.
        verdicts: Claim → the verdict of the module that judges it, where that has a result.
        contradictions: Verdicts that do not fit the list, each a sentence.
    """

    paper: Paper
    verdicts: Mapping[int, Verdict]
    contradictions: tuple[str, ...] = ()

    def standing(self, number: int) -> Standing:
        """Return where a claim stands."""
        if self.paper.claims[number].cannot is not None:
            return "cannot be tested"
        return self.verdicts[number].mark if number in self.verdicts else "not computed"

    def why(self, number: int) -> str:
        """Return why a claim stands there."""
        claim = self.paper.claims[number]
        if claim.cannot is not None:
            return claim.cannot
        return self.verdicts[number].why if number in self.verdicts else f"{claim.judge} has no result here"

    def counts(self) -> dict[str, int]:
        """Return how many claims stand where."""
        found = Counter(self.standing(number) for number in self.paper.claims)
        marks: tuple[Standing, ...] = ("holds", "differs", "cannot be tested", "not computed")
        return {mark: found[mark] for mark in marks}

    def summary(self) -> str:
        """Say it in one line: "74 claims: 40 hold, 20 differ, 14 cannot be tested"."""
        counts = self.counts()
        told = f"{counts['holds']} hold, {counts['differs']} differ, {counts['cannot be tested']} cannot be tested"
        left = f", {counts['not computed']} not computed" if counts["not computed"] else ""
        return f"{len(self.paper.claims)} claims: {told}{left}"

    def to_json(self) -> list[dict[str, Any]]:
        """Return every claim as JSON has it."""
        return [
            {
                "number": n, "says": claim.says, "kind": claim.kind, "figures": claim.figures, "section": claim.section,
                "judge": claim.judge, "mark": self.standing(n), "why": self.why(n),
                "places": dict(self.verdicts[n].places) if n in self.verdicts else {},
            }
            for n, claim in self.paper.claims.items()
        ]  # fmt: skip


def sheet(paper: Paper, results: Mapping[str, Shelved]) -> Sheet:
    """Put the verdicts of results to the claims; a verdict of a module that is not the claim's judge does not count."""
    verdicts: dict[int, Verdict] = {}
    wrong: list[str] = []
    if paper.claims:
        for name, shelved in results.items():
            for number, verdict in shelved.verdicts.items():
                claim = paper.claims.get(number)
                if claim is None or claim.judge != name:
                    meant = "there is no such claim" if claim is None else f"its judge is {claim.judge or 'nobody'}"
                    wrong.append(f"{name} judges claim {number}, but {meant}")
                else:
                    verdicts[number] = verdict
        wrong += _silent(paper, results, verdicts)
    return Sheet(paper, verdicts, tuple(wrong))


def _silent(paper: Paper, results: Mapping[str, Shelved], verdicts: Mapping[int, Verdict]) -> Iterator[str]:
    for number, claim in paper.claims.items():
        if claim.judge in results and number not in verdicts:
            yield f"{claim.judge} has a result, but says nothing of claim {number}, whose judge it is"
