"""Keys over low-power wide-area networks: what a frame costs, what the rules allow, and how a key is refreshed.

`time_on_air`, `Region`, `DutyKeeper`, `Gateway` and `spare_bytes` say what a frame costs and when it may be sent;
`plan(Circumstances(sf=9, speed=1.4))` whether a key can be had, what it costs and what limits it.
"""

from samefade.lpwan.airtime import frame_bytes, fsk_time_on_air, time_on_air
from samefade.lpwan.cost import Cost
from samefade.lpwan.downlinks import FairUse, FairUseKeeper, Gateway
from samefade.lpwan.duty import DutyKeeper
from samefade.lpwan.energy import Radio, uplink_energy
from samefade.lpwan.frames import Downlink, Heard, Uplink
from samefade.lpwan.planner import Circumstances, NarrowBand, Plan, plan
from samefade.lpwan.region_tables import REGIONS, region, the_things_network
from samefade.lpwan.regions import DataRate, Region, SubBand
from samefade.lpwan.rival import Edhoc
from samefade.lpwan.spare import free_bytes, largest_payload, spare_bytes

__all__ = [
    "REGIONS",
    "Circumstances",
    "Cost",
    "DataRate",
    "Downlink",
    "DutyKeeper",
    "Edhoc",
    "FairUse",
    "FairUseKeeper",
    "Gateway",
    "Heard",
    "NarrowBand",
    "Plan",
    "Radio",
    "Region",
    "SubBand",
    "Uplink",
    "frame_bytes",
    "free_bytes",
    "fsk_time_on_air",
    "largest_payload",
    "plan",
    "region",
    "spare_bytes",
    "the_things_network",
    "time_on_air",
    "uplink_energy",
]
