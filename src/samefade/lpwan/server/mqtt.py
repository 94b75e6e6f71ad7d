"""Talk MQTT with a broker for months: connect, subscribe, and come back after it was away.

What the broker sends twice, or does not send, is the caller's to bear: it counts frames by their counters.
"""

import asyncio
import random
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from samefade.errors import InputError, MissingExtra, OutOfRange, SamefadeError
from samefade.keys.private import refuse_open
from samefade.lpwan.server.errors import BrokerRefuses
from samefade.lpwan.server.inbox import Inbox

if TYPE_CHECKING:
    from aiomqtt import Client, MqttCodeError, MqttError

_AT_ONCE = 256  # messages that are taken together: one transaction
_FAREWELL = 2.0  # seconds for what was published to leave, when all is to stop
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 30.0  # seconds between two tries to connect
_NOT_GRANTED = 0x80  # of a subscription, MQTT 3.1.1 section 3.9.3
# alerts by which a broker with TLS 1.2 refuses a certificate, or none, within the handshake: RFC 5246 section 7.2
_OF_CERTIFICATES = ("HANDSHAKE_FAILURE", "ALERT_BAD_CERTIFICATE", "ALERT_CERTIFICATE", "ALERT_UNKNOWN_CA")
_NOT_LET_IN = {4, 5, 134, 135}  # bad user name or password, not authorised: MQTT 3.1.1 section 3.2.2.3, and of 5.0


