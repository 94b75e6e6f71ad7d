"""What a radio asks of the protocol, as a value."""

_SHORT = 100


class Profile:
    """The limits of a link.

    Attributes:
        mtu: Longest datagram, bytes.
        window: Fragments in flight at most, 1 to 32.
        tag: Length of a tag, bytes.
        first_timeout: Before anything was measured, ask again after this time, seconds.
        most_timeout: Longest time to wait before asking again, seconds.
        tries: Retransmissions of one fragment without progress, after which the other end is taken for gone.
        longest: Longest message that the other end may make us put together, bytes.
    """

    def __init__(
        self, mtu: int, window: int, tag: int, first_timeout: float, most_timeout: float, tries: int, longest: int
    ) -> None:
        """Take the limits as they are named above."""
        self.mtu = mtu
        self.window = window
        self.tag = tag
        self.first_timeout = first_timeout
        self.most_timeout = most_timeout
        self.tries = tries
        self.longest = longest

    @property
    def frames(self) -> int:
        """Return how many frames one key may seal.

        2^23 is the limit of AES-CCM with a small margin for the analyst (RFC 9147, section 4.5.3).
        Where frames are short the number takes three bytes at most, so 2^16.
        """
        return 1 << 16 if self.mtu < _SHORT else 1 << 23


# A message is held twice while its fragments are joined, and as much may wait to be sent:
# 4 × 48 KiB stay below the 256 KiB that a session may take.
# 40 tries: with half of everything lost in both directions, one try fails with 3/4, and 0.75^40 is 1e-5.
WIFI = Profile(200, 32, 16, 0.25, 2.0, 40, 48 * 1024)
# 51 bytes are what LoRaWAN carries at its slowest rate; a frame then takes seconds, and one answer at a time.
LORA = Profile(51, 1, 8, 8.0, 60.0, 40, 4 * 1024)

PROFILES = {1: WIFI, 2: LORA}


def number_of(profile: Profile) -> int:
    """Return the number by which a handshake names a profile; 0 for one of your own."""
    for number, known in PROFILES.items():
        if known is profile:
            return number
    return 0
