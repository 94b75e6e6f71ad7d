"""Make what two ends measured more alike before it is quantised: one file for each way, from raw to WSKG."""

from samefade.restore.band import BandFilter
from samefade.restore.block_mean import BlockMean
from samefade.restore.coherent_band import CoherentBand, oracle_band
from samefade.restore.detrend import Detrend
from samefade.restore.difference import Difference
from samefade.restore.fft import Fft
from samefade.restore.golay import Golay
from samefade.restore.innovation import Innovation
from samefade.restore.klt import LEAST_HEARD, Klt, components_of, deviations, estimates, heard_share, series_of, tones
from samefade.restore.packet import Packet
from samefade.restore.raw import Raw

__all__ = [
    "LEAST_HEARD",
    "BandFilter",
    "BlockMean",
    "CoherentBand",
    "Detrend",
    "Difference",
    "Fft",
    "Golay",
    "Innovation",
    "Klt",
    "Packet",
    "Raw",
    "components_of",
    "deviations",
    "estimates",
    "heard_share",
    "oracle_band",
    "series_of",
    "tones",
]
