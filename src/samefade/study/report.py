"""Write a study's report: claims, verdicts, pictures and provenance in one page. It computes nothing.

The same inputs give the same bytes: there is no date in it but those of the results.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from samefade.study import honest
from samefade.study.claims import Sheet
from samefade.study.figure import Mark
from samefade.study.folder import Study
from samefade.study.lab import REAL
from samefade.study.markdown import demoted, number, table, text
from samefade.study.places import Places
from samefade.study.shelf import Shelved, write
from samefade.study.summary import summary

# written by hand in the study's folder, and taken over as they are; `before` the figures and `after` them
BEFORE, AFTER = ("opening.md", "paper.md"), ("rerun.md", "DEVIATIONS.md")
_MARKS = {"holds": "**holds**", "differs": "**differs**"}
_TOLD = {
    honest.RATE: "key rate, bits/packet (≤ 20 of 256 wrong)",
    honest.WRONG: "bit errors",
    honest.SECURE: "secure rate, bits/sample",
    honest.SHARED: "shared, bits/sample",
}


def report(study: Study, sheet: Sheet, results: Mapping[str, Shelved], places: Places) -> Path:
    """Write the report into its folder; return its file.

    Raises:
        CannotWrite: When the operating system refuses.
    """
    write(places.report, page(study, sheet, results, places.figures))
    return places.report


def page(study: Study, sheet: Sheet, results: Mapping[str, Shelved], figures: Path) -> str:
    """Return the report's text."""
    lines = [f"# {text(sheet.paper.about.get('title', study.name))}", ""]
    lines += _parts(study, BEFORE[:1])
    lines += ["## In short", "", *summary(sheet, results), ""]
    lines += _parts(study, BEFORE[1:])
    homes = honest.homes(results)
    for name in _ordered(study, sheet):
        lines += _figure(name, sheet, results.get(name), figures)
        lines += _rates(name, homes)
    lines += _apart(sheet)
    lines += _parts(study, AFTER)
    lines += _provenance(results)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip() + "\n"


def _ordered(study: Study, sheet: Sheet) -> list[str]:
    """Return figures as the list of claims has them, then judges that have no file yet, then what it does not name."""
    judges = [claim.judge for claim in sheet.paper.claims.values() if claim.judge is not None]
    return list(dict.fromkeys([*sheet.paper.figures, *judges, *study.figures()]))


def _parts(study: Study, names: tuple[str, ...]) -> list[str]:
    lines: list[str] = []
    for name in names:
        file = study.path / name
        if file.is_file():
            document = file.read_text("utf-8")
            titled = name == "DEVIATIONS.md"
            lines += ["## What the text leaves open, and what we chose", ""] if titled else []
            lines += [demoted(document, int(titled)), ""]
    return lines


def _figure(name: str, sheet: Sheet, shelved: Shelved | None, figures: Path) -> Iterator[str]:
    claims = [claim for claim in sheet.paper.claims.values() if claim.judge == name]
    title = name if shelved is None else shelved.about["title"]
    yield from (f"## {_called(name)}: {text(title)}" if shelved else f"## {_called(name)}", "")
    if name in sheet.paper.figures:
        yield from (f"*The paper:* {text(sheet.paper.figures[name])}", "")
    if shelved is None:
        yield from ("This figure was not computed here.", "")
    else:
        if (figures / f"{name}.png").is_file():
            yield from (f"![{text(title)}](figures/{name}.png)", "")
        yield from (f"- {text(note)}" for note in shelved.result.notes)
        yield from [""] * bool(shelved.result.notes)
    if claims:
        yield from _claims(sheet, [claim.number for claim in claims])


def _called(name: str) -> str:
    for word, called in (("fig", "Figure"), ("table", "Table")):
        if name.startswith(word) and name[len(word) :].isdigit():
            return f"{called} {int(name[len(word) :])}"
    return name.capitalize()


