"""Lay the field's numbers beside what its band holds and what is secret, as bars of one scale."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Claimed(NamedTuple):
    """One number, in bits a sample.

    Attributes:
        what: What it is.
        bits: Its value.
        width: How wide its bar is, 0 to 100.
        kind: "out" for what claims nothing of secrecy, "grey" for limits, "in" for what is secret.
    """

    what: str
    bits: float
    width: float
    kind: str


def claimed(field: Mapping[str, Any], own: Mapping[str, Any]) -> list[Claimed]:
    """Return every number that there is.

    Args:
        field: Key rates by threshold, and what the scheme's band holds where it was asked for.
        own: The certificate's private numbers; may be empty.
    """
    found: list[tuple[str, Any, str]] = [
        (f"key rate as the field says it, at most {limit} of 256 bits wrong; not secrecy", rate, "out")
        for limit, rate in field["key_rate"].items()
    ]
    found.append(("what the band of the scheme can hold", field.get("band_information_per_sample"), "grey"))
    found.append(("mutual information: the limit of any scheme", own.get("mutual_information_per_sample"), "grey"))
    found.append(("secure rate, after the account", own.get("secure_bits_per_sample"), "in"))
    told = [(str(what), float(bits), kind) for what, bits, kind in found if bits is not None]
    most = max([bits for _, bits, _ in told if bits < float("inf")], default=0.0)
    scale = 100 / most if most > 0 else 0.0
    return [Claimed(what, bits, min(100.0, max(0.0, bits * scale)), kind) for what, bits, kind in told]
