"""Session keys of LoRaWAN 1.0.x and 1.1, and the two keys that a join server has for itself.

Sources: LoRaWAN 1.0.x specification, section 6.2.5; LoRaWAN 1.1, sections 6.1.1.3 and 6.2.5.
Each key is one AES-128 block under a root key; what is in the block is in its function.
Numbers of several bytes go little-endian, as they do over the air.
"""

from dataclasses import dataclass, field
from typing import NoReturn

from samefade.errors import OutOfRange
from samefade.lpwan.lorawan import block


@dataclass(frozen=True, eq=False)
class NetworkKeys:
    """What the network server gets; LoRaWAN 1.0.x has one key for the three purposes.

    Attributes:
        forwarding: FNwkSIntKey; NwkSKey in LoRaWAN 1.0.x.
        serving: SNwkSIntKey.
        encryption: NwkSEncKey.
    """

    forwarding: bytes = field(repr=False)
    serving: bytes = field(repr=False)
    encryption: bytes = field(repr=False)

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled."""
        raise TypeError("NetworkKeys have no serialiser: they are secret")


@dataclass(frozen=True, eq=False)
class SessionKeys:
    """The keys of one activation.

    Attributes:
        network: For the network server.
        application: AppSKey, for the application server alone.
    """

    network: NetworkKeys
    application: bytes = field(repr=False)

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled."""
        raise TypeError("SessionKeys have no serialiser: they are secret")


def session_keys_10(root: bytes, join_nonce: int, net_id: bytes, dev_nonce: int) -> SessionKeys:
    """Derive the keys of LoRaWAN 1.0.x, and of 1.1 where the network is older (OptNeg 0).

    Block: type | JoinNonce (3) | NetID (3) | DevNonce (2) | zeros; NwkSKey has type 1, AppSKey type 2.

    Args:
        root: AppKey of LoRaWAN 1.0.x, or NwkKey of 1.1.
        join_nonce: 24 bits.
        net_id: 3 bytes as they are written.
        dev_nonce: 16 bits.

    Raises:
        OutOfRange: When a number or a length does not fit.
    """
    nonces = _number("join_nonce", join_nonce, 3) + _reversed("net_id", net_id, 3)
    shared = nonces + _number("dev_nonce", dev_nonce, 2)
    network, application = (block.encrypted(root, _padded(kind, shared)) for kind in (1, 2))
    return SessionKeys(NetworkKeys(network, network, network), application)


def session_keys_11(nwk_key: bytes, app_key: bytes, join_nonce: int, join_eui: bytes, dev_nonce: int) -> SessionKeys:
    """Derive the keys of LoRaWAN 1.1, after a join or a rejoin.

    Block: type | JoinNonce (3) | JoinEUI (8) | DevNonce (2) | zeros.
    FNwkSIntKey has type 1, SNwkSIntKey 3 and NwkSEncKey 4, under NwkKey; AppSKey has type 2, under AppKey.

    Args:
        nwk_key: Root key of the network side.
        app_key: Root key of the application side.
        join_nonce: 24 bits.
        join_eui: 8 bytes as they are written.
        dev_nonce: 16 bits; RJcount after a rejoin.

    Raises:
        OutOfRange: When a number or a length does not fit.
    """
    shared = _number("join_nonce", join_nonce, 3) + _reversed("join_eui", join_eui, 8)
    shared += _number("dev_nonce", dev_nonce, 2)
    keys = NetworkKeys(*(block.encrypted(nwk_key, _padded(kind, shared)) for kind in (1, 3, 4)))
    return SessionKeys(keys, block.encrypted(app_key, _padded(2, shared)))


@dataclass(frozen=True, eq=False)
class JoinKeys:
    """What the join server has for itself in LoRaWAN 1.1.

    Attributes:
        encryption: JSEncKey, closes the join-accept that answers a rejoin-request.
        integrity: JSIntKey, for the codes of a join-accept and of a rejoin-request of type 1.
    """

    encryption: bytes = field(repr=False)
    integrity: bytes = field(repr=False)

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled."""
        raise TypeError("JoinKeys have no serialiser: they are secret")


def join_keys(nwk_key: bytes, dev_eui: bytes) -> JoinKeys:
    """Derive JSEncKey and JSIntKey; block: type 5 or 6 | DevEUI (8) | zeros, under NwkKey.

    Raises:
        OutOfRange: When a length does not fit.
    """
    shared = _reversed("dev_eui", dev_eui, 8)
    return JoinKeys(*(block.encrypted(nwk_key, _padded(kind, shared)) for kind in (5, 6)))


def _padded(kind: int, shared: bytes) -> bytes:
    return (bytes([kind]) + shared).ljust(block.SIZE, b"\0")


def _number(name: str, value: int, size: int) -> bytes:
    if not 0 <= value < 256**size:
        raise OutOfRange(name, value, f"0 to {256**size - 1}")
    return value.to_bytes(size, "little")


def _reversed(name: str, value: bytes, size: int) -> bytes:
    if len(value) != size:
        raise OutOfRange(f"bytes of {name}", len(value), str(size))
    return value[::-1]
