"""No secret in anything that a session, a store or a handover says: events, traces, logs, errors, files."""

import io
import json
import logging
import traceback
from dataclasses import fields
from uuid import UUID

import numpy as np
import pytest
from session_ends import (
    HEARD,
    PLAN,
    QUICK,
    SECRET,
    channel,
    edhoc_initiator,
    edhoc_responder,
    failure,
    initiator,
    of,
    responder,
    run,
    showing_initiator,
    showing_responder,
)
from session_taps import only
from spellings import spellings

from samefade.keys.handover.bond import Bond, Ends
from samefade.keys.handover.registry import HANDOVERS
from samefade.keys.store import Store
from samefade.keys.vault import KeyFile
from samefade.session import Failed, Pending
from samefade.session.trace import Trace
from samefade.types import Key


def spelt_samples(values):
    """The same for samples: three in a row as they lie in memory, and one as it is printed."""
    rows = [values[i : i + 3] for i in range(0, len(values) - 3, 5)]
    raw = [kind(row).tobytes() for row in rows for kind in (np.float32, np.float64)]
    printed = [repr(float(x)).encode() for x in values[::5]] + [f"{x:.6f}".encode() for x in values[::5]]
    return [one for r in raw for one in (r, r.hex().encode())] + printed


class Said:
    """Everything that came out of some runs, in one heap of bytes; and the secrets that must not be in it."""

    def __init__(self):
        self.heap, self.secrets = io.BytesIO(), []

    def add(self, *things):
        for thing in things:
            self.heap.write(thing if isinstance(thing, bytes) else str(thing).encode(errors="replace"))
            self.heap.write(b"\n")

    def hide(self, *secrets):
        for secret in secrets:
            self.secrets += spellings(secret) if isinstance(secret, bytes) else spelt_samples(secret)

    def run(self, a, b, **options):
        """Play a run with a trace at both ends, and take down everything that can be printed of it."""
        lines = []
        traces = {end: Trace(lines.append, lambda: 0.0, end, scheme="quick") for end in "ab"}
        outcome = run(a, b, on_event=lambda end, event: traces[end].tell(event), **options)
        self.add(*lines, repr(outcome), str(outcome))
        for end, events in ((a, outcome.a), (b, outcome.b)):
            self.add(repr(end), vars(end).keys(), repr(end._opening.secured), end.dropped)
            for event in events:
                self.event(event)
            secured = end._opening.secured
            if secured is not None:
                self.hide(secured.exporter, secured.key_in, secured.key_out)
        return outcome

    def event(self, event):
        self.add(repr(event), json.dumps(event.public()))
        if isinstance(event, Pending):
            self.hide(event.root.reveal_secret_bytes(), *(x.key.reveal_secret_bytes() for x in event.keys))
            self.add(*(repr(x) + str(x.certificate) + repr(x.key) + str(x.key) for x in event.keys), event.root)
        if isinstance(event, Failed):
            self.add(*traceback.format_exception(event.error), event.error.numbers, vars(event.error))
        self.add(*(f"{field.name} {getattr(event, field.name)!r}" for field in fields(event) if field.repr))

    def check(self):
        heap = self.heap.getvalue()
        found = [secret for secret in self.secrets if secret in heap]
        assert not found, f"{len(found)} of {len(self.secrets)} secrets were said"


@pytest.fixture
def said(caplog):
    caplog.set_level(logging.DEBUG)
    one = Said()
    one.hide(SECRET, *(np.asarray(x.values[PLAN.spoken_last + 30 :]) for x in HEARD))
    yield one
    one.add(caplog.text, *(record.getMessage() for record in caplog.records))
    one.check()


def test_the_scan_finds_what_it_looks_for():
    for leak in (SECRET.hex(), repr(SECRET), list(SECRET), str(HEARD[0].values[PLAN.spoken_last + 35])):
        one = Said()
        one.hide(SECRET, np.asarray(HEARD[0].values[PLAN.spoken_last + 30 :]))
        one.add(leak)
        with pytest.raises(AssertionError, match="secrets were said"):
            one.check()


