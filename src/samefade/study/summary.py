"""Sum a study up in ten lines, from its verdicts and rows alone."""

from collections.abc import Iterator, Mapping

from samefade.study import honest
from samefade.study.claims import Sheet
from samefade.study.markdown import number, text
from samefade.study.shelf import Shelved


def summary(sheet: Sheet, results: Mapping[str, Shelved]) -> list[str]:
    """Return the lines: what holds, the findings, and what the numbers do not mean."""
    lines = [f"**{sheet.summary()}.**"] if sheet.paper.claims else []
    if any(shelved.about["mode"] == "quick" for shelved in results.values()):
        lines.append("These are results of the quick study: too few worlds for most tests, and no basis for a verdict.")
    return ["\n".join(lines), "", *_findings(sheet), *_honest(sheet, results)]


def _findings(sheet: Sheet) -> Iterator[str]:
    for finding in sheet.paper.findings:
        answers = [
            f"claim {n} {'' if sheet.standing(n) == 'not computed' else 'seen as '}*{sheet.standing(n)}* "
            f"({text(sheet.why(n).rstrip('.'))})"
            for n in finding["claims"]
        ]
        yield f"- **{text(finding['asks'])}** {_sentence('; '.join(answers))}"


def _honest(sheet: Sheet, results: Mapping[str, Shelved]) -> Iterator[str]:
    """Yield what the paper's own columns do not say of its scheme, where it was computed."""
    scheme, rival = sheet.paper.about.get("scheme"), sheet.paper.about.get("rival")
    found = {(one.place, one.arm): one for one in honest.everywhere(results.values())}
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
        yield (
            f"- **Is it secret?** `{scheme}` makes up to {number(most)} bits a packet as the field counts them; with "
            f"every public bit and every repeated one counted, none is left at {none} of {len(counted)} places, and "
            f"{number(secret, 4)} bits a sample at the best one."
        )


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + "."
