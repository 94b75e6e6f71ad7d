"""Put a block into the spare bytes behind what the application sends, and take it out again.

A frame on the refresh port is `application payload | block | length of the block, 1 byte`.
Where not even that byte is spare, the application's frame goes out on a port of its own, without a block.
"""

from samefade.errors import OutOfRange

MOST = 51  # bytes of FRMPayload at LoRaWAN's slowest rates in Europe; the data rate's own maximum where that is less


def spare(payload: bytes, most: int = MOST) -> int:
    """Return how many bytes a block may take behind a payload; 0 where none are left.

    Args:
        payload: What the application sends.
        most: Bytes that the frame may carry.
    """
    return max(0, min(most, MOST) - len(payload) - 1)


def joined(payload: bytes, block: bytes, most: int = MOST) -> bytes:
    """Return the whole FRMPayload.

    Raises:
        OutOfRange: When it does not fit.
    """
    whole = payload + block + bytes((len(block) & 0xFF,))
    if len(whole) > min(most, MOST):
        raise OutOfRange("bytes of the frame", len(whole), f"at most {min(most, MOST)}")
    return whole


def parted(frame: bytes) -> tuple[bytes, bytes]:
    """Return the application's payload and the block; one that is malformed is all payload, and no block."""
    if not frame or frame[-1] >= len(frame):
        return frame, b""
    cut = len(frame) - 1 - frame[-1]
    return frame[:cut], frame[cut:-1]
