"""The definitions of the coherence, each with a name; a name never changes its meaning.

R² = |Sm(s⁻¹W_a W_b*)|² / (Sm(s⁻¹|W_a|²)·Sm(s⁻¹|W_b|²)), Sm = Sm_scale(Sm_time(·)):
Torrence and Webster, J. Climate 12 (1999); Grinsted, Moore and Jevrejeva, Nonlin. Proc. Geophys. 11 (2004).

The libraries disagree on the scales, on the width of the boxcar over scales and on what lies beyond the record.
"samefade-1" is defined without reference to the length of a Fourier transform:
the mean is removed, the signal is zero outside the record, and every convolution is a linear one, not a circular one.
"""

from dataclasses import dataclass
from math import ceil, floor, log2

import numpy as np

from samefade.errors import UnknownName
from samefade.types import Float
from samefade.wavelet import morlet
from samefade.wavelet.plan import Level, Stage


@dataclass(frozen=True)
class Kernel:
    """One definition of the coherence.

    Attributes:
        name: Its name, with a version where it is ours.
        smallest: The smallest scale, samples.
        time: The exponent c of Sm_time, exp(−c·s²ω²).
        circle: What the wavelet's spectrum is on the circle of Fourier bins: "images" (ours), "half" or "positive".
    """

    name: str
    smallest: float
    time: float
    circle: str

    @property
    def trimmed(self) -> bool:
        """Return whether the products are cut to the record before smoothing, on a circle of 2^k samples."""
        return self.circle != "images"

    def stage(self, n: int, scales: Float, rows: tuple[int, int], span: tuple[int, int]) -> Stage:
        """Return the one stage of a trimmed kernel: everything at the signal's own rate, zero-padded to 2^k."""
        first, stop = max(0, rows[0] - span[0]), min(len(scales), rows[1] + span[1])
        # 32 rows at a time: as many as any boxcar spans, at 64 voices on either side
        levels = tuple(Level(i, min(i + 32, stop), 1) for i in range(first, stop, 32))
        return Stage(1, n, scales, *rows, levels, 0, 0, n, 2 ** ceil(log2(n)), 1)

    def count(self, n: int, voices: int) -> int:
        """Return how many rows n samples have."""
        if self.name == "grinsted":  # the largest scale is 0.17·n·2·dt, in the published code's words J1
            return 1 + max(0, round(log2(n * 0.17 * 2 / self.smallest) * voices))
        if self.name == "matlab":
            return max(1, floor(log2(n)) - 1) * voices + 1
        return morlet.count(n, voices, self.smallest)

    def taps(self, voices: int, rows: int) -> tuple[Float, int]:
        """Return the boxcar over scales and how many of its taps lie before its own row."""
        if self.name == "pycwt":  # an even count of taps: half a voice off centre
            width = max(2, round(0.6 * voices * 2))
            box = np.ones(width)
            box[0] = box[-1] = 0.5
            return box / box.sum(), width - 1 - (width - 1) // 2
        if self.name == "matlab":
            width = max(1, min(rows // 2, voices))
            return np.full(width, 1 / width), width - 1 - width // 2
        half = 0.3 * voices
        inner = round(half) - 1 if self.name == "grinsted" else floor(half)
        box = np.concatenate([[half % 1], np.ones(2 * inner + 1), [half % 1]])
        return box / box.sum(), inner + 1


KERNELS = {
    kernel.name: kernel
    for kernel in (
        Kernel("samefade-1", smallest=morlet.SMALLEST, time=0.5, circle="images"),
        Kernel("pycwt", smallest=morlet.SMALLEST, time=0.5, circle="half"),
        Kernel("grinsted", smallest=2.0, time=0.5, circle="positive"),
        Kernel("matlab", smallest=(6 + np.sqrt(2 * np.log(10))) / np.pi, time=0.25, circle="positive"),
    )
}


def named(name: str) -> Kernel:
    """Return the kernel of that name.

    Raises:
        UnknownName: When there is none.
    """
    if name not in KERNELS:
        raise UnknownName("kernel", name, tuple(KERNELS))
    return KERNELS[name]
