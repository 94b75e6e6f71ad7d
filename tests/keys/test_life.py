"""The table of a key's life: what may happen, and that nothing else may."""

import itertools

import pytest

from samefade.keys.errors import WrongMove
from samefade.keys.life import LIFE, Move, State, after, table

ALLOWED = {
    ("generated", "keep", "pending"),
    ("pending", "confirm", "confirmed"),
    ("pending", "discard", "discarded"),
    ("pending", "destroy", "destroyed"),
    ("confirmed", "reserve", "reserved"),
    ("confirmed", "destroy", "destroyed"),
    ("reserved", "deliver", "delivered"),
    ("reserved", "destroy", "destroyed"),
    ("delivered", "deliver", "delivered"),
    ("delivered", "destroy", "destroyed"),
}


def test_the_table_allows_what_the_life_of_a_key_is_and_nothing_else():
    for state, move in itertools.product(State, Move):
        then = {t for s, m, t in ALLOWED if (s, m) == (state, move)}
        if then:
            assert {after(state, move)} == then
        else:
            with pytest.raises(WrongMove, match=f"state {state}, move {move}"):
                after(state, move)


def test_every_state_is_reached_and_the_ends_are_ends():
    reached = {then for moves in LIFE.values() for then in moves.values()} | {State.GENERATED}
    assert reached == set(State)
    assert {state for state, moves in LIFE.items() if not moves} == {s for s in State if s.ended}


def test_a_pending_key_is_never_delivered():
    assert Move.DELIVER not in LIFE[State.PENDING]
    assert Move.RESERVE not in LIFE[State.PENDING]


def test_the_table_prints_one_line_for_each_move():
    lines = table().splitlines()
    assert len(lines) == len(ALLOWED)
    assert "confirmed ─ reserve ▶ reserved" in lines
