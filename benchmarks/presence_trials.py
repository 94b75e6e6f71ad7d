"""Trials of presence: windows of two-ended records, honest, replayed and from elsewhere, and what three rules say."""

from dataclasses import dataclass, field, replace

import numpy as np
from scipy import stats

from samefade import api, channel, metrics, observe
from samefade.errors import ChannelTooStatic, ConstantSignal, NotEnough, PresenceRefused
from samefade.presence import Decide, Heard
from samefade.presence.published import CorrelationAndShift
from samefade.restore import BandFilter
from samefade.types import Band, Observation, Terms

PAPER = CorrelationAndShift(most_lag=100)
OURS = Decide()
ONE_LAG = Decide(most_lag=0)
SMOOTH = 0.008  # of the rate: 0.08 Hz at 10 packets a second, a reading of the paper's band (algorithms.md 1.2)


@dataclass(frozen=True, eq=False)
class Link:
    """A recorded link: what each end heard, by frame counter, and what the paper makes of it on an even grid."""

    name: str
    rate: float
    heard: dict[str, Heard]
    grid: dict[str, np.ndarray] = field(default_factory=dict)
    smooth: dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def frames(self) -> int:
        """Return how many frame counters the record spans."""
        return len(self.grid["a"])


def link(name: str, rate: float, heard: dict[str, Heard]) -> Link:
    """Put a record on its grid and smooth it as a whole."""
    frames = 1 + max(int(x.numbers[-1]) for x in heard.values())
    made = Link(name, rate, heard)
    terms = Terms(rate, band=Band(SMOOTH * rate / 16, SMOOTH * rate))
    for end, x in heard.items():
        even = np.interp(np.arange(frames), x.numbers, x.values[:, 0])
        made.grid[end] = even
        try:
            made.smooth[end] = BandFilter().restore(Observation(even, rate, np.ones(frames, bool)), terms).values
        except NotEnough:
            made.smooth[end] = even
    return made


def simulated(name: str, seed: int, seconds: float) -> Link:
    """Run a scenario for so long."""
    case = replace(channel.scenario(name), seconds=seconds)
    world = channel.simulate(case, seed, tones=(6,), seq=True)
    ends = {end: Heard(r.seq, observe.amplitude(r)) for end, r in (("a", world.a), ("b", world.b), ("e", world.e))}
    return link(f"{name}, simulated", case.rate, ends)


def recorded(name: str) -> Link:
    """Read a two-ended set, with every tone where there are tones, and Eve where she heard as many."""
    pair = api.read_set(name)
    ends = {"a": pair.a, "b": pair.b} | ({} if pair.e is None else {"e": pair.e})
    heard = {}
    for end, x in ends.items():
        values = x.values.reshape(len(x), -1)[:, :1]
        if np.count_nonzero(x.mask) > 32:
            heard[end] = Heard(np.flatnonzero(x.mask), values[x.mask])
    return link(name, pair.rate, heard)


def window(x: Heard, first: int, n: int, now: int) -> Heard:
    """Cut frames first to first + n and give them the counters that are asked for now."""
    i, j = np.searchsorted(x.numbers, [first, first + n])
    return Heard(x.numbers[i:j] - first + now, x.values[i:j])


@dataclass(frozen=True)
class Trial:
    """What three rules say of one pair of windows; scores grow with agreement.

    Attributes:
        verdict: "accepted", "refused" or "abstained", ours.
        ours: −log10 of the p-value; −1 where there was nothing to measure.
        paper: Maximum of the smoothed correlation over lags.
        paper_accepts: Whether it is at least 0.8 at a lag of at most 1.
        paper_high: Whether it is at least 0.8 at whatever lag.
        pearson: Correlation of what was heard, at lag 0.
        naive: p-value of Fisher's z that takes samples for independent.
    """

    verdict: str
    ours: float
    paper: float
    paper_accepts: bool
    paper_high: bool
    pearson: float
    naive: float


def attempt(there: Link, other: Link, start: int, delay: int, n: int, end: str) -> Trial:
    """Judge the window at `start` against another end's window `delay` frames before."""
    a = window(there.heard["a"], start, n, start)
    b = window(other.heard[end], start - delay, n, start)
    verdict, score = judge(a, b)
    rows = slice(start, start + n), slice(start - delay, start - delay + n)
    return Trial(verdict, score, *_theirs(there, other, end, rows), *_plain(there, other, end, rows))


def judge(a: Heard, b: Heard) -> tuple[str, float]:
    """Return our verdict and score."""
    try:
        evidence = OURS.measure(a, b)
    except NotEnough:
        return "abstained", -1.0
    score = -float(np.log10(max(evidence.p_value, 1e-300)))
    try:
        OURS.decide(evidence)
    except ChannelTooStatic:
        return "abstained", score
    except PresenceRefused:
        return "refused", score
    return "accepted", score


def _theirs(there: Link, other: Link, end: str, rows: tuple[slice, slice]) -> tuple[float, bool, bool]:
    x, y = there.smooth["a"][rows[0]], other.smooth[end][rows[1]]
    try:
        found = metrics.lagged(x, y, min(PAPER.most_lag, len(x) // 2))
    except ConstantSignal:
        return 0.0, False, False
    high = found.peak >= PAPER.correlation
    return found.peak, high and abs(found.best) <= PAPER.shift, high


def _plain(there: Link, other: Link, end: str, rows: tuple[slice, slice]) -> tuple[float, float]:
    x, y = there.grid["a"][rows[0]], other.grid[end][rows[1]]
    try:
        r = metrics.pearson(x, y)
    except ConstantSignal:
        return 0.0, 1.0
    return r, float(stats.norm.sf(np.arctanh(min(r, 1 - 1e-12)) * np.sqrt(len(x) - 3)))
