"""Two-phase commit of a new secret: compute it at both ends, and say so before either gives up the old one.

```
 network  asks COMMIT with a tag under K_new          holds K_old and a candidate
 device   checks it, answers under K_new              holds K_old and K_new: prepared
 network  opens that answer: in force                 forgets K_old
 device   opens a block under K_new: in force         forgets K_old
```

The network alone decides: it gives up only before it heard the answer, and says so under K_old.
A prepared device waits for a word under either secret, however long; so the ends never hold different ones for good.
"""

from samefade.lpwan.refresh.messages import TAG
from samefade.lpwan.refresh.policy import Policy
from samefade.lpwan.refresh.run import Run, digest
from samefade.lpwan.refresh.sealing import Secret, refreshed
from samefade.session.account import amplified
from samefade.session.events import Root
from samefade.types import Bits, Claim, Ledger
from samefade.wire.kdf import expand_label, sha256


def candidate(policy: Policy, secret: Secret, run: Run, fixed: Bits, ledger: Ledger, claim: Claim) -> Root:
    """Return the secret that follows: the old one with the channel's key added.

    Args:
        policy: The rules.
        secret: The old one.
        run: The run.
        fixed: The agreed string.
        ledger: Its account, the same at both ends.
        claim: What the entropy in it rests on.

    Raises:
        NotEnough: When the account pays for no key.
    """
    (channel,) = amplified(policy.scheme, fixed, ledger, run.hashing, claim)
    transcript = sha256(b"samefade lpwan commit", run.transcript, claim.encode(), digest(ledger))
    return refreshed(secret.device, secret.root, channel.reveal_secret_bytes(), transcript)


def commit_tag(device: bytes, root: Root) -> bytes:
    """Return the network's proof that it holds the new secret."""
    return expand_label(root.reveal_secret_bytes(), "lpwan commit", device, TAG)
