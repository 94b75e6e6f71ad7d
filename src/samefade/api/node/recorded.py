"""A recording as if it were live: what each end hears of it, and a plan that fits into it."""

from pathlib import Path

from samefade.api.reading import read_pair, read_set
from samefade.errors import NotEnough, TooFewSamples, UnknownName
from samefade.link.source import PacedSource, RecordedSource, Source
from samefade.schemes import Scheme
from samefade.session import Plan
from samefade.session.showing import NAME as PRESENCE
from samefade.types import End, Observation, Pair

FIRST = 1  # frame counters begin here; 0 stands for none was used
_SPOKEN, _KEPT = 0.25, 0.64  # shares of the record: a quarter to learn from, and a tenth at most lies between


class UsedUp(NotEnough):
    """What was asked for is not left of this recording: earlier runs with this peer burnt the rest."""

    advice = "Ask for fewer with --spoken and --kept, or give --source another recording: no sample is used twice."

    def __init__(self, *, frames: int, burnt: int) -> None:
        """Give how many frames the recording has, and the last one that is burnt."""
        super().__init__(frames=frames, burnt=burnt)


def recording(source: str, *, all_tones: bool = False) -> Pair[Observation]:
    """Read what both ends heard.

    Args:
        source: `demo`, the name of a public data set, one file that holds both ends, or two files with a comma between.
        all_tones: Take every tone that both ends can use.

    Raises:
        InputError: When it cannot be read.
    """
    if source == "demo":
        from samefade import demo

        paths = demo.paths()
        return read_pair(paths["a"], paths["b"], all_tones=all_tones)
    files = [source] if Path(source).exists() else source.split(",")  # a comma may be part of a file's name
    if Path(files[0]).exists() and len(files) <= 2:
        return read_pair(*files, all_tones=all_tones)
    try:
        return read_set(source, all_tones=all_tones)
    except UnknownName:
        if Path(files[0]).suffix and len(files) <= 2:  # the name of a file: say that there is none
            return read_pair(*files, all_tones=all_tones)
        raise


def heard(pair: Pair[Observation], end: End, scheme: Scheme, pace: float | None = None, *, late: int = 0) -> Source:
    """Return what one end hears of a recording.

    Args:
        pair: The recording.
        end: "a" for the initiator, "b" for the responder.
        scheme: Whether it takes every tone or one.
        pace: How many times as fast as it was recorded; None for as fast as can be.
        late: By how many frames what is heard is older than it says: an attacker's recording, played back.
    """
    pair = pair if scheme.all_tones else pair.one_tone()
    source = RecordedSource(pair.a if end == "a" else pair.b, FIRST + late)
    return source if pace is None else PacedSource(source, pair.rate, pace)


def plan(
    pair: Pair[Observation],
    scheme: Scheme,
    *,
    spoken: int | None = None,
    kept: int | None = None,
    begin: int = FIRST,
    presence: bool = False,
) -> Plan:
    """Return a plan that fits into a recording.

    Args:
        pair: The recording.
        scheme: The scheme.
        spoken: How many samples to speak; by default a quarter of what is left.
        kept: How many to keep; by default as many as fit after the longest guard.
        begin: First frame counter that is free.
        presence: Plan a proof of presence, which keeps nothing, instead of an agreement on keys.

    Raises:
        UsedUp: When too little of the recording is left.
        TooFewSamples: When the whole recording is shorter than that.
        OutOfRange: When a number makes no sense.
    """
    left = len(pair) - (begin - FIRST)
    kept = 0 if presence else kept
    need = (spoken or 0) + (kept or 0)
    if left < max(4, need) and begin > FIRST:
        raise UsedUp(frames=len(pair), burnt=begin - 1)
    if left < max(4, need):
        raise TooFewSamples(have=left, need=max(4, need))
    pair = pair if scheme.all_tones else pair.one_tone()
    tones = 1 if pair.a.values.ndim == 1 else pair.a.values.shape[1]
    return Plan(
        first=begin,
        spoken=int(_SPOKEN * left) if spoken is None else spoken,
        kept=int(_KEPT * left) if kept is None else kept,
        rate=pair.rate,
        tones=tones,
        unit=pair.a.unit,
        scheme=PRESENCE if presence else scheme.name,
    )
