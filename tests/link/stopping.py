"""How soon something ends once it is asked to, on a machine that may be busy."""

import time

TRIES = 8


def soonest(end):
    """Return the shortest time that any of a few tries took, seconds; the first below one second is enough.

    `end` is called once a try; it asks something to end, and returns when that has ended.
    """
    least = float("inf")
    for _ in range(TRIES):
        least = min(least, end())
        if least < 1:
            break
    return least


def seconds_until_ended(stop, thread):
    """Set the event `stop` and return how long the thread then lives on, seconds."""
    begun = time.monotonic()
    stop.set()
    thread.join(120)
    assert not thread.is_alive()
    return time.monotonic() - begun
