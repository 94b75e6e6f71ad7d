"""A network as one world: an access point that talks to several stations in turn, each over a channel of its own."""

from dataclasses import replace

from samefade.channel.links import LINKS
from samefade.channel.world import World, simulate
from samefade.errors import UnknownName


def network(
    place: str, seed: int, *, seconds: float | None = None, tones: tuple[int, ...] | None = None, seq: bool = False
) -> dict[str, World]:
    """Run every link of a place; a link run alone with the same seed gives the same numbers.

    The stations stand apart, so their fades are independent; the access point is one device, so its gain steps and its
    bursts of lost packets go on from one station's packet to the next's.

    Args:
        place: "indoor" or "outdoor".
        seed: Which world.
        seconds: Duration; None for the links' own.
        tones: Which of the 64 indices to report; None means all.
        seq: Whether the recordings carry sequence numbers.

    Returns:
        Station → world: "pycom", "luatos", "xiao".

    Raises:
        UnknownName: When there is no such place.
        TooFewSamples: When an end lost every packet of a link.
    """
    links = {name.partition("/")[2]: case for name, case in LINKS.items() if name.partition("/")[0] == place}
    if not links:
        raise UnknownName("place of a network", place, tuple(dict.fromkeys(name.partition("/")[0] for name in LINKS)))
    if seconds is not None:
        links = {station: replace(case, seconds=seconds) for station, case in links.items()}
    return {station: simulate(case, seed, tones=tones, seq=seq) for station, case in links.items()}
