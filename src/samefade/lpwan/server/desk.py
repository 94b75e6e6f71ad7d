"""Serve many devices: messages of a network server in, frames for devices and events out, everything kept in between.

The desk has no socket and no loop: whoever drives it hands it messages, and publishes and tells what it returns,
which is on the disk by then.
"""

import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from samefade.errors import CannotWrite
from samefade.keys.errors import StoreBusy
from samefade.lpwan.frames import Downlink
from samefade.lpwan.refresh import NetworkEnd, Policy, Refreshed, joined, parted, spare
from samefade.lpwan.refresh.payload import MOST
from samefade.lpwan.server.reading import Unreadable
from samefade.lpwan.server.register import Device, Kept, Register
from samefade.lpwan.server.said import Adapter, Joined, Received, Said, Sent
from samefade.lpwan.server.track import Track
from samefade.session.events import Event

_SHUT = "block does not open"  # what the network's end counts such a block as
_MOST_ASIDE = 256  # messages of a device that wait for its computation; what is more is lost, as on the air
_MOST_MISSED = 8  # joins in a row that we may have missed while we were away


@dataclass(frozen=True)
class Outcome:
    """What came of some messages; all of it may be said now.

    Attributes:
        downlinks: Topics and messages to publish.
        events: Public forms of what happened.
        work: Devices for which something is to be computed, by DevEUI.
    """

    downlinks: tuple[tuple[str, bytes], ...] = ()
    events: tuple[dict[str, Any], ...] = ()
    work: tuple[str, ...] = ()


@dataclass
class _Opened:
    """A device while its messages are read.

    Attributes:
        unanswered: Whether its last frame has no answer yet.
        broken: Whether the protocol met a defect: then nothing of these messages is kept.
    """

    device: Device
    restore: Callable[[bytes], NetworkEnd]
    track: Track
    address: str
    unanswered: bool = False
    broken: bool = False
    told: list[dict[str, Any]] = field(default_factory=list)
    awake: NetworkEnd | None = None

    @property
    def end(self) -> NetworkEnd:
        """Return the protocol's end; it is made from its state when it is first needed, which takes a while."""
        if self.awake is None:
            self.awake = self.restore(self.device.state)
        return self.awake

    def work(self, earlier: list[bytes]) -> None:
        """Compute what is to be computed, with what earlier runs measured at hand."""
        self.end.work(earlier)

    def closed(self) -> Device:
        """Return what is to be kept of it."""
        if self.awake is None:
            return replace(self.device, track=self.track, address=self.address)
        end, eui = self.awake, self.device.eui
        ended = tuple(end.reveal_secret_runs())  # first: they are a part of the state until then
        state = end.reveal_secret_state_bytes()
        changed = Device(eui, state, self.track, self.address, end.has_work, end.pooled, version=self.device.version)
        return replace(changed, runs=self.device.runs, places=self.device.places, ended=ended)


@dataclass
class _Closed:
    """What is to be kept, and what is to be said after that, by DevEUI."""

    devices: list[Device] = field(default_factory=list)
    events: list[tuple[bytes, Event]] = field(default_factory=list)
    downlinks: list[tuple[bytes, tuple[str, bytes]]] = field(default_factory=list)


