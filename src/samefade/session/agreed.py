"""What two ends agreed on, and what may travel with the keys that come of it: claim, account, assumptions."""

from dataclasses import dataclass
from typing import Any

from samefade.schemes import Scheme
from samefade.session import account
from samefade.session.plan import Plan
from samefade.session.psk import LABORATORY
from samefade.types import Bits, Claim, Key, Ledger

COMPUTATIONAL = (
    "what turns the channel's key and the prior secret into the keys issued is computational: "
    "SHA-256 stands for a random function"
)
UNAUTHENTICATED = "unauthenticated: whoever was on the line may be either end"
LIMIT = "the mutual information that bounds the account was estimated on the spoken samples"


@dataclass(frozen=True, eq=False)
class Agreed:
    """What both ends hold after the discussion.

    Attributes:
        scheme: The scheme.
        plan: The plan.
        fixed: The agreed string.
        ledger: Its closed account.
        claim: What the entropy in it rests on.
    """

    scheme: Scheme
    plan: Plan
    fixed: Bits
    ledger: Ledger
    claim: Claim

    def keys(self, seed: bytes) -> tuple[Key, ...]:
        """Hash the string.

        Raises:
            NotEnough: When the account pays for no key.
        """
        return account.amplified(self.scheme, self.fixed, self.ledger, seed, self.claim)


def certificate(agreed: Agreed, transcript: bytes, prior: bytes) -> dict[str, Any]:
    """Return the certificate of a run's keys, as JSON takes it; the same at both ends.

    Args:
        agreed: What was agreed.
        transcript: Hash of all that was said.
        prior: Public name of the prior secret.
    """
    ledger = agreed.ledger
    warned = [UNAUTHENTICATED] if prior == LABORATORY.name else []
    return {
        "format": "samefade certificate 1",
        "claim": agreed.claim,
        "scheme": agreed.scheme.name,
        "keys": account.count(agreed.scheme, ledger),
        "bits": agreed.scheme.amplify.bits,
        "epsilon": agreed.scheme.amplify.epsilon,
        "kept_samples": agreed.plan.kept,
        "spoken_samples": agreed.plan.spoken,
        "account": [[entry.what, round(entry.bits, 3)] for entry in ledger.entries],
        "left_bits": ledger.secure_bits,
        "assumptions": [*warned, *ledger.assumptions, LIMIT, COMPUTATIONAL],
        "transcript": transcript.hex(),
    }
