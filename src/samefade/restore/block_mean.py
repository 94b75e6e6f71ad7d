"""Average blocks of samples and keep one value of each: noise is removed, nothing is repeated.

It assumes that the channel moves little within a block; a microcontroller needs one addition a sample.
In the field it is called down-sampling or decimation; a moving average without decimation is Mathur et al. 2008.
"""

from dataclasses import dataclass

import numpy as np

from samefade.errors import OutOfRange, TooFewSamples
from samefade.types import Feature, Half, Terms


@dataclass(frozen=True)
class BlockMean:
    """Average `terms.step` samples into one.

    Attributes:
        heard: A block feeds a key only when at least this share of its samples was heard.
    """

    heard: float = 0.5

    def restore(self, x: Half, terms: Terms | None = None) -> Feature[Half]:
        """Return one value a block, the mean of the samples heard in it; a rest at the end is left out.

        Args:
            x: Observation, (n,) or (n, k).
            terms: Its `step` is the length of a block; without terms, 1.

        Raises:
            OutOfRange: When the step is below 1.
            TooFewSamples: When there is not one full block.
        """
        step = 1 if terms is None else terms.step
        if step < 1:
            raise OutOfRange("step", step, "at least 1")
        m = len(x) // step
        if m < 1:
            raise TooFewSamples(have=len(x), need=step)
        shape = (m, step, *x.values.shape[1:])
        values = x.values[: m * step].reshape(shape)
        weight = x.mask[: m * step].reshape(m, step).astype(values.dtype)
        count = weight.sum(axis=1)
        tones = (1,) * (values.ndim - 2)
        heard = count.reshape(m, *tones)
        total = np.sum(values * weight.reshape(m, step, *tones), axis=1)
        filled = np.where(heard > 0, total / np.maximum(heard, 1), values.mean(axis=1))
        return Feature(filled, x.rate / step, count >= self.heard * step, x)