def _claims(sheet: Sheet, numbers: list[int]) -> list[str]:
    rows = []
    for n in numbers:
        claim, mark = sheet.paper.claims[n], sheet.standing(n)
        rows.append((str(n), text(claim.says), _MARKS.get(mark, mark), text(sheet.why(n)), _where(sheet, n)))
    return table(("#", "the claim", "verdict", "what was seen", "seen at"), rows, left=5)


def _where(sheet: Sheet, claim: int) -> str:
    """Say of simulated places, of recordings and of other cases at how many a claim holds, and at which it does not."""
    if claim not in sheet.verdicts:
        return ""
    kinds: dict[str, dict[str, Mark]] = {}
    for place, mark in sheet.verdicts[claim].places.items():
        kinds.setdefault(_kind(place), {})[place.replace(", simulated", "")] = mark
    lines = [line for kind, marks in kinds.items() if (line := _counted(kind, marks))]
    untested = {kind: sum(mark == "cannot be tested" for mark in marks.values()) for kind, marks in kinds.items()}
    left = ", ".join(f"{n} {kind}" for kind, n in untested.items() if n)
    return "<br>".join([*lines, *([f"untested: {left}"] if left else [])])


def _kind(place: str) -> str:
    if "simulated" in place:
        return "simulated"
    return "recorded" if "record" in place or place.startswith(REAL) else "cases"


def _counted(kind: str, marks: Mapping[str, Mark]) -> str:
    """Return "simulated 2 of 3, not NLoS-LongRange", whichever list is the shorter, or an empty string."""
    held, failed = ([text(place) for place, mark in marks.items() if mark == one] for one in ("holds", "differs"))
    if not held and not failed:
        return ""
    told = f"{kind} {len(held)} of {len(held) + len(failed)}"
    if held and failed:
        told += f", only {'; '.join(held)}" if len(held) < len(failed) else f", not {'; '.join(failed)}"
    return told


def _rates(name: str, homes: Mapping[tuple[str, str], tuple[str, honest.Means]]) -> list[str]:
    """Return the table of means that this figure is the best source of; figures share cells, and it stands once."""
    rows = [
        (text(one.place), text(one.arm), str(one.worlds), *(number(one.values[c], 3) for c in honest.COLUMNS))
        for home, one in homes.values()
        if home == name
    ]
    if not rows:
        return []
    head = ("<details><summary>Means by place and scheme, with what is secret</summary>", "")
    columns = ("place", "scheme", "worlds", *(_TOLD[column] for column in honest.COLUMNS))
    return [*head, *table(columns, rows, left=2), "</details>", ""]


def _apart(sheet: Sheet) -> list[str]:
    """Return the claims that no module here judges."""
    numbers = [n for n, claim in sheet.paper.claims.items() if claim.cannot is not None]
    return ["## Claims that nothing here can test", "", *_claims(sheet, numbers)] if numbers else []


def _provenance(results: Mapping[str, Shelved]) -> Iterator[str]:
    if not results:
        return
    rows = []
    for name, shelved in results.items():
        p = shelved.provenance
        commit = f"{str(p['commit'])[:10]}{'+' * bool(p['changed_since_commit'])}" if p["commit"] else "–"
        cells = f"{p['cells_evaluated'] + p['cells_reused']:,}"
        took = f"{p['wall_s']:,.0f} s on {p['workers']} of {p['cores']}"
        data = ", ".join(text(source) for source in p["data"]) or "simulated only"
        rows.append(
            (name, str(shelved.about["mode"]), commit, str(p["code"])[:12], str(p["when"])[:16], took, cells, data)
        )
    yield from ("## Where the numbers come from", "")
    yield "Each file in `results/` holds its specification, rows and seeds, and the SHA-256 of every recording used."
    yield "A + after a commit says that tracked files had been changed since; cells are counted with those shared."
    yield ""
    columns = ("figure", "study", "commit", "code", "when (UTC)", "took", "cells", "recordings")
    yield from table(columns, rows, left=8)
    p = next(iter(results.values())).provenance
    yield "Versions: " + ", ".join(f"{text(name)} {text(version)}" for name, version in p["versions"].items()) + "."
