"""What a run of a scheme found: numbers, the account, and the keys, which never reach the JSON by themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from samefade.entropy import Estimate
from samefade.errors import SamefadeError
from samefade.types import Claim, Key, Ledger, Terms

SCHEMA = "samefade.key/1"


@dataclass(frozen=True, eq=False)
class Report:
    """The result of one scheme on one pair (schema `samefade.key/1`, see docs/reference/json.md).

    Attributes:
        scheme: Name of the scheme.
        samples: Grid points in the kept half.
        rate_hz: Samples per second.
        dropped: Per end, reason → lines or packets not kept.
        terms: What was agreed in public.
        pearson_raw: Correlation of the kept halves as heard.
        pearson_restored: Correlation of the features that were quantised.
        bits: Quantised bits at each end.
        bit_error_rate: Fraction of them that differ before correction.
        key_rate: Threshold (bits of 256) → agreed bits per packet, as the field reports it: not a secrecy rate.
        min_entropy_per_bit: Estimated min-entropy of one quantised bit given its past and Eve.
        leak_bits: Every public bit.
        secure_bits: Bits that may be issued, after the leftover-hash margin.
        mutual_information_per_sample: The channel's Gaussian mutual information, bits per sample: the limit.
        claim: "bounded" or "estimate", or "none" where no key is issued.
        ledger: The account, line by line.
        refusal: Why no key was issued, or None.
        worth: What the entropy rests on, guesser by guesser.
        eve: Whether an eavesdropper's recording was used.
        keys_a, keys_b: The keys at each end; empty where none is issued.
    """

    scheme: str
    samples: int
    rate_hz: float
    dropped: Mapping[str, Mapping[str, int]]
    terms: Terms
    pearson_raw: float
    pearson_restored: float
    bits: int
    bit_error_rate: float
    key_rate: Mapping[int, float]
    min_entropy_per_bit: float
    leak_bits: float
    secure_bits: int
    mutual_information_per_sample: float
    claim: Claim
    ledger: Ledger
    refusal: SamefadeError | None = None
    worth: Estimate | None = None
    eve: bool = False
    keys_a: tuple[Key, ...] = field(default=(), repr=False)
    keys_b: tuple[Key, ...] = field(default=(), repr=False)

    @property
    def keys_match(self) -> bool:
        """Say whether both ends hold the same keys, at least one."""
        return bool(self.keys_a) and self.keys_a == self.keys_b

    @property
    def secure_bits_per_sample(self) -> float:
        """Return the secure bits divided by the kept samples."""
        return self.secure_bits / self.samples if self.samples else 0.0

    def to_json(self) -> dict[str, Any]:
        """Return a plain dictionary without any secret."""
        return {
            "schema": SCHEMA,
            "scheme": self.scheme,
            "samples": self.samples,
            "rate_hz": self.rate_hz,
            "dropped": {end: dict(reasons) for end, reasons in self.dropped.items()},
            "terms": terms_json(self.terms),
            "lag": self.terms.lag,
            "pearson_raw": self.pearson_raw,
            "pearson_restored": self.pearson_restored,
            "bits": self.bits,
            "bit_error_rate": self.bit_error_rate,
            "key_rate": {str(threshold): rate for threshold, rate in self.key_rate.items()},
            "min_entropy_per_bit": self.min_entropy_per_bit,
            "leak_bits": self.leak_bits,
            "secure_bits": self.secure_bits,
            "secure_bits_per_sample": self.secure_bits_per_sample,
            "mutual_information_per_sample": self.mutual_information_per_sample,
            "claim": self.claim,
            "ledger": lines_json(self.ledger),
            "assumptions": list(self.ledger.assumptions),
            "eve": self.eve,
            "keys": len(self.keys_a),
            "keys_match": self.keys_match,
            "refusal": None if self.refusal is None else refusal_json(self.refusal),
        }


def lines_json(ledger: Ledger) -> list[dict[str, Any]]:
    """Return the lines of an account."""
    return [{"what": entry.what, "bits": entry.bits} for entry in ledger.entries]


def refusal_json(error: SamefadeError) -> dict[str, Any]:
    """Return an error as a dictionary: its name, sentence, numbers, advice and exit code."""
    return {
        "error": type(error).__name__,
        "sentence": error.sentence,
        "numbers": {k: v if isinstance(v, (int, float, str)) else str(v) for k, v in error.numbers.items()},
        "advice": error.advice,
        "exit_code": error.exit_code,
    }


def terms_json(terms: Terms) -> dict[str, Any]:
    """Return what was agreed in public as a dictionary; of components only how many there are, and their bits."""
    return {
        "band_hz": None if terms.band is None else [terms.band.low, terms.band.high],
        "voices": None if terms.band is None else terms.band.voices,
        "thresholds": dict(terms.thresholds),
        "step": terms.step,
        "levels": terms.levels,
        "strands": [{"span": strand.span, "bits": list(strand.bits)} for strand in terms.strands],
        "expected_errors": terms.expected_errors,
        "seed": terms.seed.hex(),
    }
