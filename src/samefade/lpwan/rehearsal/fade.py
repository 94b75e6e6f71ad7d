"""The simulated fade of a rehearsal: it stands for no place and no radio."""

from dataclasses import dataclass

import numpy as np

from samefade.errors import OutOfRange

UP, DOWN = -97.0, -101.0  # dBm, means of what the gateway and the device hear


@dataclass(frozen=True, kw_only=True)
class Fade:
    """How a simulated link varies from frame to frame, in dB.

    Attributes:
        memory: Correlation of the fade from one frame to the next.
        spread: Standard deviation of the fade, dB; both ends hear the same one.
        noise: Standard deviation of what each end adds for itself, dB.
        lost: Share of frames that are lost, in each direction.
    """

    memory: float = 0.6
    spread: float = 8.0
    noise: float = 0.5
    lost: float = 0.2

    def __post_init__(self) -> None:
        """Check the fields.

        Raises:
            OutOfRange: When one makes no sense.
        """
        for name, value, most in (("memory", self.memory, 0.999), ("lost", self.lost, 0.9)):
            if not 0 <= value <= most:
                raise OutOfRange(name, value, f"0 to {most:g}")
        for name, value in (("spread", self.spread), ("noise", self.noise)):
            if not 0 <= value <= 30:
                raise OutOfRange(name, value, "0 to 30 dB")


class Link:
    """One device's link: what both ends hear of each frame, in whole decibels, and which frames are lost."""

    def __init__(self, fade: Fade, seed: tuple[int, ...]) -> None:
        """Take the law, and numbers that no other link has."""
        self._fade, self._chance = fade, np.random.default_rng(seed)
        self._level = float(self._chance.normal())

    def next(self) -> tuple[int, int]:
        """Return the readings of the next frame and of its answer, dBm."""
        fade = self._fade
        fresh, up, down = (float(each) for each in self._chance.normal(size=3))
        self._level = fade.memory * self._level + (1 - fade.memory**2) ** 0.5 * fresh
        level = fade.spread * self._level
        return round(UP + level + fade.noise * up), round(DOWN + level + fade.noise * down)

    def loses(self) -> bool:
        """Say whether the next frame is lost."""
        return bool(self._chance.random() < self._fade.lost)
