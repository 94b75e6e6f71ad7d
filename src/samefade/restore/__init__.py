"""Make what two ends measured more alike before it is quantised: one file for each way, from raw to WSKG.

Most of them also split what was heard into large and small scale (`Decomposition`, `Parts`).
"""

from samefade.restore.band import BandFilter, FixedBand
from samefade.restore.band_pass import BandPass
from samefade.restore.block_mean import BlockMean
from samefade.restore.coherent_band import CoherentBand, oracle_band
from samefade.restore.cosine import Cosine
from samefade.restore.detrend import Detrend
from samefade.restore.difference import Difference
from samefade.restore.dwt import Dwt
from samefade.restore.fft import Fft
from samefade.restore.golay import Golay
from samefade.restore.innovation import Innovation
from samefade.restore.kalman import Kalman
from samefade.restore.klt import LEAST_HEARD, Klt, components_of, deviations, estimates, heard_share, series_of, tones
from samefade.restore.packet import Packet
from samefade.restore.parts import Decomposition, Parts, SmallScale, agreed
from samefade.restore.principal import Principal, gudmundson_model, jakes_model
from samefade.restore.raw import Raw

__all__ = [
    "LEAST_HEARD",
    "BandFilter",
    "BandPass",
    "BlockMean",
    "CoherentBand",
    "Cosine",
    "Decomposition",
    "Detrend",
    "Difference",
    "Dwt",
    "Fft",
    "FixedBand",
    "Golay",
    "Innovation",
    "Kalman",
    "Klt",
    "Packet",
    "Parts",
    "Principal",
    "Raw",
    "SmallScale",
    "agreed",
    "components_of",
    "deviations",
    "estimates",
    "gudmundson_model",
    "heard_share",
    "jakes_model",
    "oracle_band",
    "series_of",
    "tones",
]
