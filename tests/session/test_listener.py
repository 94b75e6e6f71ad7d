"""A responder for many: what a datagram of whom costs, and whose session it reaches."""

import pytest
from session_ends import (
    QUICK,
    chance,
    edhoc_initiator,
    edhoc_responder,
    initiator,
    psk_initiator,
    responder,
)

from samefade.session import Agreement, Known, Listener, Root, Session, pack_mark
from samefade.session.psk import PskResponder
from samefade.wire.cbor import encode

DEVICES = {f"device{i}".encode(): Root(f"root{i}".encode(), 0, bytes([i + 1]) * 32) for i in range(8)}


def host(**options):
    known = {root.name: (root, name) for name, root in DEVICES.items()}

    def make(connection):
        handshake = PskResponder(
            known.get,
            me=b"gateway",
            connection=connection,
            parameters=lambda _peer: pack_mark(0),
            nonce=chance(int.from_bytes(connection, "big") + 1000)(16),
        )
        agreement = Agreement(QUICK, chance(5))
        return Session(handshake, lambda secured: agreement.respond(0, secured))

    return Listener(make, **options)


def device(i, seed=None):
    name = f"device{i}".encode()
    handshake = psk_initiator([DEVICES[name]], me=name, seed=100 + i if seed is None else seed)
    return initiator(handshake)


def hello(i, seed):
    name = f"device{i}".encode()
    return psk_initiator([DEVICES[name]], me=name, seed=seed).begin()


def serve(listener, devices, turns=12, now=0.0):
    """Let devices talk to a listener, each from its own address; return what it told its owner."""
    told = []
    for _ in range(turns):
        for address, one in devices.items():
            for datagram in one.outgoing():
                listener.receive(datagram, address, now)
        told += listener.events()
        for datagram, address in listener.outgoing():
            devices[address].receive(datagram, now)
    return told


def test_many_devices_are_served_at_once_each_by_its_own_session():
    listener = host()
    devices = {f"at{i}": device(i) for i in range(5)}
    for one in devices.values():
        one.start(0.0)
    told = serve(listener, devices)
    assert (listener.live, listener.half_open) == (5, 0)
    assert {(address, event.peer) for address, event in told if isinstance(event, Known)} == {
        (f"at{i}", f"device{i}".encode()) for i in range(5)
    }
    assert {one.state for one in devices.values()} == {"planned"}


def test_a_repeated_first_message_costs_one_session_and_the_same_answer():
    listener, first = host(), hello(0, 1)
    answers = set()
    for _ in range(5):
        listener.receive(first, "at", 0.0)
        answers |= {datagram for datagram, _ in listener.outgoing()}
    assert (listener.half_open, len(answers)) == (1, 1)


def test_a_stranger_gets_no_more_bytes_than_it_sent_and_no_events():
    listener = host()
    first = hello(0, 1)
    listener.receive(first, "at", 0.0)
    assert listener.events() == []
    assert sum(len(d) for d, _ in listener.outgoing()) <= len(first)
    listener.tick(1.0)
    assert listener.outgoing() == []


def test_what_nobody_sent_costs_nothing():
    listener = host()
    wrong = psk_initiator([Root(b"root0", 0, bytes(32))], me=b"device0").begin()  # a wrong secret under a known name
    unknown = psk_initiator([Root(b"unknown", 0, bytes(32))]).begin()
    for datagram in (b"", b"\xff", encode([1]), encode([99, b"x"]), encode([b"abcd", 0, b"x"]), wrong, unknown):
        listener.receive(datagram, "at", 0.0)
    assert (listener.half_open, listener.live, listener.outgoing(), listener.deadline) == (0, 0, [], None)
    assert sum(listener.dropped.values()) == 7


def test_a_flood_of_old_first_messages_makes_room_for_new_ones():
    listener = host(half_open=4)
    for seed in range(20):
        listener.receive(hello(0, seed + 1), f"at{seed}", float(seed) / 100)
    assert listener.half_open == 4
    listener.outgoing()
    one = device(1)
    one.start(1.0)
    serve(listener, {"new": one, **{f"at{i}": device(2, i) for i in range(20)}}, now=1.0)
    assert one.state == "planned"
    assert listener.live == 1


def test_half_open_peers_are_forgotten_in_time():
    listener = host(patience=3.0)
    listener.receive(hello(0, 1), "at", 10.0)
    assert listener.deadline == 13.0
    listener.tick(12.9)
    assert listener.half_open == 1
    listener.tick(13.0)
    assert (listener.half_open, listener.deadline) == (0, None)


def test_more_peers_than_are_served_are_told_nothing():
    listener = host(live=2)
    devices = {f"at{i}": device(i) for i in range(3)}
    for one in devices.values():
        one.start(0.0)
    serve(listener, devices)
    assert listener.live == 2
    assert listener.dropped["busy"] >= 1


def test_a_peer_that_begins_anew_replaces_its_old_session():
    listener = host()
    one = device(0)
    one.start(0.0)
    serve(listener, {"at": one})
    again = device(0, seed=999)
    again.start(1.0)
    serve(listener, {"at": again}, now=1.0)
    assert listener.live == 1
    assert again.state == "planned"


def test_a_stop_tells_every_peer():
    listener = host()
    devices = {f"at{i}": device(i) for i in range(3)}
    for one in devices.values():
        one.start(0.0)
    serve(listener, devices)
    listener.stop(1.0)
    serve(listener, devices, now=1.0)
    assert {one.state for one in devices.values()} == {"dead"}


def test_a_sample_of_an_unknown_address_is_nobodys():
    from samefade.session import Sample

    host().hear(Sample(1, [1.0]), "nowhere", 0.0)


def test_devices_with_identities_are_served_too():
    pytest.importorskip("lakers", reason="EDHOC needs the extra coap")
    listener = Listener(lambda connection: responder(edhoc_responder(connection=connection)))
    one = initiator(edhoc_initiator())
    one.start(0.0)
    serve(listener, {"at": one})
    assert one.state == "planned"
    assert listener.live == 1