@dataclass(frozen=True)
class Broker:
    """Where a broker is, and who asks.

    Attributes:
        host: Name or address.
        port: 1883, or 8883 with TLS, where it is 0.
        user: User name; empty for none.
        password: Password of the user.
        tls: Whether to speak TLS; the broker's certificate is checked.
        authority: File of the authority that signs the broker's certificate; the system's authorities where none.
        certificate: File of this client's own certificate; none where the broker asks for none.
        key: File of its private key.
        name: Name of this client at the broker, which keeps messages for it while it is away; one process, one name.
    """

    host: str
    port: int = 0
    user: str = ""
    password: str = field(default="", repr=False)
    tls: bool = False
    authority: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    name: str = "samefade-lpwan"

    def __post_init__(self) -> None:
        """Check the fields.

        Raises:
            OutOfRange: When the port is none, there is no name, a certificate was given without TLS or a key without
                its certificate, or a password would cross a network in the clear or belongs to no user.
        """
        if not self.name:
            raise OutOfRange("name at the broker", self.name, "one character or more")
        if not 0 <= self.port <= 0xFFFF:
            raise OutOfRange("port", self.port, "1 to 65535")
        if not self.tls and (self.authority or self.certificate or self.key):
            raise OutOfRange("certificates", "without TLS", "with --tls")
        if self.key and not self.certificate:
            raise OutOfRange("private key", "without a certificate", "with --certificate")
        if self.password and not self.user:
            raise OutOfRange("password", "without a user", "with --user")
        if self.password and not self.tls and self.host not in {"localhost", "127.0.0.1", "::1"}:
            raise OutOfRange("password", "over a network without TLS", "with --tls, or to a broker on this machine")

    @property
    def address(self) -> str:
        """Return host and port, for people."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return f"{shown}:{self._port}"

    @property
    def _port(self) -> int:
        return self.port or (8883 if self.tls else 1883)

    def context(self) -> ssl.SSLContext | None:
        """Return the settings of TLS, None where it is not spoken.

        Raises:
            InputError: When a certificate cannot be read, or its key asks for a passphrase.
            OthersMayRead: When others may read the private key.
        """
        if not self.tls:
            return None
        try:
            context = ssl.create_default_context(cafile=self.authority)
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            if self.certificate is not None:
                refuse_open(self.key or self.certificate)
                # nobody is there to be asked for a passphrase: without one, such a key is refused
                context.load_cert_chain(self.certificate, self.key, password=bytes)
        except OSError as error:  # an SSLError is one
            file = error.filename or self.key or self.certificate or self.authority
            raise InputError(file=file, reason=error.strerror or str(error)) from None
        return context

    def client(self, qos: int, dropped: "Counter[str]") -> "Client":
        """Return a client that is not connected yet.

        Args:
            qos: Quality of service.
            dropped: Counts what it does not take, by reason.

        Raises:
            MissingExtra: When the extra `mqtt` is not installed.
            InputError: When a certificate cannot be read.
        """
        try:
            import aiomqtt  # noqa: F401 -- its absence has an error of its own
        except ImportError:
            raise MissingExtra("mqtt") from None
        from samefade.lpwan.server.client import Prompt

        return Prompt(
            self.host, self._port, username=self.user or None, password=self.password or None, identifier=self.name,
            clean_session=qos == 0, tls_context=self.context(), timeout=20.0,
            queue_type=cast("Any", lambda maxsize: Inbox(dropped)),  # noqa: ARG005 -- it has its own limits
        )  # fmt: skip


class Line:
    """A connection that is there: batches of messages in, messages out."""

    def __init__(self, client: "Client", qos: int) -> None:
        """Take a connected client."""
        self._client, self._qos = client, qos
        self._leaving: set[asyncio.Task[None]] = set()

    async def batches(self) -> AsyncIterator[list[tuple[str, bytes]]]:
        """Yield what came since the last time, as soon as there is something.

        Raises:
            aiomqtt.MqttError: When the connection is lost.
        """
        incoming = self._client.messages
        async for first in incoming:
            batch = [first]
            while len(batch) < _AT_ONCE and len(incoming):
                batch.append(await anext(incoming))
            yield [(str(message.topic), _payload(message.payload)) for message in batch]

    def publish(self, messages: Iterable[tuple[str, bytes]]) -> None:
        """Publish messages; what the broker does not get before the connection is lost is lost, too."""
        for topic, message in messages:
            task = asyncio.create_task(self._publish(topic, message))
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)

    async def drain(self, seconds: float) -> None:
        """Wait until the broker has what was published, for some seconds at most; give up the rest."""
        leaving = list(self._leaving)
        if leaving and seconds:
            await asyncio.wait(leaving, timeout=seconds)
        for task in leaving:
            task.cancel()
        await asyncio.gather(*leaving, return_exceptions=True)

    async def _publish(self, topic: str, message: bytes) -> None:
        try:
            await self._client.publish(topic, message, qos=self._qos)
        except Exception as error:
            if not lost(error):
                raise


@asynccontextmanager
async def connected(
    broker: Broker, topics: tuple[str, ...], qos: int, dropped: "Counter[str] | None" = None
) -> AsyncIterator[Line]:
    """Hold a connection that is subscribed.

    Args:
        broker: Where.
        topics: What to subscribe to.
        qos: Quality of service.
        dropped: Counts what is too much, too large or old, by reason.

    Raises:
        BrokerRefuses: When the broker does not let this client in, or not subscribe, or when its certificate is none
            that is trusted.
        aiomqtt.MqttError: When the connection is not had, or lost.
        MissingExtra: When the extra `mqtt` is not installed.
    """
    client = broker.client(qos, Counter() if dropped is None else dropped)
    from aiomqtt.exceptions import MqttConnectError, MqttError

    try:
        async with client:
            granted = await client.subscribe([(topic, qos) for topic in topics])
            if any((code if isinstance(code, int) else code.value) >= _NOT_GRANTED for code in granted):
                raise BrokerRefuses(broker.address, "it does not permit to subscribe to the server's topics")
            line, patience = Line(client, qos), 0.0
            try:
                yield line
            except asyncio.CancelledError:
                patience = _FAREWELL  # in good order, so the broker is there
                raise
            finally:
                await line.drain(patience)
    except MqttConnectError as error:
        if _code(error) in _NOT_LET_IN:
            raise BrokerRefuses(broker.address, str(error)) from None
        raise
    except MqttError as error:
        if isinstance(error.__context__, ssl.SSLCertVerificationError):
            raise BrokerRefuses(broker.address, str(error)) from None
        hint = _hint(broker, error)
        raise MqttError(f"{error}; {hint}") if hint else error from None


def lost(error: BaseException) -> bool:
    """Say whether an error means that the connection is not there, for now."""
    if isinstance(error, SamefadeError):  # one of ours is final; without the extra there is nothing to import either
        return False
    from aiomqtt import MqttError

    return isinstance(error, MqttError | OSError)


def waits() -> Iterator[float]:
    """Yield the seconds to wait before each next try: from half a second to half a minute, each a little by chance.

    Many clients of a broker that comes back shall not come back together.
    """
    wait = _FIRST_WAIT
    while True:
        yield wait * random.uniform(0.8, 1.2)  # noqa: S311 -- nothing secret
        wait = min(2 * wait, _LONGEST_WAIT)


def _payload(payload: Any) -> bytes:  # noqa: ANN401 -- what aiomqtt says
    return payload if isinstance(payload, bytes) else bytes(payload or b"")


def _hint(broker: Broker, error: "MqttError") -> str:
    """Return what may be the reason that a broker closes before it lets a client in; empty where it did not do that."""
    from samefade.lpwan.server.client import Closed

    told = error.__context__
    alert = (told.reason or "") if isinstance(told, ssl.SSLError) else ""
    if not isinstance(error, Closed) and not any(word in alert for word in _OF_CERTIFICATES):
        return ""
    if not broker.tls:
        return "it may speak TLS there: --tls"
    if broker.certificate is None:
        return "it may want a client's certificate: --certificate FILE --key FILE"
    return f"it may not take the client's certificate {broker.certificate}"


def _code(error: "MqttCodeError") -> int:
    """Return the number of a reason, which is an object in MQTT 5.0."""
    code = getattr(error.rc, "value", error.rc)
    return code if isinstance(code, int) else 0
