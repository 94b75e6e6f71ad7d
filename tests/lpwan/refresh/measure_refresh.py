"""Measure what a refresh takes on simulated links: `python tests/lpwan/refresh/measure_refresh.py`.

Prints the table of docs/explain/refresh.md: frames, blocks, bytes and days, mean of some refreshes each.
"""

import sys
import tracemalloc
from contextlib import suppress
from pathlib import Path
from time import process_time

sys.path.insert(0, str(Path(__file__).parent))

from refresh_line import Fades, Line

from samefade.lpwan.refresh import NetworkEnd, NoKey, Policy, Refreshed

A_DAY = 240  # frames: ten an hour
RUNS = 4
LINKS = (
    # spread and noise of the fade in dB, share of frames lost each way, spare bytes
    (8.0, 0.5, 0.0, (11, 30)),
    (8.0, 0.5, 0.2, (11, 30)),
    (8.0, 0.5, 0.2, (40, 40)),
    (8.0, 0.5, 0.2, (11, 13)),
    (8.0, 0.5, 0.35, (11, 30)),
    (6.0, 1.0, 0.2, (11, 30)),
    (6.0, 1.5, 0.2, (11, 30)),
    (6.0, 2.0, 0.2, (11, 30)),
)


def refreshes(spread, noise, lost, spare):
    """Return the mean of frames and blocks a refresh, and how many runs gave no key."""
    total, refused = dict.fromkeys(("up", "up blocks", "up bytes", "down", "down blocks", "down bytes"), 0), 0
    for seed in range(RUNS):
        line = Line(Policy(), seed=seed, fades=Fades(seed, spread=spread, noise=noise), lost=lost, spare=spare)
        with suppress(AssertionError):  # no key in all these frames: the row shows it
            line.until(Refreshed, "device", most=8000)
        refused += len(line.of(NoKey, "network"))
        total = {name: total[name] + line.frames[name] for name in total}
    return {name: value / RUNS for name, value in total.items()}, refused


def say(*parts):
    """Write a line."""
    sys.stdout.write(" | ".join(str(part) for part in parts) + "\n")


def main():
    """Print the table, then what one device costs the network."""
    say("fade, noise", "lost", "spare", "frames", "days", *("blocks", "bytes") * 2, "downlinks", "runs without a key")
    for spread, noise, lost, spare in LINKS:
        f, refused = refreshes(spread, noise, lost, spare)
        told = [round(f[name]) for name in ("up blocks", "up bytes", "down blocks", "down bytes", "down")]
        link = f"{spread:g} dB, {noise:g} dB", f"{lost:.0%}", "{}-{}".format(*spare)
        say(*link, round(f["up"]), round(f["up"] / A_DAY, 1), *told, refused)
    line, state = Line(Policy(), seed=1, fades=Fades(1, spread=6.0, noise=1.6)), b""  # one that takes many samples
    for _ in range(2400):
        line.step()
        state = max(state, line.network_stored, key=len)
    counter = line.counter
    say("largest state of the network's end, bytes", len(state))
    tracemalloc.start()
    ends = [NetworkEnd.restored(state, line.policy) for _ in range(200)]
    say("memory of one, bytes", round(tracemalloc.get_traced_memory()[0] / 200))
    tracemalloc.stop()
    begun = process_time()
    for end in ends:
        end.uplink(counter + 1, -100.0, b"")
        end.downlink(50)
        end.reveal_secret_state_bytes()
    say("an uplink without work, with its state, us", round((process_time() - begun) / 200 * 1e6))


if __name__ == "__main__":
    main()
