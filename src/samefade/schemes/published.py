"""Schemes of published papers, under the names that the 2025 paper gives them.

Each is a value; `align=NoLag()` gives the variant without synchronisation.
What a paper leaves open (windows, thresholds, wavelets) is said in the docstring of the part.
"""

from dataclasses import dataclass

from samefade import restore
from samefade.schemes.scheme import Restorer, Scheme

COHERENT = restore.CoherentBand(longest_run=True)


@dataclass(frozen=True, kw_only=True)
class Raw(Scheme):
    """Quantise the samples as they are: the baseline of every paper."""

    restore: Restorer = restore.Raw()


@dataclass(frozen=True, kw_only=True)
class Golay(Scheme):
    """Smooth by Savitzky–Golay first (LoRa-LiSK, Junejo et al. 2022; window and order from a public notebook)."""

    restore: Restorer = restore.Golay()


@dataclass(frozen=True, kw_only=True)
class Fft(Scheme):
    """Keep the strong low-frequency bins (Zhang et al. 2016; the paper's threshold is not published)."""

    restore: Restorer = restore.Fft()


@dataclass(frozen=True, kw_only=True)
class FftBand(Scheme):
    """Filter with WSKG's own band by a plain FFT: the fair rival that the paper does not have."""

    restore: Restorer = restore.BandFilter(rule=COHERENT)


@dataclass(frozen=True, kw_only=True)
class Packet(Scheme):
    """Zero the small wavelet-packet coefficients (Kumar et al. 2021, in the 2025 paper's variant)."""

    restore: Restorer = restore.Packet()


@dataclass(frozen=True, kw_only=True)
class Wskg(Scheme):
    """Reconstruct from the coherent wavelet band, then synchronise (Basha and Hamdaoui 2025, section V-A).

    The band and the lag are agreed from spoken samples (reading C of Algorithm 1, see `restore.CoherentBand`).
    The paper keeps all rows between the lowest and the highest coherent one; on blocks of minutes one row that is
    coherent by chance then lets all the noise in, so here the longest run of coherent rows is kept.
    `Wskg(restore=CoherentBand())` is the paper to the letter.
    """

    restore: Restorer = COHERENT
