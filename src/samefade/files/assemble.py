"""Make recordings of collected packets: one for each transmitter, in the layout that most of its packets have."""

from collections import Counter
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from samefade.files.clock import Stamps, choose, count_on
from samefade.files.gains import gains
from samefade.files.layout import Layout
from samefade.files.packets import NUMBERS, Group
from samefade.types import Float, Integer, Recording

Who = tuple[str, str]
Groups = dict[tuple[Who, int, Layout], Group]

OTHER_LAYOUT = "other packet layout"
OTHER_SENDER = "other transmitter"


def recordings(
    groups: Groups, senders: dict[str, int], dropped: Counter[str], name: str, rate: float | None
) -> tuple[Recording, ...]:
    """Return one recording for each transmitter, the one heard most first; in each, kept and dropped make all lines.

    Args:
        groups: The packets by transmitter, count of values and layout.
        senders: Pseudonym number of each address, in order of appearance.
        dropped: Reason → lines that are no packet of anybody.
        name: The format's name.
        rate: Packets per second, Hz, where no clock runs.
    """
    return tuple(
        _recording(device, kind, chosen, lost, name, rate)
        for device, kind, chosen, lost in chosen_of(groups, senders, dropped)
    )


def chosen_of(
    groups: Groups, senders: dict[str, int], dropped: Counter[str]
) -> Iterator[tuple[str, Layout, list[Group], Counter[str]]]:
    """Yield each transmitter's name, layout, packets and count of what was not kept; the one heard most first."""
    heard: Counter[Who] = Counter()
    layouts: dict[Who, Counter[Layout]] = {}
    for (who, _, kind), group in groups.items():
        heard[who] += group.kept
        layouts.setdefault(who, Counter())[kind] += group.kept
    total = sum(heard.values())
    for who, count in heard.most_common():
        if not count:
            continue
        kind, kept = layouts[who].most_common(1)[0]
        chosen = [g for (speaker, _, other), g in groups.items() if (speaker, other) == (who, kind) and g.kept]
        lost = dropped + Counter({OTHER_LAYOUT: count - kept, OTHER_SENDER: total - count})
        yield f"{who[0]} heard node-{senders[who[1]]}", kind, chosen, lost


def _recording(
    device: str, kind: Layout, chosen: list[Group], lost: Counter[str], name: str, rate: float | None
) -> Recording:
    numbers = np.concatenate([block for group in chosen for block in group.numbers])
    raw = _gather(chosen, len(numbers), kind.pairs)
    if len(chosen) > 1:  # printed at different lengths, so in different groups: back into the file's order
        order = np.argsort(numbers[:, -1], kind="stable")
        numbers, raw = numbers[order], raw[order]
    of = dict(zip(NUMBERS, numbers.T, strict=True))
    time, clock = choose(Stamps(of["host"], of["real"], of["unpadded"], of["local"]), rate)
    seq, counter = _sequence(of["seq"])
    noise = f"{np.median(of['noise']):g} dBm" if np.isfinite(of["noise"]).all() else "not logged"
    gain = gains(fft_gain=of["fft_gain"], agc_gain=of["agc_gain"])
    about = facts(name, kind, counter, noise) | gain
    tones = np.arange(kind.pairs)
    rssi = of["rssi"].astype(np.int16)
    return Recording(device, time, clock, raw, rssi, seq, tones, None, lost, about)


def facts(name: str, kind: Layout, counter: str, noise: str) -> dict[str, str]:
    """Return what is said about a recording beside its arrays."""
    return {
        "format": name,
        "layout": kind.name,
        "null tones": " ".join(map(str, kind.nulls)),
        "counter": counter,
        "noise floor": noise,
    }


def _gather(chosen: list[Group], rows: int, pairs: int) -> Integer:
    """Join the blocks into one array, freeing each, so that a long log is never held twice."""
    small = all(fits(block) for group in chosen for block in group.blocks)
    out = np.empty((rows, pairs, 2), np.int8 if small else np.int16)
    start = 0
    for group in chosen:
        group.blocks.reverse()
        while group.blocks:
            block = group.blocks.pop()
            out[start : start + len(block)] = block
            start += len(block)
    return out


def fits(block: Integer) -> bool:
    """Say whether a block of values needs no more than a byte each."""
    return block.dtype == np.int8 or block.size == 0 or (int(block.min()) >= -128 and int(block.max()) <= 127)


OWN_COUNT = "the receiver's own, in steps of 2: not a sequence number"
SENDERS_COUNT = "the sender's sequence number"
NO_COUNT = "none in this format"


def _sequence(seq: Float) -> tuple[NDArray[np.int64] | None, str]:
    """Return the sender's sequence numbers, unless there are none or they are the receiver's own count."""
    if not np.isfinite(seq).all():
        return None, NO_COUNT
    if seq.size > 2 and (np.diff(seq) == 2).all():
        # csi_recv_router counts twice for each packet that it prints: such a counter shows no loss
        return None, OWN_COUNT
    return count_on(seq, 2**32).astype(np.int64), SENDERS_COUNT
