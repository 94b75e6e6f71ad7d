"""Compare the account with what a simulated link truly shares: `python tests/lpwan/refresh/measure_truth.py`.

The fade is a Gaussian autoregression, so what both ends share given Eve is known: no scheme can get more (Maurer 1993).
The account is judged before a key is cut off it: entropy of the string less all that was told, and less the conceded.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from refresh_truth import balances

SEEDS = 20
LINKS = (
    # memory from place to place, noise in dB, share lost each way, correlation of what Eve hears with the fade
    (0.0, 0.5, 0.0, 0.0),
    (0.6, 0.5, 0.2, 0.0),
    (0.6, 1.0, 0.2, 0.0),
    (0.9, 1.0, 0.2, 0.0),
    (0.6, 1.5, 0.0, 0.0),
    (0.6, 0.5, 0.2, 0.5),
    (0.6, 0.5, 0.2, 0.9),
    (0.6, 1.0, 0.2, 0.9),
)


def say(*parts):
    """Write a line."""
    sys.stdout.write(" | ".join(str(part) for part in parts) + "\n")


def main():
    """Print a row for each link and each Eve, over all seeds."""
    say("memory", "noise, dB", "lost", "Eve's correlation", "runs", "claimed of true, mean", "largest", "too much")
    for memory, noise, lost, eve in LINKS:
        runs = [each for seed in range(SEEDS) if (each := balances(seed, memory, noise, lost, eve)) is not None]
        share = [claimed / true for claimed, true in runs] or [0.0]
        worst = round(float(np.mean(share)), 2), round(max(share), 2)
        say(memory, noise, lost, eve, len(runs), *worst, sum(one > 1 for one in share))


if __name__ == "__main__":
    main()
