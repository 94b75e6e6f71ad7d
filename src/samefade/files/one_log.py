"""Tell what one log holds of several transmitters: a third one is not Eve's, and two that one radio heard are no pair.

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


def one_radio(devices: Sequence[str]) -> bool:
    """Say whether the first two recordings of a log are what one radio heard: no two ends of a link.

    Args:
        devices: Who heard whom, such as "AP heard node-1"; a format that does not say so is not judged.
    """
    first, second = (device.partition(" heard ") for device in devices[:2])
    return bool(first[1]) and first[:2] == second[:2]


def of_one_log(about: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Say whether the facts of two recordings tell that they come from one log."""
    return FACT in about and about[FACT] == other.get(FACT)
