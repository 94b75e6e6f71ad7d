"""What both ends know of a run in public, and the account that follows from it: the same at both, to the last digit."""

from dataclasses import dataclass, fields

from samefade.lpwan.refresh.policy import Policy
from samefade.lpwan.refresh.sealing import chained
from samefade.quantize import set_bits
from samefade.session.account import told
from samefade.types import Claim, Ledger
from samefade.wire.cbor import encode
from samefade.wire.kdf import sha256

CLAIMS: tuple[Claim, ...] = ("none", "estimate", "bounded")
WEIGHED_ASSUMED = (
    "which frames were lost tells no more of the kept samples than the guessers made of it; "
    "it was given to them as what Eve hears"
)
_DIGEST = 8


@dataclass(kw_only=True)
class Run:
    """The public side of a run.

    Attributes:
        first: First place.
        end: One behind the last place that was named.
        named: Samples that the device has in the range named last, as long as the network did not say which it lacks.
        places: Places in all ranges.
        told: What naming tells, bits, were nothing known of it.
        transcript: Hash of all that was said.
        seed: Public seed of the discussion, empty before it began.
        spoken: Last place that the device spoke, -1 before it did.
    """

    first: int
    end: int
    named: int = 0
    places: int = 0
    told: float = 0.0
    transcript: bytes
    seed: bytes = b""
    spoken: int = -1

    @classmethod
    def begun(cls, device: bytes, epoch: int, first: int) -> "Run":
        """Return a run in which nothing was named."""
        return cls(first=first, end=first, transcript=sha256(encode(["samefade lpwan run", device, epoch])))

    def name(self, count: int, named: int) -> None:
        """Note that the device named so many of the next `count` places."""
        self.end, self.named = self.end + count, named
        self.places += count
        self.told += _which(count, named)

    def skip(self, places: int) -> None:
        """Note that the network has nothing in the next places; they are not named."""
        self.end += places
        self.told += 2.0 * places.bit_length()

    def lack(self, lacking: int) -> None:
        """Note that the network named so many of these as lacking; it does so once for a range."""
        self.told += _which(self.named, lacking)
        self.named = 0

    def say(self, request: bytes, answer: bytes) -> None:
        """Add an exchange to the transcript."""
        self.transcript = chained(self.transcript, request, answer)

    def settle(self) -> None:
        """Draw the seed of the discussion: from all that was said before it, of which no kept sample is a part."""
        self.seed = sha256(b"samefade lpwan polar", self.transcript)[:16]

    @property
    def hashing(self) -> bytes:
        """Return the seed of privacy amplification: from the whole discussion, so nobody could know it before."""
        return sha256(b"samefade lpwan toeplitz", self.transcript)

    def naming(self, policy: Policy, kept: int) -> Ledger:
        """Return the lines before the discussion."""
        out = Ledger()
        if policy.losses == "paid":
            out = out.pay("places named by both ends", self.told)
        else:
            out = Ledger(assumptions=(WEIGHED_ASSUMED,)).pay(self._weighed(), 0.0)
        out = out.pay("terms, learnt from spoken samples alone", 0.0)
        if policy.conceded:
            out = out.pay("conceded to a map of the place, or to a listener nearby", policy.conceded * kept)
        return out

    def _weighed(self) -> str:
        """Say in the line how long the naming was that costs nothing here, because it was paid before."""
        return f"places named, {self.told:.0f} bits: what they tell was taken off the entropy"

    def account(self, policy: Policy, discussion: Ledger, kept: int, bits: int, claim: Claim) -> Ledger:
        """Return the account as both ends have it.

        Args:
            policy: The rules.
            discussion: What correcting told.
            kept: Samples that the string was made of.
            bits: Bits of the string.
            claim: What the entropy rests on.
        """
        return told(policy.scheme, self.naming(policy, kept) + discussion, bits, 1, claim)

    def parts(self) -> list[object]:
        """Return plain values from which `again` makes it."""
        return [getattr(self, field.name) for field in fields(self)]

    @classmethod
    def again(cls, parts: list[object]) -> "Run":
        """Return the run that the parts were taken from."""
        return cls(**dict(zip((field.name for field in fields(cls)), parts, strict=True)))  # type: ignore[arg-type]


def digest(ledger: Ledger) -> bytes:
    """Return what tells whether both ends have the same account, to a thousandth of a bit."""
    lines = [[entry.what, round(1000 * entry.bits)] for entry in ledger.entries]
    return sha256(encode([lines, list(ledger.assumptions)]))[:_DIGEST]


def _which(count: int, of_them: int) -> float:
    """Return the bits that say how many of a set are meant, and which."""
    return 0.0 if not count else float((count + 1).bit_length() + set_bits(count, of_them))
