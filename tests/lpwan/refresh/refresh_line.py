"""A simulated line of one device: fades, frames that are lost, doubled and late, and ends that are killed at will."""

import numpy as np

from samefade.align import NoLag
from samefade.amplify import Toeplitz
from samefade.lpwan.refresh import DeviceEnd, NetworkEnd, Policy
from samefade.schemes.strata import Strata
from samefade.session.events import Root

EUI = bytes.fromhex("70b3d57ed005a1b2")
# a key of the same length from fewer samples: a distance from uniform that nobody should accept, for short tests
QUICK = Policy(
    spoken=128,
    least=128,
    most=512,
    patience=60,
    scheme=Strata(spans=(1,), align=NoLag(), amplify=Toeplitz(bits=128, epsilon=2**-8)),
)


def root(epoch=0):
    # the canary of tests/conftest.py: it may be in nothing that tests print or leave on the disk
    return Root(b"first---", epoch, b"a canary that nobody ever hears.")


class Fades:
    """What both ends hear of each frame: one fade, a first-order autoregression in dB, and each end's own noise."""

    def __init__(self, seed, memory=0.6, spread=8.0, noise=0.5, own=False):
        self.chance = np.random.default_rng(seed)
        self.memory, self.spread, self.noise, self.own = memory, spread, noise, own
        self.x = self.chance.normal(size=2)

    def next(self):
        fresh = self.chance.normal(size=2)
        self.x = self.memory * self.x + np.sqrt(1 - self.memory**2) * fresh
        up, down = self.x if self.own else (self.x[0], self.x[0])
        noise = self.noise * self.chance.normal(size=2)
        return round(-97 + self.spread * up + noise[0]), round(-101 + self.spread * down + noise[1])


class Line:
    """Both ends, and what happens to their frames; each end is stored before anything of it is sent.

    Subclasses say what is lost (`loses`) and who is killed where (`kills`): "device" or "network", before it stored
    what it just did ("unstored") or after ("unsent").
    """

    def __init__(self, policy=QUICK, seed=1, fades=None, lost=0.2, spare=(11, 30)):
        self.policy = policy
        self.device, self.network = DeviceEnd(EUI, root(), policy), NetworkEnd(EUI, root(), policy)
        self.fades = fades or Fades(seed)
        self.chance = np.random.default_rng(seed + 1000)
        self.lost, self.spare = lost, spare
        self.counter = 0
        self.told = {"device": [], "network": []}
        self.runs = []  # what earlier runs measured, kept beside the network's state
        self.sent = {}  # every block that was sent, by direction, secret and number
        self.frames = {"up": 0, "up blocks": 0, "up bytes": 0, "down": 0, "down blocks": 0, "down bytes": 0}
        self.store("device")
        self.store("network")

    def loses(self, way):  # noqa: ARG002 -- for subclasses
        return self.chance.random() < self.lost

    def kills(self, end, where):  # noqa: ARG002 -- for subclasses
        return False

    def store(self, end):
        setattr(self, f"{end}_stored", getattr(self, end).reveal_secret_state_bytes())

    def kill(self, end):
        again = {"device": DeviceEnd, "network": NetworkEnd}[end]
        setattr(self, end, again.restored(getattr(self, f"{end}_stored"), self.policy))

    def step(self):
        """One uplink, and what answers it."""
        self.counter += 1
        up, down = self.fades.next()
        block = self.say("device", "uplink", self.counter, int(self.chance.integers(*self.spare, endpoint=True)))
        if not self.loses("up"):
            self.network.uplink(self.counter, up, block)
            answer = self.say("network", "downlink", 50)
            if not self.loses("down"):
                self.device.downlink(self.counter, down, answer)
                self.settle("device")
        if self.network.has_work:
            self.network.work(self.runs)
            self.settle("network")

    def say(self, end, way, *about):
        """Let an end make a block, store it and send it; return what the line carries."""
        block = getattr(getattr(self, end), way)(*about)
        assert len(block) <= about[-1]
        if self.settle(end):
            return b""
        if self.kills(end, "unsent"):
            self.kill(end)
            return b""
        short = {"uplink": "up", "downlink": "down"}[way]
        self.frames[short] += 1
        if block:
            self.frames[f"{short} blocks"] += 1
            self.frames[f"{short} bytes"] += len(block)
            key = way, block[0] >> 6, self.counter
            assert self.sent.setdefault(key, block) == block, "a nonce was used twice"
        return block

    def settle(self, end):
        """Store an end and act on its events, unless it is killed before; say whether it was."""
        if self.kills(end, "unstored"):
            self.kill(end)
            return True
        self.runs += self.network.reveal_secret_runs() if end == "network" else []
        self.store(end)
        self.told[end] += getattr(self, end).events()
        return False

    def until(self, event, end="device", most=6000):
        """Go on until an end told an event of this kind once more, and return it."""
        before = len(self.of(event, end))
        for _ in range(most):
            self.step()
            if len(self.of(event, end)) > before:
                return self.of(event, end)[-1]
        raise AssertionError(f"no {event.__name__} at the {end} in {most} frames")

    def asks(self, kind, most=6000):
        """Go on until the network asks something of this kind."""
        for _ in range(most):
            self.step()
            if self.network._exchange.request[:1] == bytes((kind,)):
                return
        raise AssertionError(f"request {kind} was not asked in {most} frames")

    def of(self, event, end):
        return [one for one in self.told[end] if isinstance(one, event)]

    def secrets(self):
        """Return the secret in force at each end."""
        return self.device._secret.root.reveal_secret_bytes(), self.network._secret.root.reveal_secret_bytes()
