"""Measure keys on routes that repeat and on walks that do not: `python tests/lpwan/refresh/measure_routes.py`.

Prints the tables of docs/explain/refresh.md. A key is counted as one that follows from another where more than a tenth
of its kept samples lie where an earlier key's samples lay.
"""

import sys
from pathlib import Path
from time import process_time

sys.path.insert(0, str(Path(__file__).parent))

from refresh_line import QUICK, Fades, Line
from refresh_routes import Route, Walked

from samefade.lpwan.refresh import NoKey, Refreshed

RUN = 360  # frames that a run takes on this link, about
PERIODS = (1.5, 2.5, 5.0, 20.0)
LAPS = 3


def say(*parts):
    """Write a line."""
    sys.stdout.write(" | ".join(str(part) for part in parts) + "\n")
    sys.stdout.flush()


def main():
    """Print a row for each route."""
    say("period", "way", "memory", "frames", "keys", "of them follow", "seconds")
    for periods in PERIODS:
        for back in (False, True):
            for memory in (0.6, 0.9):
                begun = process_time()
                period = round(periods * RUN)
                line = Walked(QUICK, seed=1, fades=Route(1, period, there_and_back=back, memory=memory), lost=0.1)
                shares = line.follow(max(LAPS * period, 4000))
                follows = sum(share > 0.1 for share in shares)
                way = "there and back" if back else "forward"
                say(periods, way, memory, line.counter, len(shares), follows, round(process_time() - begun))
    for memory in (0.6, 0.9):
        line = Line(QUICK, seed=1, fades=Fades(1, memory=memory), lost=0.1)
        for _ in range(20_000):
            line.step()
        keys, none = len(line.of(Refreshed, "network")), [event.reason for event in line.of(NoKey, "network")]
        say("never", "", memory, line.counter, keys, {one: none.count(one) for one in none})


if __name__ == "__main__":
    main()
