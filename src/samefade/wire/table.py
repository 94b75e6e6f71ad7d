"""The protocol as one table: role, state, event, next state; the diagram of the documentation is drawn from it.

A state is named by what its end knows.
Events are `send X` and `hear X` for a message of kind X, `measured` when the last frame asked for has passed,
`timeout`, `tampered` and `fail`.
HELLO stands for the messages of whichever handshake is used:
the initiator sends one and hears the answer, and the responder answers what it hears.
PROOF is no message of its own: it is the first thing sealed, and shows that the initiator holds the keys.
"""

DEAD = "dead"
START = {"initiator": "start", "responder": "waiting"}
FINAL = ("confirmed", "present", DEAD)

# In any state: tampering is loss, and changes nothing; the rest ends the run.
ALWAYS = {"timeout": DEAD, "fail": DEAD, "send BYE": DEAD, "hear BYE": DEAD}

# The presence handshake is the same at both ends. An end may show its channel in more than one message,
# and so commit to it before it shows it.
_SHOWN = {"send CSI": "shown", "hear CSI": "exchanged"}
_SEEN = {"hear CSI": "seen", "send CSI": "exchanged"}
_EXCHANGED = {"send CSI": "exchanged", "hear CSI": "exchanged", "send VERDICT": "judged", "hear VERDICT": "believed"}
_JUDGED = {"hear CSI": "judged", "hear VERDICT": "present"}
_BELIEVED = {"send VERDICT": "present"}

TABLE = {
    "initiator": {
        "start": {"send HELLO": "greeted"},
        "greeted": {"send HELLO": "greeted", "hear HELLO": "keyed"},
        "keyed": {"send PLAN": "proposed"},
        "proposed": {"hear READY": "planned"},
        "planned": {"measured": "sampled"},
        "sampled": {"hear SPOKEN": "compared", "send CSI": "shown", "hear CSI": "seen"},
        "compared": {"hear SPOKEN": "compared", "send TERMS": "terms"},
        "terms": {"measured": "kept"},
        "kept": {"send HEARD": "masking"},
        "masking": {"hear HEARD": "masked"},
        "masked": {"send INDEX": "indexing", "hear ASK": "asked", "hear CLOSE": "corrected"},
        "indexing": {"hear INDEX": "indexed"},
        "indexed": {"send INDEX": "indexed", "hear ASK": "asked", "hear CLOSE": "corrected"},
        "asked": {"send ANSWER": "correcting"},
        "correcting": {"hear ASK": "asked", "hear CLOSE": "corrected"},
        "corrected": {"send ACCOUNT": "accounted"},
        "accounted": {"hear CONFIRM": "matched"},
        "matched": {"send CONFIRM": "vouched"},
        "vouched": {"hear DONE": "confirmed"},
        "confirmed": {},
        "shown": _SHOWN,
        "seen": _SEEN,
        "exchanged": _EXCHANGED,
        "judged": _JUDGED,
        "believed": _BELIEVED,
        "present": {},
        "dead": {},
    },
    "responder": {
        "waiting": {"hear HELLO": "answered"},
        "answered": {"hear HELLO": "answered", "hear PROOF": "keyed"},
        "keyed": {"hear PLAN": "proposed"},
        "proposed": {"send READY": "planned"},
        "planned": {"measured": "sampled"},
        "sampled": {"send SPOKEN": "compared", "send CSI": "shown", "hear CSI": "seen"},
        "compared": {"send SPOKEN": "compared", "hear TERMS": "terms"},
        "terms": {"measured": "kept"},
        "kept": {"hear HEARD": "masking"},
        "masking": {"send HEARD": "masked"},
        "masked": {"hear INDEX": "indexing", "send ASK": "asking", "send CLOSE": "corrected"},
        "indexing": {"send INDEX": "indexed"},
        "indexed": {"hear INDEX": "indexed", "send ASK": "asking", "send CLOSE": "corrected"},
        "asking": {"hear ANSWER": "correcting"},
        "correcting": {"send ASK": "asking", "send CLOSE": "corrected"},
        "corrected": {"hear ACCOUNT": "accounted"},
        "accounted": {"send CONFIRM": "vouched"},
        "vouched": {"hear CONFIRM": "confirmed"},
        "confirmed": {"send DONE": "confirmed"},
        "shown": _SHOWN,
        "seen": _SEEN,
        "exchanged": _EXCHANGED,
        "judged": _JUDGED,
        "believed": _BELIEVED,
        "present": {},
        "dead": {},
    },
}


def step(role: str, state: str, event: str) -> str:
    """Return the next state; an event that the table does not allow ends the run, and the end absorbs everything."""
    if event == "tampered" or state == DEAD:
        return state
    if event in ALWAYS:
        settled = state in FINAL and event != "fail"  # what was agreed stands, whether or not the other end goes
        return state if settled else ALWAYS[event]
    return TABLE[role][state].get(event, DEAD)


def lines() -> list[tuple[str, str, str, str]]:
    """Return the rows of the table: role, state, event, next state."""
    rows = []
    for role, states in TABLE.items():
        for state, events in states.items():
            rows += [(role, state, event, after) for event, after in events.items()]
    return rows


def mermaid(role: str) -> str:
    """Draw one role's table as a state diagram in Mermaid's language."""
    arrows = [f"    {state} --> {after}: {event}" for r, state, event, after in lines() if r == role]
    ends = [f"    {state} --> [*]" for state in FINAL]
    head = ["stateDiagram-v2", f"    [*] --> {START[role]}"]
    ends.append("    note right of dead: from every state, by a timeout, a failure, BYE or an event not drawn")
    return "\n".join(head + arrows + ends)
