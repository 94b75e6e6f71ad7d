"""An MQTT client that notices at once when the broker closes before it let the client in, and keeps what was said last.

aiomqtt waits on until its time is over, and tells of that alone.
With TLS 1.3 a client has done its part of the handshake before the broker looks at its certificate (RFC 8446 figure 1),
so the alert comes while it waits.
"""

import logging
from typing import Any

from aiomqtt import Client, MqttError


class Closed(MqttError):
    """The broker closed the connection before it let this client in."""


class Last(logging.Handler):
    """Keeps what the socket said last, and shows nothing: what is to be said, we say.

    Attributes:
        said: The error, None where there was none.
    """

    said: OSError | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Take what paho tells of its socket."""
        told = record.args if isinstance(record.args, tuple) else ()
        self.said = next((one for one in told if isinstance(one, OSError)), self.said)


class Prompt(Client):
    """A client of one connection."""

    def __init__(self, *args: Any, **more: Any) -> None:  # noqa: ANN401 -- those of Client
        """Take what `Client` takes, but for the logger."""
        logger, self._last = logging.Logger("samefade.lpwan.mqtt"), Last()  # its own: there may be other clients
        logger.addHandler(self._last)
        super().__init__(*args, logger=logger, **more)

    def _on_disconnect(self, *told: Any, **more: Any) -> None:  # noqa: ANN401 -- as paho calls it
        if self._connected.done():
            super()._on_disconnect(*told, **more)
            return
        said = f": {self._last.said}" if self._last.said is not None else ""
        self._connected.set_exception(Closed(f"the broker closed the connection before it let this client in{said}"))
        self._connected.exception()  # somebody looked: the executor that connects may fail first, and nobody else would
