"""A short recording of both ends, and runs of nodes on it."""

import numpy as np

SHORT = ("--spoken", "128", "--kept", "250")
FRAMES = 3200


def write(folder):
    """Write what both ends heard of a first-order Gaussian channel at 30 dB; return it as `--source` takes it."""
    rng = np.random.default_rng(1)
    shared = np.zeros(FRAMES)
    for i, step in enumerate(rng.normal(size=FRAMES - 1), 1):
        shared[i] = 0.5 * shared[i - 1] + np.sqrt(0.75) * step
    paths = [folder / f"{end}.csv" for end in "ab"]
    for path in paths:
        heard = -60 + 6 * (shared + rng.normal(size=FRAMES) / 30)
        path.write_text(
            "time,rssi\n" + "".join(f"{i / 10:.1f},{x:.3f}\n" for i, x in enumerate(heard)), encoding="utf-8"
        )
    return ",".join(map(str, paths))


def load():
    """Play a whole run in memory, so that everything is loaded that one takes."""
    import tempfile
    from pathlib import Path

    from samefade import schemes
    from samefade.api import node as nodes
    from samefade.link.memory import Memory

    with tempfile.TemporaryDirectory() as folder:
        pair = nodes.recording(write(Path(folder)))
    scheme = schemes.find("strata")
    ends = [
        nodes.Node(me=me, peers=(peer,), unauthenticated_laboratory=True) for me, peer in ((b"a", b"b"), (b"b", b"a"))
    ]
    plan = nodes.plan(pair, scheme, spoken=128, kept=250)
    heard = [nodes.heard(pair, end, scheme) for end in "ab"]
    return Memory().run(nodes.initiator(ends[0], scheme, plan), nodes.responder(ends[1], scheme), *heard)
