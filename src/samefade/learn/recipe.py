"""Which network is trained, and how: a value that both ends hold before anything is learnt."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from samefade.errors import OutOfRange
from samefade.learn.model import Sizes
from samefade.learn.series import OVERLAP

if TYPE_CHECKING:
    from jax import Array

    from samefade.learn.networks import Network


@dataclass(frozen=True)
class Recipe:
    """Numbers that every learned restorer has.

    Attributes:
        window: Samples that the network sees at once, a multiple of 8.
        channels: Of the convolutions.
        kernel: Taps of the convolutions, odd.
        steps: Of training, a multiple of 50.
        batch: Windows in a step.
        pace: Of the first step (Adam's learning rate).
        noise: Deviation of the noise that is added to what the network is fed in training, where the signal's is 1.
    """

    window: int = 64
    channels: int = 4
    kernel: int = 5
    steps: int = 800
    batch: int = 64
    pace: float = 3e-3
    noise: float = 0.0

    kind: ClassVar[int] = 0

    def __post_init__(self) -> None:
        """Refuse what makes no network.

        Raises:
            OutOfRange: When a number makes no sense.
        """
        if not 16 <= self.window <= 1024 or self.window % OVERLAP:
            raise OutOfRange("window", self.window, f"16 to 1024, a multiple of {OVERLAP}")
        if not 1 <= self.kernel < self.window or self.kernel % 2 == 0:
            raise OutOfRange("kernel", self.kernel, f"an odd number below {self.window}")
        for name, most in (("channels", 64), ("batch", 4096)):
            if not 1 <= getattr(self, name) <= most:
                raise OutOfRange(name, getattr(self, name), f"1 to {most}")
        if not 0 < self.steps <= 10**6 or self.steps % 50:
            raise OutOfRange("steps", self.steps, "a multiple of 50, up to a million")
        if not 0 < self.pace <= 1:
            raise OutOfRange("pace", self.pace, "above 0 and up to 1")
        if not 0 <= self.noise <= 10:
            raise OutOfRange("noise", self.noise, "0 to 10")

    @property
    def sizes(self) -> Sizes:
        """Return what fixes the shape of the network."""
        return Sizes(self.kind, self.window, 0, self.channels, self.kernel)

    def network(self, key: "Array") -> "Network":
        """Return an untrained network."""
        raise NotImplementedError
