"""Where a socket is: names to addresses, with errors in words."""

import socket
from typing import Any, NamedTuple

from samefade.errors import OutOfRange
from samefade.link.errors import refused

SocketAddress = tuple[Any, ...]
"""What the system calls an address: (host, port) for IPv4, and flow and scope after them for IPv6."""


class Resolved(NamedTuple):
    """An address that the system understands."""

    family: socket.AddressFamily
    address: SocketAddress


def resolve(host: str, port: int, *, listen: bool = False) -> Resolved:
    """Find the first address of a host, IPv4 or IPv6.

    Args:
        host: A name or an address; empty, to listen on every address of this machine.
        port: 0 to 65535; 0 lets the system choose, when listening.
        listen: Whether to listen there.

    Raises:
        OutOfRange: When the port is none.
        AddressUnknown: When no host has this name.
    """
    least = 0 if listen else 1
    if not least <= port <= 65535:
        raise OutOfRange("port", port, f"{least} to 65535")
    flags = socket.AI_PASSIVE if listen else 0
    try:
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_DGRAM, flags=flags)
    except (OSError, UnicodeError) as error:
        said = error if isinstance(error, OSError) else socket.gaierror(0, "this is no name of a host")
        raise refused(text(host, port), said) from None
    if listen and not host and socket.has_dualstack_ipv6():
        found.sort(key=lambda x: x[0] != socket.AF_INET6)  # an IPv6 socket hears IPv4 as well
    return Resolved(found[0][0], found[0][4])


def text(host: str, port: int) -> str:
    """Write an address as people do."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
