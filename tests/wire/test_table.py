"""The two halves of the table fit together: walked as a pair over every order of events."""

from collections import deque

import pytest

from samefade.wire import codes, table
from samefade.wire.table import ALWAYS, DEAD, FINAL, START, TABLE, step

ROLES = ("initiator", "responder")


def other(role):
    return ROLES[1 - ROLES.index(role)]


def pairs(left_out):
    """Every pair of states that two correct ends can be in, with what is on its way, in order and at most a few.

    The plan says what is agreed on, a key or presence, and whether indices are told:
    the messages of the others are left out,
    and so are messages in several parts, of which only the script knows the last.
    """
    first = (("start", ()), ("waiting", ()))
    seen, todo = {first}, deque([first])
    while todo:
        now = todo.popleft()
        yield now
        for after in following(now, left_out):
            if after not in seen:
                seen.add(after)
                todo.append(after)


def following(now, left_out):
    """Each end's state with its inbox, after any one event that can happen."""
    for i, role in enumerate(ROLES):
        state, inbox = now[i]
        for event, after in TABLE[role][state].items():
            verb, _, what = event.partition(" ")
            part = after == state and what != "DONE"
            spoken_for = event == "send DONE" and now[1 - i] != ("vouched", ())
            if {what, f"{state} {what}"} & left_out or part or spoken_for:
                continue
            if verb == "hear" and (not inbox or inbox[0] != what):
                continue
            mine = inbox[1:] if verb == "hear" else inbox
            theirs, add = now[1 - i][1], ()
            if verb == "send":  # the first thing sealed proves the keys
                add = ("PROOF", what) if what == "PLAN" else (what,)
            elif event == "hear HELLO" and role == "responder":
                add = ("HELLO",)
            ends = [None, None]
            ends[i], ends[1 - i] = (after, mine), (now[1 - i][0], theirs + add)
            yield tuple(ends)


@pytest.mark.parametrize(
    ("left_out", "end"),
    [
        ({"CSI", "INDEX"}, "confirmed"),
        ({"CSI", "masked ASK", "masked CLOSE"}, "confirmed"),
        ({"SPOKEN"}, "present"),
    ],
    ids=["a key", "a key with indices", "presence"],
)
def test_two_ends_never_hear_what_the_table_does_not_allow_and_never_get_stuck(left_out, end):
    settled = set()
    for now in pairs(left_out):
        (a, to_a), (b, to_b) = now
        for role, state, inbox in (("initiator", a, to_a), ("responder", b, to_b)):
            heard = f"hear {inbox[0]}" if inbox else None
            waits = not any(not event.startswith("hear") for event in TABLE[role][state])
            if heard and waits:
                assert heard in TABLE[role][state], now
        if not any(True for _ in following(now, left_out)):
            settled.add(now)
    assert settled == {((end, ()), (end, ()))}


@pytest.mark.parametrize("role", ROLES)
def test_every_send_has_a_hear_at_the_other_end_and_every_event_a_name(role):
    sent = {event[5:] for events in TABLE[role].values() for event in events if event.startswith("send")}
    heard = {event[5:] for events in TABLE[other(role)].values() for event in events if event.startswith("hear")}
    assert sent <= heard
    assert heard - sent <= {"HELLO", "PROOF"}
    assert sent | heard <= set(codes.NAMES.values()) | {"HELLO", "PROOF"}


@pytest.mark.parametrize("role", ROLES)
def test_every_state_is_reached_and_only_the_final_ones_end(role):
    reached, todo = {START[role]}, [START[role]]
    while todo:
        for after in TABLE[role][todo.pop()].values():
            if after not in reached:
                reached.add(after)
                todo.append(after)
    assert reached == set(TABLE[role]) - {DEAD}
    ends = {state for state, events in TABLE[role].items() if set(events.values()) <= {state}}
    assert ends == set(FINAL)


@pytest.mark.parametrize("role", ROLES)
def test_dead_absorbs_everything_and_the_unexpected_kills(role):
    events = {event for events in TABLE[role].values() for event in events} | set(ALWAYS) | {"nonsense"}
    for state, allowed in TABLE[role].items():
        assert step(role, state, "tampered") == state
        assert step(role, state, "nonsense") == DEAD
        assert step(role, state, "fail") == DEAD
        assert step(role, DEAD, "fail") == DEAD
        for event in ALWAYS:
            assert step(role, state, event) == (state if state in FINAL and event != "fail" else DEAD)
        for event in events - set(ALWAYS):
            assert step(role, state, event) == allowed.get(event, DEAD)
            assert step(role, DEAD, event) == DEAD


def test_a_key_is_confirmed_only_after_the_other_ends_tag_was_heard():
    """No way from start to confirmed leaves out the other end's CONFIRM."""
    for role in ROLES:
        reached, todo = {START[role]}, [START[role]]
        while todo:
            for event, after in TABLE[role][todo.pop()].items():
                if event != "hear CONFIRM" and after not in reached:
                    reached.add(after)
                    todo.append(after)
        assert "confirmed" not in reached


def test_the_table_is_printed_and_drawn_whole():
    assert len(table.lines()) == sum(len(events) for states in TABLE.values() for events in states.values())
    for role in ROLES:
        drawn = table.mermaid(role)
        assert drawn.startswith(f"stateDiagram-v2\n    [*] --> {START[role]}\n")
        assert all(f"    {s} --> {t}: {e}" in drawn for r, s, e, t in table.lines() if r == role)


def test_kinds_have_different_numbers_of_one_byte():
    numbers = {name: value for name, value in vars(codes).items() if name.isupper() and name != "NAMES"}
    assert {value: name for name, value in numbers.items()} == codes.NAMES
    assert len(codes.NAMES) == len(numbers)
    assert max(codes.NAMES) < 24
