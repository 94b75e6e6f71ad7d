"""The device's end of a refresh: end a, which answers, and whose string stays."""

from samefade.lpwan.refresh.policy import Policy
from samefade.session.events import Event, Root


class DeviceEnd:
    """The end that sends uplinks.

    Whoever holds it stores `reveal_secret_state_bytes()` before it sends what `uplink` returned, and before it acts on
    `events()`; an end that is restored from what was stored last then never uses a sample or a nonce twice.
    """

    def __init__(self, device: bytes, root: Root, policy: Policy = Policy()) -> None:  # noqa: B008 -- frozen
        """Take the DevEUI, 8 bytes, the secret that both ends hold, and the rules of a run."""
        raise NotImplementedError

    def uplink(self, counter: int, spare: int) -> bytes:
        """Return the block for this frame, at most `spare` bytes; b"" for none.

        Args:
            counter: Counter of the frame, which never goes back; after a join the caller adds 2^32 for each one.
            spare: Bytes that a block may take.
        """
        raise NotImplementedError

    def downlink(self, counter: int, rssi: float, block: bytes) -> None:
        """Take what answered the uplink `counter`; the block is b"" for a bare acknowledgement."""
        raise NotImplementedError

    def events(self) -> list[Event]:
        """Return what happened since this was last asked."""
        raise NotImplementedError

    def reveal_secret_state_bytes(self) -> bytes:
        """Return all that this end must keep; whoever calls this is responsible for it from here on."""
        raise NotImplementedError

    @classmethod
    def restored(cls, state: bytes, policy: Policy = Policy()) -> "DeviceEnd":  # noqa: B008 -- frozen
        """Return the end that the state was taken from."""
        raise NotImplementedError
