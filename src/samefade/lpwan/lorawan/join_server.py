"""Answer join-requests with root keys that the channel refreshed: an external join server of LoRaWAN.

A device's root keys come from the newest epoch key that both ends are known to hold.
While the device has not joined under it, older ones are kept: the integrity code of a join-request tells which of
them the device holds, and a join under a newer one drops what is older.
Nonces are kept for each root, and a nonce that was used once is refused for good (LoRaWAN 1.0.4, section 6.2.4).

Sources: LoRaWAN Backend Interfaces 1.0; LoRaWAN 1.0.4 and 1.1, section 6.2.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from samefade.lpwan.lorawan import backend, derivation
from samefade.lpwan.lorawan.activations import NO_KEYS, Activations, HeldRoot, Record
from samefade.lpwan.lorawan.backend import Message, Partner, Refused
from samefade.lpwan.lorawan.derivation import SessionKeys
from samefade.lpwan.lorawan.epochs import Epochs
from samefade.lpwan.lorawan.frames import ANSWERS_JOIN, BadFrame, JoinAccept, JoinRequest, RejoinRequest
from samefade.lpwan.lorawan.roots import root_keys

MOST = 8  # roots that wait for a join
_MOST_ENDED = 32  # roots of a device that was forgotten; later ones were given to devices that were enrolled anew
_LAST_NONCE = (1 << 24) - 1


@dataclass(frozen=True)
class JoinServer:
    """Answers one request at a time.

    Attributes:
        join_eui: Its name, 8 bytes.
        networks: Network servers that may ask, by the name in their certificate.
        applications: Application servers that may ask, by the name in their certificate.
        epochs: Where the epoch keys are.
        activations: What must not be forgotten.
        draw: Gives as many random bytes as it is asked for; names sessions.
        tells_network_application_keys: Send AppSKey to the network server too. Whoever runs that can then read what
            devices say; by default an application server asks for it by the name of the session.
    """

    join_eui: bytes
    networks: Mapping[str, Partner]
    applications: Mapping[str, Partner]
    epochs: Epochs
    activations: Activations
    draw: Callable[[int], bytes]
    tells_network_application_keys: bool = False

    def answer(self, who: str | None, body: bytes) -> dict[str, Any]:
        """Answer a request.

        Args:
            who: The name in the certificate of whoever asks.
            body: JSON.

        Raises:
            Refused: When it cannot even be read; every other refusal is an answer.
            StoreDamaged: When what is kept was altered.
            CannotWrite: When what must be kept cannot be; nothing was granted then.
        """
        message = backend.read(body)
        try:
            return self._granted(who, message)
        except Refused as refused:
            return message.answer(refused.code, refused.why)
        except BadFrame as refused:
            return message.answer("FrameSizeError", str(refused.numbers["why"]))

    def _granted(self, who: str | None, message: Message) -> dict[str, Any]:
        asking = self.applications if message.kind == "AppSKeyReq" else self.networks
        partner = asking.get(who or "")
        if partner is None or partner.sender.lower() != message.sender.lower():
            raise Refused("UnknownSender", "nobody of this name may ask")
        if message.receiver.lower().removeprefix("0x") != self.join_eui.hex():
            raise Refused("UnknownReceiver", "this join server has another JoinEUI")
        dev_eui = message.octets("DevEUI", 8)
        if self.epochs.newest(dev_eui) is None:
            self.activations.forget(dev_eui)
            raise Refused("UnknownDevEUI", "no such device is enrolled")
        if message.kind == "AppSKeyReq":
            return self._application_key(message, partner, dev_eui)
        with self.activations.changing(dev_eui) as record:
            epoch = self.epochs.newest(dev_eui)  # again: while this one waited, another may have met a newer one
            if epoch is None:
                raise Refused("UnknownDevEUI", "no such device is enrolled")
            if _hold(record, epoch.name.hex(), epoch.number, lambda: root_keys(epoch.key, dev_eui, self.join_eui)):
                self.activations.end_sessions(dev_eui)
            granted = self._join if message.kind == "JoinReq" else self._rejoin
            return granted(message, partner, dev_eui, record)

    def _join(self, message: Message, partner: Partner, dev_eui: bytes, record: Record) -> dict[str, Any]:
        request = JoinRequest.read(message.octets("PHYPayload"))
        if (request.dev_eui, request.join_eui) != (dev_eui, self.join_eui):
            raise Refused("JoinReqFailed", "the frame is of another device or for another join server")
        newer = message.newer()
        held = next((root for root in _usable(record) if request.under(_network_root(root, newer=newer))), None)
        if held is None:
            raise Refused("MICFailed", "no root of this device fits")
        _burn(held, request.dev_nonce, counts=message.counts())
        _drop_older(record, held)
        accept = self._accept(message, partner, record)
        if accept.newer and not newer:
            raise Refused("MalformedRequest", "OptNeg is for devices that speak LoRaWAN 1.1")
        record.rejoined = -1
        _, network, application = _bytes(held)
        if accept.newer:
            keys = derivation.session_keys_11(
                network, application, accept.join_nonce, self.join_eui, request.dev_nonce
            )  # fmt: skip
            own = derivation.join_keys(network, dev_eui)
            code = accept.code_11(own.integrity, ANSWERS_JOIN, self.join_eui, request.dev_nonce)
        else:
            root = _network_root(held, newer=newer)
            keys = derivation.session_keys_10(root, accept.join_nonce, accept.net_id, request.dev_nonce)
            code = accept.code_10(root)
        frame = accept.closed(_network_root(held, newer=newer), code)
        return self._success(message, partner, dev_eui, frame, keys, newer=accept.newer)

    def _rejoin(self, message: Message, partner: Partner, dev_eui: bytes, record: Record) -> dict[str, Any]:
        request = RejoinRequest.read(message.octets("PHYPayload"))
        if request.dev_eui != dev_eui:
            raise Refused("JoinReqFailed", "the frame is of another device")
        held = _rejoining(request, record, self.join_eui)
        accept = self._accept(message, partner, record)
        if not accept.newer:
            raise Refused("MalformedRequest", "a rejoin-request is of LoRaWAN 1.1, and OptNeg is 0")
        record.rejoined = -1 if request.kind == 1 else request.count
        _, network, application = _bytes(held)
        keys = derivation.session_keys_11(network, application, accept.join_nonce, self.join_eui, request.count)
        own = derivation.join_keys(network, dev_eui)
        frame = accept.closed(own.encryption, accept.code_11(own.integrity, request.kind, self.join_eui, request.count))
        return self._success(message, partner, dev_eui, frame, keys, newer=True)

    def _accept(self, message: Message, partner: Partner, record: Record) -> JoinAccept:
        if record.join_nonce >= _LAST_NONCE:
            raise Refused("JoinReqFailed", "the join nonces of this device are used up: give it a new DevEUI")
        record.join_nonce += 1
        (settings,) = message.octets("DLSettings", 1)
        address, channels = message.octets("DevAddr", 4), message.octets("CFList", 0, 16)
        delay = message.number("RxDelay", 15)
        return JoinAccept(record.join_nonce, bytes.fromhex(partner.sender), address, settings, delay, channels)

    def _success(
        self, message: Message, partner: Partner, dev_eui: bytes, frame: bytes, keys: SessionKeys, *, newer: bool
    ) -> dict[str, Any]:
        name = self.draw(16)
        self.activations.keep_session(dev_eui, name, keys.application)
        network = keys.network
        names = {"NwkSKey": network.forwarding}
        if newer:
            names = {
                "FNwkSIntKey": network.forwarding, "SNwkSIntKey": network.serving, "NwkSEncKey": network.encryption,
            }  # fmt: skip
        told: dict[str, Any] = {what: partner.envelope(key) for what, key in names.items()}
        if self.tells_network_application_keys:
            told["AppSKey"] = partner.envelope(keys.application)
        # a lifetime of 0 is none: a session ends with the next join
        return message.answer("Success", PHYPayload=frame.hex(), Lifetime=0, SessionKeyID=name.hex(), **told)

    def _application_key(self, message: Message, partner: Partner, dev_eui: bytes) -> dict[str, Any]:
        name = message.octets("SessionKeyID")
        found = self.activations.session(dev_eui, name)
        if found is None:
            raise Refused("Other", "no such session")
        about = {"DevEUI": dev_eui.hex(), "SessionKeyID": name.hex()}
        return message.answer("Success", AppSKey=partner.envelope(found), **about)


def _hold(record: Record, name: str, epoch: int, derived: Callable[[], Any]) -> bool:
    """Put the newest root first, unless it is there; one whose keys were destroyed gets them again, not its nonces.

    An epoch that does not follow those that are held, or that had ended, is of another secret: the device was enrolled
    anew, and whoever holds the roots before it shall join no more. Return whether that was so.
    """
    known = next((root for root in record.roots if root.name == name), None)
    if known is not None and known.keys != NO_KEYS:
        return False
    anew = known is not None or any(root.epoch >= epoch for root in _usable(record))
    if anew:
        record.end_keys()
    keys, held = derived(), known or HeldRoot(name, epoch, NO_KEYS)
    held.keys = (keys.legacy.hex(), keys.network.hex(), keys.application.hex())
    others = [root for root in record.roots if root is not known]
    joined = [root for root in others if root.joined and root.keys != NO_KEYS]
    waiting = [root for root in others if not root.joined and root.keys != NO_KEYS]
    record.roots = [held, *waiting[: MOST - 1], *joined, *_ended(others)]
    return anew


def _usable(record: Record) -> list[HeldRoot]:
    return [root for root in record.roots if root.keys != NO_KEYS]


def _ended(roots: list[HeldRoot]) -> list[HeldRoot]:
    """Return the roots without keys, whose nonces are remembered in case the same secret comes back."""
    return [root for root in roots if root.keys == NO_KEYS][:_MOST_ENDED]


def _drop_older(record: Record, held: HeldRoot) -> None:
    """Drop what is older than the root that a device has shown to hold."""
    at = record.roots.index(held) + 1
    record.roots = [*record.roots[:at], *_ended(record.roots[at:])]
    held.joined = True


def _rejoining(request: RejoinRequest, record: Record, join_eui: bytes) -> HeldRoot:
    """Return the root that a device rejoins under, and burn its count.

    Types 0 and 2 are checked by the network server, under a key of the session (Backend Interfaces 1.0, section 12).

    Raises:
        Refused: When there is none, or the count was used.
    """
    if request.kind == 1:
        if request.scope != join_eui:
            raise Refused("JoinReqFailed", "the frame is for another join server")
        fits = (
            root for root in _usable(record)
            if request.under(derivation.join_keys(_bytes(root)[1], request.dev_eui).integrity)
        )  # fmt: skip
        held = next(fits, None)
        if held is None:
            raise Refused("MICFailed", "no root of this device fits")
        if request.count <= held.rejoined:
            raise Refused("JoinReqFailed", "this RJcount1 was used")
        held.rejoined = request.count
        _drop_older(record, held)
        return held
    held = next((root for root in _usable(record) if root.joined), None)
    if held is None:
        raise Refused("JoinReqFailed", "the device has no session")
    if request.count <= record.rejoined:
        raise Refused("JoinReqFailed", "this RJcount0 was used")
    return held


def _burn(held: HeldRoot, nonce: int, *, counts: bool) -> None:
    if nonce <= held.counted or nonce in held.drawn:
        raise Refused("JoinReqFailed", "this DevNonce was used")
    if counts:
        if held.drawn and nonce <= max(held.drawn):
            raise Refused("JoinReqFailed", "this DevNonce is not above those that were used")
        held.counted, held.drawn = nonce, []
    else:
        held.drawn = sorted([*held.drawn, nonce])


def _network_root(root: HeldRoot, *, newer: bool) -> bytes:
    """Return what a join-request is coded with: NwkKey of LoRaWAN 1.1, AppKey before."""
    return _bytes(root)[1 if newer else 0]


def _bytes(root: HeldRoot) -> tuple[bytes, bytes, bytes]:
    legacy, network, application = map(bytes.fromhex, root.keys)
    return legacy, network, application
