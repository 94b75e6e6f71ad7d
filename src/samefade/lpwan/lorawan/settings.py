"""Read who may ask a join server: a TOML file, checked whole before anything is served.

join_eui = "0807060504030201"

[networks."ns.example"]          # the name in the client's certificate
sender = "010203"                # its NetID
kek_label = "ns"                 # optional: session keys are wrapped with the key in the file
kek_file = "ns.kek"

[applications."as.example"]
sender = "as.example"
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from samefade.errors import InputError
from samefade.keys.private import refuse_open
from samefade.lpwan.lorawan.backend import Partner

_KNOWN = {"sender", "kek_label", "kek_file"}


class WrongSettings(InputError):
    """The settings of the join server cannot be used."""

    advice = "docs/explain/lorawan-keys.md has an example."

    def __init__(self, file: object, why: str) -> None:
        """Name the file and what is wrong with it."""
        super().__init__(file=file, why=why)


@dataclass(frozen=True, eq=False)
class Settings:
    """Who may ask.

    Attributes:
        join_eui: 8 bytes.
        networks: Network servers by the name in their certificate.
        applications: Application servers by the name in their certificate.
    """

    join_eui: bytes
    networks: MappingProxyType[str, Partner]
    applications: MappingProxyType[str, Partner]


def read_settings(path: Path) -> Settings:
    """Read the file.

    Raises:
        WrongSettings: When it cannot be read, or something in it makes no sense.
        OthersMayRead: When others may read the file of a key.
    """
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WrongSettings(path, str(error)) from None
    if not found.keys() <= {"join_eui", "networks", "applications"}:
        raise WrongSettings(path, "it has join_eui, networks and applications, and nothing else")
    join_eui = _hex(path, "join_eui", found.get("join_eui"), 8)
    networks, applications = (_partners(path, found.get(name, {})) for name in ("networks", "applications"))
    for name, partner in networks.items():
        _hex(path, f"sender of {name}", partner.sender, 3)
    if not networks:
        raise WrongSettings(path, "no network server may ask")
    return Settings(join_eui, networks, applications)


def _partners(path: Path, found: Any) -> MappingProxyType[str, Partner]:  # noqa: ANN401 -- any TOML value
    if not (isinstance(found, dict) and all(isinstance(one, dict) for one in found.values())):
        raise WrongSettings(path, "networks and applications are tables of tables")
    return MappingProxyType({name: _partner(path, name, one) for name, one in found.items()})


def _partner(path: Path, name: str, found: dict[str, Any]) -> Partner:
    if not (found.keys() <= _KNOWN and all(isinstance(value, str) for value in found.values()) and "sender" in found):
        raise WrongSettings(path, f"{name} has sender, and perhaps kek_label and kek_file")
    label, file = found.get("kek_label", ""), found.get("kek_file", "")
    if bool(label) != bool(file):
        raise WrongSettings(path, f"{name} has one of kek_label and kek_file without the other")
    if not file:
        return Partner(found["sender"])
    key_at = path.parent / file
    try:
        refuse_open(key_at)
        kek = key_at.read_bytes()
    except OSError as error:
        raise WrongSettings(key_at, error.strerror or str(error)) from None
    if len(kek) not in {16, 24, 32}:
        raise WrongSettings(key_at, f"it has {len(kek)} bytes, and a key 16, 24 or 32")
    return Partner(found["sender"], label, kek)


def _hex(path: Path, name: str, value: Any, size: int) -> bytes:  # noqa: ANN401 -- any TOML value
    try:
        made = bytes.fromhex(value) if isinstance(value, str) else b""
    except ValueError:
        made = b""
    if len(made) != size:
        raise WrongSettings(path, f"{name} is not {2 * size} hexadecimal digits")
    return made
