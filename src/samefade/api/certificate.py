"""What a third party must know to judge a key, without any secret (schema `samefade.certificate/1`).

A certificate has two parts.
What travels is what the protocol tells anyhow: the claim, ε, how many samples and symbols, the public terms, every
public bit, and how many keys that pays for.
The entropy travels rounded down to what the keys issued and the bits told need, because only the number of keys is
charged to the account: a realised entropy, an error rate, a p-value are functions of the secret samples, and would
tell more of them than the account says.
Those numbers are for the owner of the key alone, and stay under "private".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from samefade.api.judged import Judged
from samefade.api.private import Private, rates
from samefade.api.report import Report, lines_json, terms_json
from samefade.api.same import same
from samefade.api.versions import versions
from samefade.entropy import Smoke, Stationarity
from samefade.quantize import widths
from samefade.schemes import Scheme
from samefade.types import Claim, Ledger

SCHEMA = "samefade.certificate/1"
TAG = 2.0**-64  # chance that a difference between the strings goes unseen: their tag has 64 bits
_OWN = ("more than the mutual information", "given up")  # lines of the account that the air never carried
_MATCHING = (
    "scheme", "claim", "keys", "key_bits", "samples", "symbols", "bits", "rate_hz", "epsilon", "terms", "ledger",
)  # fmt: skip


@dataclass(frozen=True)
class Epsilon:
    """By how much the claim may fail, each a chance or a statistical distance.

    Attributes:
        smoothing: That the string is worth less than its smooth min-entropy; None where the estimate is an average,
            and says nothing of that chance.
        hashing: How far the key is from uniform.
        tag: That the ends' strings differ unseen.
    """

    smoothing: float | None
    hashing: float
    tag: float = TAG

    @property
    def sum(self) -> float:
        """Return the chance that anything of it fails."""
        return (self.smoothing or 0.0) + self.hashing + self.tag

    def to_json(self) -> dict[str, float | None]:
        """Return the parts and their sum."""
        return {"smoothing": self.smoothing, "hashing": self.hashing, "tag": self.tag, "sum": self.sum}


@dataclass(frozen=True, eq=False)
class Certificate:
    """What is claimed of the keys of one run, and on what grounds; it holds no key.

    Attributes:
        scheme: Name of the scheme.
        claim: "bounded", "estimate", or "none" where no key is issued.
        keys: How many keys were issued at each end.
        key_bits: Bits of all of them.
        keys_match: Whether both ends hold the same ones.
        samples: Kept grid points.
        symbols: Quantised symbols at each end.
        bits: Quantised bits at each end.
        rate_hz: Samples a second.
        epsilon: By how much the claim may fail.
        ledger: The account as it may travel: public bits line by line, and entropy rounded down to what pays them
            and the keys.
        terms: What was agreed in public.
        eve: Whether a recording of the eavesdropper was used.
        dropped: Per end, reason → lines or packets not kept.
        versions: Of samefade, numpy, scipy and python.
        private: What must not travel.
    """

    scheme: str
    claim: Claim
    keys: int
    key_bits: int
    keys_match: bool
    samples: int
    symbols: int
    bits: int
    rate_hz: float
    epsilon: Epsilon
    ledger: Ledger
    terms: Mapping[str, Any]
    eve: bool
    dropped: Mapping[str, Mapping[str, int]]
    versions: Mapping[str, str]
    private: Private = field(repr=False)

    def to_json(self, *, private: bool = False) -> dict[str, Any]:
        """Return a plain dictionary without any key.

        Args:
            private: Whether numbers computed from secret samples are in it, too; never where it is sent or shown.
        """
        per_sample = self.key_bits / self.samples if self.samples else 0.0
        out = {
            "schema": SCHEMA,
            "scheme": self.scheme,
            "claim": self.claim,
            "keys": self.keys,
            "key_bits": self.key_bits,
            "keys_match": self.keys_match,
            "samples": self.samples,
            "symbols": self.symbols,
            "bits": self.bits,
            "rate_hz": self.rate_hz,
            **rates("key_bits", per_sample, self.rate_hz),
            "epsilon": self.epsilon.to_json(),
            "ledger": lines_json(self.ledger),
            "assumptions": list(self.ledger.assumptions),
            "eve_recorded": self.eve,
            "terms": dict(self.terms),
            "dropped": {end: dict(reasons) for end, reasons in self.dropped.items()},
            "versions": dict(self.versions),
        }
        return out | ({"private": self.private.to_json(self.rate_hz)} if private else {})

    def matches(self, other: "Certificate | Mapping[str, Any]") -> None:
        """Return when the other end's certificate says the same; refuse otherwise.

        Compared is what travels, except versions and dropped lines, which are each end's own.

        Args:
            other: The other end's certificate, or the dictionary of it that was received.

        Raises:
            KeysDiffer: With the first number that differs, at this end and at the other.
        """
        ours, theirs = self.to_json(), other.to_json() if isinstance(other, Certificate) else other
        for name in ("schema", *_MATCHING):
            same(name, ours[name], theirs.get(name))

    def __str__(self) -> str:
        """Return it as tables for the owner of the key, private numbers included."""
        from samefade.api.certificate_text import text

        return text(self)


def certify(
    report: Report,
    scheme: Scheme,
    *,
    stationarity: Stationarity | None = None,
    judged: Judged | None = None,
    smoke: Smoke | None = None,
) -> Certificate:
    """Return the certificate of a run.

    Args:
        report: What the run found.
        scheme: The scheme that ran.
        stationarity: What speaks against the kept half's being one process.
        judged: What further judges say of the symbols.
        smoke: Tests of randomness on the quantised bits.
    """
    worth = report.worth
    smooth = worth is not None and worth.measure.startswith("smooth")
    issued = len(report.keys_a)
    return Certificate(
        scheme=report.scheme,
        claim=report.claim,
        keys=issued,
        key_bits=issued * scheme.amplify.bits,
        keys_match=report.keys_match,
        samples=report.samples,
        symbols=_symbols(report, scheme),
        bits=report.bits,
        rate_hz=report.rate_hz,
        epsilon=Epsilon(scheme.amplify.epsilon if smooth else None, scheme.amplify.epsilon),
        ledger=travelling(report.ledger, issued * scheme.amplify.bits),
        terms=terms_json(report.terms) | {"lag": report.terms.lag},
        eve=report.eve,
        dropped=report.dropped,
        versions=versions(),
        private=Private(
            ledger=report.ledger,
            by={} if worth is None else worth.by,
            ceiling=0.0 if worth is None else worth.ceiling,
            measure="min-entropy" if worth is None else worth.measure,
            secure_bits=report.secure_bits,
            secure_bits_per_sample=report.secure_bits_per_sample,
            mutual_information_per_sample=report.mutual_information_per_sample,
            bit_error_rate=report.bit_error_rate,
            pearson_raw=report.pearson_raw,
            pearson_restored=report.pearson_restored,
            stationarity=stationarity,
            refusal=report.refusal,
            judged=judged,
            smoke=smoke,
        ),
    )


def travelling(ledger: Ledger, issued: int) -> Ledger:
    """Return an account that tells no more than how many keys were issued: its entropy is what they need, and no more.

    Args:
        ledger: The account as it is.
        issued: Bits of all keys.
    """
    told = [entry for entry in ledger.entries if entry.bits <= 0 and not entry.what.startswith(_OWN)]
    need = issued - sum(entry.bits for entry in told)
    out = Ledger(assumptions=ledger.assumptions)
    if issued:
        out = out.earn("entropy claimed: what the lines below and the keys need, of what there is", need)
    for entry in told:
        out = out.pay(entry.what, -entry.bits)
    return out


def _symbols(report: Report, scheme: Scheme) -> int:
    if report.terms.strands:
        each = widths(report.terms)
        return report.bits // sum(each) * len(each)
    levels = report.terms.levels or scheme.quantize.levels
    return report.bits // (levels.bit_length() - 1)
