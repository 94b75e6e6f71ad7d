"""Say what a file is that no reader knows, and what to do with it, where its first bytes tell."""

from pathlib import Path

from samefade.errors import UnreadableRecording
from samefade.files.lines import lines
from samefade.files.parser import first_bytes

TABLE = "write its times and signal strengths to a CSV table"
MARKS = {
    b"\x0a\x0d\x0d\x0a": "this is pcapng; make it pcap with `editcap -F pcap IN OUT`",
    b"\x89HDF": f"HDF5 is not read; {TABLE}",
    b"\x93NUMPY": f"arrays of NumPy are not read; {TABLE}",
    b"PK\x03\x04": f"this archive is no samefade container; unpack it, or {TABLE}",
    b"MATLAB 7.3": f"MATLAB 7.3 files are not read; {TABLE}",
    b"MATLAB 5.0": f"of MATLAB files only those with arrays A (n, 2) and T (n, 6) are read; {TABLE}",
    b"{": f"JSON is not read, such as a network server's log; {TABLE}",
    b"[{": f"JSON is not read, such as a network server's log; {TABLE}",
}
PCAP = (b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4", b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\x3c\x4d")
NO_CSI = (
    "this pcap holds no Nexmon CSI behind 42 bytes of Ethernet, IPv4 and UDP; capture port 5500 on wlan0, not on `any`"
)


def described(path: Path) -> str | None:
    """Return why a file is not read, or None where its first bytes tell nothing.

    Raises:
        UnreadableRecording: When it is compressed, and damaged.
    """
    start = first_bytes(path, 16)
    if start.startswith(b"\x1f\x8b"):
        start = _unpacked(path)
    if start.startswith(PCAP):
        return NO_CSI
    starts = (start, start.lstrip())  # the mark of pcapng is white space
    return next((why for mark, why in MARKS.items() if any(one.startswith(mark) for one in starts)), None)


def _unpacked(path: Path) -> bytes:
    try:
        for _, text in lines(path):
            return text[:16].encode("utf-8", "replace")
    except UnreadableRecording as damaged:
        raise UnreadableRecording(path, reason="the compressed data is damaged or cut short") from damaged
    return b""
