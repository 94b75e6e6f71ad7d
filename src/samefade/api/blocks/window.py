"""Read a pair from containers block by block: matched and on one grid as if read whole, with little held at a time.

Both ends lie on one even grid that is fixed before the first block is read; a block is a piece of that grid, read with
a margin on either side, so that a gap at its border is bridged as it would be inside.
What is held is a block with its margins, a few chunks, and a few numbers for every 65,536 packets.

What may differ from the record read whole: gaps longer than the margin; the place of the grid within a sample, by
rounding; and where clocks are matched, the line through them, which is learnt on pieces of a record (`clocked`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from samefade.api.blocks.errors import NotInBlocks
from samefade.api.blocks.placing import even_grid, place_eve, placed
from samefade.api.blocks.tracks import Track
from samefade.api.reading import Place, refuse_copies, refuse_one_tone
from samefade.errors import EndsDisagree, OutOfRange, TooFewSamples
from samefade.files import container
from samefade.files.one_log import NOT_EVE, of_one_log
from samefade.files.windows import Held, hold
from samefade.observe import By, amplitude, grid, unit, usable_tones
from samefade.observe.amplitude import tone_of
from samefade.types import End, Observation, Pair, Recording

MARGIN = 1024  # grid points on either side of a block
SIZE = 36_000  # grid points: an hour at 10 Hz


@dataclass(frozen=True, eq=False)
class Blocks:
    """A pair in containers, matched, of which any piece can be read.

    Attributes:
        tracks: How the packets of a, b and perhaps Eve lie on the common axis.
        rate: Grid points a second, Hz.
        first: Instant of the first grid point, seconds.
        points: How many grid points there are.
        how: How the ends were matched, in words.
        tone: The tone of one-tone reading; None for RSSI.
        tones: All tones that both ends can use, where they were asked for.
    """

    tracks: tuple[Track, ...]
    rate: float
    first: float
    points: int
    how: str
    tone: int | None
    tones: tuple[int, ...] | None

    def __len__(self) -> int:
        """Return the number of grid points of the whole record."""
        return self.points

    def window(self, start: int, stop: int) -> Pair[Observation]:
        """Return grid points `start` to `stop`.

        Raises:
            OutOfRange: When they are not in the record.
            TooFewSamples: When an end heard nothing in all that time.
            EndsDisagree: When both ends are one recording.
            UnreadableRecording: When a container is damaged.
        """
        if not 0 <= start < stop <= self.points:
            raise OutOfRange("grid points", (start, stop), f"a piece of 0 to {self.points}")
        ends: tuple[End, ...] = ("a", "b", "e")
        seen = [self._observed(end, track, start, stop) for end, track in zip(ends, self.tracks, strict=False)]
        (a, _), (b, _), *eves = seen
        main = 0 if self.tones is None or self.tone not in self.tones else self.tones.index(self.tone)
        heard = tuple(recording for _, recording in seen)
        pair = Pair(a, b, eves[0][0] if eves else None, self.how, heard, main)
        refuse_copies(pair, *(str(track.held.path) for track in self.tracks[:2]))
        return pair

    def block(self, block: int, blocks: int) -> Pair[Observation]:
        """Return one of so many equal parts, from 0; what is left over at the end is in none.

        Raises:
            SamefadeError: As `window`.
        """
        size = self.points // blocks
        return self.window(block * size, (block + 1) * size)

    def _observed(self, end: End, track: Track, start: int, stop: int) -> tuple[Observation, Recording]:
        low, high = max(0, start - MARGIN), min(self.points, stop + MARGIN)
        span = self.first + low / self.rate, self.first + (high - 1) / self.rate
        packets = track.find(span[0] - 0.5 / self.rate, span[1] + 0.5 / self.rate)
        if packets[1] <= packets[0]:
            raise TooFewSamples(have=0, need=1)
        tone, tones = (None, None) if "raw" not in track.held.columns else (self.tone, self.tones)
        wanted = tones or (None if tone is None else (tone,))
        heard = track.held.window(*packets, wanted)
        laid = grid(track.on_axis(*packets), amplitude(heard, tone, tones=tones), self.rate, span=span)
        seen = Observation(laid.values, self.rate, laid.mask, end, unit(heard), laid.start)
        return seen.window(start - low, stop - low), heard


def in_blocks(
    a: Place, b: Place | None = None, *, subcarrier: int | None = None, by: By = "auto", all_tones: bool = False
) -> Blocks:
    """Match a pair in containers without reading it: times and sequence numbers are gone through once.

    Args:
        a: The container of both ends (and Eve), or of end a.
        b: The container of end b.
        subcarrier: As for `read_pair`.
        by: As for `read_pair`.
        all_tones: As for `read_pair`.

    Raises:
        NotInBlocks: When a file is no container, or its times or sequence numbers go back too far.
        InputError: As `read_pair`.
    """
    held = _ends([Path(place) for place in (a, b) if place is not None])
    outlines = [end.outline() for end in held]
    if unit(outlines[0]) != unit(outlines[1]):
        raise EndsDisagree("unit", unit(outlines[0]), unit(outlines[1]))
    shared = tuple(tone for tone in usable_tones(outlines[0]) if tone in set(usable_tones(outlines[1])))
    refuse_one_tone(outlines[0], all_tones=all_tones)
    if all_tones and not shared:
        raise EndsDisagree("usable tones", usable_tones(outlines[0]), usable_tones(outlines[1]))
    tone = None if outlines[0].raw is None else tone_of(outlines[0], subcarrier)
    first, second, how = placed(held[0], held[1], by, tone)
    rate = max(first.rate, second.rate)
    begin, points = even_grid(first, second, rate)
    hers = [end for end in held[2:] if not of_one_log(end.about, held[0].about)]
    eves = [place_eve(held[0], eve, first, tone) for eve in hers]
    told = "; Eve by ".join([how, *(text for _, text in eves)]) + (f"; {NOT_EVE}" if len(hers) < len(held[2:]) else "")
    tracks = (first, second, *(track for track, _ in eves))
    return Blocks(tracks, rate, begin, points, told, tone, shared if all_tones else None)


def read_blocks(
    a: Place,
    b: Place | None = None,
    *,
    size: int = SIZE,
    subcarrier: int | None = None,
    by: By = "auto",
    all_tones: bool = False,
) -> Iterator[Pair[Observation]]:
    """Yield a pair in containers block by block; what is held does not grow with the length of the record.

    Args:
        a: As for `in_blocks`.
        b: As for `in_blocks`.
        size: Grid points of a block; the last one may be shorter.
        subcarrier: As for `read_pair`.
        by: As for `read_pair`.
        all_tones: As for `read_pair`.

    Raises:
        InputError: As `in_blocks`.
        TooFewSamples: When an end heard nothing in the time of a whole block.
    """
    if size < 1:
        raise OutOfRange("size", size, "at least one grid point")
    found = in_blocks(a, b, subcarrier=subcarrier, by=by, all_tones=all_tones)
    for start in range(0, len(found), size):
        yield found.window(start, min(start + size, len(found)))


def _ends(paths: Sequence[Path]) -> tuple[Held, ...]:
    for path in paths:
        if not container.can_read(path):
            raise NotInBlocks(path, "it is no container of recordings")
    held = [hold(path) for path in paths]
    ends = held[0] if len(held) == 1 else tuple(max(found, key=len) for found in held)
    if len(ends) < 2:
        raise EndsDisagree(
            f"ends, of which {paths[0]} holds only one: give the other end's file, too", "there", "missing"
        )
    for end in ends[:2]:
        if not len(end):
            raise TooFewSamples(have=0, need=1)
    return ends
