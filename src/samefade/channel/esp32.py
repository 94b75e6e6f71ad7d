"""The shape in which an ESP32 reports the fade: 64 tones of the legacy training field, secondary channel above.

The layout is the chip maker's (ESP-IDF Wi-Fi guide, "secondary channel above", non-HT 20 MHz):
indices 0 and 1 hold an invalid word, 2–5, 32 and 59–63 are null, all others are active.
Index 6, the tone that the WSKG paper uses, is the first active one.
"""

import numpy as np
from numpy.typing import NDArray

from samefade.channel.bounds import within
from samefade.errors import OutOfRange
from samefade.types import Float, Integer

TONES = 64
SPACING = 312_500.0
INVALID = np.array([0, 1])
NULLS = np.array([0, 1, 2, 3, 4, 5, 32, 59, 60, 61, 62, 63])
ACTIVE = np.setdiff1d(np.arange(TONES), NULLS)
FIRST_ACTIVE = 6
INVALID_WORD = np.array([[88, -54], [-97, 31]], np.int8)
LAYOUT = "L-LTF, secondary channel above"


def chosen(tones: "tuple[int, ...] | None") -> Integer:
    """Return the indices to report, (k,): all 64, or the ones asked for in rising order.

    Raises:
        OutOfRange: When none is asked for, or one is outside 0 … 63.
    """
    wanted = np.arange(TONES) if tones is None else np.unique(tones)
    if not len(wanted) or wanted.dtype.kind not in "iu":
        raise OutOfRange("tones", tones, f"at least one whole number from 0 to {TONES - 1}")
    for tone in (wanted[0], wanted[-1]):
        within("tone", float(tone), 0, TONES - 1)
    return wanted


def baseband(tones: Integer) -> Float:
    """Return the frequency of each tone relative to the centre (index 32), Hz."""
    return np.asarray((tones - TONES // 2) * SPACING)


def filled(active: NDArray[np.int8], tones: Integer) -> NDArray[np.int8]:
    """Put the active tones into their places and the invalid word and nulls into theirs.

    Args:
        active: (n, j, 2) int8, the active ones among `tones`.
        tones: (k,) the indices to report.

    Returns:
        int8 array (n, k, 2).
    """
    raw = np.zeros((len(active), len(tones), 2), np.int8)
    raw[:, np.isin(tones, ACTIVE)] = active
    invalid = np.isin(tones, INVALID)
    raw[:, invalid] = INVALID_WORD[tones[invalid]]
    return raw


def facts(tones: Integer) -> dict[str, str]:
    """Return the facts that a reader of such a file states: layout and null tones."""
    nulls = " ".join(str(t) for t in tones[np.isin(tones, NULLS)])
    return {"layout": LAYOUT, "null tones": nulls}
