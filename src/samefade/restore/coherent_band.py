"""Keep the frequencies that both ends share: WSKG, Algorithm 1 of the 2025 paper.

Basha and Hamdaoui, "Wavelet-Based CSI Reconstruction for Improved Wireless Security Through Channel Reciprocity",
Computers & Security 154 (2025) 104423, Sec. IV-A and V-A.

How one end finds the frequencies F_r of its own new samples is not stated there, so the reading is a parameter:

- "agreed" (C): both use the band that calibration on spoken samples found. The protocol, and the default.
- "oracle" (E): the band comes from both ends' kept samples, see `oracle_band`. Offline only; probably how the paper's
  figures were made, as both captures lay on one computer.
- "self" (D): each end compares its own even and odd samples.
- "scalogram" (A): each end compares its own |W| over its maximum with the coherence threshold. It fails.

A reading B, coherence of new samples with the earlier public block, compares different times and rests on what the
eavesdropper holds; it is not here.

The inverse transform over a range of rows is one linear low-pass or band-pass, so what is restored holds no more than
about two independent samples for each hertz of the band and second, however many values it has.
"""

from dataclasses import dataclass, replace
from typing import Literal, cast

import numpy as np

from samefade import wavelet
from samefade.errors import EndsDisagree, OutOfRange
from samefade.restore.admit import admit, agreed_band, period, restored
from samefade.restore.brick_wall import within
from samefade.restore.own_band import own_looks, passing, scalogram
from samefade.restore.parts import Parts
from samefade.restore.thresholds import Thresholds, band, held, lower_coherence, lower_samples
from samefade.types import Band, Feature, Float, Half, Kept, Observation, Terms


