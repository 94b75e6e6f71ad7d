"""Hold what the owner of a key may read, and nobody else: numbers computed from secret samples."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from samefade.api.judged import Judged
from samefade.api.report import lines_json, refusal_json
from samefade.entropy import Smoke, Stationarity
from samefade.errors import SamefadeError
from samefade.types import Ledger


@dataclass(frozen=True, eq=False)
class Private:
    """The part of a certificate that must not travel.

    Attributes:
        ledger: The account as it is, with every realised number.
        by: What each guesser leaves, bits a symbol; the least counts.
        ceiling: What it would be at most.
        measure: Which entropy that is.
        secure_bits: What may be issued, keys and the rest that fills none.
        secure_bits_per_sample: The same for each kept sample.
        mutual_information_per_sample: The limit, given Eve where she was recorded.
        bit_error_rate: Share of bits that differed before correction.
        pearson_raw: Correlation of the kept halves as heard.
        pearson_restored: Correlation of what was quantised.
        stationarity: What speaks against the kept half's being one process; None where it is too short to say.
        refusal: Why no key was issued, or None.
        judged: What the judges of SP 800-90B and a guesser say of the symbols, where they were asked.
        smoke: Tests of randomness on the quantised bits before hashing, where they were asked for.
    """

    ledger: Ledger
    by: Mapping[str, float]
    ceiling: float
    measure: str
    secure_bits: int
    secure_bits_per_sample: float
    mutual_information_per_sample: float
    bit_error_rate: float
    pearson_raw: float
    pearson_restored: float
    stationarity: Stationarity | None = None
    refusal: SamefadeError | None = None
    judged: Judged | None = None
    smoke: Smoke | None = None

    def __post_init__(self) -> None:
        """Freeze the mapping."""
        object.__setattr__(self, "by", MappingProxyType(dict(self.by)))

    @property
    def share_of_limit(self) -> float | None:
        """Return secure rate over mutual information; None where the ends share nothing."""
        limit = self.mutual_information_per_sample
        return self.secure_bits_per_sample / limit if limit > 0 else None

    def to_json(self, rate: float) -> dict[str, Any]:
        """Return a plain dictionary, at so many samples a second."""
        return {
            "secure_bits": self.secure_bits,
            **rates("secure_bits", self.secure_bits_per_sample, rate),
            "mutual_information_per_sample": self.mutual_information_per_sample,
            "secure_share_of_mutual_information": self.share_of_limit,
            "bit_error_rate": self.bit_error_rate,
            "pearson_raw": self.pearson_raw,
            "pearson_restored": self.pearson_restored,
            "measure": self.measure,
            "guessers": dict(self.by),
            "ceiling": self.ceiling,
            "ledger": lines_json(self.ledger),
            "stationarity": None if self.stationarity is None else _stationarity(self.stationarity),
            "refusal": None if self.refusal is None else refusal_json(self.refusal),
            **({} if self.judged is None else self.judged.to_json()),
            **({} if self.smoke is None else {"smoke": self.smoke.to_json()}),
        }


def rates(name: str, per_sample: float, rate: float) -> dict[str, float]:
    """Return a rate for each sample, second and hour of kept samples."""
    second = per_sample * rate
    return {f"{name}_per_sample": per_sample, f"{name}_per_second": second, f"{name}_per_hour": 3600 * second}


def _stationarity(found: Stationarity) -> dict[str, Any]:
    return {
        "stationary": found.stationary,
        "p": found.p,
        "worst": found.worst,
        "p_values": dict(found.p_values),
        "effective_samples": found.effective,
        "level": found.level,
    }
