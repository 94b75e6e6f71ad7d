"""What a responder holds at once: a thousand half-open peers, a hundred live ones, and how much memory they take."""

import tracemalloc

from test_responder import hello, host, meet, peer

HALF_OPEN, LIVE, LARGEST = 1000, 100, 256 * 1024


def grown(act):
    tracemalloc.start()
    act()
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return held


def test_a_thousand_peers_may_be_half_open():
    listener = host()
    messages = [hello(i % 200, seed=i) for i in range(HALF_OPEN + 1)]

    def open_some(first, last):
        for i in range(first, last):
            listener.receive(messages[i], i, 0.0)
            listener.outgoing()

    held = grown(lambda: open_some(0, 100))
    open_some(100, HALF_OPEN + 1)
    assert listener.half_open == HALF_OPEN
    assert held / 100 < LARGEST / 8
    listener.tick(listener.deadline)
    assert listener.half_open == 0
    assert listener.deadline is None


def test_a_hundred_peers_may_be_live():
    listener, peers = host(), [peer(i, seed=i) for i in range(LIVE + 1)]
    held = grown(lambda: [meet(listener, session, i) for i, session in enumerate(peers)])
    assert (listener.live, listener.dropped["busy"]) == (LIVE, 1)
    assert held / LIVE < LARGEST  # of both ends together
