"""`samefade report`: one page about a run, for a person; one file, which runs nothing and loads nothing."""

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from samefade.cli.asked import Minutes, SchemeName, Seed, positive_minutes, public_seed
from samefade.cli.key import refuse
from samefade.cli.output import emit, say, steps, writable
from samefade.cli.source import Given, with_source
from samefade.errors import OutOfRange, SamefadeError

if TYPE_CHECKING:
    from samefade.types import Observation, Pair

Told = tuple[dict[str, Any], dict[str, bytes], SamefadeError | None]


@with_source
def report(
    source: Given,
    out: Annotated[Path, typer.Option("--out", help="Where the page is written.")] = Path("report.html"),
    scheme: SchemeName = None,
    full: Annotated[bool, typer.Option("--full", help="Add NIST's ten estimators and the cost of guessing.")] = False,
    to_show: Annotated[
        bool, typer.Option("--to-show", help="Leave out every number that was computed from secret samples.")
    ] = False,
    minutes: Minutes = None,
    seed: Seed = None,
    saved: Annotated[
        Path | None, typer.Option("--from", help="Show a run that was saved: `key --json`, `assess --json`.")
    ] = None,
    trace: Annotated[
        Path | None, typer.Option("--trace", help="Show what happened in a live run: `node --trace FILE`.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print what the page rests on as one JSON object.")] = False,
) -> None:
    """Write one page about a run: the answer, the account, what is assumed, the link; exit code 3 without a key.

    It is one file without scripts, and it loads nothing. It holds numbers computed from secret samples, so only its
    owner may read it; with `--to-show` it holds none.

    Examples: `samefade report ap.csv sta.csv --eve eve.csv` · `samefade report --data skyglow/mobile --out mobile.html`
    · `samefade report --from run.json` · `samefade report --trace ap.trace`
    """
    from samefade import dash

    writable(out)
    dash.environment()
    if bool(source) + (saved is not None) > 1 or not (source or saved or trace):
        raise OutOfRange("what to report", "none or two", "recordings, --data NAME or --from FILE; and --trace FILE")
    if source:
        asked = _Asked(scheme, full, to_show, positive_minutes(minutes), public_seed(seed) or secrets.token_bytes(32))
        facts, pictures, refusal = _run(source, asked, quiet=json)
    else:
        facts, pictures, refusal = _read(saved, to_show=to_show)
    if trace is not None:
        facts["trace"] = _events(trace)
    dash.write(dash.page(facts, pictures, source=saved or trace), out, private=facts["private"])
    if json:
        emit({**facts, "page": str(out)})
    else:
        kept = "keep it as secret as the key" if facts["private"] else "it may be shown"
        say(f"page: {out} ({kept})")
    if refusal is not None:
        refuse(refusal, told=json)


class _Asked(NamedTuple):
    """What a run shall be, and what of it is told."""

    scheme: str | None
    full: bool
    to_show: bool
    minutes: float | None
    seed: bytes


def _run(source: Given, asked: _Asked, *, quiet: bool) -> Told:
    """Run a scheme, judge it, and draw what was spoken."""
    from samefade import api, dash, draw, schemes
    from samefade.api.running import halves

    chosen = schemes.find(asked.scheme or schemes.BEST)
    pair = source.pair()
    with steps(chosen.name, quiet=quiet) as step:
        report = api.run(chosen, pair, minutes=asked.minutes, seed=asked.seed, progress=step)
        certificate = api.certify(report, chosen)
        if asked.full and not asked.to_show:
            certificate = api.assess(pair, chosen, full=True, minutes=asked.minutes, seed=asked.seed, progress=step)
        spoken, kept = halves(pair if chosen.all_tones else pair.one_tone(), asked.minutes)
        public = spoken.each(as_heard)
        step("measuring")
        if asked.to_show:
            facts = dash.to_show(certificate, matching=pair.matching, **_measured(public))
        else:
            over = api.overclaim(report, kept)
            facts = dash.facts(report, certificate, matching=pair.matching, overclaim=over, **_measured(pair))
        step("drawing")
        pictures = draw.panels(public.one_tone())
    return facts | _provenance(source, pair, to_show=asked.to_show), pictures, report.refusal


def as_heard(x: "Observation") -> "Observation":
    """Return spoken samples as a plain observation, which can be measured and drawn."""
    from samefade.types import Observation

    return Observation(x.values, x.rate, x.mask, x.end, x.unit, x.start)


def _measured(pair: "Pair[Observation]") -> dict[str, Any]:
    """Measure a pair, in numbers and in words."""
    from samefade import reciprocity

    one = pair.one_tone()
    evidence = reciprocity.assess(pair, column=pair.main)
    losses = reciprocity.losses(one.a.values, one.b.values, rate=pair.rate)
    return {"evidence": evidence, "diagnosis": reciprocity.diagnose(evidence, losses)}


def _provenance(source: Given, pair: "Pair[Observation]", *, to_show: bool) -> dict[str, Any]:
    from samefade import dash, data

    name = source.options["data"]
    files = dash.inputs(source.files(), digests=name is not None or not to_show)
    told: dict[str, Any] = {"inputs": files, "recordings": dash.recordings(pair)}
    if name is None:
        return told
    found = data.find(name)
    return told | {"data": {part: getattr(found, part) for part in ("name", "description", "licence", "citation")}}


def _read(saved: Path | None, *, to_show: bool) -> Told:
    from samefade import dash

    if saved is None:
        return {"schema": dash.SCHEMA, "private": False, "standing": list(dash.STANDING)}, {}, None
    facts = dash.saved(saved)
    if to_show and facts["private"]:
        raise OutOfRange("--to-show", f"of {saved.name}, which is private", "with a run of recordings")
    return facts, {}, None


def _events(path: Path) -> list[dict[str, Any]]:
    from samefade import dash
    from samefade.cli.trace import read_events

    return dash.events(read_events(path))
