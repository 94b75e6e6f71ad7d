"""The network's end of a refresh: end b, which learns, asks, corrects its string and keeps the account."""

from samefade.lpwan.refresh.policy import Policy
from samefade.session.events import Event, Root


class NetworkEnd:
    """The end that answers uplinks, one object a device.

    Whoever holds it stores `reveal_secret_state_bytes()` before it sends what `downlink` returned, and before it acts
    on `events()`; an end that is restored from what was stored last then never uses a sample or a nonce twice.
    """

    def __init__(self, device: bytes, root: Root, policy: Policy = Policy()) -> None:  # noqa: B008 -- frozen
        """Take the DevEUI, 8 bytes, the secret that both ends hold, and the rules of a run."""
        raise NotImplementedError

    def uplink(self, counter: int, rssi: float | None, block: bytes) -> None:
        """Take an uplink.

        Args:
            counter: Counter of the frame, which never goes back; after a join the caller adds 2^32 for each one.
            rssi: Its strength in dBm at the one gateway that also transmits, None where that one did not hear it.
            block: The block, b"" for none.
        """
        raise NotImplementedError

    def downlink(self, room: int) -> bytes:
        """Return the block for the one downlink that answers the last uplink, b"" when there is nothing to say."""
        raise NotImplementedError

    @property
    def has_work(self) -> bool:
        """Say whether there is something to compute, see `work`."""
        raise NotImplementedError

    def work(self) -> None:
        """Do the heavy part, for seconds: learn terms, decode, keep the account."""
        raise NotImplementedError

    def events(self) -> list[Event]:
        """Return what happened since this was last asked."""
        raise NotImplementedError

    def reveal_secret_state_bytes(self) -> bytes:
        """Return all that this end must keep; whoever calls this is responsible for it from here on."""
        raise NotImplementedError

    @classmethod
    def restored(cls, state: bytes, policy: Policy = Policy()) -> "NetworkEnd":  # noqa: B008 -- frozen
        """Return the end that the state was taken from."""
        raise NotImplementedError
