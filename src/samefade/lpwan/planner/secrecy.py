"""Count the secret bits of one probe: what both ends share, less what reconciliation tells and what Eve hears.

Readings in decibels are taken as jointly Gaussian with the correlations that fading gives them; then
I(A;B) = −½ log2(1 − ρ²), and I(A;B|E) from the three correlations.
Reconciliation at efficiency β keeps β·I(A;B) of it; the key is made of the end that Eve knows less of, so
net = β I(A;B) − min(I(A;E), I(B;E)), which is at most I(A;B|E).
β is .5 unless told, which `price` compares with the refresh; a median bit with Cascade (1.2 times the Shannon limit)
has .24 at ρ = .9 and .04 at ρ = .7.
Below ρ = .3, where 40 % of the bits would differ, nothing is counted: no β holds there.
Probes are taken as independent: they are no closer in time than the channel's own change.
"""

from dataclasses import dataclass
from math import ceil, log2

import numpy as np

from samefade.entropy.joint import information_given
from samefade.lpwan.planner.circumstances import Circumstances
from samefade.lpwan.planner.reciprocity import PARTLY, Reciprocity

LEAST = 0.01  # bits a probe: below it a key takes over 12,800 probes, and no record shows that so little is there
_CLOSEST = 1 - 1e-12


@dataclass(frozen=True)
class Secrecy:
    """Bits of one probe.

    Attributes:
        shared: I(A;B).
        eve: What Eve knows of the end that she knows less of.
        secret: I(A;B|E): no scheme gets more.
        net: What is left after reconciliation; not above 0 where nothing is.
        told: Bits sent in public for each probe.
    """

    shared: float
    eve: float
    secret: float
    net: float
    told: float

    @property
    def enough(self) -> bool:
        """Return whether a key can be made of it."""
        return self.net >= LEAST


def secrecy(asked: Circumstances, found: Reciprocity) -> Secrecy:
    """Return the bits of one probe."""
    # whoever knows the place knows its shadows, so that they are hers unless it is said that they are not
    of = found.raw if asked.shadows_are_secret else found.fading
    ab, near, far = of.ends, of.near, of.far
    if not asked.speed:
        ab = 0.0  # what does not change was known before
    shared, eve = information(ab), min(information(near), information(far))
    secret = _given(ab, near, far)
    kept = asked.efficiency if abs(ab) >= PARTLY else 0.0
    net = kept * shared - eve
    if asked.bits_per_probe is not None:
        net = asked.bits_per_probe
        return Secrecy(shared, eve, secret, net, max(1, ceil(net)) - net)
    return Secrecy(shared, eve, secret, net, max(1, ceil(shared)) - kept * shared)


def information(rho: float) -> float:
    """Return −½ log2(1 − ρ²), the bits that two real Gaussian variables share."""
    return abs(0.5 * log2(1 - min(abs(rho), _CLOSEST) ** 2))


def _given(ab: float, near: float, far: float) -> float:
    """Return I(A;B|E); correlations of models that do not quite fit together are drawn towards none."""
    sigma = np.array([[1, ab, near], [ab, 1, far], [near, far, 1]])
    lowest = float(np.linalg.eigvalsh(sigma)[0])
    if lowest < 0:
        sigma = (sigma - lowest * np.eye(3)) / (1 - lowest)
    return information_given(sigma, circular=False)
