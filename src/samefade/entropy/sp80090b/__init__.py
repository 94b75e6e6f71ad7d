"""Estimate min-entropy as NIST SP 800-90B does: the ten estimators of section 6.3, for data that need not be i.i.d.

They guess; they prove nothing, and know neither Eve nor a change of the channel.
Each result stands beside its ceiling, what perfect symbols of the same number would score.
"""

from samefade.entropy.sp80090b.assess import assess90b
from samefade.entropy.sp80090b.assessment import NAMES, Assessment90B
from samefade.entropy.sp80090b.ceiling import perfect
from samefade.entropy.sp80090b.collision import collision
from samefade.entropy.sp80090b.compression import compression
from samefade.entropy.sp80090b.lag import lag
from samefade.entropy.sp80090b.longest_repeat import longest_repeat
from samefade.entropy.sp80090b.lz78y import lz78y
from samefade.entropy.sp80090b.markov import markov
from samefade.entropy.sp80090b.most_common import most_common_value
from samefade.entropy.sp80090b.multi_mcw import multi_mcw
from samefade.entropy.sp80090b.multi_mmc import multi_mmc
from samefade.entropy.sp80090b.repeats import Repeats, repeats
from samefade.entropy.sp80090b.t_tuple import t_tuple

__all__ = [
    "NAMES",
    "Assessment90B",
    "Repeats",
    "assess90b",
    "collision",
    "compression",
    "lag",
    "longest_repeat",
    "lz78y",
    "markov",
    "most_common_value",
    "multi_mcw",
    "multi_mmc",
    "perfect",
    "repeats",
    "t_tuple",
]
