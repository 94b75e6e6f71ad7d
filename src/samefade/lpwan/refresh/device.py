"""The device's end of a refresh: end a, which answers, and whose string stays.

All that it computes is light: thresholds, XOR, a CRC, SHA-256, AES.
"""

from typing import Any

from samefade.errors import OutOfRange, SamefadeError
from samefade.lpwan.refresh.answers import Answers
from samefade.lpwan.refresh.end import End
from samefade.lpwan.refresh.events import REASONS, Carried, NoKey
from samefade.lpwan.refresh.exchange import LONGEST, Answering
from samefade.lpwan.refresh.messages import CARRY, COMMIT
from samefade.lpwan.refresh.policy import Policy
from samefade.lpwan.refresh.pool import Pool
from samefade.lpwan.refresh.sealing import DOWN_HEAD, LAST_NUMBER, TAG, UP_HEAD, Block, number_of
from samefade.lpwan.refresh.state import pack, unpack
from samefade.session.events import Root

_FORMAT = "samefade lpwan device 1"


class DeviceEnd(End):
    """The end that sends uplinks.

    Whoever holds it stores `reveal_secret_state_bytes()` before it sends what `uplink` returned, and before it acts on
    `events()`; an end that is restored from what was stored last then never uses a sample or a nonce twice.

    Attributes:
        dropped: What was not taken, by reason.
    """

    def __init__(self, device: bytes, root: Root, policy: Policy = Policy()) -> None:  # noqa: B008 -- frozen
        """Take the DevEUI, 8 bytes, the secret that both ends hold, and the rules of a run."""
        super().__init__(device, root, policy)
        self._exchange = Answering()
        self._answers = Answers(policy, self._secret, Pool(policy.pool))
        self._up = self._heard = self._down = -1  # counters: of the last block sent, sample taken, block taken

    @property
    def pooled(self) -> int:
        """Return how many samples there are."""
        return len(self._answers.pool)

    def uplink(self, counter: int, spare: int) -> bytes:
        """Return the block for this frame, at most `spare` bytes; b"" for none.

        Args:
            counter: Counter of the frame, which never goes back; after a join the caller adds 2^32 for each one.
            spare: Bytes that a block may take.
        """
        if not self._up < counter < LAST_NUMBER:
            self.dropped["counter of an uplink went back"] += 1
            return b""
        said = self._exchange.said(spare - UP_HEAD - TAG)
        if said is None:
            return b""
        self._up = counter
        secret = self._answers.next or self._secret if self._confirming else self._secret
        block = Block(secret.epoch & 3, self._exchange.number, *said)
        return secret.seal("up", counter, block)

    def downlink(self, counter: int, rssi: float, block: bytes) -> None:
        """Take what answered the uplink `counter`; the block is b"" for a bare acknowledgement."""
        self._sample(counter, rssi)
        if not block:
            return
        opened = self._opened(counter, block)
        if opened is None:
            return
        if self._exchange.hear(opened.request, opened.kind, opened.body):
            self._obey(self._exchange.request)

    def reply(self, answer: bytes) -> None:
        """Answer what was `Carried` last; nothing happens where nothing waits for it.

        Raises:
            OutOfRange: When it is too long for an answer.
        """
        if len(answer) > LONGEST:
            raise OutOfRange("bytes of the answer", len(answer), f"at most {LONGEST}")
        waiting = self._exchange.whole and self._exchange.answer is None
        if waiting and self._exchange.request[:1] == bytes((CARRY,)):
            self._exchange.reply(answer)

    def reveal_secret_state_bytes(self) -> bytes:
        """Return all that this end must keep; whoever calls this is responsible for it from here on."""
        parts: list[Any] = [self.device, [self._up, self._heard, self._down], self._exchange.parts()]
        return pack(_FORMAT, [*parts, self._answers.reveal_secret_parts()], self._secret.root, self._told)

    @classmethod
    def restored(cls, state: bytes, policy: Policy = Policy()) -> "DeviceEnd":  # noqa: B008 -- frozen
        """Return the end that the state was taken from, with the events that nobody asked for yet.

        Raises:
            RemoteProtocolError: When it is not such a state.
        """
        (device, counters, exchange, answers), root, told = unpack(_FORMAT, state)
        end = cls(device, root, policy)
        end._up, end._heard, end._down = counters
        end._exchange = Answering.again(exchange)
        end._answers = Answers.again(policy, end._secret, answers)
        end._answers.now = max(0, end._heard) // policy.every
        end._told = told
        if end._exchange.whole and end._exchange.answer is None:
            end._obey(end._exchange.request)  # killed before it was answered
        return end

    @property
    def _confirming(self) -> bool:
        """Say whether the answer that is being told is the one that confirms a new secret."""
        return self._exchange.request[:1] == bytes((COMMIT,)) and not self._exchange.refused

    def _sample(self, counter: int, rssi: float) -> None:
        if counter <= self._heard or counter >= LAST_NUMBER:
            self.dropped["downlink heard before"] += 1
            return
        self._heard, self._answers.now = counter, counter // self._policy.every
        self._pool(self._answers, counter, rssi)

    def _opened(self, counter: int, sealed: bytes) -> Block | None:
        """Open a block; one under the next secret puts that one in force, one of a later request drops it."""
        if len(sealed) < DOWN_HEAD + TAG or (number := number_of(sealed, counter)) <= self._down:
            self.dropped["block is old or too short"] += 1
            return None
        coming = self._answers.next
        if coming is not None and (block := coming.open("down", number, sealed)) is not None:
            self._down = number
            self._put_in_force(self._answers, coming)
            return block
        block = self._secret.open("down", number, sealed)
        if block is None:
            self.dropped["block does not open"] += 1
            return None
        self._down = number
        if coming is not None and block.request != self._exchange.number:
            self._answers.roll_back()  # the network asks something else under the old secret: it gave up
        return block

    def _obey(self, request: bytes) -> None:
        """Answer a request, or refuse it: nothing that the air brings stops this end."""
        if request[:1] == bytes((CARRY,)):
            self._told = [event for event in self._told if not isinstance(event, Carried)]
            self._told.append(Carried(device=self.device, message=request[1:]))
            return
        try:
            answer, failed = self._answers.to(request)
        except (SamefadeError, ValueError) as error:
            self.dropped[f"refused: {type(error).__name__}"] += 1
            self._exchange.reply(bytes((REASONS.index(self._answers.reason),)), refused=True)
            return
        self._exchange.reply(answer)
        if failed is not None:
            self._told.append(NoKey(device=self.device, epoch=self.epoch, reason=failed, ledger=self._answers.ledger))
