"""Serve keys over HTTPS: TLS with mandatory client certificates, and a clean stop."""

import signal
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from samefade.errors import MissingExtra
from samefade.keys.errors import BadCertificate, CannotListen
from samefade.keys.private import refuse_open

if TYPE_CHECKING:
    import asyncio

_GRACE = 5  # seconds for a request that runs when the server is told to stop
_MOST_CONNECTIONS = 256


@dataclass(frozen=True)
class Tls:
    """What the server shows, and whom it lets in.

    Attributes:
        certificate: Its own certificate, PEM.
        key: The private key of it, PEM, readable to its owner alone.
        clients: Authority that signs the certificates of clients, PEM.
    """

    certificate: Path
    key: Path
    clients: Path

    def context(self) -> ssl.SSLContext:
        """Return the settings of the connection: TLS 1.2 or 1.3, and no client without a certificate.

        Raises:
            BadCertificate: When a file cannot be read, or does not fit the others.
            OthersMayRead: When others may read the private key.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.verify_mode = ssl.CERT_REQUIRED
        for file in (self.certificate, self.key, self.clients):
            if not file.is_file():
                raise BadCertificate(file, "there is no such file")
        refuse_open(self.key)
        try:
            context.load_cert_chain(self.certificate, self.key)
            context.load_verify_locations(self.clients)
        except OSError as error:  # an SSLError is one
            raise BadCertificate(self.certificate, error.strerror or str(error)) from None
        return context


class Server:
    """An HTTPS server; it takes connections from when it is made, and answers them while it runs.

    Attributes:
        address: Where it is reached, as `https://host:port`.
    """

    def __init__(self, app: Any, tls: Tls, host: str = "127.0.0.1", port: int = 0) -> None:  # noqa: ANN401 -- ASGI
        """Open it.

        Args:
            app: The ASGI application.
            tls: Certificates.
            host: Address to listen on.
            port: Port; 0 takes a free one.

        Raises:
            MissingExtra: When the extra `serve` is not installed.
            BadCertificate: When a certificate cannot be used.
            OthersMayRead: When others may read the private key.
            CannotListen: When the address is taken, or not this machine's.
        """
        try:
            import uvicorn
        except ImportError:
            raise MissingExtra("serve") from None
        config = uvicorn.Config(
            app, http=_protocol(), ws="none", lifespan="off", proxy_headers=False, server_header=False,
            access_log=False, log_level="warning", timeout_graceful_shutdown=_GRACE,
            limit_concurrency=_MOST_CONNECTIONS,
        )  # fmt: skip
        context = tls.context()
        config.load()
        config.ssl = context
        self._server = uvicorn.Server(config)
        self._listener = _listening(host, port)
        shown = f"[{host}]" if ":" in host else host
        self.address = f"https://{shown}:{self._listener.getsockname()[1]}"

    def run(self) -> None:
        """Answer until `stop`, SIGINT or SIGTERM; then finish what runs, and return."""
        with self._listener, _signals_end_quietly():
            self._server.run(sockets=[self._listener])

    def stop(self) -> None:
        """Let `run` return soon; may be called from another thread."""
        self._server.should_exit = True


def _protocol() -> "type[asyncio.Protocol]":
    """Return uvicorn's protocol, with the client's certificate in the scope (ASGI, "TLS Extension" 0.2)."""
    from uvicorn.protocols.http.h11_impl import H11Protocol

    class Named(H11Protocol):
        def connection_made(self, transport: Any) -> None:  # noqa: ANN401 -- uvicorn's form
            super().connection_made(transport)
            found = transport.get_extra_info("ssl_object").getpeercert(binary_form=True)
            told = {"client_cert_chain": [ssl.DER_cert_to_PEM_cert(found)] if found else []}
            inner = self.app

            async def app(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 -- ASGI
                await inner({**scope, "extensions": {**scope.get("extensions", {}), "tls": told}}, receive, send)

            self.app = app

        def shutdown(self) -> None:
            idle = self.cycle is None or self.cycle.response_complete
            told = self.transport.is_closing() or self.transport.get_write_buffer_size()
            super().shutdown()
            if idle and not told:
                self.transport.abort()  # TLS would wait for the client's farewell for half a minute

    return Named


def _listening(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=_MOST_CONNECTIONS)
    except OSError as error:
        raise CannotListen(f"{host}:{port}", error.strerror or str(error)) from None


@contextmanager
def _signals_end_quietly() -> Iterator[None]:
    """Keep the signal that ended the server, which uvicorn raises once more, from ending the process too."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, lambda *_: None) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
