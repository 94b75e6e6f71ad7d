"""Say first what came of a run: so many keys and what is claimed of them, or no key and why."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from samefade.api.certificate_text import CLAIMS

_WORDS = ("what", "why", "reason")  # of an error's numbers, those that go on with its sentence
NO_WHY = "Why is not told here: the reason is a number computed from secret samples."


class Answer(NamedTuple):
    """What came of a run.

    Attributes:
        mark: "good", "warn" or "bad".
        text: The answer in one line.
        notes: What belongs to it, a sentence each.
    """

    mark: str
    text: str
    notes: tuple[str, ...]


def answer(certificate: Mapping[str, Any]) -> Answer:
    """Return the answer of a certificate, as plain values."""
    keys = int(certificate.get("keys") or 0)
    claim = str(certificate["claim"])
    if not keys:
        return _none(certificate)
    bits = certificate.get("key_bits")
    each = f" of {int(bits) // keys} bits" if bits else ""
    text = f"{keys:,} key{'s' * (keys != 1)}{each}"
    if certificate.get("keys_match") is not True:
        return Answer("bad", f"{text}, but different at the two ends", ("Use none of them.",))
    return Answer("good" if claim == "bounded" else "warn", f"{text}, the same at both ends", (_claim(claim),))


def live(events: Sequence[Mapping[str, Any]]) -> Answer:
    """Return the answer of a live run's public events."""
    for event in reversed(events):
        if event["event"] == "confirmed":
            count = len(event["key_ids"])
            claims = [str(key["claim"]) for e in events if e["event"] == "pending" for key in e["keys"]]
            text = f"{count} key{'s' * (count != 1)}, confirmed by both ends"
            return Answer("good" if claims and set(claims) == {"bounded"} else "warn", text, _claims(claims))
        if event["event"] == "present":
            return Answer("good", "The other end is here now", ("The channel shows it; a relay is not excluded.",))
        if event["event"] == "failed":
            return Answer("bad", f"It failed: {event['error']['why']}", ())
    return Answer("warn", "The trace does not say how the run ended", ())


def _none(certificate: Mapping[str, Any]) -> Answer:
    refusal = (certificate.get("private") or {}).get("refusal")
    if not refusal:
        notes: tuple[str, ...] = () if "private" in certificate else (NO_WHY,)
        return Answer("bad", "No key", notes)
    numbers = refusal.get("numbers") or {}
    about = [str(value) for name, value in numbers.items() if name in _WORDS]
    told = [f"{name.replace('_', ' ')} {_plain(value)}" for name, value in numbers.items() if name not in _WORDS]
    more = (*about, *([", ".join(told)] if told else []), str(refusal["advice"]))
    return Answer("bad", f"No key: {refusal['sentence']}", more)


def _claim(claim: str) -> str:
    return f"Claim {CLAIMS.get(claim, claim)}."


def _claims(claims: Sequence[str]) -> tuple[str, ...]:
    return tuple(map(_claim, dict.fromkeys(claims)))


def _plain(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