@dataclass(frozen=True)
class CoherentBand:
    """WSKG's restoration.

    Attributes:
        reading: How each end finds its band, see above.
        lower: Which threshold is lowered until F_r is large enough; the paper says "the threshold value".
            "coherence" holds N_th at `hold`, which is the steadier on short blocks; "samples" holds WC_th at `ease`.
        share: Least share of the available frequencies that F_r must hold ("at least half").
        hold: N_th as a share of the samples (at least so many must exceed WC_th), for "coherence".
        ease: WC_th as a share of the largest coherence ("slightly below the maximum"), for "samples".
        longest_run: Keep the longest run of neighbouring frequencies instead of the whole range of F_r.
            In short blocks noise is coherent by chance in the topmost rows, the range then spans everything, and
            nothing is taken away.
        least: Share of its own frequencies that must pass where an end looks alone ("self", "scalogram").
            The paper says half, but half is where agreement stops, so every second block would start again.
        voices: Wavelet rows an octave.
    """

    reading: Literal["agreed", "oracle", "self", "scalogram"] = "agreed"
    lower: Literal["coherence", "samples"] = "coherence"
    share: float = 0.5
    hold: float = 0.5
    ease: float = 0.95
    longest_run: bool = False
    least: float = 0.25
    voices: int = 12

    def agree(self, a: Observation, b: Observation, terms: Terms) -> Terms:
        """Return the terms with the band and the thresholds that made it (steps 2a to 2d), learnt from both blocks.

        `thresholds` of the result holds "coherence" (WC_th), "samples" (N_th, in samples of a whole block) and
        "block" (samples of the block): N_th of another block is in proportion.

        Args:
            a: One end's spoken samples, (n,) or (n, k).
            b: The other end's, of the same shape.
            terms: Terms to add to.

        Raises:
            TypeError: When either block was kept.
            ConstantSignal: When an end does not vary.
            EndsDisagree: When lengths or rates differ.
            NotReciprocal: When no thresholds give enough frequencies.
            OutOfRange: When a parameter makes no sense.
            TooFewSamples: When the blocks are too short for a transform.
        """
        if isinstance(a, Kept) or isinstance(b, Kept):
            raise TypeError("kept samples do not cross the air; offline, `oracle_band` says by its name what it does")
        if terms.rate != a.rate:
            raise EndsDisagree("rate of terms and observation in Hz", terms.rate, a.rate)
        found, limits = self._search(a, b)
        told = {"coherence": limits.coherence, "samples": round(limits.samples * len(a)), "block": len(a)}
        return replace(terms, band=found, thresholds={**terms.thresholds, **told})

    def restore(self, x: Half, terms: Terms | None = None) -> Feature[Half]:
        """Return the inverse transform over the band, with the mean, (n,) or (n, k), each tone apart.

        One period of the band's upper edge is not usable at either end and beside gaps; gaps below half a period are
        bridged. The cone of influence of the slowest row would be too strict: it is as long as the block that found it,
        while what the slow rows smear in from beyond the edge is slow, small and the same at both ends.

        Args:
            x: The observation.
            terms: Terms with a band, from `agree`.

        Raises:
            ConstantSignal: When no tone varies.
            NotReciprocal: When an end that looks alone finds too few frequencies.
            OutOfRange: When the terms have no band or a silly one.
            TooFewSamples: When the record is too short for the band.
        """
        agreed = agreed_band(terms, x.rate)
        values = admit(x)
        found = self._own(values, x.rate, cast("Terms", terms)) or agreed
        kept = wavelet.inverse(
            np.ascontiguousarray(values.T), rate=x.rate, low=found.low, high=found.high, voices=found.voices
        )
        return restored(x, kept.T, reach=period(x.rate, found.high), bridge=x.rate / (2 * found.high))

    def split(self, x: Half, terms: Terms | None = None) -> Parts[Half]:
        """Return the band as small scale, what lies below it, with the mean, as large scale, what lies above as noise.

        The band is a band-pass only where its lowest row is above the slowest of the record; coherence alone does not
        make it one, because what is slow is coherent. `BandPass` sets a lower edge.

        Args:
            x: The observation.
            terms: Terms with a band, from `agree`; the readings "self" and "scalogram" are cut at its lower edge.

        Raises:
            ConstantSignal, NotReciprocal, OutOfRange, TooFewSamples: As in `restore`.
        """
        return within(self.restore(x, terms), agreed_band(terms, x.rate))

    def _own(self, values: Float, rate: float, terms: Terms) -> Band | None:
        if self.reading in ("agreed", "oracle"):
            return None
        told = terms.thresholds
        if not {"coherence", "samples", "block"} <= set(told) or not 0 < told["samples"] <= told["block"]:
            raise OutOfRange("terms.thresholds", dict(told), "thresholds from CoherentBand.agree")
        look = own_looks if self.reading == "self" else scalogram
        frequency, shares = look(values, rate, told["coherence"], self.voices)
        passed = passing(shares, told["samples"] / told["block"], self.least)
        return band(frequency, passed, self.voices, longest_run=self.longest_run)

    def _search(self, a: Observation, b: Observation) -> tuple[Band, Thresholds]:
        self._check(a, b)
        found = wavelet.coherence(admit(a).T, admit(b).T, rate=a.rate, voices=self.voices)
        if self.lower == "coherence":
            limits = lower_coherence(found, self.share, self.hold)
        else:
            limits = lower_samples(found, self.share, self.ease)
        passed = held(found, limits.coherence) >= limits.samples
        return band(found.frequency, passed, self.voices, longest_run=self.longest_run), limits

    def _check(self, a: Observation, b: Observation) -> None:
        for name in ("share", "hold", "ease", "least"):
            value = getattr(self, name)
            if not 0 < value <= 1:
                raise OutOfRange(name, value, "above 0 and up to 1")
        if self.lower not in ("coherence", "samples"):
            raise OutOfRange("lower", self.lower, "'coherence' or 'samples'")
        if a.values.shape != b.values.shape:
            raise EndsDisagree("shape", a.values.shape, b.values.shape)
        if a.rate != b.rate:
            raise EndsDisagree("rate in Hz", a.rate, b.rate)


def oracle_band(a: Kept, b: Kept, rule: CoherentBand = CoherentBand(reading="oracle")) -> Band:
    """Return the band that Algorithm 1 finds in both ends' kept samples: an offline oracle, no protocol.

    It needs the secret samples of both ends in one place, as in the paper's evaluation (inferred). Label every number
    that comes of it.

    Raises:
        ConstantSignal, EndsDisagree, NotReciprocal, OutOfRange, TooFewSamples: As in `CoherentBand.agree`.
    """
    return rule._search(a, b)[0]  # noqa: SLF001 -- the same module
