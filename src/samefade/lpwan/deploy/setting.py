"""What a simulated deployment is made of, as one value."""

from dataclasses import dataclass, field
from math import ceil, inf

from samefade.channel.correlation import Eavesdropper, ExponentialProfile, Shadowing
from samefade.errors import OutOfRange
from samefade.lpwan.price import EFFICIENCY, LONGEST, Price
from samefade.lpwan.region_tables import EU868
from samefade.lpwan.regions import Region

DAY = 86_400.0
FAR = 1e6  # metres
MOST = 8_000_000  # frames times processes of each link that one piece of work holds: some 600 MB


def _within(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise OutOfRange(name, value, f"{low:g} to {high:g}")


@dataclass(frozen=True)
class Motion:
    """How a kind of device moves, and what moves around it.

    The figures are assumed; they are meant to be replaced by those of a place.

    Attributes:
        name: What it is called.
        speed: Of the device while it moves, m/s.
        active: Share of the time that it moves.
        stir: Speed of what moves around it, m/s; it makes the fading of a device at rest.
        k: Power of the steady wave over that of the scattered ones (Rice's K, not dB).
    """

    name: str
    speed: float = 0.0
    active: float = 0.0
    stir: float = 0.1
    k: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        _within("speed", self.speed, 0, 100)
        _within("active", self.active, 0, 1)
        _within("stir", self.stir, 0, 100)
        _within("k", self.k, 0, 1000)

    @property
    def travel(self) -> float:
        """Return metres of way a second, rests included."""
        return self.speed * self.active


STATIC = Motion("static", k=10.0)
WALKING = Motion("walking", speed=1.4, active=0.2, k=1.0)
VEHICLE = Motion("vehicle", speed=14.0, active=0.2)
_MIX = ((STATIC, 0.6), (WALKING, 0.3), (VEHICLE, 0.1))


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """A place with its devices, and what a key there must reach.

    Attributes:
        region: Channels, data rates, duty cycles and receive windows.
        devices: How many.
        days: How long.
        rate: Frames an hour of each device.
        payload: Bytes of FRMPayload of an uplink; an answer has none.
        gateways: How many; one is in the middle, more are spread evenly.
        radius: Of the place, metres; devices are spread evenly over it.
        motions: Kinds of devices, each with its share.
        shadowing: Large-scale fading.
        profile: Correlation over frequency, between an uplink and its answer.
        eve_device: Metres from Eve to the device, all the time, also where it moves.
        eve_gateway: Metres from Eve to the gateway; she listens beside the end that she is nearer to.
        budget: Answers a day that the network grants each device.
        sf: One spreading factor for all, or None: chosen by the link budget, as a network's rate control does.
        margin: dB that are kept above the threshold when the spreading factor is chosen.
        capture: dB by which a frame must be stronger than another one of its spreading factor and channel.
        across: The same for one of another spreading factor; −inf where these never disturb.
        noise_figure: Of all receivers, dB.
        step: Of the reported strength, dB.
        efficiency: Part of what the ends share that reconciliation keeps (`lpwan.price`).
        price: What a key costs beyond its bits.
        longest: Most pairs of a run that are kept for its key.
        key_bits: Of a key.
        seed: Of everything that is drawn.
    """

    region: Region = EU868
    devices: int = 1_000
    days: int = 30
    rate: float = 10.0
    payload: int = 12
    gateways: int = 1
    radius: float = 2_500.0
    motions: tuple[tuple[Motion, float], ...] = _MIX
    shadowing: Shadowing = field(default_factory=Shadowing)
    profile: ExponentialProfile = field(default_factory=ExponentialProfile)
    eve_device: float = 20.0
    eve_gateway: float = FAR
    budget: float = inf
    sf: int | None = None
    margin: float = 10.0
    capture: float = 6.0
    across: float = -16.0
    noise_figure: float = 6.0
    step: float = 1.0
    efficiency: float = EFFICIENCY
    price: Price = field(default_factory=Price)
    longest: float = LONGEST
    key_bits: int = 128
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what makes no sense.

        Raises:
            OutOfRange: When a number does not, or one frame of each device is more than a piece of work holds.
        """
        for name, low, high in _RANGES:
            _within(name, getattr(self, name), low, high)
        if not self.motions or abs(sum(share for _, share in self.motions) - 1) > 1e-6:
            raise OutOfRange("shares of motions", [share for _, share in self.motions], "at least one, and 1 in all")
        if any(share < 0 for _, share in self.motions):
            raise OutOfRange("shares of motions", [share for _, share in self.motions], "0 or more each")
        _within("devices × (gateways + 2)", self.devices * (self.gateways + 2), 1, MOST)

    @property
    def eve(self) -> Eavesdropper:
        """Return where Eve is: end a of the channel's model is the gateway, end b the device."""
        return Eavesdropper(from_b=self.eve_device, from_a=self.eve_gateway)

    @property
    def beside_device(self) -> bool:
        """Say which end she listens beside, and whose frames she reads: the device's, or the gateway's."""
        return self.eve_device <= self.eve_gateway

    @property
    def slots(self) -> int:
        """Return the frames of a device in a day: each begins at random within its slot."""
        return max(1, round(self.rate * 24))

    @property
    def parts(self) -> int:
        """Return in how many pieces of work a day is cut: as few as hold its frames, whoever computes them."""
        fits = (
            parts for parts in range(1, self.slots + 1)
            if self.slots % parts == 0 and self.devices * (self.slots // parts) * (self.gateways + 2) <= MOST
        )  # fmt: skip
        return next(fits, self.slots)

    @property
    def pieces(self) -> int:
        """Return the pieces of work of the whole time."""
        return self.days * self.parts

    @property
    def span(self) -> float:
        """Return the seconds of a piece of work."""
        return DAY / self.parts

    @property
    def every(self) -> int:
        """Return which frames ask for an answer: one in so many, so that a day's budget lasts a day."""
        return max(1, ceil(self.slots / self.budget))


_RANGES = (
    ("devices", 1, 1_000_000), ("days", 1, 10_000), ("rate", 1 / 24, 3_600), ("payload", 0, 242), ("gateways", 1, 64),
    ("radius", 10, 100_000), ("budget", 1, inf), ("margin", -10, 60), ("noise_figure", 0, 30),
    ("eve_device", 0, FAR), ("eve_gateway", 0, FAR), ("step", 0, 10),
    ("efficiency", 0, 1), ("longest", 1, inf), ("key_bits", 1, 4_096), ("seed", 0, 2**63 - 1),
)  # fmt: skip
