"""Group keys: over real ends of a refresh and a line that loses; join, leave, late members, replays."""

import pickle
from random import Random

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESCCM
from hypothesis import given, settings
from hypothesis import strategies as st

from samefade.errors import OutOfRange, RemoteProtocolError
from samefade.lpwan.group import Group, GroupKey, GroupMember
from samefade.lpwan.group.member import MOST_GROUPS
from samefade.lpwan.group.wrapping import parse, unwrap, wrap
from samefade.lpwan.refresh import Answered, Carried, DeviceEnd, NetworkEnd
from samefade.lpwan.refresh.sealing import Secret
from samefade.session.events import Root
from samefade.types import Key
from samefade.wire.cbor import encode

NAME = b"hall"


class Member:
    """Both ends of one device, and what it holds of its groups."""

    def __init__(self, number):
        eui, secret = number.to_bytes(8, "big"), Root(b"first---", 0, bytes((number,)) * 32)
        self.eui, self.counter = eui, 0
        self.device, self.network, self.groups = DeviceEnd(eui, secret), NetworkEnd(eui, secret), GroupMember()

    def step(self, group, chance, lost):
        """One uplink and what answers it; a message goes down when one is due."""
        self.counter += 1
        block = self.device.uplink(self.counter, 25)
        if chance.random() < lost:
            return
        self.network.uplink(self.counter, None, block)
        for event in self.network.events():
            if isinstance(event, Answered):
                group.confirm(self.eui, event.message)
        message = group.message(self.network)
        if message is not None:
            self.network.carry(message)
        answer = self.network.downlink(50)
        if chance.random() < lost:
            return
        self.device.downlink(self.counter, -100.0, answer)
        for event in self.device.events():
            if isinstance(event, Carried):
                self.device.reply(self.groups.hear(self.device, event.message))


def spread(group, members, lost=0.0, seed=1, most=300):
    chance = Random(seed)
    for _ in range(most):
        if not group.waiting:
            return
        for member in members:
            member.step(group, chance, lost)
    raise AssertionError(f"{group.waiting} never confirmed")


def grouped(count=4, lost=0.0):
    members, group = [Member(1 + i) for i in range(count)], Group(NAME, Random(5).randbytes)
    for member in members:
        group.join(member.eui, "estimate")
    spread(group, members, lost)
    return group, members


@pytest.mark.parametrize("lost", [0.0, 0.4])
def test_every_member_gets_the_key_and_confirms(lost):
    group, members = grouped(lost=lost)
    keys = {member.groups.key(NAME).reveal_secret_bytes() for member in members}
    assert keys == {group.key.reveal_secret_bytes()}
    assert {member.groups.key(NAME).epoch for member in members} == {group.key.epoch}


def test_a_message_takes_one_downlink_of_a_frame():
    group, members = grouped(1)
    assert 2 + 1 + 1 + len(wrap(group.key, members[0].network)) + 8 <= 50


def test_who_joins_cannot_read_what_was_said_before():
    group, members = grouped()
    before = group.key.reveal_secret_bytes()
    late = Member(99)
    group.join(late.eui, "estimate")
    spread(group, [*members, late])
    assert late.groups.key(NAME).reveal_secret_bytes() == group.key.reveal_secret_bytes() != before
    assert late.groups.key(NAME, group.key.epoch - 1) is None
    assert members[0].groups.key(NAME, group.key.epoch - 1).reveal_secret_bytes() == before  # frames on their way


def test_who_left_cannot_read_what_is_said_after():
    group, members = grouped()
    gone = members.pop()
    group.leave(gone.eui)
    assert group.message(gone.network) is None
    spread(group, members)
    assert gone.groups.key(NAME).reveal_secret_bytes() != group.key.reveal_secret_bytes()
    for member in members:  # nor from what it overhears
        assert gone.groups.hear(gone.device, wrap(group.key, member.network)) == b""


def test_a_late_member_gets_the_newest_key_alone():
    group, members = grouped(3)
    late = Member(50)
    group.join(late.eui)
    group.rekey()
    group.rekey()
    spread(group, [*members, late])
    assert late.groups.key(NAME).epoch == group.key.epoch


