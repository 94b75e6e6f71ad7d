"""Sum a study up in ten lines, from its verdicts and rows alone."""

from collections.abc import Iterator, Mapping

from samefade.study import honest
from samefade.study.answers import answer
from samefade.study.claims import Sheet
from samefade.study.markdown import number, table, text
from samefade.study.shelf import Shelved


def summary(sheet: Sheet, results: Mapping[str, Shelved]) -> list[str]:
    """Return the lines: what holds, the findings, and what the numbers do not mean."""
    lines = [f"**{sheet.summary()}.**"] if sheet.paper.claims else []
    if any(shelved.about["mode"] == "quick" for shelved in results.values()):
        lines.append("These are results of the quick study: too few worlds for most tests, and no basis for a verdict.")
    return ["\n".join(lines), "", *_findings(sheet, results), "", *_rates(sheet, results)]


def _findings(sheet: Sheet, results: Mapping[str, Shelved]) -> Iterator[str]:
    """Yield each question of the list with what the rows answer, and where the claims on it stand."""
    for finding in sheet.paper.findings:
        told = answer(finding["shows"], results, sheet.paper.about) if "shows" in finding else ""
        claims = " ".join(f"{_claim(sheet, n)}." for n in finding.get("claims", []))
        parts = [told, claims]
        if any(parts):
            yield f"- **{text(finding['asks'])}** {' '.join(filter(None, parts))}"


def _claim(sheet: Sheet, number: int) -> str:
    says = text(sheet.paper.claims[number].says).rstrip(".")
    return f"Claim {number}, “{says}”: *{sheet.standing(number)}*{_seen(sheet, number)}"


def _seen(sheet: Sheet, claim: int) -> str:
    """Say at how many of the places where it can be tested a claim was seen."""
    tested = [mark for mark in sheet.verdicts[claim].places.values() if mark != "cannot be tested"] if (
        claim in sheet.verdicts
    ) else []  # fmt: skip
    return f", seen at {tested.count('holds')} of {len(tested)} places" if len(tested) > 1 else ""


def _rates(sheet: Sheet, results: Mapping[str, Shelved]) -> list[str]:
    """Return one table of key rates by place, with what is secret beside them."""
    found = {about: one for about, (_, one) in honest.homes(results).items()}
    about = sheet.paper.about
    arms = [arm for arm in about.get("arms", ()) if any(other == arm for _, other in found)]
    places = list(dict.fromkeys(place for place, arm in found if arm == about.get("scheme")))
    if not arms or not places:
        return []
    rows = []
    for place in places:
        cells = [number(found[place, arm].values[honest.RATE]) if (place, arm) in found else "–" for arm in arms]
        ours = found[place, str(about["scheme"])].values
        rows.append((text(place), *cells, *(number(ours[name], 3) for name in (honest.SECURE, honest.SHARED))))
    head = ("place", *(text(arm) for arm in arms), f"secure rate of {text(about['scheme'])}", "shared")
    told = "Mean key rates in bits a packet (at most 20 of 256 wrong); the last two columns are in bits a sample."
    return [told, "", *table(head, rows)]
