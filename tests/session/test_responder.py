"""One responder for many: what a stranger may cost and get, and what it cannot do to a true peer."""

from random import Random

import pytest
from session_ends import GATEWAY, HEARD, confirmed, initiator, of, psk_initiator, psk_responder, responder

from samefade.link.drive import Drive, HostDrive
from samefade.link.source import RecordedSource
from samefade.session import Known, Listener, Root

HOME = "home"


def root(i):
    return Root(b"p%d" % i, 0, bytes([i]) * 32)


def peer(i, seed=1):
    """A true peer with a prior secret of its own."""
    return initiator(psk_initiator([root(i)], me=b"peer%d" % i, peer=GATEWAY, seed=seed))


def host(**limits):
    made = []

    def make(connection):
        made.append(connection)
        handshake = psk_responder(connection=connection, seed=1000 + len(made))
        handshake._find = lambda name: (root(int(name[1:])), b"peer" + name[1:])
        return responder(handshake)

    listener = Listener(make, **limits)
    listener.made = made
    return listener


def hello(i, seed=1):
    session = peer(i, seed)
    session.start(0.0)
    (message,) = session.outgoing()
    return message


def meet(listener, session, address, now=0.0):
    """Let a peer greet and prove itself; return what the listener told of it."""
    session.start(now)
    told = []
    for _ in range(3):
        for datagram in session.outgoing():
            listener.receive(datagram, address, now)
        told += [event for at, event in listener.events() if at == address]
        for datagram, to in listener.outgoing():
            if to == address:
                session.receive(datagram, now)
    return told


def answers(listener, datagram, address, now=0.0):
    listener.receive(datagram, address, now)
    return listener.outgoing()


def test_amplification_a_stranger_never_gets_more_than_it_sent():
    chance, listener, old = Random(0), host(), [hello(i) for i in range(20)]
    for number in range(2000):
        message = chance.choice(old)
        if number % 4 == 1:
            message = message[: chance.randrange(len(message))]
        elif number % 4 == 2:
            message = chance.randbytes(chance.randrange(1, 80))
        elif number % 4 == 3:
            message = message[:40] + chance.randbytes(len(message) - 40)
        out = answers(listener, message, number % 300, number / 50)
        assert sum(len(datagram) for datagram, _ in out) <= len(message)
        assert all(address == number % 300 for _, address in out)
        listener.tick(number / 50)
        assert not listener.live
        assert not listener.events()
    assert listener.outgoing() == []


def test_a_half_open_peer_is_sent_nothing_as_time_passes():
    listener = host()
    answers(listener, hello(1), HOME)
    for second in range(40):
        listener.tick(float(second))
        assert listener.outgoing() == []
    assert listener.half_open == 0
    assert listener.deadline is None


def test_garbage_takes_nobodys_room():
    listener = host(half_open=3)
    for i in range(3):
        answers(listener, hello(i), i)
    true = hello(9)
    for number in range(1, 51):
        assert not answers(listener, true[:-1] + bytes([true[-1] ^ number]), "stranger")
    assert listener.half_open == 3
    assert listener.dropped["stranger"] == 50
    assert answers(listener, hello(0), 0)


def test_the_oldest_half_open_peer_makes_room():
    listener = host(half_open=3)
    for i in range(4):
        answers(listener, hello(i), i)
    assert listener.half_open == 3
    session = peer(5)
    assert of(Known, meet(listener, session, HOME))


def test_a_flood_of_replayed_first_messages_does_not_stop_a_true_peer():
    listener, session, old = host(half_open=20), peer(7), [hello(i, seed) for i in range(5) for seed in range(3, 9)]
    session.start(0.0)
    (first,) = session.outgoing()
    ((second, _),) = answers(listener, first, HOME)
    for message in old[:15]:
        answers(listener, message, "flood")
    session.receive(second, 0.0)
    for datagram in session.outgoing():
        answers(listener, datagram, HOME)
    assert listener.live == 1
    for message in old:
        answers(listener, message, "flood")
    assert listener.live == 1


def test_a_copy_sent_from_elsewhere_does_not_divert_the_answer():
    listener, session = host(), peer(7)
    session.start(0.0)
    (first,) = session.outgoing()
    assert [to for _, to in answers(listener, first, "copier")] == ["copier"]
    ((second, to),) = answers(listener, first, HOME)
    assert to == HOME
    session.receive(second, 0.0)
    for datagram in session.outgoing():
        answers(listener, datagram, HOME)
    assert listener.live == 1


def test_too_many_live_peers_are_turned_away_and_the_others_go_on():
    listener = host(live=2)
    for i in range(2):
        assert of(Known, meet(listener, peer(i), i))
    assert not of(Known, meet(listener, peer(2), 2))
    assert (listener.live, listener.dropped["busy"], listener.half_open) == (2, 1, 0)


def test_a_peer_that_begins_anew_from_its_address_replaces_itself():
    listener = host()
    meet(listener, peer(1), HOME)
    assert of(Known, meet(listener, peer(1, seed=2), HOME))
    assert (listener.live, listener.half_open) == (1, 0)


def test_another_peer_cannot_take_the_place_of_one_at_its_address():
    listener = host()
    meet(listener, peer(1), HOME)
    assert not of(Known, meet(listener, peer(2), HOME))
    assert (listener.live, listener.dropped["busy"]) == (1, 1)


def test_a_connection_identifier_is_not_used_again_while_its_peer_lives():
    listener = host(half_open=5)
    meet(listener, peer(1), HOME)
    (mine,) = listener.made
    listener._next = int.from_bytes(mine, "big") - 1
    meet(listener, peer(2), "elsewhere")
    assert len(set(listener.made)) == len(listener.made) == 2


@pytest.mark.usefixtures("known_calibration")
def test_a_true_peer_gets_its_keys_from_a_responder_under_flood():
    found = {"host": [], "peer": []}
    server = HostDrive(host(), lambda _: RecordedSource(HEARD[1]), lambda _, event: found["host"].append(event))
    client = Drive(peer(3), RecordedSource(HEARD[0]), found["peer"].append)
    old, now = [hello(i) for i in range(10)], 0.0
    going = client.start(now)
    while not client.closed and now < 60:
        now += 0.02
        for message in old:
            server.receive((message, "flood"), now)
        coming = [out for datagram in going for out in server.receive((datagram, HOME), now)] + server.turn(now)
        going = [out for datagram, to in coming if to == HOME for out in client.receive(datagram, now)]
        going += client.turn(now)
    assert confirmed(found["host"]) == confirmed(found["peer"]) != set()
