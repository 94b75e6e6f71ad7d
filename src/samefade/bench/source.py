"""Where the pair of a cell comes from, as a value: a simulated world, a public set, files, and a block of any.

The authors' own files of the 2025 paper are a kind of their own: they have no public address, and `data.netstar` finds
them where a user has them.
"""

import json
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from samefade import api, channel, data, observe
from samefade.api.blocks import Blocks, in_blocks
from samefade.bench.digest import digest
from samefade.data import netstar
from samefade.errors import OutOfRange, TooFewSamples, UnknownName
from samefade.files import container
from samefade.observe import By
from samefade.types import Observation, Pair

_KINDS = ("sim", "set", "files", "netstar")


@dataclass(frozen=True)
class Source:
    """One pair, to be made where it is needed.

    Attributes:
        name: `sim:SCENARIO`, `set:NAME` of a public set, `files:A,B` (or one two-ended file), or
            `netstar:LoS-ShortRange_1`, an experiment of the authors' own files.
        seed: Which world, for a simulated one.
        by: How both logs are matched; "row" is what a log without sequence numbers and clocks leaves.
        seconds: Length of a simulated world; None for the scenario's own.
        block: Which of `blocks` equal parts of the record, from 0.
        blocks: Into how many equal parts the record is cut.
        tone: Which tone of CSI.
        all_tones: Whether to take every tone that both ends can use, for schemes that use them all. One source serves
            both kinds in one grid: a scheme of one tone takes `tone` of it. A simulated world with all its tones has
            the times, losses and fade that its seed has with one, and another draw of noise: compare schemes on
            sources that are equal.
    """

    name: str
    seed: int = 0
    by: By = "auto"
    seconds: float | None = None
    block: int = 0
    blocks: int = 1
    tone: int | None = 6
    all_tones: bool = False

    def __post_init__(self) -> None:
        """Refuse what names nothing."""
        if self.kind not in _KINDS or not self.about:
            raise UnknownName("source of data", self.name, tuple(f"{kind}:…" for kind in _KINDS))
        if not 0 <= self.block < self.blocks:
            raise OutOfRange("block", self.block, f"0 to {self.blocks - 1}")
        if self.kind == "files" and not (len(names := self.about.split(",")) <= 2 and all(names)):
            raise OutOfRange("files", self.about, "one two-ended file, or end a's and end b's, parted by a comma")

    @property
    def kind(self) -> str:
        """Return "sim", "set", "files" or "netstar"."""
        return self.name.partition(":")[0]

    @property
    def about(self) -> str:
        """Return what follows the kind."""
        return self.name.partition(":")[2]

    def pair(self) -> Pair[Observation]:
        """Make the pair; of a block of a container nothing but its own packets is read.

        Raises:
            SamefadeError: When there is no such thing, or it cannot be read or matched.
        """
        whole, hashes = replace(self, block=0, blocks=1), self.held()
        if self.blocks > 1 and self.kind == "files" and all(container.can_read(path) for path in self.paths()):
            return _matched(whole, hashes).block(self.block, self.blocks)
        return _block(_whole(whole, hashes), self.block, self.blocks)

    def held(self) -> tuple[str, ...]:
        """Return what tells whether its files are still those that were read; a public set's never change."""
        return () if self.kind == "set" else tuple(self.hashes().values())

    def hashes(self) -> dict[str, str]:
        """Return the SHA-256 of each file behind it, by a short name; none for a simulated world.

        A public set has those of the registry, which reading checks; other files are hashed once each time they change.

        Raises:
            UnknownName: When there is no such set.
            UnreadableRecording: When a file is not there.
        """
        if self.kind == "set":
            return {file.path: file.sha256 for file in data.find(self.about).files}
        paths = [] if self.kind == "sim" else self.paths()
        return {f"{end}/{path.name}": digest(path) for end, path in zip("abe", paths, strict=False)}

    def paths(self) -> list[Path]:
        """Return the files behind `files:` and `netstar:`, end a's first.

        Raises:
            DataUnavailable: When an experiment of the authors is not here.
        """
        if self.kind == "netstar":
            found = netstar.experiment(self.about)
            return [found.ap, found.sta]
        return [Path(path) for path in self.about.split(",")]


def fingerprint(source: Source) -> str:
    """Return a SHA-256 over all that decides what a source holds: its parameters, its scenario, its files' hashes.

    The version of the code is not in it: whoever keeps results beside this has to keep that, too.

    Raises:
        SamefadeError: When there is no such scenario or set, or a file is not there.
    """
    world = repr(channel.scenario(source.about)) if source.kind == "sim" else None
    about = {"source": asdict(source), "world": world, "hashes": sorted(source.hashes().items())}
    return sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()


def netstar_sources(tone: int | None = 6) -> list[Source]:
    """Return the authors' experiments that are here, paired by row as the files leave it; none where there are none.

    Args:
        tone: Which column of amplitudes, from 0.
    """
    return [Source(f"netstar:{one.name}", by="row", tone=tone) for one in netstar.experiments()]


def remarks(source: Source) -> tuple[str, ...]:
    """Say how the ends of a source were matched, and what was not kept of what each logged, in sentences.

    Raises:
        SamefadeError: As `Source.pair`.
    """
    pair = source.pair()
    lost = [
        f"{end.device} has {len(end):,} packets; not kept: {', '.join(f'{count:,} x {why}' for why, count in left)}"
        for end in pair.recordings
        if (left := [(why, count) for why, count in end.dropped.items() if count])
    ]
    return tuple(f"{source.name}: {text}" for text in (f"matched by {pair.matching}", *lost))


@lru_cache(maxsize=4)  # holds a few numbers for every 65,536 packets, not the packets
def _matched(source: Source, _hashes: tuple[str, ...]) -> Blocks:
    return in_blocks(*source.paths(), subcarrier=source.tone, by=source.by, all_tones=source.all_tones)


@lru_cache(maxsize=2)  # the blocks and schemes of one record follow each other
def _whole(source: Source, _hashes: tuple[str, ...]) -> Pair[Observation]:
    if source.kind == "sim":
        return _simulated(source)
    if source.kind == "set":
        return api.read_set(source.about, subcarrier=source.tone, by=source.by, all_tones=source.all_tones)
    told: dict[str, Any] = {"format": "netstar", "rate": netstar.RATE} if source.kind == "netstar" else {}
    return api.read_pair(*source.paths(), subcarrier=source.tone, by=source.by, all_tones=source.all_tones, **told)


def _simulated(source: Source) -> Pair[Observation]:
    case = channel.scenario(source.about)
    if source.seconds is not None:
        case = replace(case, seconds=source.seconds)
    tones = None if source.all_tones or source.tone is None else (source.tone,)
    world = channel.simulate(case, source.seed, tones=tones)
    return observe.pair(world.a, world.b, [world.e], tone=source.tone, by=source.by, all_tones=source.all_tones)


def _block(pair: Pair[Observation], block: int, blocks: int) -> Pair[Observation]:
    n = len(pair) // blocks
    if not n:
        raise TooFewSamples(have=len(pair), need=blocks)
    return pair if blocks == 1 else pair.each(lambda x: x.window(block * n, (block + 1) * n))