def test_an_old_message_is_refused_and_the_newest_one_answered_again():
    group, members = grouped(2)
    member = members[0]
    old = wrap(group.key, member.network)
    assert member.groups.hear(member.device, old) == group.key.confirm(member.eui)
    group.rekey()
    spread(group, members)
    assert member.groups.hear(member.device, old) == b""
    assert member.groups.key(NAME).epoch == group.key.epoch
    assert member.groups.dropped == 1


def test_another_key_for_the_same_epoch_is_refused():
    group, members = grouped(2)
    member, key = members[0], group.key
    other = GroupKey(NAME, key.epoch, key.members, bytes(16))
    assert member.groups.hear(member.device, wrap(other, member.network)) == b""
    assert member.groups.key(NAME).reveal_secret_bytes() == key.reveal_secret_bytes()


def test_a_message_for_another_member_is_refused():
    group, members = grouped(2)
    one, other = members
    assert other.groups.hear(other.device, wrap(group.key, one.network)) == b""


@settings(deadline=None)
@given(st.data())
def test_no_bit_of_a_message_can_be_flipped(data):
    member = Member(7)
    key = GroupKey(NAME, 300, bytes(range(8)), bytes(range(16)))
    message = bytearray(wrap(key, member.network))
    at = data.draw(st.integers(0, 8 * len(message) - 1))
    message[at // 8] ^= 1 << at % 8
    assert member.groups.hear(member.device, bytes(message)) == b""


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_refused_and_counted(message):
    groups = GroupMember()
    assert groups.hear(Member(7).device, message) == b""
    assert groups.dropped == 1


def test_another_library_unwraps_the_same_key():
    member = Member(7)
    key = GroupKey(NAME, 5, bytes(8), bytes(range(16)))
    message = wrap(key, member.network)
    wrapping = member.device.derive("group key", encode([member.eui, NAME]), 16)
    head, sealed = message[:-24], message[-24:]
    assert AESCCM(wrapping, 8).decrypt((5).to_bytes(13, "big"), sealed, head) == bytes(range(16))
    assert unwrap(message, member.device).reveal_secret_bytes() == bytes(range(16))


def test_an_answer_confirms_one_member_one_epoch_and_one_list():
    group, members = grouped(2)
    right = group.key.confirm(members[0].eui)
    group.rekey()
    assert not group.confirm(members[0].eui, right)
    assert not group.confirm(members[1].eui, group.key.confirm(members[0].eui))
    assert not group.confirm(b"stranger", group.key.confirm(b"stranger"))
    assert group.confirm(members[0].eui, group.key.confirm(members[0].eui))
    assert group.waiting == (members[1].eui,)


def test_a_group_is_as_secret_as_its_weakest_member_and_says_so():
    group = Group(NAME, Random(1).randbytes)
    group.join(b"a" * 8, "bounded")
    assert group.key.claim == group.claim == "bounded"
    group.join(b"b" * 8, "estimate")
    assert group.claim == "estimate"
    assert (b"b" * 8).hex() in group.ledger.assumptions[0]
    group.join(b"c" * 8)
    assert group.claim == "none"
    assert len(group.ledger.assumptions) == 2
    assert group.ledger.earned == 0
    group.refreshed(b"c" * 8, "bounded")
    assert group.claim == "none"  # the key that is out was wrapped with the old secret
    group.rekey()
    assert group.claim == "estimate"


def test_both_sides_go_on_from_what_was_stored():
    group, members = grouped(2)
    group.refreshed(members[0].eui, "bounded")
    again = Group.restored(group.reveal_secret_state_bytes(), Random(9).randbytes)
    assert again.reveal_secret_state_bytes() == group.reveal_secret_state_bytes()
    assert (again.waiting, again.claim) == (group.waiting, group.claim)
    again.rekey()
    members[0].groups = GroupMember.restored(members[0].groups.reveal_secret_state_bytes())
    old = wrap(group.key, members[0].network)
    spread(again, members)
    assert members[0].groups.hear(members[0].device, old) == b""
    with pytest.raises(RemoteProtocolError):
        Group.restored(GroupMember().reveal_secret_state_bytes(), bytes)
    with pytest.raises(RemoteProtocolError):
        GroupMember.restored(group.reveal_secret_state_bytes())


def test_a_group_key_is_not_printed_nor_pickled_nor_hashed():
    key = GroupKey(NAME, 1, bytes(8), b"secret secret se")
    assert "secret" not in repr(key)
    for serialiser in (pickle.dumps, hash):
        with pytest.raises(TypeError):
            serialiser(key)


def test_what_makes_no_sense_is_refused():
    with pytest.raises(OutOfRange):
        Group(b"too long", bytes)
    group = Group(NAME, Random(1).randbytes)
    group.join(b"a" * 8)
    with pytest.raises(OutOfRange):
        group.join(b"a" * 8)
    with pytest.raises(OutOfRange):
        group.leave(b"b" * 8)
    group.leave(b"a" * 8)
    assert group.key is None
    assert group.waiting == ()


def test_a_group_that_is_made_anew_goes_on_behind_the_epochs_of_the_lost_one():
    group, members = grouped(2)
    lost = group.key
    again = Group(NAME, Random(9).randbytes, after=1000)
    for member in members:
        again.join(member.eui, "estimate")
    spread(again, members)
    assert again.key.epoch > 1000 > lost.epoch
    assert {member.groups.key(NAME).epoch for member in members} == {again.key.epoch}
    for after in (-1, 2**63):
        with pytest.raises(OutOfRange):
            Group(NAME, bytes, after=after)


def test_a_member_that_missed_keys_takes_the_newest_and_what_it_missed_comes_too_late():
    group, members = grouped(2)
    gone, there = members
    missed = []
    for _ in range(2):
        group.rekey()
        missed.append(wrap(group.key, gone.network))
        there.groups.hear(there.device, wrap(group.key, there.network))
    assert gone.groups.hear(gone.device, missed[1]) == group.key.confirm(gone.eui)
    assert gone.groups.hear(gone.device, missed[0]) == b""
    assert gone.groups.key(NAME).epoch == group.key.epoch
    assert gone.groups.key(NAME, group.key.epoch - 1) is None  # it never had that one


def test_a_message_under_an_older_secret_of_the_member_is_refused():
    """What was wrapped before a refresh cannot be played after it, not even with a newer epoch of the group."""
    member = Member(7)
    old = wrap(GroupKey(NAME, 900, bytes(8), bytes(16)), member.network)
    fresh = Root(b"second--", 1, bytes(31) + b"\1")
    assert member.groups.hear(DeviceEnd(member.eui, fresh), old) == b""
    assert member.groups.dropped == 1


def test_what_one_secret_gives_for_each_purpose_differs():
    """Blocks up and down, groups by name, other purposes, LoRaWAN, the application's key: no two keys are alike."""
    secret = bytes(range(32))
    root, eui = Root(b"first---", 1, secret), bytes(8)
    end, inner = DeviceEnd(eui, root), Secret(eui, root)
    names = ["group key", "uplink", "downlink", "lorawan", "for group key", "", "group", "refresh"]
    found = [end.derive(name, context, 16) for name in names for context in (b"", NAME, encode([eui, NAME]))]
    found += [inner.derive(way, b"", 16) for way in ("uplink", "downlink")]
    key = Key(secret, "estimate")
    found += [key.derive(f"samefade lpwan application key{name}", 16) for name in ("", " name")]
    found += [secret[:16], secret[16:]]
    assert len(set(found)) == len(found)


def test_every_message_of_a_group_has_a_nonce_of_its_own_under_each_key():
    group, members = grouped(3)
    seen, late = {}, Member(40)
    for step in range(30):
        if step % 7 == 3:
            group.leave(late.eui)
        elif step % 7 == 0:
            group.join(late.eui)
        else:
            group.rekey()
        if step == 20:
            group = Group.restored(group.reveal_secret_state_bytes(), Random(step).randbytes)
        for member in (*members, late):
            message = group.message(member.network)
            if message is not None:
                said = parse(message)
                assert seen.setdefault((member.eui, said.epoch), message) == message
    assert len(seen) > 90


def test_a_member_is_in_a_bounded_number_of_groups():
    member = Member(7)
    for number in range(MOST_GROUPS + 5):
        key = GroupKey(number.to_bytes(4, "big"), 1, bytes(8), bytes(16))
        assert bool(member.groups.hear(member.device, wrap(key, member.network))) == (number < MOST_GROUPS)
    assert member.groups.dropped == 5
    assert len(member.groups.reveal_secret_state_bytes()) < 1024
