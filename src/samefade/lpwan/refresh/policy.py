"""What a run of the refresh may use and must reach: public, and the same at both ends."""

from dataclasses import dataclass, field
from typing import Literal

from samefade.align import NoLag
from samefade.amplify import Toeplitz
from samefade.errors import OutOfRange
from samefade.schemes.strata import Strata
from samefade.types import Claim

KEY_BITS = 128
_SPARE = 256  # samples that the pool holds beyond those of a run


def _scheme() -> Strata:
    # single samples: the device then needs its thresholds only, and no lag, for frames are matched by their counters
    return Strata(spans=(1,), align=NoLag(), amplify=Toeplitz(bits=KEY_BITS))


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The rules of a run.

    Attributes:
        spoken: Pairs at the beginning of a run whose values are told, to learn terms from.
        least: The fewest kept pairs of a run.
        most: The most pairs of a run, spoken ones and those between included; the pool holds a few more.
        every: Only frames whose counter is a multiple of it give samples: as often as frames are acknowledged.
        conceded: Bits a kept sample that Eve is taken to know, from a map of the place or from nearby.
        losses: "weighed": which frames were lost is given to the guessers as what Eve hears, and the claim is at most
            an estimate; "paid": every bit of naming them is taken off as if it told as much, which few links can pay.
        claims: What the entropy may rest on for a key.
        patience: Uplinks without progress after which a run is given up.
        port: FPort of frames that carry a block.
        scheme: Strata on single samples without a lag, one key of 128 bits.
    """

    spoken: int = 256
    least: int = 256
    most: int = 1536
    every: int = 1
    conceded: float = 0.0
    losses: Literal["weighed", "paid"] = "weighed"
    claims: tuple[Claim, ...] = ("bounded", "estimate")
    patience: int = 500
    port: int = 85
    scheme: Strata = field(default_factory=_scheme)

    def __post_init__(self) -> None:
        """Refuse what makes no sense.

        Raises:
            OutOfRange: When a number does not, or the scheme is one that a device of a few bytes cannot play.
        """
        _within("spoken", self.spoken, 128, 1024)
        _within("most", self.most, 256, 2048)
        _within("least", self.least, 128, self.most - self.spoken)
        _within("every", self.every, 1, 1000)
        _within("conceded", self.conceded, 0, 16)
        _within("patience", self.patience, 10, 100_000)
        _within("port", self.port, 1, 223)  # LoRaWAN leaves these to applications; 224 is for tests
        if self.losses not in ("weighed", "paid"):
            raise OutOfRange("losses", self.losses, "weighed or paid")
        scheme = self.scheme
        if scheme.spans != (1,) or not isinstance(scheme.align, NoLag) or scheme.amplify.bits != KEY_BITS:
            raise OutOfRange("scheme", scheme.name, f"strata with spans=(1,), NoLag() and {KEY_BITS} bits")

    @property
    def pool(self) -> int:
        """Return how many samples an end holds at most."""
        return self.most + _SPARE


def _within(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise OutOfRange(name, value, f"{low:g} to {high:g}")
