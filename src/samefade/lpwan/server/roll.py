"""Read a list of devices and the secrets that they were made with."""

import re

from samefade.lpwan.server.errors import BadDeviceList

_LINE = re.compile(r"([0-9a-fA-F]{16})\s*[,;\t]\s*((?:[0-9a-fA-F]{2})+)")


def read_roll(path: object, content: bytes) -> dict[bytes, bytes]:
    """Return secrets by DevEUI.

    A line is `DevEUI,secret`, both in hexadecimal digits; empty lines and those that begin with # say nothing.

    Args:
        path: Name of the list, for errors.
        content: The list.

    Raises:
        BadDeviceList: When a line is none of these, or a device or a secret is there twice; no secret is quoted.
    """
    found: dict[bytes, bytes] = {}
    secrets: set[bytes] = set()
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
        text = line.strip().lstrip("\ufeff")
        if not text or text.startswith("#"):
            continue
        matched = _LINE.fullmatch(text)
        if matched is None:
            raise BadDeviceList(path, number, "it is not a DevEUI, a comma and hexadecimal digits")
        eui, secret = (bytes.fromhex(part) for part in matched.groups())
        if len(secret) < 16:
            raise BadDeviceList(path, number, f"the secret has {len(secret)} bytes, not 16 or more")
        if eui in found or secret in secrets:
            raise BadDeviceList(path, number, "the device, or its secret, stands above already")
        found[eui] = secret
        secrets.add(secret)
    if not found:
        raise BadDeviceList(path, 1, "there is no device in it")
    return found
