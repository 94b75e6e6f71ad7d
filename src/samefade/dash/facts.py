"""Gather what a page of a run rests on, as plain values: the same that `samefade report --json` prints.

Two kinds of page:

- the owner's holds every number, and numbers computed from secret samples are as secret as the key;
- the one to show holds what the protocol tells anyhow: the certificate that travels, and what spoken samples say.

Neither holds a key or a kept sample, and pictures are drawn from spoken samples alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from samefade.api import Certificate, Report
from samefade.api.overclaim import Overclaim
from samefade.bench.digest import digest
from samefade.errors import UnreadableRecording
from samefade.reciprocity import Evidence
from samefade.types import Observation, Pair

SCHEMA = "samefade.report/1"
STANDING = (
    "Without a prior secret an active attacker wins: he runs the protocol with each end by itself.",
    "Where no recording of Eve was given, she is taken to hear nothing that is correlated with the channel; slow "
    "fading is shared over metres, and a line of sight over more.",
    "Half a wavelength protects only where waves come from all sides, and even there Eve's correlation is 0.30.",
    "An estimate of entropy looks at these samples alone: whoever knows a law behind them, a map or a camera's "
    "picture, may know more.",
    "These samples make keys once: another run on the same recording gives keys that depend on these.",
    "Research software: not audited, and not constant time.",
)


def facts(
    report: Report,
    certificate: Certificate,
    *,
    matching: str,
    evidence: Evidence,
    diagnosis: Sequence[str],
    overclaim: Overclaim | None = None,
) -> dict[str, Any]:
    """Return everything for the owner of the key.

    Args:
        report: What the run found.
        certificate: Its certificate, with what further judges say where they were asked.
        matching: How samples were matched, in words.
        evidence: What was measured of the whole record.
        diagnosis: The same in words.
        overclaim: The field's number beside what the band can hold; None where it was not asked for.
    """
    field = {"key_rate": {str(limit): rate for limit, rate in report.key_rate.items()}}
    return {
        "schema": SCHEMA,
        "private": True,
        "matching": matching,
        "certificate": certificate.to_json(private=True),
        "field": field | ({} if overclaim is None else overclaim.to_json() | {"said": str(overclaim)}),
        "measured_on": "all of the record",
        "evidence": _numbers(evidence),
        "diagnosis": list(diagnosis),
        "standing": list(STANDING),
    }


def to_show(certificate: Certificate, *, matching: str, evidence: Evidence, diagnosis: Sequence[str]) -> dict[str, Any]:
    """Return what may be shown to others.

    Args:
        certificate: The run's certificate.
        matching: How samples were matched, in words.
        evidence: What was measured of the spoken half alone.
        diagnosis: The same in words.
    """
    return {
        "schema": SCHEMA,
        "private": False,
        "matching": matching,
        "certificate": certificate.to_json(),
        "field": None,
        "measured_on": "the spoken half, which crossed the air",
        "evidence": _numbers(evidence),
        "diagnosis": list(diagnosis),
        "standing": list(STANDING),
    }


def recordings(pair: Pair[Observation]) -> list[dict[str, Any]]:
    """Return what each recording is, and which of its lines were dropped and why."""
    return [
        {
            "end": end,
            "device": one.device,
            "clock": one.clock,
            "packets": len(one),
            "about": dict(one.about),
            "dropped": dict(one.dropped),
        }
        for end, one in zip("abe", pair.recordings, strict=False)
    ]


def inputs(files: Mapping[str, Path], *, digests: bool) -> list[dict[str, Any]]:
    """Return what was read: each file's name, size and SHA-256.

    Args:
        files: What each holds → where it lies; only the name of it is told.
        digests: Whether to tell the SHA-256 of files that hold kept samples: who guesses those could test her guess.

    Raises:
        UnreadableRecording: When a file cannot be read any more.
    """
    told: list[dict[str, Any]] = []
    for holds, path in files.items():
        try:
            sha256 = digest(path) if digests else None
            told.append({"holds": holds, "name": path.name, "bytes": path.stat().st_size, "sha256": sha256})
        except OSError as why:
            raise UnreadableRecording(path, reason=why.strerror or str(why)) from None
    return told


def events(told: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the public events of a live run that a reader asks for; how far some work has come is left out."""
    return [dict(event) for event in told if event.get("event") not in {"progress", "begun"}]


def _numbers(evidence: Evidence) -> dict[str, Any]:
    """Return what was measured but its span: over a silent sample, that is the largest sample itself."""
    return {name: value for name, value in evidence.to_json().items() if name not in {"span_a", "span_b"}}
