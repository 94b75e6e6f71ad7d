"""Mark the recordings of a log in which more than two transmitters were heard: the third of them is not Eve's.

Eve's recording is another device's log. In a container both a third transmitter of one converted log and a recording of
Eve's stand in the third place; the mark, which the container keeps among its facts, tells them apart.
"""

from collections.abc import Mapping, Sequence

FACT = "transmitters"
NOT_EVE = "the third recording is of the same log as the first, so it is not taken for Eve's"


def mark(packets: Sequence[int]) -> dict[str, str]:
    """Return the fact about each recording of a log: none where there are no more than two.

    Args:
        packets: How many packets each transmitter has.
    """
    return {FACT: f"{len(packets)} in one log of {sum(packets)} packets"} if len(packets) > 2 else {}


def of_one_log(about: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Say whether the facts of two recordings tell that they come from one log."""
    return FACT in about and about[FACT] == other.get(FACT)
