"""A plain, slow reference: the published sums at every sample, in float64, without any of the room's code.

W(s, t) = Σ_τ x(τ)·ψ*((τ − t)/s) by direct convolution (Torrence and Compo 1998, equation 2);
R² from products smoothed with exp(−c·s²ω²) on a circle so long that nothing wraps, and a boxcar over scales.
"""

import numpy as np
from scipy.signal import oaconvolve

WAVELENGTH = 4 * np.pi / (6 + np.sqrt(38))


def scales(n, voices):
    """In samples."""
    smallest = 2 / WAVELENGTH
    return smallest * 2 ** (np.arange(round(voices * np.log2(n / smallest)) + 1) / voices)


def wide(x, s, margin):
    """W at −margin … n + margin, unit gain at the centre of the band."""
    reach = int(np.ceil(9 * s))
    t = np.arange(-reach, reach + 1)
    # ψ*(−t/s): the convolution turns time around
    psi = np.exp(6j * t / s) * np.exp(-0.5 * (t / s) ** 2) / (s * np.sqrt(2 * np.pi))
    y = np.concatenate([np.zeros(margin), x - x.mean(), np.zeros(margin)])
    full = np.convolve(y, psi) if y.size * psi.size < 3e7 else oaconvolve(y, psi)
    return full[reach : reach + y.size]


def transform(x, voices=12, norm="L2"):
    found = scales(len(x), voices)
    factor = np.sqrt(2 * np.pi * found) * np.pi**-0.25 if norm == "L2" else 2 * np.ones(len(found))
    return np.array([wide(x, s, 0) for s in found]) * factor[:, None]


def coherence(a, b, voices=12, exponent=0.5):
    """R² and the smoothed cross spectrum, (S, n) each."""
    n, found = len(a), scales(len(a), voices)
    three = []
    for s in found:
        margin = int(np.ceil(10 * s))
        wa, wb = wide(a, s, margin), wide(b, s, margin)
        size = 2 ** int(np.ceil(np.log2(len(wa) + 10 * s)))
        g = np.exp(-exponent * (2 * np.pi * s * np.fft.fftfreq(size)) ** 2)
        smooth = [np.fft.ifft(np.fft.fft(p, size) * g)[margin : margin + n] for p in products(wa, wb)]
        three.append(smooth)
    return boxed(np.array(three), *boxcar(voices))


def products(wa, wb):
    return np.abs(wa) ** 2, np.abs(wb) ** 2, wa * wb.conj()


def boxcar(voices):
    half = 0.3 * voices
    inner = int(half)
    taps = np.array([half - inner, *[1.0] * (2 * inner + 1), half - inner])
    return taps / taps.sum(), inner + 1


def boxed(three, taps, before):
    """Smooth (S, 3, n) over scales; rows that do not exist are nothing."""
    out = np.zeros_like(three)
    for j in range(len(three)):
        for k, w in enumerate(taps):
            if 0 <= j - before + k < len(three):
                out[j] += w * three[j - before + k]
    pa, pb, cross = out[:, 0].real, out[:, 1].real, out[:, 2]
    return np.abs(cross) ** 2 / (pa * pb), cross


def trimmed(a, b, found, *, positive, exponent, taps, before):
    """R² as the published codes compute it: one circle of 2^k samples, products cut to the record."""
    n = len(a)
    size = 2 ** int(np.ceil(np.log2(n)))
    omega = 2 * np.pi * np.fft.fftfreq(size)
    if positive:
        omega[size // 2] = np.pi  # the codes count the middle bin as positive, and nothing below 0
    three = []
    for s in found:
        h = np.exp(-0.5 * (s * omega - 6) ** 2) * ((omega > 0) if positive else 1)
        wa, wb = (np.fft.ifft(np.fft.fft(x - x.mean(), size) * h)[:n] for x in (a, b))
        g = np.exp(-exponent * (s * 2 * np.pi * np.fft.fftfreq(size)) ** 2)
        three.append([np.fft.ifft(np.fft.fft(p, size) * g)[:n] for p in products(wa, wb)])
    return boxed(np.array(three), np.asarray(taps) / np.sum(taps), before)
