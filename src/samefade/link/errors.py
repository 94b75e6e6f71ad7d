"""What the system refuses when a link is opened or while it carries, in words."""

import errno
import socket

from samefade.errors import InputError, ProtocolError


class LinkRefused(InputError):
    """The link cannot be opened."""

    advice = "Check the address and that the device is there; docs/howto/links.md shows each link."

    def __init__(self, where: object, reason: str) -> None:
        """Name the address or the port, and give the system's reason."""
        super().__init__(link=where, reason=reason)


class AddressInUse(LinkRefused):
    """Another program already listens at this address."""

    advice = "Stop the other program, or choose another port."


class NotPermitted(LinkRefused):
    """The system does not permit this link."""

    advice = "Choose a network port above 1023; for a serial port, add the user to the group that owns the device."


class AddressUnknown(LinkRefused):
    """No host or interface has this name or address."""

    advice = "Check the spelling; to listen, give an address of this machine."


class NoSuchPort(LinkRefused):
    """There is no such serial port."""

    advice = "Check the cable; `python -m serial.tools.list_ports` lists the ports."


class LineLost(LinkRefused):
    """The line went away while it was in use."""

    advice = "Check the cable and the power of the device, then start again: what was burnt stays burnt."


class BrokenFrame(ProtocolError):
    """Bytes on a serial line are no frame."""

    advice = "Noise on the line is expected and costs a frame; if it goes on, check the speed of both ends."

    def __init__(self, reason: str, length: int) -> None:
        """Say what is wrong with it, and how many bytes it has."""
        super().__init__(reason=reason, bytes=length)


_KINDS: dict[int, type[LinkRefused]] = {
    errno.EADDRINUSE: AddressInUse,
    errno.EACCES: NotPermitted,
    errno.EPERM: NotPermitted,
    errno.EADDRNOTAVAIL: AddressUnknown,
    errno.ENOENT: NoSuchPort,
    errno.ENXIO: NoSuchPort,
    errno.ENODEV: NoSuchPort,
}


def refused(where: object, error: OSError) -> LinkRefused:
    """Turn what the system said into an error with advice."""
    reason = error.strerror or str(error)
    if isinstance(error, socket.gaierror):
        return AddressUnknown(where, reason)
    return _KINDS.get(error.errno or 0, LinkRefused)(where, reason)
