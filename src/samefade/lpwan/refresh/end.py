"""What both ends of a refresh share: the secret in force, the samples as they come, and what there is to tell."""

from collections import Counter

from samefade.errors import SamefadeError
from samefade.lpwan.refresh.answers import Answers
from samefade.lpwan.refresh.asks import Asks
from samefade.lpwan.refresh.events import Refreshed
from samefade.lpwan.refresh.policy import Policy
from samefade.lpwan.refresh.pool import byte_of
from samefade.lpwan.refresh.sealing import Secret
from samefade.session.events import Event, Root


class End:
    """An end of a refresh.

    Attributes:
        device: DevEUI, 8 bytes.
        dropped: What was not taken, by reason.
    """

    __slots__ = ("_policy", "_secret", "_told", "device", "dropped")

    def __init__(self, device: bytes, root: Root, policy: Policy) -> None:
        """Take the DevEUI, 8 bytes, the secret that both ends hold, and the rules of a run."""
        self.device, self._policy = bytes(device), policy
        self._secret = Secret(self.device, root)
        self._told: list[Event] = []
        self.dropped: Counter[str] = Counter()

    @property
    def epoch(self) -> int:
        """Return how many refreshes went into the secret that is in force."""
        return self._secret.epoch

    def derive(self, purpose: str, context: bytes, n: int) -> bytes:
        """Return n secret bytes for another purpose, from the secret in force: the same at the other end."""
        return self._secret.derive(f"for {purpose}", context, n)

    def events(self) -> list[Event]:
        """Return what happened since this was last asked."""
        told, self._told = self._told, []
        return told

    def _pool(self, side: Asks | Answers, counter: int, rssi: float) -> None:
        """Give a reading to this end's side of a run, where the frame is one that gives samples."""
        if counter % self._policy.every:
            return
        try:
            value = byte_of(rssi)
        except SamefadeError:
            self.dropped["strength is no number"] += 1
            return
        if not side.take(counter // self._policy.every, value):
            self.dropped["no room for a sample"] += 1

    def _put_in_force(self, side: Asks | Answers, coming: Secret) -> None:
        """Put the next secret in force, and say so."""
        self._secret = coming
        claim, ledger = side.put_in_force()
        self._told.append(
            Refreshed(device=self.device, epoch=coming.epoch, root=coming.root, claim=claim, ledger=ledger)
        )
