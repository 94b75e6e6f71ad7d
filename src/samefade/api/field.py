"""What the field reports of a scheme: errors and key rates of dependent bits, without an account of secrecy."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from samefade import metrics
from samefade.api.running import KEY_BITS, THRESHOLDS, quantised
from samefade.errors import TooFewSamples
from samefade.metrics import KeyRate
from samefade.schemes import Scheme
from samefade.types import Feature, Float, Kept, Mask, Pair, Terms

NO_KEY = KeyRate(0.0, float("nan"), 0, 0)


@dataclass(frozen=True, eq=False)
class Field:
    """Numbers as papers give them, of one scheme on the kept half of one pair; none of them is a secrecy rate.

    Attributes:
        scheme: Name of the scheme.
        samples: Kept grid points.
        terms: What was agreed in public.
        fa: End a's feature.
        fb: End b's feature.
        usable: (m,) which points of the features both ends quantised.
        bits: How many bits each end made.
        bit_error_rate: Share of them that differ; NaN where there are none.
        keys: Threshold (wrong bits of 256) → key rate and error rate of the accepted keys.
    """

    scheme: str
    samples: int
    terms: Terms
    fa: Feature[Kept]
    fb: Feature[Kept]
    usable: Mask
    bits: int
    bit_error_rate: float
    keys: Mapping[int, KeyRate]

    def features(self) -> tuple[Float, Float]:
        """Return both ends' restored values at the points that both can use, (m,); of several tones the first."""
        return (_first(self.fa.values)[self.usable], _first(self.fb.values)[self.usable])


def field(scheme: Scheme, kept: Pair[Kept], terms: Terms, *, thresholds: tuple[int, ...] = THRESHOLDS) -> Field:
    """Quantise both ends and count, as the field does, without correcting anything and without any account.

    Args:
        scheme: The scheme.
        kept: The kept half of a pair, with the tones that the scheme uses.
        terms: The public terms; an offline oracle may have learnt them from these very samples.
        thresholds: Numbers of wrong bits of 256 that are still accepted.

    Raises:
        TooFewSamples: When the record is too short for the scheme.
        ConstantSignal: When an end does not vary.
    """
    made = quantised(scheme, kept, terms)
    hard = (scheme.hard_bits(made.a, terms), scheme.hard_bits(made.b, terms))
    usable = made.fa.usable & made.fb.usable
    if not usable.any():
        raise TooFewSamples(have=0, need=1)
    keys = dict.fromkeys(thresholds, NO_KEY)
    if len(hard[0]) >= KEY_BITS:
        keys = metrics.key_rate(*hard, KEY_BITS, thresholds, packets=len(kept))
    wrong = metrics.disagreement(*hard) if len(hard[0]) else float("nan")
    return Field(scheme.name, len(kept), terms, made.fa, made.fb, usable, len(hard[0]), wrong, keys)


def _first(values: Float) -> Float:
    return np.asarray(values if values.ndim == 1 else values[:, 0])
