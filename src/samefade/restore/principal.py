"""Principal components of windows of a series, with eigenvectors that one end learns and sends once.

The eigenvectors of the covariance of T samples in a row (Karhunen and Loève) make coefficients that are uncorrelated,
the strongest first. In an LPWAN series the first are the shadowing, which Eve hears too, and the last mostly noise: the
first are dropped, and those below a correlation of `least` are left out.
SBrT 2276 compares it with the cosine transform on LoRaWAN RSSI (lpwan.md, section 4).

The eigenvectors come from one end's spoken samples, or from a public model, and are sent once, T·(drop + keep) numbers:
computed separately at both ends they would differ in sign, and where eigenvalues lie close, in rotation.
What is sent tells second-order statistics and nothing of the kept samples.
`Klt` is another thing: it learns from both ends what the one can tell of the other, and needs soft decisions.
"""

from dataclasses import dataclass

import numpy as np

from samefade.errors import OutOfRange
from samefade.restore.parts import Parts
from samefade.restore.windows import Real, agreed_windows, autocovariance, checked, coefficients, window_parts
from samefade.types import Feature, Half, Observation, Terms


@dataclass(frozen=True)
class Principal:
    """Principal components of windows.

    Attributes:
        span: Samples in a window, T.
        drop: How many of the strongest are large scale.
        keep: How many of the others are kept, the strongest first; None for all of them.
        least: Least correlation of a kept component between the ends' spoken samples; below it is noise. Signal and
            noise are equally strong at .5.
        model: Autocorrelation at lags 0 … T − 1 that everybody knows (`jakes_model`, `gudmundson_model`); without it,
            that of end a's spoken samples.
    """

    span: int = 16
    drop: int = 1
    keep: int | None = None
    least: float = -1.0
    model: tuple[float, ...] | None = None

    def agree(self, a: Observation, b: Observation, terms: Terms) -> Terms:
        """Return the terms with the eigenvectors, from end a's spoken samples alone, or from the model.

        End b's spoken samples say only how alike each component is.

        Raises:
            TypeError: When either block was kept.
            NotReciprocal: When no component is as alike as `least`.
            OutOfRange: When the model is not one of `span` finite numbers.
            ConstantSignal, EndsDisagree, NotFinite, TooFewSamples: As in `windows.checked`.
        """
        x, _ = checked(a, b, terms, self.span)
        along = autocovariance(x, a.mask, self.span) if self.model is None else np.asarray(self.model, np.float64)
        if along.shape != (self.span,) or not np.isfinite(along).all() or not along[0] > 0:
            raise OutOfRange("model", f"{along.size} numbers", f"{self.span} finite ones, the first above 0")
        return agreed_windows(a, b, terms, eigenvectors(along), self.drop, self.keep, self.least)

    def restore(self, x: Half, terms: Terms | None = None) -> Feature[Half]:
        """Return the kept components, window by window (`windows.coefficients`)."""
        return coefficients(x, terms, self.span)

    def split(self, x: Half, terms: Terms | None = None) -> Parts[Half]:
        """Return the dropped, the kept and the other components as series that add up (`windows.window_parts`)."""
        return window_parts(x, terms, self.span)


def eigenvectors(along: Real) -> Real:
    """Return the eigenvectors of the Toeplitz covariance with this autocovariance, strongest first, (T, T) rows.

    Each points to where its largest number is positive, for the reader's sake: one basis is sent, so signs are free.
    """
    lag = np.abs(np.subtract.outer(np.arange(len(along)), np.arange(len(along))))
    _, vectors = np.linalg.eigh(along[lag])
    rows = vectors.T[::-1]
    largest = np.take_along_axis(rows, np.abs(rows).argmax(axis=1)[:, None], axis=1)
    return np.asarray(rows * np.where(largest < 0, -1.0, 1.0))


def jakes_model(doppler_hz: float, rate: float, span: int) -> tuple[float, ...]:
    """Return the autocorrelation of the power of Rayleigh fading with Jakes' spectrum, J₀²(2πf_d k / r) at lag k.

    The fading in dB has a slightly sharper one, Li₂(J₀²)/(π²/6) (lpwan.md, section 1.2).

    Args:
        doppler_hz: f_d = v f / c.
        rate: Samples a second, Hz.
        span: How many lags.
    """
    from scipy.special import j0

    return tuple(float(v) for v in j0(2 * np.pi * doppler_hz / rate * np.arange(span)) ** 2)


def gudmundson_model(
    speed: float, distance: float, rate: float, span: int, *, fading: float = 0.0
) -> tuple[float, ...]:
    """Return the autocorrelation of shadowing, exp(−v k / (r d)) at lag k (Gudmundson 1991), beside white fading.

    Args:
        speed: Metres a second.
        distance: Metres after which the shadowing's correlation has fallen to 1/e.
        rate: Samples a second, Hz.
        span: How many lags.
        fading: Variance of fading that changes from sample to sample, over that of the shadowing.
    """
    along = np.exp(-speed / (rate * distance) * np.arange(span))
    along[0] += fading
    return tuple(float(v) for v in along)
