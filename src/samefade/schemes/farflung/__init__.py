"""Published schemes for LoRa and its kind, as far as they are published: what is ours is said in each."""

from samefade.schemes.farflung.adaptive import ComplexityAdaptive, Flora
from samefade.schemes.farflung.differences import DaCruz, Rssignal, ZhangDifferential
from samefade.schemes.farflung.exchanged import Exchanged
from samefade.schemes.farflung.registers import RegisterRssi, TurnAround
from samefade.schemes.farflung.regression import GRID, Regression, complexity_of, learn, segments, tally
from samefade.schemes.farflung.several_levels import HanV2v, LoraKey, Lorakeygen, LoraLisk, MultiLevel

LPWAN = (
    ZhangDifferential(),
    Rssignal(),
    DaCruz(),
    MultiLevel(),
    LoraKey(),
    LoraLisk(),
    Flora(),
    ComplexityAdaptive(),
    HanV2v(),
    Lorakeygen(),
    RegisterRssi(),
)

__all__ = [
    "GRID",
    "LPWAN",
    "ComplexityAdaptive",
    "DaCruz",
    "Exchanged",
    "Flora",
    "HanV2v",
    "LoraKey",
    "LoraLisk",
    "Lorakeygen",
    "MultiLevel",
    "RegisterRssi",
    "Regression",
    "Rssignal",
    "TurnAround",
    "ZhangDifferential",
    "complexity_of",
    "learn",
    "segments",
    "tally",
]
