"""Amplitude: one number per packet (or one per tone) from what the chip logged."""

import numpy as np

from samefade.errors import NotFinite, OutOfRange
from samefade.types import Float, Integer, Recording

# The subcarrier of the 2025 paper (section II): the first active tone of the ESP32's L-LTF.
PAPER_TONE = 6


def unit(recording: Recording) -> str:
    """Name the unit of `amplitude`: "amplitude" where there is CSI, else "dBm"."""
    return "dBm" if recording.raw is None else "amplitude"


def usable_tones(recording: Recording) -> tuple[int, ...]:
    """List the tones that carry the channel: those that the layout does not call null or invalid.

    The reader names the others in `recording.about["null tones"]`; recordings without CSI have none.
    """
    if recording.raw is None:
        return ()
    null = {int(word) for word in recording.about.get("null tones", "").replace(",", " ").split()}
    return tuple(int(tone) for tone in _tones(recording) if int(tone) not in null)


def amplitude(recording: Recording, tone: int | None = None, *, tones: tuple[int, ...] | None = None) -> Float:
    """Take the amplitude |csi| of one tone or of several, with the gain applied; RSSI where there is no CSI.

    Args:
        recording: What one node logged.
        tone: A number of `recording.tones`; without it tone 6, the paper's, or else the first usable one.
        tones: Several of them instead of one.

    Returns:
        (n,) float64 for one tone or RSSI, (n, k) for `tones`; `unit` says whether it is an amplitude or dBm.

    Raises:
        OutOfRange: When there is no such tone, or neither CSI nor RSSI.
        NotFinite: When a value is NaN or infinite.
    """
    if recording.raw is None:
        values = _strength(recording, tone)
    elif tones is not None:
        values = np.stack([_one(recording, each) for each in tones], axis=-1)  # (n, k)
    else:
        values = _one(recording, tone_of(recording, None) if tone is None else tone)
    if recording.gain is not None and recording.raw is not None:
        factor = 10 ** (np.asarray(recording.gain, np.float64) / 20)
        values = values * factor.reshape(-1, *(1,) * (values.ndim - 1))
    bad = int(np.count_nonzero(~np.isfinite(values)))
    if bad:
        raise NotFinite(f"{unit(recording)} of {recording.device}", bad)
    return values


def _tones(recording: Recording) -> Integer:
    if recording.tones is not None:
        return np.asarray(recording.tones)
    return np.arange(0 if recording.raw is None else recording.raw.shape[1])


def tone_of(recording: Recording, tone: int | None) -> int:
    """Return the tone asked for, or without one tone 6, the paper's, or else the first usable one.

    Raises:
        OutOfRange: When the recording has no usable tone.
    """
    if tone is not None:
        return tone
    tones = usable_tones(recording)
    if not tones:
        raise OutOfRange("tone", "none", "a recording with at least one usable tone")
    return PAPER_TONE if PAPER_TONE in tones else tones[0]


def _one(recording: Recording, tone: int) -> Float:
    tones = _tones(recording)
    where = np.flatnonzero(tones == tone)
    if not where.size or recording.raw is None:
        raise OutOfRange("tone", tone, _listed(tones))
    column = recording.raw[:, where[0]]
    if column.ndim == 2:  # integers with I and Q on the last axis
        return np.asarray(np.hypot(column[:, 0].astype(np.float64), column[:, 1].astype(np.float64)))
    return np.asarray(np.abs(column), np.float64)


def _listed(tones: Integer) -> str:
    if not len(tones):
        return "none: this recording holds no tone"
    first, last = int(tones[0]), int(tones[-1])
    whole = len(tones) > 8 and last - first == len(tones) - 1 and bool((np.diff(tones) == 1).all())
    return f"{first} to {last}" if whole else f"one of {' '.join(str(int(tone)) for tone in tones)}"


def _strength(recording: Recording, tone: int | None) -> Float:
    if recording.rssi is None:
        raise OutOfRange("recording", recording.device, "one that holds CSI or RSSI")
    if tone is not None:
        raise OutOfRange("tone", tone, "none: this recording has no CSI, only RSSI")
    return np.asarray(recording.rssi, np.float64)
