"""Correlate weighted modes of two ends, and count how many independent samples that correlation rests on.

*Notation*: x, y weighted modes of the two ends (m, k), r = Σxy/√(Σx²Σy²), N effective samples.

With signs that are fair coins, r has the variance Σ_m(Σ_k xy)²/(Σx²Σy²) = 1/N.
This is Bartlett's formula (1935): his sum of the product of both autocorrelations over all lags is the sum of the
product of both spectra, over the product of their sums.
All tones of a mode flip together, so that tones which vary alike count once, and N is capped at one a mode and one a
matched sample.
A single event (someone walks by, a gain step) fills many modes from one place in time; N shrinks where both ends hold
their power at the same time.
"""

from typing import NamedTuple

import numpy as np

from samefade.presence import chance
from samefade.presence.modes import samples_of
from samefade.types import Float

SMOOTH = 4  # independent samples, over which power in time is averaged
Parts = tuple[Float, ...]  # modes of each stretch, (m, k)


class Agreement(NamedTuple):
    """How two ends agree.

    Attributes:
        correlation: −1 to 1; 0 where an end has no mode.
        effective: Independent samples, N.
        coins: How many of them both ends hold at once: with fewer than log2(1/p) coins nothing reaches p.
        p_value: How often one try on an independent channel agrees as well.
    """

    correlation: float
    effective: float
    coins: float
    p_value: float


def agree(a: Parts, b: Parts, samples: int) -> Agreement:
    """Correlate the modes of two ends.

    Args:
        a: Of one end, from `modes`.
        b: Of the other, of the same stretches.
        samples: How many samples were matched.
    """
    power_a, power_b = (sum(float(np.sum(x**2)) for x in parts) for parts in (a, b))
    products = np.concatenate([np.sum(x * y, axis=1) for x, y in zip(a, b, strict=True)] or [np.zeros(0)])
    spread = float(np.sum(products**2))
    if spread <= 0 or power_a <= 0 or power_b <= 0:
        return Agreement(0.0, 0.0, 0.0, 1.0)
    apart = _apart(a, b)
    correlation = float(np.sum(products)) / np.sqrt(power_a * power_b)
    effective = min(power_a * power_b / spread, len(products), samples) * apart
    # what one end holds where the other holds nothing is no coin: the coins that fall are counted by themselves
    sizes = float(np.sum(np.abs(products)))
    coins = min(sizes**2 / spread, samples) * apart
    falls = chance.coins(float(np.sum(products)) / sizes, coins)
    return Agreement(correlation, effective, coins, max(falls, chance.tail(correlation, effective)))


def _apart(a: Parts, b: Parts) -> float:
    """Return how little both ends hold their power at the same time: 1 where it is spread, less for a shared event."""
    held = min(_participation(a), _participation(b))
    course = [np.concatenate([_power(x, held, sum(map(len, parts))) for x in parts]) for parts in (a, b)]
    together = float(np.mean(course[0] * course[1]))
    return min(1.0, float(course[0].mean() * course[1].mean()) / together) if together > 0 else 1.0


def _participation(parts: Parts) -> float:
    power = np.concatenate([np.sum(x**2, axis=1) for x in parts])
    return float(power.sum() ** 2 / np.sum(power**2))


def _power(x: Float, held: float, modes: int) -> Float:
    from scipy.ndimage import uniform_filter1d

    power = np.sum(samples_of(x) ** 2, axis=1)
    width = int(np.clip(SMOOTH * modes / held, 3, len(power)))
    return np.asarray(uniform_filter1d(power, width, mode="nearest"))
