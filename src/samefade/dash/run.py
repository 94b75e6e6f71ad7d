"""Render the page of a run from its facts; whoever made the facts, the page cannot do more than show them."""

from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from samefade.dash import tables
from samefade.dash.account import steps
from samefade.dash.answer import Answer, answer, live
from samefade.dash.pages import render
from samefade.dash.words import duration
from samefade.errors import UnreadableRecording

_CAPTIONS = {
    "signals": ("What each end heard", "Amplitude over time at ends a and b, as heard and smoothed; the closer the "
                "two lines, the more the ends share."),
    "restored": ("Restored", "Both ends after restoration by the band in which they are coherent, in standard "
                 "deviations over time, as the paper's scheme would quantise them."),
    "coherence": ("Wavelet coherence", "Coherence of both ends over time and frequency; arrows to the right are in "
                  "phase, and the pale rim is the cone in which the record's edges count."),
    "lags": ("Lags", "Correlation of both ends over the lag of b, as heard and smoothed; a peak away from zero says "
             "that one end is late."),
    "spectra": ("Spectra", "Power of each end's samples over frequency: where it falls off, noise is left."),
}  # fmt: skip


class Picture(NamedTuple):
    """A picture within the page.

    Attributes:
        name: Of which panel.
        title: Its heading.
        alt: What it shows, for who cannot see it.
        address: The picture itself, as a data address.
    """

    name: str
    title: str
    alt: str
    address: str


def page(facts: Mapping[str, Any], pictures: Mapping[str, bytes] | None = None, *, source: Path | None = None) -> str:
    """Return the page of a run.

    Args:
        facts: As `facts`, `to_show` or `saved` return them.
        pictures: Panel → PNG file, as `draw.panels` returns them.
        source: The file that the facts were read from, to name in an error; None where they are our own.

    Raises:
        MissingExtra: When Jinja is not installed.
        UnreadableRecording: When facts that were read from a file are not what they should be.
    """
    if source is None:
        return render("report.html", **_values(facts, pictures or {}))
    try:
        values = _values(facts, pictures or {})
    except (AttributeError, KeyError, LookupError, TypeError, ValueError, ArithmeticError):
        raise UnreadableRecording(source, reason="what it tells of a run is not in order") from None
    return render("report.html", **values)


def _values(facts: Mapping[str, Any], pictures: Mapping[str, bytes]) -> dict[str, Any]:
    certificate = facts.get("certificate")
    events = facts.get("trace")
    own = None if certificate is None else certificate.get("private")
    lines = [] if certificate is None else (own or certificate)["ledger"]
    return {
        "private": bool(facts["private"]),
        "answer": _answer(certificate, events),
        "sentence": _sentence(facts, certificate),
        "steps": steps(lines) if lines else [],
        "whole_account": own is not None,
        "assumptions": [] if certificate is None else list(map(str, certificate.get("assumptions") or ())),
        "standing": list(map(str, facts.get("standing") or ())),
        "diagnosis": list(map(str, facts.get("diagnosis") or ())),
        "measured_on": facts.get("measured_on"),
        "evidence": tables.evidence(facts["evidence"]) if facts.get("evidence") else None,
        "pictures": [_picture(name, pictures[name]) for name in _CAPTIONS if name in pictures],
        "claims": tables.claims(facts["field"], own) if facts.get("field") else None,
        "overclaim": str((facts.get("field") or {}).get("said") or ""),
        "tables": [] if certificate is None else tables.of_certificate(certificate),
        "judged": tables.judged(own) if own else [],
        "dropped": tables.dropped(certificate),
        "inputs": tables.inputs(facts.get("inputs") or ()),
        "recordings": tables.recordings(facts.get("recordings") or ()),
        "versions": tables.versions(certificate),
        "trace": None if events is None else tables.trace(events),
    }


def _answer(certificate: Mapping[str, Any] | None, events: list[dict[str, Any]] | None) -> Answer:
    if certificate is not None:
        return answer(certificate)
    return live(events or [])


def _sentence(facts: Mapping[str, Any], certificate: Mapping[str, Any] | None) -> str:
    if certificate is None:
        return "A live run between two nodes, as its trace tells it."
    names = [str(one["name"]) for one in facts.get("inputs") or ()]
    data = facts.get("data")
    where = f" on the public recording {data['name']}" if data else f" on {_joined(names)}" if names else ""
    samples, rate = int(certificate["samples"]), float(certificate["rate_hz"])
    matched = f", matched by {facts['matching']}" if facts.get("matching") else ""
    length = duration(samples / rate)
    return f"Scheme {certificate['scheme']}{where}: {samples:,} kept samples at {rate:.4g} Hz ({length}){matched}."


def _joined(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def _picture(name: str, png: bytes) -> Picture:
    title, alt = _CAPTIONS[name]
    return Picture(name, title, alt, "data:image/png;base64," + b64encode(png).decode("ascii"))
