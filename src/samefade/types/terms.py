"""What calibration learnt: a value that is also a message."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from samefade.types.strand import Strand


class Band(NamedTuple):
    """A range of frequencies, Hz, with the wavelet rows that chose it.

    Attributes:
        low: Lowest kept row frequency, Hz.
        high: Highest kept row frequency, Hz.
        voices: Rows an octave, which fixes the filter's edges (algorithms.md 2.1).
    """

    low: float
    high: float
    voices: int = 12


@dataclass(frozen=True)
class Terms:
    """What both ends agreed on in public, learnt from spoken samples alone.

    Attributes:
        rate: Samples per second of the observations, Hz.
        lag: Samples by which b is late; b drops its first `lag` samples (a, where it is negative).
        band: The band that a restorer keeps, or None.
        thresholds: The numbers that chose the band (coherence threshold, sample threshold), for the record.
        edges: Per end, the quantiser's thresholds, where they come from spoken samples; else empty.
        step: How many samples a decimating restorer averages into one.
        levels: Levels of the quantiser where calibration chose them, or None.
        expected_errors: Bit error rate to expect, for the code that corrects them.
        seed: Seed of public random choices (Cascade's shuffles), 16 bytes.
        predictors: Per end, the linear predictor of its next sample from its last ones, latest first; else empty.
        strands: The components into which blocks are cut, with their thresholds; empty where a restorer has none.
        model: Weights of a learned restorer, as its own room packs them; empty for all others. Eve knows them, too.
    """

    rate: float
    lag: int = 0
    band: Band | None = None
    thresholds: Mapping[str, float] = field(default_factory=dict)
    edges: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    step: int = 1
    levels: int | None = None
    expected_errors: float = 0.05
    seed: bytes = bytes(16)
    predictors: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    strands: tuple[Strand, ...] = ()
    model: bytes = b""

    def __post_init__(self) -> None:
        """Freeze the mappings."""
        object.__setattr__(self, "thresholds", MappingProxyType(dict(self.thresholds)))
        object.__setattr__(self, "edges", MappingProxyType({k: tuple(v) for k, v in self.edges.items()}))
        object.__setattr__(self, "predictors", MappingProxyType({k: tuple(v) for k, v in self.predictors.items()}))
