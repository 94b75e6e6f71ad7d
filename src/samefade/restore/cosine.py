"""Coefficients of the cosine transform of windows: a band-pass whose basis nobody needs to learn.

The DCT-II of a window of T samples at rate r has its coefficient k at the frequency k·r/(2T): dropping the first D and
keeping the next K is a band-pass from D·r/(2T) to (D + K)·r/(2T), window by window, with as many values as it has
degrees of freedom. A whole record's band-pass by the same transform is `BandFilter`.
For a slow channel it comes near the best basis (Ahmed, Natarajan and Rao 1974); for a spectrum with its power at the
Doppler frequency it does not.
"""

from dataclasses import dataclass

import numpy as np

from samefade.restore.parts import Parts
from samefade.restore.windows import Real, agreed_windows, checked, coefficients, window_parts
from samefade.types import Feature, Half, Observation, Terms


@dataclass(frozen=True)
class Cosine:
    """Cosine coefficients of windows.

    Attributes:
        span: Samples in a window, T.
        drop: How many of the slowest are large scale, D.
        keep: How many of the others are kept, K, the slowest first; None for all of them.
        least: Least correlation of a kept coefficient between the ends' spoken samples; below it is noise.
    """

    span: int = 16
    drop: int = 1
    keep: int | None = None
    least: float = -1.0

    def agree(self, a: Observation, b: Observation, terms: Terms) -> Terms:
        """Return the terms with the basis, scaled by end a's spoken samples.

        Raises:
            TypeError: When either block was kept.
            NotReciprocal: When no coefficient is as alike as `least`.
            ConstantSignal, EndsDisagree, NotFinite, OutOfRange, TooFewSamples: As in `windows.checked`.
        """
        checked(a, b, terms, self.span)
        return agreed_windows(a, b, terms, cosines(self.span), self.drop, self.keep, self.least)

    def restore(self, x: Half, terms: Terms | None = None) -> Feature[Half]:
        """Return the kept coefficients, window by window (`windows.coefficients`)."""
        return coefficients(x, terms, self.span)

    def split(self, x: Half, terms: Terms | None = None) -> Parts[Half]:
        """Return the slow, the kept and the other coefficients as series that add up (`windows.window_parts`)."""
        return window_parts(x, terms, self.span)


def cosines(span: int) -> Real:
    """Return the orthonormal cosine basis (DCT-II), slowest row first, (T, T)."""
    t = np.arange(span)
    rows = np.cos(np.pi * t[:, None] * (2 * t + 1) / (2 * span)) * np.sqrt(2 / span)
    rows[0] /= np.sqrt(2)
    return np.asarray(rows)