def test_a_run_that_is_confirmed_says_no_secret(said):
    outcome = said.run(initiator(), responder())
    assert of(Pending, outcome.a)


def test_a_run_with_identities_says_no_secret(said):
    pytest.importorskip("lakers", reason="EDHOC needs the extra coap")
    assert of(Pending, said.run(initiator(edhoc_initiator()), responder(edhoc_responder())).a)


@pytest.mark.parametrize("until", [3, 9, 15, 19, 21, 23])
def test_a_run_that_breaks_says_no_secret(said, until):
    assert failure(said.run(initiator(), responder(), attacker=only(until)).a)


def test_a_run_that_fails_says_no_secret(said):
    noise = (HEARD[0], channel(snr_db=2.0)[1])
    said.hide(np.asarray(noise[1].values[PLAN.spoken_last + 30 :]))
    assert failure(said.run(initiator(), responder(), heard=noise).a)


def test_a_defect_that_holds_samples_says_none(said, monkeypatch):
    def surprise(_self, symbols, feature, *_, **__):
        raise ValueError(symbols.values.tolist(), feature.values.tolist())

    monkeypatch.setattr(type(QUICK), "worth", surprise)
    assert "ValueError" in str(failure(said.run(initiator(), responder()).a))


def test_presence_says_no_samples_of_either_end(said):
    """What is shown is burnt, and still nobody's business."""
    said.hide(*(np.asarray(x.values[20:400]) for x in HEARD))
    said.run(showing_initiator(), showing_responder())
    said.run(showing_initiator(), showing_responder(), heard=(HEARD[0], channel(seed=9)[1]))


def test_a_store_says_no_secret(said, tmp_path):
    outcome = said.run(initiator(), responder())
    (pending,) = of(Pending, outcome.a)
    with Store(tmp_path / "keys.store", KeyFile(tmp_path / "keys.key"), create=True) as store:
        first = store.enrol(b"gateway", SECRET)
        store.keep_pending(b"gateway", pending.keys, pending.root, now=1e9)
        said.add(store, store.status(), store.keys(), store.roots(b"gateway"), first)
        store.confirm(b"gateway", [x.key_id for x in pending.keys], now=1e9)
        taken = store.take(b"gateway", now=1e9, bits=64)
        said.add(taken, taken.certificate, store.status(), store.keys())
        store.sweep(2e9)
        said.add(store.status())
        with pytest.raises(Exception) as caught:  # noqa: PT011 -- whatever it is, it is scanned
            store.take(b"nobody", now=1e9)
        said.add(*traceback.format_exception(caught.value))
        for path in tmp_path.iterdir():
            if path.suffix != ".key":
                said.add(path.read_bytes())  # sealed: not even here
    said.add((tmp_path / "keys.store").read_bytes())


@pytest.mark.parametrize("name", HANDOVERS)
def test_a_handover_says_its_secret_in_its_file_alone(said, name):
    key = Key(bytes(range(100, 132)), "bounded")
    said.hide(key.reveal_secret_bytes())
    bond = Bond(UUID(int=5, version=4), "initiator", Ends(b"station", b"gateway"))
    files = HANDOVERS[name].render(key, bond)
    for file in files:
        said.hide(file.text.encode()) if len(file.text) > 8 else None
    said.add(*files, HANDOVERS[name], HANDOVERS[name].recipe, bond, key, *(file.name for file in files))


def test_what_cannot_be_said_cannot_be_written_either():
    import pickle

    outcome = run(initiator(), responder())
    (pending,) = of(Pending, outcome.a)
    for thing in (pending, pending.root, pending.keys[0], pending.keys[0].key):
        with pytest.raises((TypeError, ValueError)):
            pickle.dumps(thing)
        with pytest.raises(TypeError):
            json.dumps(thing)
