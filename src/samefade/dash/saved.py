"""Take a run that was saved as JSON for the facts of its page; what is no such run is refused in words."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from samefade.dash.facts import SCHEMA, STANDING
from samefade.errors import UnreadableRecording

_CERTIFICATE, _KEY = "samefade.certificate/1", "samefade.key/1"
_MOST = 64 << 20  # bytes: no run of ours comes near
_SECRETS = ("key_hex",)  # what `key --reveal` adds
_OWN = (
    "secure_bits", "secure_bits_per_sample", "mutual_information_per_sample", "bit_error_rate", "pearson_raw",
    "pearson_restored", "ledger", "refusal",
)  # fmt: skip


def saved(path: Path) -> dict[str, Any]:
    """Return the facts of a run saved by `report --json`, `key --json`, `assess --json` or `assess --out`.

    Raises:
        UnreadableRecording: When the file holds no such run.
    """
    try:
        with path.open("rb") as file:
            told = json.loads(file.read(_MOST))
    except OSError as why:
        raise UnreadableRecording(path, reason=why.strerror or str(why)) from None
    except (ValueError, RecursionError):
        raise UnreadableRecording(path, reason="it is no JSON") from None
    if not isinstance(told, dict) or told.get("schema") not in (SCHEMA, _CERTIFICATE, _KEY):
        raise UnreadableRecording(path, reason="it is no run: save one by `samefade key --json`")
    if told["schema"] == SCHEMA:
        return {**told, "private": _private(told)}
    return _facts(_of_key(told) if told["schema"] == _KEY else told, told)


def _private(told: Mapping[str, Any]) -> bool:
    """Say whether only the owner may see it: what the file says of itself is believed where it says so, else seen."""
    certificate = told.get("certificate")
    own = isinstance(certificate, dict) and "private" in certificate
    return told.get("private") is not False or own or told.get("field") is not None


def _facts(certificate: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "private": "private" in certificate,
        "matching": told.get("matching"),
        "certificate": {name: value for name, value in certificate.items() if name != "matching"},
        "field": {"key_rate": told["key_rate"]} if "key_rate" in told else None,
        "measured_on": None,
        "evidence": None,
        "diagnosis": [],
        "standing": list(STANDING),
    }


def _of_key(told: Mapping[str, Any]) -> dict[str, Any]:
    """Order what `key --json` prints as a certificate is ordered; keys that were revealed stay behind."""
    public = {name: value for name, value in told.items() if name not in (*_OWN, *_SECRETS)}
    own = {name: told.get(name) for name in _OWN}
    return public | {
        "ledger": told.get("ledger"),
        "eve_recorded": told.get("eve"),
        "terms": {**(told.get("terms") or {}), "lag": told.get("lag")},
        "private": own,
    }
