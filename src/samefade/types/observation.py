"""What enters the pipeline: values on an even grid, and the two halves that must never be confused."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Generic, Literal, NoReturn, TypeVar

import numpy as np

from samefade.errors import EndsDisagree, NotFinite, OutOfRange, TooFewSamples
from samefade.types.recording import Float, Mask, Recording

End = Literal["a", "b", "e"]


@dataclass(frozen=True, eq=False, repr=False)
class Observation:
    """Values on an even grid, with every gap marked: no invented sample hides.

    Attributes:
        values: (n,) or (n, k) float, finite everywhere; at gaps they are interpolated and `mask` is False.
        rate: Samples per second, Hz.
        mask: (n,) True where a packet was heard, False where the value was filled in.
        end: Whose it is: "a" and "b" are the two ends, "e" the eavesdropper.
        unit: "amplitude" or "dBm".
        start: Time of the first sample on the common axis, seconds.
    """

    values: Float
    rate: float
    mask: Mask
    end: End = "a"
    unit: str = "amplitude"
    start: float = 0.0

    def __post_init__(self) -> None:
        """Refuse a mask of another length, values that are not finite, and a rate that is not positive."""
        if len(self.mask) != len(self.values):
            raise EndsDisagree("length of values and mask", len(self.values), len(self.mask))
        bad = int(np.size(self.values) - np.count_nonzero(np.isfinite(self.values)))
        if bad:
            raise NotFinite(f"values of end {self.end}", bad)
        if not (np.isfinite(self.rate) and self.rate > 0):
            raise OutOfRange("rate", self.rate, "a positive number of hertz")

    def __len__(self) -> int:
        """Return the number of grid points."""
        return len(self.values)

    def __repr__(self) -> str:
        """Give shape, rate and gaps; never the values."""
        gaps = int(np.count_nonzero(~self.mask))
        return f"{type(self).__name__}(end={self.end!r}, shape={self.values.shape}, {self.rate:g} Hz, {gaps} gaps)"

    @property
    def seconds(self) -> float:
        """Return the duration, seconds."""
        return len(self) / self.rate

    def window(self, start: int, stop: int) -> "Observation":
        """Return grid points `start` to `stop`, as the same type."""
        return replace(
            self,
            values=self.values[start:stop],
            mask=self.mask[start:stop],
            start=self.start + start / self.rate,
        )


class Spoken(Observation):
    """The half that may cross the air, for calibration; it is burnt and can never become a key."""


class Kept(Observation):
    """The half that never leaves its device; only this can be quantised, and it cannot be serialised."""

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled or copied to another process."""
        raise TypeError("Kept samples have no serialiser: they are secret")


Half = TypeVar("Half", bound=Observation)


@dataclass(frozen=True, eq=False, repr=False)
class Feature(Generic[Half]):
    """What a restorer made of an observation; it remembers which half it came from.

    Attributes:
        values: (n,) or (n, k) float.
        rate: Samples per second, Hz; lower than the observation's where a restorer decimates.
        usable: (n,) False where the value must not feed a key (a long gap, the edge of a filter).
        source: The observation that it was made of: its type decides what may be done with it.
    """

    values: Float
    rate: float
    usable: Mask
    source: Half

    def __len__(self) -> int:
        """Return the number of values."""
        return len(self.values)

    def __repr__(self) -> str:
        """Give shape, rate and origin; never the values."""
        return f"Feature(of {type(self.source).__name__}, shape={self.values.shape}, {self.rate:g} Hz)"

    @property
    def kept(self) -> "Feature[Kept]":
        """Return itself when made of `Kept` samples, and refuse otherwise: spoken samples are burnt."""
        if not isinstance(self.source, Kept):
            raise TypeError(f"only Kept samples can be quantised, not {type(self.source).__name__}")
        return self  # type: ignore[return-value]  # narrowed by the check above, which mypy cannot carry over


U = TypeVar("U", bound=Observation)


@dataclass(frozen=True, eq=False)
class Pair(Generic[Half]):
    """Both ends of one link on one grid, and Eve's where there is one.

    Attributes:
        a: What the first end heard.
        b: What the second end heard, same length and rate.
        e: What the eavesdropper heard, same length and rate, or None.
        matching: How the samples were matched, in words: "sequence number", "clock: offset …, drift …", "row".
        recordings: The recordings that it was made of, for their counts of dropped lines.
        main: The column of the tone that schemes of one tone use, where there are several.
    """

    a: Half
    b: Half
    e: Half | None = None
    matching: str = "row"
    recordings: tuple[Recording, ...] = field(default=(), repr=False)
    main: int = 0

    def __post_init__(self) -> None:
        """Refuse ends of different length or rate."""
        for other in (self.b, *([self.e] if self.e is not None else [])):
            if other.values.shape[:1] != self.a.values.shape[:1]:
                raise EndsDisagree("number of samples", len(self.a), len(other))
            if other.rate != self.a.rate:
                raise EndsDisagree("rate in Hz", self.a.rate, other.rate)
        if self.a.values.shape != self.b.values.shape:
            raise EndsDisagree("number of tones", self.a.values.shape[1:], self.b.values.shape[1:])

    def __len__(self) -> int:
        """Return the number of grid points."""
        return len(self.a)

    @property
    def rate(self) -> float:
        """Return samples per second, Hz."""
        return self.a.rate

    def each(self, change: Callable[[Half], U]) -> "Pair[U]":
        """Apply one change to every observation."""
        eve = None if self.e is None else change(self.e)
        return Pair(change(self.a), change(self.b), eve, self.matching, self.recordings, self.main)

    def one_tone(self) -> "Pair[Half]":
        """Return the pair with its main tone alone; itself where there is only one.

        An eavesdropper who heard the same tones is reduced with the ends; other columns of hers all stay.
        """
        if np.ndim(self.a.values) == 1:
            return self
        several = self.a.values.shape[1]

        def single(x: Half) -> Half:
            same = np.ndim(x.values) == 2 and x.values.shape[1] == several
            return replace(x, values=x.values[:, self.main]) if same else x

        return replace(self.each(single), main=0)

    def spoken(self) -> "Pair[Spoken]":
        """Return the whole record as one that may be spoken: nothing of it can become a key."""
        return self.each(lambda x: _as(Spoken, x))

    def split(
        self, *, minutes: float | None = None, fraction: float = 0.25, guard: float = 0.0
    ) -> "tuple[Pair[Spoken], Pair[Kept]]":
        """Cut the record into a half that may be spoken and a half that is kept.

        Args:
            minutes: How much to speak; without it, `fraction` of the record.
            fraction: Share of the record to speak, 0 to 1.
            guard: Seconds between the two that are thrown away, because a slow channel goes on.

        Raises:
            TooFewSamples: When either half would be empty.
            OutOfRange: When a parameter is negative or not finite.
        """
        n = len(self)
        for name, value in (("minutes", minutes), ("fraction", fraction), ("guard", guard)):
            if value is not None and not 0 <= value < np.inf:
                raise OutOfRange(name, value, "a finite number of at least 0")
        cut = round(n * fraction if minutes is None else minutes * 60 * self.rate)
        begin = cut + int(np.ceil(guard * self.rate))
        if cut < 1 or begin >= n:
            raise TooFewSamples(have=n, need=begin + 1)
        return self.each(lambda x: _as(Spoken, x.window(0, cut))), self.each(lambda x: _as(Kept, x.window(begin, n)))


def _as(half: type[U], x: Observation) -> U:
    return half(x.values, x.rate, x.mask, x.end, x.unit, x.start)
