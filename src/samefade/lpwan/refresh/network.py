"""The network's end of a refresh: end b, which learns, asks, corrects its string and keeps the account."""

from collections.abc import Sequence
from typing import Any

from samefade.errors import NotEnough, OutOfRange, SamefadeError, StillDiffers, TooLittleEntropy
from samefade.lpwan.refresh.asks import Asks
from samefade.lpwan.refresh.end import End
from samefade.lpwan.refresh.events import REASONS, Answered, NoKey
from samefade.lpwan.refresh.exchange import LONGEST, Asking
from samefade.lpwan.refresh.messages import CARRY, COMMIT, DONE, FAIL
from samefade.lpwan.refresh.policy import Policy
from samefade.lpwan.refresh.pool import Pool
from samefade.lpwan.refresh.sealing import DOWN_HEAD, LAST_NUMBER, REFUSED, TAG, UP_HEAD, Block, Secret
from samefade.lpwan.refresh.state import pack, unpack
from samefade.lpwan.refresh.talk import ClaimNotAccepted
from samefade.lpwan.refresh.walked import ComesAgain
from samefade.session.events import Root

_FORMAT = "samefade lpwan network 2"
_REASON: dict[type[NotEnough], str] = {
    TooLittleEntropy: "too little entropy",
    ClaimNotAccepted: "claim not accepted",
    ComesAgain: "channel comes again",
}


