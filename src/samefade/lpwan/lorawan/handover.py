"""Root keys as the requests that network servers take them in: ChirpStack v4 and The Things Stack v3.

A request is made and shown as files; it is sent only where someone asks for that.
Neither server keeps an older key beside the new one: hand over when the device has taken its own, and let it join.

Sources: chirpstack/chirpstack (MIT), api/proto/api/device.proto; TheThingsNetwork/lorawan-stack (Apache-2.0),
api/ttn/lorawan/v3/joinserver.proto, and The Things Stack's page on adding devices by its HTTP API.
"""

import json
from dataclasses import dataclass, field
from typing import NoReturn, Protocol
from urllib.parse import quote, urlsplit

from samefade.errors import CannotWrite, OutOfRange
from samefade.keys.handover import SecretFile
from samefade.lpwan.lorawan.roots import RootKeys

PATIENCE = 60.0  # seconds
_HERE = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, eq=False)
class Request:
    """One HTTP request; its body is secret.

    Attributes:
        method: PUT.
        url: Where to.
        authorization: Name of the header that takes `Bearer TOKEN`.
        body: JSON.
    """

    method: str
    url: str
    authorization: str
    body: str = field(repr=False)

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled."""
        raise TypeError("a Request has no serialiser: it is secret")

    def files(self, name: str) -> tuple[SecretFile, ...]:
        """Return the body, and a configuration with which `curl --config NAME.curl` sends it.

        The token is not among them: curl reads its header from the file `token.header`.
        """
        lines = (
            f'request = "{self.method}"',
            f'url = "{self.url}"',
            'header = "Content-Type: application/json"',
            f'header = "@token.header"  # one line: {self.authorization}: Bearer TOKEN',
            f'data = "@{name}.json"',
            "fail",
        )
        return SecretFile(f"{name}.json", self.body), SecretFile(f"{name}.curl", "\n".join(lines) + "\n")


class Server(Protocol):
    """One network server's way to take root keys."""

    def request(self, keys: RootKeys, dev_eui: bytes, *, newer: bool) -> Request:
        """Return the request.

        Args:
            keys: Of one epoch.
            dev_eui: 8 bytes.
            newer: Whether the device speaks LoRaWAN 1.1.
        """
        ...


@dataclass(frozen=True)
class ChirpStack:
    """`UpdateKeys` of ChirpStack v4, through its REST proxy.

    Its `nwkKey` holds the AppKey of a device that speaks LoRaWAN 1.0.x, and `appKey` is for 1.1 alone.
    It still remembers the DevNonces that were used under the old key; a device that counts goes on counting.

    Attributes:
        address: Of the REST proxy, `https://host[:port]`.
    """

    address: str

    def request(self, keys: RootKeys, dev_eui: bytes, *, newer: bool) -> Request:
        """Return the request."""
        told = {"devEui": dev_eui.hex(), "nwkKey": keys.legacy.hex()}
        if newer:
            told |= {"nwkKey": keys.network.hex(), "appKey": keys.application.hex()}
        url = f"{_base(self.address)}/api/devices/{dev_eui.hex()}/keys"
        return Request("PUT", url, "Grpc-Metadata-Authorization", json.dumps({"deviceKeys": told}))


@dataclass(frozen=True)
class ThingsStack:
    """`JsEndDeviceRegistry.Set` of The Things Stack v3: root keys of a device that it knows already.

    Attributes:
        address: Of the server, `https://host[:port]`.
        application: Name of the application.
        device: Name of the device.
        join_eui: 8 bytes.
    """

    address: str
    application: str
    device: str
    join_eui: bytes

    def request(self, keys: RootKeys, dev_eui: bytes, *, newer: bool) -> Request:
        """Return the request; LoRaWAN 1.0.x has `app_key` alone, unlike in ChirpStack."""
        told = {"app_key": {"key": keys.legacy.hex().upper()}}
        if newer:
            told = {
                "nwk_key": {"key": keys.network.hex().upper()},
                "app_key": {"key": keys.application.hex().upper()},
            }
        ids = {"device_id": self.device, "dev_eui": dev_eui.hex().upper(), "join_eui": self.join_eui.hex().upper()}
        paths = [f"ids.{name}" for name in ids] + [f"root_keys.{name}.key" for name in told]
        body = {"end_device": {"ids": ids, "root_keys": told}, "field_mask": {"paths": paths}}
        where = f"/api/v3/js/applications/{quote(self.application, safe='')}/devices/{quote(self.device, safe='')}"
        return Request("PUT", _base(self.address) + where, "Authorization", json.dumps(body))


def send(request: Request, token: str) -> None:
    """Send a request, over TLS unless it goes to this machine.

    Raises:
        OutOfRange: When the token is none that a header can hold; it is not quoted.
        CannotWrite: When the server does not take it.
    """
    from http.client import HTTPConnection, HTTPException, HTTPSConnection

    if not (token and token.isascii() and token.isprintable() and " " not in token):
        raise OutOfRange("token", f"{len(token)} characters", "one line of letters, digits and signs")
    parts = urlsplit(request.url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=PATIENCE)
    try:
        headers = {"Content-Type": "application/json", request.authorization: f"Bearer {token}"}
        connection.request(request.method, parts.path, request.body.encode(), headers)
        answer = connection.getresponse()
        answer.read()
    except (OSError, HTTPException) as error:
        raise CannotWrite(request.url, str(error) or type(error).__name__) from None
    finally:
        connection.close()
    if not 200 <= answer.status < 300:
        raise CannotWrite(request.url, f"the server answers {answer.status} {answer.reason}")


def _base(address: str) -> str:
    """Return an address without a slash at its end.

    Raises:
        OutOfRange: When it would send keys over a network in the clear, or is none.
    """
    try:
        parts = urlsplit(address)
        found = parts.port is None or parts.port > 0
    except ValueError:  # no port, or no address in its brackets
        raise OutOfRange("address", address, "https://host[:port]") from None
    if parts.username is not None:  # it would go into files and onto the screen
        raise OutOfRange("address", f"…@{parts.hostname}", "no user and no password; a token goes with --token-file")
    plain = parts.scheme == "http" and parts.hostname in _HERE
    said = address.isprintable() and not set(address) & set('"\\ ?#')
    if not (found and parts.hostname and (parts.scheme == "https" or plain) and said):
        raise OutOfRange("address", address, "https://host, or http:// on this machine")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
