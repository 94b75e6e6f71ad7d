"""Two ends that stand in for a refresh: as small as can be, and strict about what a shell must not do to them.

The network's end refuses a counter that does not grow, so a sample that is used twice ends the run.
A new secret is a hash of the old one and of the samples' counters; both ends keep which counter went into which epoch.
"""

import json
from collections import Counter
from hashlib import sha256

from samefade.keys import roots
from samefade.lpwan.refresh import NoKey, Refreshed
from samefade.lpwan.refresh.past import packed
from samefade.session.events import Root

NEED = 4  # samples of a run
OFFER, CONFIRM, DONE = b"O", b"C", b"D"


class UsedTwice(AssertionError):
    pass


def root_of(secret, epoch):
    return Root(roots.first(secret).name, epoch, secret)


def next_secret(secret, counters):
    return sha256(secret + b"".join(counter.to_bytes(8, "big") for counter in counters)).digest()


class _End:
    def __init__(self, device, root, policy=None):
        self.policy = policy
        self.kept = {
            "device": device.hex(), "secret": root.reveal_secret_bytes().hex(), "epoch": root.epoch, "last": -1,
            "used": [], "pending": "",
        }  # fmt: skip
        self.told, self.dropped = [], Counter()

    def reveal_secret_state_bytes(self):
        return json.dumps(self.kept).encode()

    @classmethod
    def restored(cls, state, policy=None):
        made = cls.__new__(cls)
        made.policy, made.kept, made.told, made.dropped = policy, json.loads(state), [], Counter()
        return made

    @property
    def secret(self):
        return bytes.fromhex(self.kept["secret"])

    def events(self):
        told, self.told = self.told, []
        return told

    def _later(self, counter):
        if counter <= self.kept["last"]:
            raise UsedTwice(f"{counter} after {self.kept['last']}")
        self.kept["last"] = counter

    def _epoch(self, block):
        return int.from_bytes(block[1:3], "big")


class StandInNetwork(_End):
    """Pools NEED counters, offers them, and has the new secret when the device confirms."""

    def __init__(self, device, root, policy=None):
        super().__init__(device, root, policy)
        self.kept |= {"pool": [], "offer": [], "say": ""}

    def uplink(self, counter, rssi, block):
        self._later(counter)
        kept = self.kept
        kept["say"] = OFFER.decode() if kept["offer"] and kept["pending"] else ""
        if block[:1] == CONFIRM:
            if self._epoch(block) == kept["epoch"] + 1 and kept["pending"]:
                kept.setdefault("runs", []).append(kept["offer"])
                kept |= {"secret": kept["pending"], "pending": "", "offer": [], "epoch": kept["epoch"] + 1}
                root = root_of(self.secret, kept["epoch"])
                device = bytes.fromhex(kept["device"])
                self.told.append(
                    Refreshed(device=device, epoch=root.epoch, root=root, claim="estimate", ledger=_LEDGER)
                )
            kept["say"] = DONE.decode() if self._epoch(block) == kept["epoch"] else kept["say"]
        elif rssi is not None and len(kept["pool"]) < NEED and not kept["offer"]:
            kept["pool"].append(counter)
        elif rssi is None and block == b"?":
            self.told.append(NoKey(device=bytes.fromhex(kept["device"]), epoch=kept["epoch"], reason="unknown"))

    def forget(self, counter):
        if counter not in self.kept["pool"] or self.kept["offer"]:
            return False
        self.kept["pool"].remove(counter)
        return True

    @property
    def pooled(self):
        return len(self.kept["pool"])

    @property
    def has_work(self):
        return len(self.kept["pool"]) >= NEED and not self.kept["offer"]

    def reveal_secret_runs(self):
        """Hand over the frames of each refresh, as a run of one sample each."""
        done = self.kept.setdefault("runs", [])
        self.kept["runs"] = []
        return [packed([(counter, 100) for counter in counters], 1) for counters in done]

    def work(self, earlier=()):
        kept, self.earlier = self.kept, earlier
        if not self.has_work:
            return
        if set(kept["pool"]) & set(kept["used"]):
            raise UsedTwice(str(kept["pool"]))
        kept["used"] += kept["pool"]
        kept |= {"offer": kept["pool"], "pool": [], "pending": next_secret(self.secret, kept["pool"]).hex()}

    def downlink(self, _room):
        said = self.kept["say"].encode()
        if said == OFFER:
            counters = b"".join(counter.to_bytes(8, "big") for counter in self.kept["offer"])
            return said + (self.kept["epoch"] + 1).to_bytes(2, "big") + counters
        return said + self.kept["epoch"].to_bytes(2, "big") if said else b""


class StandInDevice(_End):
    """Takes an offer, computes the new secret, and confirms until it hears that this was heard."""

    def uplink(self, counter, _spare):
        self._later(counter)
        return CONFIRM + (self.kept["epoch"] + 1).to_bytes(2, "big") if self.kept["pending"] else b""

    def downlink(self, _counter, _rssi, block):
        kept = self.kept
        if block[:1] == OFFER and self._epoch(block) == kept["epoch"] + 1 and not kept["pending"]:
            counters = [int.from_bytes(block[at : at + 8], "big") for at in range(3, len(block), 8)]
            if set(counters) & set(kept["used"]):
                raise UsedTwice(str(counters))
            kept["used"] += counters
            kept["pending"] = next_secret(self.secret, counters).hex()
        if block[:1] == DONE and self._epoch(block) == kept["epoch"] + 1 and kept["pending"]:
            kept |= {"secret": kept["pending"], "pending": "", "epoch": kept["epoch"] + 1}


def _ledger():
    from samefade.types import Ledger

    return Ledger().earn("a stand-in's samples", 1.0)


_LEDGER = _ledger()