class Desk:
    """Takes messages in the order in which they came; may be called from several threads.

    Attributes:
        counts: How many messages and frames there were of each kind, what was dropped included.
    """

    def __init__(
        self,
        register: Register,
        adapter: Adapter,
        clock: Callable[[], float],
        policy: Policy | None = None,
        *,
        room: int = MOST,
        end: type[NetworkEnd] = NetworkEnd,
    ) -> None:
        """Open it.

        Args:
            register: Where devices are kept.
            adapter: How their network server speaks.
            clock: Seconds since 1970.
            policy: Rules of a run.
            room: Most bytes of a frame for a device: what its slowest downlink rate carries, and 51 at most.
            end: The network's end of the protocol.
        """
        self.counts: Counter[str] = Counter()
        self._register, self._adapter, self._clock = register, adapter, clock
        self._policy, self._room, self._end = policy or Policy(), room, end
        self._turn = threading.Lock()
        self._working: set[str] = set()
        self._told: set[tuple[bytes, str]] = set()  # defects, each told once a device
        self._aside: dict[str, list[Said]] = defaultdict(list)

    def alone(self) -> AbstractContextManager[None]:
        """Hold the devices against other processes that would serve them, see `Register.alone`."""
        return self._register.alone()

    def begin(self) -> Outcome:
        """Return what an earlier process left to be computed, and end keys whose time is over."""
        self._register.sweep(self._clock())
        return Outcome(work=tuple(eui.hex() for eui in self._register.at_work()))

    def take(self, messages: Iterable[tuple[str, bytes]]) -> Outcome:
        """Take some messages; what is malformed, unknown or old is dropped and counted.

        When this returns, what the messages changed is on the disk, in one transaction.

        Raises:
            StoreBusy: When another process holds the store for too long; then nothing was taken.
            CannotWrite: When the disk is full; then nothing was taken.
            StoreDamaged: When the store was altered.
        """
        with self._turn:
            return self._take(said for topic, payload in messages if (said := self._read(topic, payload)))

    def work(self, device: str) -> Outcome:
        """Compute what is to be computed for a device; its messages wait meanwhile, those of others do not.

        Raises:
            StoreBusy: When another process holds the store for too long.
            CannotWrite: When the disk is full.
            StoreDamaged: When the store was altered.
        """
        with self._turn:
            found = self._register.load([bytes.fromhex(device)])
            if device in self._working or not found:
                return Outcome()
            (one,) = found.values()
            earlier = self._register.earlier(one) if one.work else []
            self._working.add(device)
        opened = self._open(one)
        self._guarded(opened, partial(opened.work, earlier))
        with self._turn:
            self._working.discard(device)
            done = self._keep({device: opened})
            aside = self._late(self._aside.pop(device, []))
        return Outcome(done.downlinks + aside.downlinks, done.events + aside.events, done.work + aside.work)

    def _late(self, messages: list[Said]) -> Outcome:
        """Take what was put aside; where the disk does not take it, it is lost, and what was computed is not."""
        try:
            return self._take(messages)
        except (StoreBusy, CannotWrite):
            self.counts["dropped: not kept"] += len(messages)
            return Outcome()

    def _read(self, topic: str, payload: bytes) -> Said | None:
        self.counts["messages"] += 1
        try:
            return self._adapter.read(topic, payload)
        except Unreadable as error:
            self.counts[f"dropped: {error.reason}"] += 1
            return None

    def _take(self, messages: Iterable[Said]) -> Outcome:
        waiting = []
        for said in messages:
            if said.device not in self._working:
                waiting.append(said)
            elif len(self._aside[said.device]) < _MOST_ASIDE:
                self._aside[said.device].append(said)
            else:
                self.counts["dropped: too many at once"] += 1
        found = self._register.load({bytes.fromhex(said.device) for said in waiting})
        opened: dict[str, _Opened] = {}
        for said in waiting:
            device = found.get(bytes.fromhex(said.device))
            if device is None:
                self.counts["dropped: not enrolled"] += 1
                continue
            if said.device not in opened:
                opened[said.device] = self._open(device)
            if not opened[said.device].broken:
                self._guarded(opened[said.device], partial(self._hear, opened[said.device], said))
        return self._keep(opened)

    def _open(self, device: Device) -> _Opened:
        return _Opened(device, partial(self._end.restored, policy=self._policy), device.track, device.address)

    def _hear(self, opened: _Opened, said: Said) -> None:
        if isinstance(said, Received):
            self._uplink(opened, said)
        elif isinstance(said, Joined):
            self.counts["joins"] += 1
            opened.track = opened.track.joined()
        else:
            self._sent(opened, said)
        opened.address = said.address if not isinstance(said, Sent) else opened.address

    def _uplink(self, opened: _Opened, said: Received) -> None:
        track, order = opened.track.hear(said.uplink.counter, said.session)
        self.counts["frames"] += 1
        if order in {"late", "again"}:
            self.counts[f"dropped: {order}"] += 1
            return
        if order == "restarted":
            kind = "joined" if opened.track.rejoining else "restarted"
            opened.told.append({"event": kind, "device": said.device, "session": track.session})
        track, rssi = track.measured(said.uplink.heard)
        if rssi is None:
            self.counts["frames without a reading"] += 1
        block = b""
        if said.uplink.port == self._policy.port:
            _, block = parted(said.uplink.payload)
        opened.track, opened.unanswered = track, True
        before = opened.end.reveal_secret_state_bytes() if block else b""
        missed = opened.end.dropped[_SHUT]
        opened.end.uplink(track.counter, rssi, block)
        if opened.end.dropped[_SHUT] > missed:
            self._missed_join(opened, before, rssi, block)

    def _missed_join(self, opened: _Opened, before: bytes, rssi: float | None, block: bytes) -> None:
        """Look whether a block that does not open is of a later session: of joins we have heard of none, or of fewer.

        Its seal tells, so nothing is believed; each try is a copy, and none of them is kept where none opens it.
        """
        for more in range(1, _MOST_MISSED + 1):
            track = replace(opened.track, session=opened.track.session + more)
            end = self._end.restored(before, self._policy)
            end.uplink(track.counter, rssi, block)
            if not end.dropped[_SHUT]:
                opened.awake, opened.track = end, track
                told = {"event": "restarted", "device": opened.device.eui.hex(), "session": track.session}
                opened.told.append(told)
                return

    def _sent(self, opened: _Opened, said: Sent) -> None:
        track = opened.track
        if said.queued:
            self.counts["downlinks lost" if said.gone else "downlinks sent"] += 1
            track = replace(track, waiting=0)
        if said.gateway and track.home and said.gateway != track.home:
            self.counts["answered by another gateway"] += 1
            # the device then heard another path than the one whose reading was taken
            if opened.end.forget(track.counter):
                self.counts["samples taken back"] += 1
        opened.track = track.answered(said.gateway) if said.gateway and track.home else track

    def _answer(self, opened: _Opened) -> list[tuple[str, bytes]]:
        """Return the one frame that answers the last frame of a device; earlier ones of these messages are past."""
        opened.track, free = opened.track.queue()
        if not free:
            return []
        block = opened.end.downlink(spare(b"", self._room))
        opened.track = replace(opened.track, waiting=int(bool(block)))
        if not block:
            return []
        downlink = Downlink(opened.device.eui.hex(), self._policy.port, joined(b"", block, self._room))
        return [self._adapter.write(downlink, opened.address)]

    def _close(self, opened: _Opened, closed: _Closed) -> None:
        downlinks = self._answer(opened) if opened.unanswered else []
        events = opened.awake.events() if opened.awake else []
        device = opened.closed()
        if device != opened.device:
            closed.devices.append(device)
        closed.events += [(device.eui, event) for event in events]
        closed.downlinks += [(device.eui, downlink) for downlink in downlinks]
        if opened.awake:
            self.counts.update({f"dropped: {reason}": number for reason, number in opened.awake.dropped.items()})

    def _guarded(self, opened: _Opened, step: Callable[[], None]) -> None:
        """Take a step for one device; a defect that it meets shall not end the service of all others."""
        try:
            step()
        except Exception as error:  # noqa: BLE001 -- it is counted and told, and nothing of the device is changed
            name = type(error).__name__
            self.counts[f"broken: {name}"] += 1
            opened.broken, opened.told = True, []
            if (opened.device.eui, name) not in self._told:
                self._told.add((opened.device.eui, name))
                opened.told = [{"event": "broken", "device": opened.device.eui.hex(), "error": name}]

    def _keep(self, opened: dict[str, _Opened]) -> Outcome:
        """Put everything on the disk, and only then return what is to be said."""
        closed = _Closed()
        for one in opened.values():
            if not one.broken:
                self._guarded(one, partial(self._close, one, closed))
        refreshed = [event for _, event in closed.events if isinstance(event, Refreshed)]
        kept = self._register.keep(closed.devices, refreshed, now=self._clock()) if closed.devices else Kept()
        # whoever forgot a device meanwhile, or enrolled it anew, has the last word: nothing is said in its name
        gone = {device.eui for device in closed.devices} - kept.devices
        if gone:
            self.counts["dropped: changed meanwhile"] += len(gone)
        downlinks = tuple(downlink for eui, downlink in closed.downlinks if eui not in gone)
        events = [event for eui, event in closed.events if eui not in gone]
        self.counts["downlinks"] += len(downlinks)
        self.counts.update(type(event).__name__.lower() for event in events)
        told = [each for one in opened.values() if one.device.eui not in gone for each in one.told]
        told += [event.public() for event in events]
        of = {root.hex(): {"key_id": str(name)} for root, name in kept.names.items()}
        told = [each | of.get(each.get("root", ""), {}) for each in told]
        work = tuple(device.eui.hex() for device in closed.devices if device.work and device.eui not in gone)
        return Outcome(downlinks, tuple(told), work)