class NetworkEnd(End):
    """The end that answers uplinks, one object a device.

    Whoever holds it stores `reveal_secret_state_bytes()` before it sends what `downlink` returned, and before it acts
    on `events()`; an end that is restored from what was stored last then never uses a sample or a nonce twice.

    Attributes:
        dropped: What was not taken, by reason.
    """

    __slots__ = ("_asks", "_down", "_exchange", "_up")

    def __init__(self, device: bytes, root: Root, policy: Policy = Policy()) -> None:  # noqa: B008 -- frozen
        """Take the DevEUI, 8 bytes, the secret that both ends hold, and the rules of a run."""
        super().__init__(device, root, policy)
        self._exchange = Asking()
        self._asks = Asks(policy, self._secret, Pool(policy.pool))
        self._up = self._down = -1  # counters: of the last uplink, and of the last one that a block answered

    @property
    def pooled(self) -> int:
        """Return how many samples there are."""
        return len(self._asks.pool)

    def uplink(self, counter: int, rssi: float | None, block: bytes) -> None:
        """Take an uplink.

        Args:
            counter: Counter of the frame, which never goes back; after a join the caller adds 2^32 for each one.
            rssi: Its strength in dBm at the one gateway that also transmits, None where that one did not hear it.
            block: The block, b"" for none.
        """
        if not self._up < counter < LAST_NUMBER:
            self.dropped["uplink heard before"] += 1
            return
        self._up = counter
        opened = self._opened(counter, block) if block else None
        if opened is None:
            self._exchange.silent()
        elif self._exchange.hear(opened.request, opened.kind, opened.body):
            self._close()
        self._go_on(counter // self._policy.every)
        # the sample of this frame comes last: what is asked now is about frames that were answered
        if rssi is not None:
            self._pool(self._asks, counter, rssi)

    def downlink(self, room: int) -> bytes:
        """Return the block for the one downlink that answers the last uplink, b"" when there is nothing to say."""
        said = self._exchange.said(room - DOWN_HEAD - TAG) if self._down < self._up else None
        if said is None:
            return b""
        self._down = self._up
        return self._secret.seal("down", self._up, Block(self._secret.epoch & 3, self._exchange.number, *said))

    def carry(self, message: bytes) -> bool:
        """Bring bytes of another protocol to the device; return False where another request is under way.

        Raises:
            OutOfRange: When they are too many for a request.
        """
        if len(message) >= LONGEST:
            raise OutOfRange("bytes to carry", len(message), f"below {LONGEST}")
        if self._exchange.open or self.has_work or self._asks.next is not None:
            return False
        self._exchange.ask(bytes((CARRY,)) + message)
        return True

    @property
    def has_work(self) -> bool:
        """Say whether there is something to compute, see `work`."""
        return not self._exchange.open and self._asks.has_work

    def work(self, earlier: Sequence[bytes] = ()) -> None:
        """Do the heavy part, for seconds: compare with earlier runs, learn terms, decode, keep the account.

        Args:
            earlier: All that `reveal_secret_runs` gave for this device, oldest first.
        """
        if not self.has_work:
            return
        try:
            request = self._asks.work(earlier)
            if request is not None:
                self._exchange.ask(request)
        except NotEnough as error:
            self._fail(_REASON.get(type(error), "not reciprocal"), str(error))
        except StillDiffers as error:
            self._fail("strings still differ", str(error))
        except (SamefadeError, ValueError, ArithmeticError) as error:
            self._fail("unknown", f"{type(error).__name__}: {error}")

    def forget(self, counter: int) -> bool:
        """Take back the sample of an uplink, where another gateway than that of its reading answered it.

        It works as long as no run has named the sample: the network then says that it lacks it, and so it is public
        which one it was.

        Args:
            counter: Counter of the uplink.

        Returns:
            Whether there was such a sample, and it is gone.
        """
        return counter % self._policy.every == 0 and self._asks.forget(counter // self._policy.every)

    def reveal_secret_runs(self) -> list[bytes]:
        """Hand over what the runs measured that ended since this was last called, oldest first.

        Until then it is a part of the state, which grows to some tens of KiB where nobody calls this.
        Whoever does keeps them with the state, in one transaction, and gives all of them to `work`: `past.newest` says
        how many are needed. They are as secret as the keys that came of them.
        """
        return self._asks.reveal_secret_runs()

    def reveal_secret_state_bytes(self) -> bytes:
        """Return all that this end must keep; whoever calls this is responsible for it from here on."""
        parts: list[Any] = [self.device, [self._up, self._down], self._exchange.parts()]
        return pack(_FORMAT, [*parts, self._asks.reveal_secret_parts()], self._secret.root, self._told)

    @classmethod
    def restored(cls, state: bytes, policy: Policy = Policy()) -> "NetworkEnd":  # noqa: B008 -- frozen
        """Return the end that the state was taken from, with the events that nobody asked for yet.

        Raises:
            RemoteProtocolError: When it is not such a state.
        """
        (device, counters, exchange, asks), root, told = unpack(_FORMAT, state)
        end = cls(device, root, policy)
        end._up, end._down = counters
        end._exchange = Asking.again(exchange)
        end._asks = Asks.again(policy, end._secret, asks)
        end._told = told
        return end

    def _opened(self, counter: int, sealed: bytes) -> Block | None:
        """Open a block; one under the candidate confirms it, and nothing else ends the old secret."""
        if len(sealed) < UP_HEAD + TAG:
            self.dropped["block is too short"] += 1
            return None
        coming = self._asks.next
        if coming is not None and (block := coming.open("up", counter, sealed)) is not None:
            self._force(coming)
            return None
        block = self._secret.open("up", counter, sealed)
        if block is None or block.kind > REFUSED:
            self.dropped["block does not open"] += 1
            return None
        return block

    def _force(self, coming: Secret) -> None:
        """Put the candidate in force: the device holds it."""
        self._put_in_force(self._asks, coming)
        self._exchange.ask(bytes((DONE,)))

    def _close(self) -> None:
        """Take a whole answer."""
        request, refused = self._exchange.request, self._exchange.refused
        answer = self._exchange.close()
        if request[0] == CARRY:
            self._told.append(Answered(device=self.device, message=b"" if refused else answer))
        elif refused and request[0] not in (FAIL, DONE):
            self._fail("tags differ" if request[0] == COMMIT else "samples are gone", "the device refused")
        elif request[0] not in (FAIL, DONE, COMMIT):
            try:
                self._asks.heard(request, answer)
            except SamefadeError as error:
                self._fail("unknown", str(error))

    def _go_on(self, place: int) -> None:
        """Ask the next thing that needs no work, or give up a run that nobody answers."""
        if self._exchange.open:
            if self._exchange.waited > self._policy.patience:
                self._lose_patience(self._exchange.request[0])
            return
        try:
            request = self._asks.wanted(place)
        except TooLittleEntropy as error:
            self._fail("too little entropy", str(error))
            return
        if request is not None:
            self._exchange.ask(request)

    def _lose_patience(self, asked: int) -> None:
        if asked == CARRY:  # nobody may be there to reply to it; the refresh shall not wait for that
            self._exchange.close()
            self._told.append(Answered(device=self.device, message=b""))
        elif asked not in (FAIL, DONE):
            self._fail("given up", f"no progress in {self._policy.patience} uplinks")

    def _fail(self, reason: str, why: str) -> None:
        """End the run without a key: its samples are burned, and the old secret stays."""
        ledger = self._asks.fail(reason)
        self._told.append(NoKey(device=self.device, epoch=self.epoch, reason=reason, why=why, ledger=ledger))
        self._exchange.ask(bytes((FAIL, REASONS.index(reason))))
