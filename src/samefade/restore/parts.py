"""Split what one end heard into large scale, small scale and noise, which add up to what was heard.

Large scale is what moves slowly (path loss, shadowing, drift): whoever is on the way, or near it, hears it too.
Small scale is what a key may be made of. Noise is what an operator leaves out on purpose; most leave out nothing.
Which of the two a fade belongs to is decided by the operator's window or band alone, so a number without its window
says nothing.
"""

from dataclasses import dataclass
from typing import Generic, Protocol

import numpy as np

from samefade.errors import ConstantSignal, TooFewSamples
from samefade.types import Feature, Float, Half, Mask, Observation, Terms


@dataclass(frozen=True, eq=False)
class Parts(Generic[Half]):
    """What an operator made of one observation; all three are on one grid.

    Attributes:
        large: What moves slowly, with the mean.
        small: What is left to make a key of.
        noise: What was left out, None where the operator leaves nothing out.
    """

    large: Feature[Half]
    small: Feature[Half]
    noise: Feature[Half] | None = None

    @property
    def whole(self) -> Float:
        """Return the sum of the parts: what was heard, (n,) or (n, k), up to rounding.

        Of differences, where each value belongs to a pair of samples, it is the later sample of the pair.
        """
        total = self.large.values + self.small.values
        return total if self.noise is None else np.asarray(total + self.noise.values)


class Decomposition(Protocol):
    """What splits an observation into parts that add up to it.

    Of a value that was filled in at a gap both parts exist, and neither is usable; an operator says in its docstring
    what it makes of the samples around a gap and at the ends of the record.
    """

    def split(self, x: Half, terms: Terms | None = None) -> Parts[Half]:
        """Return the parts."""


class Smoother(Protocol):
    """What returns a smoothed observation of the same length."""

    def restore(self, x: Half, terms: Terms | None = None) -> Feature[Half]:
        """Return the smoothed values."""


@dataclass(frozen=True)
class SmallScale:
    """The small-scale part of any decomposition, as a restorer of a scheme.

    Attributes:
        of: The decomposition; it must be comparable and hashable, as a scheme is.
    """

    of: Decomposition

    def agree(self, a: Observation, b: Observation, terms: Terms) -> Terms:
        """Return the terms with what the decomposition learns, where it learns anything.

        Raises:
            SamefadeError: As the decomposition's own `agree`.
        """
        return agreed(self.of, a, b, terms)

    def restore(self, x: Half, terms: Terms | None = None) -> Feature[Half]:
        """Return the small-scale part.

        Raises:
            SamefadeError: As the decomposition's own `split`.
        """
        return self.of.split(x, terms).small


def agreed(of: object, a: Observation, b: Observation, terms: Terms) -> Terms:
    """Return the terms with what an operator learns from spoken samples; as they are where it learns nothing."""
    learn = getattr(of, "agree", None)
    return terms if learn is None else learn(a, b, terms)


def parted(
    x: Half,
    whole: Float,
    small: Float,
    usable: Mask,
    *,
    noise: Float | None = None,
    rate: float | None = None,
    gain: float = 1.0,
) -> Parts[Half]:
    """Return the parts of `whole`: its small scale, its noise, and as large scale the rest.

    Args:
        x: The observation.
        whole: (m,) or (m, k) what is split.
        small: Its small-scale part.
        usable: (m,) which values of the parts may feed a key.
        noise: What is left out.
        rate: Values a second, Hz; by default the observation's.
        gain: By how much the operator may enlarge an input's rounding error.

    Raises:
        ConstantSignal: When no tone of the small scale varies by more than rounding.
        TooFewSamples: When fewer than 2 values are usable.
    """
    large = whole - small if noise is None else whole - small - noise
    kept = residue(x, small, usable, rate=rate, gain=gain)

    def like(values: Float) -> Feature[Half]:
        return Feature(values.astype(kept.values.dtype, copy=False), kept.rate, usable, x)

    return Parts(like(large), kept, None if noise is None else like(noise))


def smoothed(smoother: Smoother, x: Half, terms: Terms | None = None) -> Parts[Half]:
    """Return the parts where a smoother's output is the large scale, and all that it takes away the small one.

    A sample is usable where the smoother's output is, and where it was heard itself: the smoother may bridge a gap,
    but what was filled in has no small scale.

    Raises:
        ConstantSignal: When the smoother takes away no more than rounding.
        SamefadeError: As the smoother's own `restore`.
    """
    slow = smoother.restore(x, terms)
    values = x.values.astype(np.float64)
    return parted(x, values, values - slow.values, slow.usable & x.mask, gain=2.0)


def residue(x: Half, values: Float, usable: Mask, *, rate: float | None = None, gain: float = 1.0) -> Feature[Half]:
    """Return the feature of what a filter left over, unless that is rounding alone.

    A quantiser would make bits of rounding errors as of anything else, and whoever knows the trend knows them.

    Args:
        x: The observation.
        values: (m,) or (m, k) what is left of it.
        usable: (m,) which of them may feed a key.
        rate: Samples per second of `values`, Hz; by default the observation's.
        gain: By how much the filter may enlarge an input's rounding error.

    Raises:
        ConstantSignal: When no tone varies by more than rounding.
        TooFewSamples: When fewer than 2 values are usable.
    """
    left = values[usable]
    if len(left) < 2:
        raise TooFewSamples(have=len(left), need=2)
    heard = x.values[x.mask]
    precision = np.finfo(heard.dtype if heard.dtype == np.float32 else np.float64).eps
    rounding = 64 * gain * precision * np.max(np.abs(heard), axis=0)
    if not np.any(np.ptp(left, axis=0) > rounding):
        raise ConstantSignal(x.end, float(left.flat[0]))
    kind = np.float32 if heard.dtype == np.float32 else np.float64
    return Feature(values.astype(kind, copy=False), x.rate if rate is None else rate, usable, x)
