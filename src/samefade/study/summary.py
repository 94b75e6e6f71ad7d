"""Sum a study up in ten lines, from its verdicts and rows alone."""

from collections.abc import Iterator, Mapping

from samefade.study import honest
from samefade.study.claims import Sheet
from samefade.study.markdown import number, table, text
from samefade.study.shelf import Shelved


def summary(sheet: Sheet, results: Mapping[str, Shelved]) -> list[str]:
    """Return the lines: what holds, the findings, and what the numbers do not mean."""
    lines = [f"**{sheet.summary()}.**"] if sheet.paper.claims else []
    if any(shelved.about["mode"] == "quick" for shelved in results.values()):
        lines.append("These are results of the quick study: too few worlds for most tests, and no basis for a verdict.")
    return ["\n".join(lines), "", *_findings(sheet), *_honest(sheet, results), "", *_rates(sheet, results)]


def _findings(sheet: Sheet) -> Iterator[str]:
    for finding in sheet.paper.findings:
        answers = [f"claim {n} *{sheet.standing(n)}*{_seen(sheet, n)}" for n in finding["claims"]]
        yield f"- **{text(finding['asks'])}** {_sentence('; '.join(answers))}"


def _seen(sheet: Sheet, claim: int) -> str:
    """Say at how many of the places where it can be tested a claim was seen."""
    if claim not in sheet.verdicts:
        return ""
    tested = {place: mark for place, mark in sheet.verdicts[claim].places.items() if mark != "cannot be tested"}
    where = [text(place) for place, mark in tested.items() if mark == "holds"]
    named = f" ({', '.join(where)})" if 0 < len(where) < len(tested) else ""
    return f", seen at {len(where)} of {len(tested)} places{named}" if tested else ""


def _honest(sheet: Sheet, results: Mapping[str, Shelved]) -> Iterator[str]:
    """Yield what the paper's own columns do not say of its scheme, where it was computed."""
    scheme, rival = (str(sheet.paper.about.get(name)) for name in ("scheme", "rival"))
    found = {about: one for about, (_, one) in honest.homes(results).items()}
    ours = [one for (_, arm), one in found.items() if arm == scheme]
    pairs = [(one, found[one.place, rival]) for one in ours if (one.place, rival) in found]
    if pairs:
        above = sum(b.values[honest.RATE] >= a.values[honest.RATE] for a, b in pairs)
        yield (
            f"- **Is it the wavelet?** A plain filter with the same band (`{rival}`) has a mean key rate at least as "
            f"high as `{scheme}` at {above} of {len(pairs)} places."
        )
    counted = [one for one in ours if one.accounts]
    if counted:
        most, secret = (max(one.values[c] for one in counted) for c in (honest.RATE, honest.SECURE))
        none = sum(one.values[honest.SECURE] <= 0 for one in counted)
        best = f", and {number(secret, 4)} bits a sample at the best one" if secret > 0 else ""
        yield (
            f"- **Is it secret?** `{scheme}` makes up to {number(most)} bits a packet as the field counts them; with "
            f"every public bit and every repeated one counted, none is left at {none} of {len(counted)} places{best}."
        )


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


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + "."
