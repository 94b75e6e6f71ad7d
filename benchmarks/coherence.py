"""Time the wavelet room against pycwt, fCWT and bare FFTs, in one run on one thread.

Run `OMP_NUM_THREADS=1 python -m benchmarks.coherence`.
Each pair is timed in turns, and the quietest CPU time of several counts, so that other load falls on both alike.
Memory is the peak of a fresh process, less that of one that only imports.
"""

import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.fft

from samefade import wavelet

HOUR = 36_000  # samples: one hour at 10 Hz
LONG = 3_600_000
RATE = 10.0
Row = dict[str, Any]
Work = Callable[[], object]


def ends(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return two signals that share a slow fade, (n,) each."""
    rng = np.random.default_rng(1)
    fade = np.cumsum(rng.normal(size=n))
    fade -= np.convolve(fade, np.ones(1001) / 1001, "same")
    return fade + rng.normal(size=n), fade + 3 * rng.normal(size=n)


def quietest(*work: Work, repeat: int = 5) -> list[float]:
    """Return the least CPU time of each piece of work, s, all timed in turns."""
    best = [np.inf] * len(work)
    for _ in range(repeat):
        for i, each in enumerate(work):
            for _ in range(3 if best[i] < 1 else 1):  # short work is the more easily disturbed
                begin = time.process_time()
                each()
                best[i] = min(best[i], time.process_time() - begin)
    return best


def row(what: str, ours: float, theirs: float, bar: float, unit: str = "s") -> Row:
    """Return a line of the table; the ratio theirs/ours must reach the bar."""
    ratio = theirs / ours
    told = f"≥ {bar:g}x"
    return {
        "what": what, "ours": f"{ours:.4g} {unit}", "theirs": f"{theirs:.4g} {unit}",
        "ratio": float(ratio), "bar": told, "holds": bool(ratio >= bar),
    }  # fmt: skip


def coherence_rows() -> list[Row]:
    """Compare the coherence of an hour with pycwt's, in time and in memory."""
    import pycwt

    a, b = ends(HOUR)
    wavelet.coherence(a, b, rate=RATE)
    ours, theirs = quietest(
        lambda: wavelet.coherence(a, b, rate=RATE), lambda: pycwt.wct(a, b, 1 / RATE, sig=False), repeat=4
    )
    mine, other = (peak(code) - peak(IMPORTS) for code in (OURS, PYCWT))
    return [
        row("coherence, 36,000 samples, float64; theirs pycwt", ours, theirs, 40),
        row("its peak extra memory", mine, other, 10, "MB"),
    ]


def accuracy_rows() -> list[Row]:
    """Compare the decimated coherence of an hour with the same sums at every sample, on long circles, row by row."""
    a, b = ends(HOUR)
    found = wavelet.coherence(a, b, rate=RATE)
    error = max(
        float(np.abs(found.rows[j] - reference(a, b, found.scale * RATE, j)[:: found.step[j]]).max())
        for j in range(0, len(found), 10)
    )
    return [row("error of the coherence; theirs the bound", error, 1e-8, 1, "")]


def reference(a: np.ndarray, b: np.ndarray, scales: np.ndarray, j: int) -> np.ndarray:
    """Return R² of one row at every sample: full resolution, nothing wraps, nothing is decimated."""
    three = np.zeros((3, len(a)), complex)
    for k, weight in zip(range(-4, 5), [0.6, *[1.0] * 7, 0.6], strict=True):
        if not 0 <= j + k < len(scales):
            continue
        s = scales[j + k]
        size = scipy.fft.next_fast_len(int(len(a) + 12 * s))
        omega = 2 * np.pi * np.arange(size) / size
        h = sum(np.exp(-0.5 * ((omega + image) * s - 6) ** 2) for image in (-2 * np.pi, 0, 2 * np.pi))
        wa, wb = (np.fft.ifft(np.fft.fft(x - x.mean(), size) * h) for x in (a, b))
        g = np.exp(-0.5 * (2 * np.pi * s * np.fft.fftfreq(size)) ** 2)
        for i, product in enumerate((np.abs(wa) ** 2, np.abs(wb) ** 2, wa * wb.conj())):
            three[i] += weight * np.fft.ifft(np.fft.fft(product) * g)[: len(a)]
    return np.abs(three[2]) ** 2 / (three[0].real * three[1].real)


def transform_rows() -> list[Row]:
    """Compare the float32 transform of an hour with fCWT, or with bare FFTs where fCWT is not installed."""
    x = ends(HOUR)[0].astype(np.float32)
    z, rows = x.astype(np.complex64), len(wavelet.transform(x, rate=RATE))
    many = np.tile(z, (4, 1))

    def bare() -> object:  # its rows are kept, as ours are
        return scipy.fft.fft(z, workers=1), [scipy.fft.ifft(many, workers=1) for _ in range(-(-rows // 4))]

    full, fft, thin = quietest(
        lambda: wavelet.transform(x, rate=RATE, grid="full"), bare, lambda: wavelet.transform(x, rate=RATE), repeat=9
    )
    found = [row("transform, float32, every sample; theirs one forward and S inverse FFTs", full, fft, 0.5)]
    try:
        import fcwt
    except ImportError:
        return [*found, row("transform, float32, decimated; theirs the same FFTs (fCWT absent)", thin, fft, 1)]
    morlet, out = fcwt.Morlet(6 / (2 * np.pi)), np.zeros((rows, HOUR), np.complex64)
    scales = fcwt.Scales(morlet, fcwt.FCWT_LOGSCALES, int(RATE), RATE / HOUR, RATE / 2, rows)
    theirs = fcwt.FCWT(morlet, 1, False, False)  # noqa: FBT003 -- its own signature: threads, plans, norm
    thin, fast = quietest(lambda: wavelet.transform(x, rate=RATE), lambda: theirs.cwt(x, scales, out), repeat=9)
    return [*found, row("transform, float32, decimated; theirs fCWT", thin, fast, 3)]


def growth_rows() -> list[Row]:
    """Compare the growth from an hour to a hundred hours with N·log N."""
    law = LONG * np.log2(LONG) / (HOUR * np.log2(HOUR))
    (a, b), (c, d) = ends(HOUR), ends(LONG)
    short = quietest(lambda: wavelet.coherence(a, b, rate=RATE))[0]
    long = quietest(lambda: wavelet.coherence(c, d, rate=RATE), repeat=1)[0]
    base = peak(IMPORTS)
    memory = [peak(OURS.replace(str(HOUR), str(n))) - base for n in (HOUR, LONG)]
    return [
        row("growth of time to 3,600,000 samples; theirs 1.3·N·log N", long / short, 1.3 * law, 1, "x"),
        row("growth of memory; theirs 1.3·N·log N", memory[1] / memory[0], 1.3 * law, 1, "x"),
    ]


def inverse_rows() -> list[Row]:
    """Compare the inverse over a band with pycwt's transform, mask and sum."""
    import pycwt

    x = ends(HOUR)[0]

    def theirs() -> object:
        w, scales, f, *_ = pycwt.cwt(x, 1 / RATE)
        w[(f < 0.001) | (f > 0.04)] = 0
        return pycwt.icwt(w, scales, 1 / RATE)

    times = quietest(lambda: wavelet.inverse(x, rate=RATE, low=0.001, high=0.04), theirs)
    return [row("inverse over a band, 36,000 samples; theirs pycwt", *times, 50)]


IMPORTS = "import numpy as np, scipy.fft, pycwt, samefade.wavelet as w"
SIGNALS = f"{IMPORTS}; r = np.random.default_rng(1); a, b = r.normal(size=(2, {HOUR}))"
OURS = f"{SIGNALS}; w.coherence(a, b, rate=10.0)"
PYCWT = f"{SIGNALS}; pycwt.wct(a, b, 0.1, sig=False)"


def peak(code: str) -> float:
    """Return the peak resident memory of a fresh Python that runs some code, MB (Linux: getrusage inherits ours)."""
    report = "; print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])"
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code + report], capture_output=True, check=True)
    return int(done.stdout.split()[-1]) / 1024


def run() -> list[Row]:
    """Return every line of the table."""
    return [
        *coherence_rows(), *accuracy_rows(), *transform_rows(), *inverse_rows(), *growth_rows(),
    ]  # fmt: skip


if __name__ == "__main__":
    for line in run():
        print(
            f"{line['what']}: ours {line['ours']}, theirs {line['theirs']}, ratio {line['ratio']:.3g} "
            f"(bar {line['bar']}) {'holds' if line['holds'] else 'MISSED'}"
        )
