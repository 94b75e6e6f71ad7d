"""Keys over low-power wide-area networks: what a frame costs, what the rules allow, and how a key is refreshed.

`time_on_air`, `Region`, `DutyKeeper` and `spare_bytes` say what a frame costs and when it may be sent.
"""

from samefade.lpwan.airtime import frame_bytes, fsk_time_on_air, time_on_air
from samefade.lpwan.duty import DutyKeeper
from samefade.lpwan.frames import Downlink, Heard, Uplink
from samefade.lpwan.region_tables import REGIONS, region, the_things_network
from samefade.lpwan.regions import DataRate, Region, SubBand
from samefade.lpwan.spare import free_bytes, largest_payload, spare_bytes

__all__ = [
    "REGIONS",
    "DataRate",
    "Downlink",
    "DutyKeeper",
    "Heard",
    "Region",
    "SubBand",
    "Uplink",
    "frame_bytes",
    "free_bytes",
    "fsk_time_on_air",
    "largest_payload",
    "region",
    "spare_bytes",
    "the_things_network",
    "time_on_air",
]
