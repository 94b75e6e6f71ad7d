"""The tables of four regions: EU868, US915, AU915 and AS923 (group 1).

Source: LoRaWAN Regional Parameters RP002-1.0.3, checked against two public implementations of it (a device's and a
network server's): data rates, payloads, first and second windows, dwell limits and the duty cycles of EU868 agree.
Where the two differ, the value here is the device's: largest downlinks of US915 at DR8 and DR9 (53 and 129 bytes, the
other has 33 and 109), largest frames of AS923 at DR4 to DR7 without a dwell limit (242, the other has 222).
EU868's duty cycles are those of ETSI EN 300 220-2; that RX2 has 10 % and the others 1 % or less is unverified here.
AS923's 1 % is that of the table of default channels: countries differ, and its dwell limit is on until the network
says otherwise.
US915 limits uplinks of 125 kHz to 400 ms (FCC part 15.247), which its payloads keep; a repeater allows fewer bytes.
LR-FHSS is left out.
"""

from dataclasses import replace

from samefade.errors import UnknownName
from samefade.lpwan.regions import DWELL, DataRate, Region, SubBand


def _steps(first: int, step: int, count: int) -> tuple[int, ...]:
    return tuple(range(first, first + step * count, step))


def _down(first: int, *largest: int) -> tuple[DataRate, ...]:
    """Return SF12 to SF7 at 500 kHz, which gateways of America and Australia send."""
    return tuple(DataRate(first + i, 12 - i, 500_000, n, n, up=False) for i, n in enumerate(largest))


EU868 = Region(
    name="EU868",
    rates=(
        DataRate(0, 12, 125_000, 51, 51),
        DataRate(1, 11, 125_000, 51, 51),
        DataRate(2, 10, 125_000, 51, 51),
        DataRate(3, 9, 125_000, 115, 115),
        DataRate(4, 8, 125_000, 242, 242),
        DataRate(5, 7, 125_000, 242, 242),
        DataRate(6, 7, 250_000, 242, 242),
        DataRate(7, 0, 50_000, 242, 242),
    ),
    uplinks=_steps(868_100_000, 200_000, 3),
    downlinks=(),
    bands=(
        SubBand(863_000_000, 865_000_000, 0.001, 16.15),
        SubBand(865_000_000, 868_000_000, 0.01, 16.15),
        SubBand(868_000_000, 868_600_000, 0.01, 16.15),
        SubBand(868_700_000, 869_200_000, 0.001, 16.15),
        SubBand(869_400_000, 869_650_000, 0.1, 29.15),
        SubBand(869_700_000, 870_000_000, 0.01, 16.15),
    ),
    first=tuple(tuple(max(rate - offset, 0) for offset in range(6)) for rate in range(8)),
    second=(869_525_000, 0),
    power=16,
)

US915 = Region(
    name="US915",
    rates=(
        DataRate(0, 10, 125_000, 11, 11, down=False),
        DataRate(1, 9, 125_000, 53, 53, down=False),
        DataRate(2, 8, 125_000, 125, 125, down=False),
        DataRate(3, 7, 125_000, 242, 242, down=False),
        DataRate(4, 8, 500_000, 242, 242, down=False),
        *_down(8, 53, 129, 242, 242, 242, 242),
    ),
    uplinks=_steps(902_300_000, 200_000, 64),
    wide=_steps(903_000_000, 1_600_000, 8),
    downlinks=_steps(923_300_000, 600_000, 8),
    bands=(SubBand(902_000_000, 928_000_000, 1, 30),),
    first=tuple(tuple(min(max(10 + rate - offset, 8), 13) for offset in range(4)) for rate in range(5)),
    second=(923_300_000, 8),
    power=30,
    dwell_up=DWELL,
)

AU915 = Region(
    name="AU915",
    rates=(
        DataRate(0, 12, 125_000, 51, 0, down=False),
        DataRate(1, 11, 125_000, 51, 0, down=False),
        DataRate(2, 10, 125_000, 51, 11, down=False),
        DataRate(3, 9, 125_000, 115, 53, down=False),
        DataRate(4, 8, 125_000, 242, 125, down=False),
        DataRate(5, 7, 125_000, 242, 242, down=False),
        DataRate(6, 8, 500_000, 242, 242, down=False),
        *_down(8, 53, 129, 242, 242, 242, 242),
    ),
    uplinks=_steps(915_200_000, 200_000, 64),
    wide=_steps(915_900_000, 1_600_000, 8),
    downlinks=_steps(923_300_000, 600_000, 8),
    bands=(SubBand(915_000_000, 928_000_000, 1, 30),),
    first=(
        *(tuple(max(8 + rate - offset, 8) for offset in range(6)) for rate in range(6)),
        tuple(min(14 - offset, 13) for offset in range(6)),
    ),
    second=(923_300_000, 8),
    power=30,
    dwell_up=DWELL,
)

AS923 = Region(
    name="AS923",
    rates=(
        DataRate(0, 12, 125_000, 51, 0),
        DataRate(1, 11, 125_000, 51, 0),
        DataRate(2, 10, 125_000, 115, 11),
        DataRate(3, 9, 125_000, 115, 53),
        DataRate(4, 8, 125_000, 242, 125),
        DataRate(5, 7, 125_000, 242, 242),
        DataRate(6, 7, 250_000, 242, 242),
        DataRate(7, 0, 50_000, 242, 242),
    ),
    uplinks=(923_200_000, 923_400_000),
    downlinks=(),
    bands=(SubBand(915_000_000, 928_000_000, 0.01, 16),),
    first=tuple(
        tuple(min(max(rate - (offset if offset < 6 else 5 - offset), 0), 7) for offset in range(8)) for rate in range(8)
    ),
    second=(923_200_000, 2),
    power=16,
    dwell_up=DWELL,
    dwell_down=DWELL,
)

REGIONS = {each.name: each for each in (EU868, US915, AU915, AS923)}


def region(name: str) -> Region:
    """Return a region by its name, in capitals or not.

    Raises:
        UnknownName: When there is none.
    """
    found = REGIONS.get(name.upper())
    if found is None:
        raise UnknownName("region", name, tuple(REGIONS))
    return found


def the_things_network(of: Region) -> Region:
    """Return a region as The Things Network runs it: first window after 5 s (unverified).

    In EU868 five more channels of a second 1 % sub-band, and the second window at SF9 (unverified).
    """
    if of.name != "EU868":
        return replace(of, delay=5.0)
    more = _steps(867_100_000, 200_000, 5)
    return replace(of, delay=5.0, uplinks=of.uplinks + more, second=(of.second[0], 3))
