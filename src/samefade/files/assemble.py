"""Make recordings of collected packets: one for each transmitter, in the layout that most of its packets have."""

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from samefade.files.clock import Stamps, choose, count_on
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
    heard: Counter[Who] = Counter()
    layouts: dict[Who, Counter[Layout]] = {}
    for (who, _, kind), group in groups.items():
        heard[who] += group.kept
        layouts.setdefault(who, Counter())[kind] += group.kept
    total = sum(heard.values())
    out = []
    for who, count in heard.most_common():
        if not count:
            continue
        kind, kept = layouts[who].most_common(1)[0]
        chosen = [g for (speaker, _, other), g in groups.items() if (speaker, other) == (who, kind) and g.kept]
        lost = dropped + Counter({OTHER_LAYOUT: count - kept, OTHER_SENDER: total - count})
        out.append(_recording(f"{who[0]} heard node-{senders[who[1]]}", kind, chosen, lost, name, rate))
    return tuple(out)


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
    about = {
        "format": name,
        "layout": kind.name,
        "null tones": " ".join(map(str, kind.nulls)),
        "counter": counter,
        "noise floor": noise,
    }
    tones = np.arange(kind.pairs)
    rssi = of["rssi"].astype(np.int16)
    return Recording(device, time, clock, raw, rssi, seq, tones, None, lost, about)


def _gather(chosen: list[Group], rows: int, pairs: int) -> Integer:
    """Join the blocks into one array, freeing each, so that a long log is never held twice."""
    small = all(_fits(block) for group in chosen for block in group.blocks)
    out = np.empty((rows, pairs, 2), np.int8 if small else np.int16)
    start = 0
    for group in chosen:
        group.blocks.reverse()
        while group.blocks:
            block = group.blocks.pop()
            out[start : start + len(block)] = block
            start += len(block)
    return out


def _fits(block: Integer) -> bool:
    return block.dtype == np.int8 or block.size == 0 or (int(block.min()) >= -128 and int(block.max()) <= 127)


def _sequence(seq: Float) -> tuple[NDArray[np.int64] | None, str]:
    """Return the sender's sequence numbers, unless there are none or they are the receiver's own count."""
    if not np.isfinite(seq).all():
        return None, "none in this format"
    if seq.size > 2 and (np.diff(seq) == 2).all():
        # csi_recv_router counts twice for each packet that it prints: such a counter shows no loss
        return None, "the receiver's own, in steps of 2: not a sequence number"
    return count_on(seq, 2**32).astype(np.int64), "the sender's sequence number"
