"""A key in the form that a program takes: OSCORE, TLS 1.3, WireGuard, WPA2, EAP-PSK."""

from samefade.keys.handover.bond import Bond, Ends, Role
from samefade.keys.handover.eap_psk import EapPsk
from samefade.keys.handover.handover import Handover, SecretFile
from samefade.keys.handover.oscore import Context, Oscore
from samefade.keys.handover.registry import HANDOVERS, find, hand_over
from samefade.keys.handover.tls import Tls13
from samefade.keys.handover.wireguard import WireGuard
from samefade.keys.handover.wpa import Wpa, WpaPassphrase, pairwise_master_key
from samefade.keys.handover.writing import admit

__all__ = [
    "HANDOVERS",
    "Bond",
    "Context",
    "EapPsk",
    "Ends",
    "Handover",
    "Oscore",
    "Role",
    "SecretFile",
    "Tls13",
    "WireGuard",
    "Wpa",
    "WpaPassphrase",
    "admit",
    "find",
    "hand_over",
    "pairwise_master_key",
]
