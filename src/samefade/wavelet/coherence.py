"""The wavelet coherence."""

import numpy as np

from samefade.wavelet import admit, kernels, morlet
from samefade.wavelet.admit import Array
from samefade.wavelet.rows import Coherence
from samefade.wavelet.transform import slow, steps


def coherence(
    a: Array,
    b: Array,
    *,
    rate: float,
    voices: int = 12,
    low: float | None = None,
    high: float | None = None,
    kernel: str = "samefade-1",
    grid: str = "decimated",
) -> Coherence:
    """Return the wavelet coherence."""
    a, b = admit.pair(a, b)
    admit.parameters(rate, voices)
    chosen = kernels.named(kernel)
    xp = admit.namespace(a)
    fft = admit.fourier(xp)
    n = a.shape[-1]
    found = morlet.between(morlet.family(chosen.smallest, chosen.count(n, voices), voices), rate, low, high)
    step = steps(found.samples, grid)
    smooth = []
    for wa, wb, s in zip(slow(a, found.samples), slow(b, found.samples), found.samples, strict=True):
        omega = 2 * np.pi * np.fft.fftfreq(wa.shape[-1])
        g = xp.asarray(np.exp(-chosen.time * (s * omega) ** 2), dtype=a.dtype)
        three = (xp.abs(wa) ** 2, xp.abs(wb) ** 2, wa * xp.conj(wb))
        smooth.append([fft.ifft(fft.fft(p) * g)[..., :n] for p in three])
    taps, before = chosen.taps(voices, len(found.samples))
    rows, cross = [], []
    for j in range(found.first, found.stop):
        pa, pb, c = 0.0, 0.0, 0.0
        for k, w in enumerate(taps):
            i = j - before + k
            if 0 <= i < len(smooth):
                pa, pb, c = pa + w * smooth[i][0].real, pb + w * smooth[i][1].real, c + w * smooth[i][2]
        d = int(step[j])
        r = abs(c) ** 2 / (pa * pb)
        rows.append(xp.clip(r, 0, 1)[..., ::d])
        cross.append(c[..., ::d])
    scale = found.scale(rate)
    return Coherence(
        found.frequency(rate),
        scale,
        step[found.first : found.stop],
        tuple(rows),
        morlet.cone(scale, rate),
        n,
        rate,
        voices,
        tuple(cross),
        kernel,
    )
