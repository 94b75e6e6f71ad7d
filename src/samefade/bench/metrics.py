"""What can be asked of a cell, by name: the field's numbers, the likeness of both ends, and what is secret."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from samefade import metrics
from samefade.api import Report
from samefade.api.field import Field
from samefade.errors import NotEnough, UnknownName
from samefade.types import Kept, Pair

Number = float | int | str


@dataclass(frozen=True, eq=False)
class Outcome:
    """All that a cell may be asked about.

    Attributes:
        field: What the field reports.
        kept: The kept half, with the tones that the scheme uses.
        report: The account, where a metric needs it.
    """

    field: Field
    kept: Pair[Kept]
    report: Report | None

    @property
    def account(self) -> Report:
        """Return the report, which is there whenever one of `ACCOUNTS` was asked for."""
        if self.report is None:
            raise UnknownName("account of a cell that was run without one", self.field.scheme, ())
        return self.report


def _likeness(measure: Callable[..., float]) -> Callable[[Outcome], float]:
    return lambda found: measure(*found.field.features())


def _area(found: Outcome) -> float:
    try:
        return metrics.coherence_area(*found.field.features(), found.field.fa.rate)
    except NotEnough:
        return float("nan")


def _jeffreys(found: Outcome) -> float:
    return metrics.jeffreys(*found.field.features()).value


def _at(threshold: int, what: str) -> Callable[[Outcome], float]:
    return lambda found: float(getattr(found.field.keys[threshold], what))


METRICS: dict[str, Callable[[Outcome], Number]] = {
    "samples": lambda found: found.field.samples,
    "lag": lambda found: found.field.terms.lag,
    "band_high_hz": lambda found: found.field.terms.band.high if found.field.terms.band else float("nan"),
    "pearson": _likeness(metrics.pearson),
    "jeffreys": _jeffreys,
    "wasserstein": _likeness(metrics.wasserstein),
    "coherence_area": _area,
    "bits": lambda found: found.field.bits,
    "bit_error_rate": lambda found: found.field.bit_error_rate,
    **{f"key_rate_{t}": _at(t, "bits_per_packet") for t in (5, 10, 20)},
    **{f"accepted_error_rate_{t}": _at(t, "error_rate") for t in (5, 10, 20)},
}
ACCOUNTS: dict[str, Callable[[Outcome], Number]] = {
    "min_entropy_per_bit": lambda found: found.account.min_entropy_per_bit,
    "leak_bits": lambda found: found.account.leak_bits,
    "secure_bits": lambda found: found.account.secure_bits,
    "secure_rate": lambda found: found.account.secure_bits_per_sample,
    "mutual_information": lambda found: found.account.mutual_information_per_sample,
    "claim": lambda found: found.account.claim,
}
# which way is better; of the others, counts and places of a band, neither is
BETTER: dict[str, Literal["higher", "lower"]] = {
    **dict.fromkeys(("pearson", "coherence_area", "min_entropy_per_bit", "secure_bits", "secure_rate"), "higher"),
    **dict.fromkeys((f"key_rate_{t}" for t in (5, 10, 20)), "higher"),
    **dict.fromkeys(("jeffreys", "wasserstein", "bit_error_rate", "leak_bits"), "lower"),
    **dict.fromkeys((f"accepted_error_rate_{t}" for t in (5, 10, 20)), "lower"),
}
FIELD = tuple(METRICS)
ALL = (*METRICS, *ACCOUNTS)


def metric(name: str) -> Callable[[Outcome], Number]:
    """Return the metric of this name.

    Raises:
        UnknownName: When there is none.
    """
    known = METRICS | ACCOUNTS
    if name not in known:
        raise UnknownName("metric", name, tuple(known))
    return known[name]
