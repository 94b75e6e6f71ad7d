"""Seal a block, and derive everything that an epoch's secret is for.

```
 uplink      head | sealed body | tag of 8 bytes             head = epoch (2 bits), request (3 bits), kind (3 bits)
 downlink    head | number (low byte) | sealed body | tag    number = counter of the uplink after which it was sealed
```

AES-CCM (RFC 3610); each direction has a key of its own, and the nonce is the counter of the frame: an uplink's own, or
that of the uplink which a downlink answers.
At most one block is sealed under a counter, and counters never go back, so no nonce is used twice.
"""

from typing import NamedTuple, NoReturn

from samefade.amplify.hkdf import hkdf
from samefade.session.events import Root
from samefade.wire.cbor import encode
from samefade.wire.ccm import NONCE, Ccm
from samefade.wire.errors import BadTag
from samefade.wire.kdf import expand_label, extract, sha256

TAG = 8
UP_HEAD, DOWN_HEAD = 1, 2
LAST_NUMBER = 2**63
WANT, PIECE, LAST, REFUSED = range(4)  # kinds of a block: how far one has come; a piece; the last; a reason for none


class Block(NamedTuple):
    """What a block says.

    Attributes:
        epoch: Of the secret under which it was sealed, modulo 4.
        request: Number of the request, modulo 8.
        kind: WANT, PIECE, LAST or REFUSED.
        body: The rest, in the clear.
    """

    epoch: int
    request: int
    kind: int
    body: bytes

    @property
    def head(self) -> bytes:
        """Return the first byte."""
        return bytes(((self.epoch & 3) << 6 | (self.request & 7) << 3 | self.kind,))


class Secret:
    """The secret of an epoch, with the keys that come of it."""

    __slots__ = ("_prk", "device", "root")

    def __init__(self, device: bytes, root: Root) -> None:
        """Take the secret."""
        self.device, self.root = device, root
        self._prk = extract(b"samefade lpwan 1", root.reveal_secret_bytes())

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled."""
        raise TypeError("a Secret has no serialiser")

    @property
    def epoch(self) -> int:
        """Return how many refreshes went into it."""
        return self.root.epoch

    def derive(self, purpose: str, context: bytes, n: int) -> bytes:
        """Return n bytes for one purpose, of this device and this epoch."""
        return expand_label(self._prk, f"lpwan {purpose}", encode([self.device, self.epoch, context]), n)

    def seal(self, way: str, number: int, block: Block) -> bytes:
        """Return a block as it travels up or down; a number is used once in each direction."""
        head = _head(way, number, block)
        return head + self._ccm(way).seal(_nonce(number), block.body, head)

    def open(self, way: str, number: int, sealed: bytes) -> Block | None:
        """Return what a block says, or None where it was not sealed with this secret under this number."""
        size = UP_HEAD if way == "up" else DOWN_HEAD
        if len(sealed) < size + TAG:
            return None
        head = sealed[:size]
        try:
            body = self._ccm(way).open(_nonce(number), sealed[size:], head)
        except BadTag:
            return None
        return Block(head[0] >> 6, head[0] >> 3 & 7, head[0] & 7, body)

    def _ccm(self, way: str) -> Ccm:
        # made anew each time: a cipher of the library takes more memory than all else that a device has here
        return Ccm(self.derive(f"{way}link", b"", 16), TAG)


def _head(way: str, number: int, block: Block) -> bytes:
    return block.head if way == "up" else block.head + bytes((number & 0xFF,))


def _nonce(number: int) -> bytes:
    return number.to_bytes(NONCE, "big")


def number_of(sealed: bytes, counter: int) -> int:
    """Return the number of a downlink heard after the uplink `counter`: a server may send it some frames late."""
    return counter - (counter - sealed[1] & 0xFF)


def refreshed(device: bytes, old: Root, channel: bytes, transcript: bytes) -> Root:
    """Return K_new = HKDF-SHA256(salt = H(transcript), IKM = K_old | K_channel, info = "…|DevEUI|epoch").

    Both parts have a fixed length, so no two pairs of them give the same input; a prior secret of another length is
    hashed to 32 bytes first.

    Args:
        device: DevEUI.
        old: The secret that both ends hold.
        channel: The channel's key, 16 bytes.
        transcript: Hash of all that was said in the run.
    """
    prior = old.reveal_secret_bytes()
    if len(prior) != 32:
        prior = hkdf(b"", prior, b"samefade lpwan prior secret", 32)
    epoch = old.epoch + 1
    info = f"samefade lpwan refresh|{device.hex()}|{epoch}".encode()
    secret = hkdf(transcript, prior + channel, info, 32)
    return Root(expand_label(secret, "lpwan root name", encode([device, epoch]), 8), epoch, secret)


def chained(transcript: bytes, request: bytes, answer: bytes) -> bytes:
    """Add an exchange to the hash of a run."""
    return sha256(transcript, len(request).to_bytes(2, "big"), request, len(answer).to_bytes(2, "big"), answer)
