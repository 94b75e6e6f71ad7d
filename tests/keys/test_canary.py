"""No key and no prior secret is in anything that is written or shown, in any of the forms that bytes take."""

import base64
import json
import logging
import traceback

import pytest

from samefade.errors import SamefadeError
from samefade.keys import etsi
from samefade.keys.delivery import Delivery
from samefade.keys.pairs import Pair
from samefade.keys.store import Store


def forms(secret):
    text = (secret.hex(), base64.b64encode(secret).decode().rstrip("="), repr(secret)[2:-1], str(list(secret))[1:-1])
    return [secret, secret[:12], *(one.encode() for one in text), *(one.upper().encode() for one in text[:1])]


def clean(content, secrets):
    return not any(form in content for secret in secrets for form in forms(secret))


@pytest.fixture
def canaries(issue):
    keys, root = issue(7, 4)
    psk = bytes(range(100, 132))
    return keys, root, psk, [*(one.key.reveal_secret_bytes() for one in keys), root.reveal_secret_bytes(), psk]


def test_the_scan_finds_what_it_looks_for(canaries):
    *_, secrets = canaries
    for form in forms(secrets[0]):
        assert not clean(b"x" + form + b"y", secrets)


def test_files_journals_logs_and_errors_hold_no_secret(make_store, canaries, fast_path, ask, now, caplog, capfd):
    keys, root, psk, secrets = canaries
    caplog.set_level(logging.DEBUG)
    told, files = [], []

    def look(store):
        files.extend(file.read_bytes() for file in fast_path.iterdir())
        told.extend([repr(store), repr(store.keys()), json.dumps(store.status()), repr(store.roots(b"sta"))])

    store = make_store()
    store.enrol(b"sta", psk)
    look(store)
    with store.database.writing() as db:  # the journal is there while a transaction is
        db.execute("UPDATE roots SET epoch = 1")
        files.extend(file.read_bytes() for file in fast_path.glob("*-journal"))
        db.execute("UPDATE roots SET epoch = 0")
    store.keep_pending(b"sta", keys, root, now=now)
    look(store)
    store.confirm(b"sta", [one.key_id for one in keys], now=now)
    Delivery(store).add(Pair(master="alice", slave="bob", peer=b"sta", side="both"))
    app = etsi.application(store, "kme", now=lambda: now, who=lambda scope: scope["who"])
    given = ask(app, "GET", "/api/v1/keys/bob/enc_keys").json["keys"][0]
    assert base64.b64decode(given["key"]) == secrets[0]  # the one place where it belongs
    told.append(str(ask(app, "GET", "/api/v1/keys/bob/status")))
    told.append(repr(store.take(b"sta", now=now)))
    look(store)
    for call in (
        lambda: store.take(b"sta", keys[0].key_id, now=now),
        lambda: store.keep_pending(b"sta", keys, root, now=now),
        lambda: store.enrol(b"sta", psk),
        lambda: store.discard(b"sta", [keys[3].key_id], now=now),
        lambda: Store(fast_path / "a.key", None),
    ):
        with pytest.raises(SamefadeError) as caught:
            call()
        told.append("".join(traceback.format_exception(caught.value)))
    assert len(files) == 7  # three times the store and its key file, once the journal
    captured = capfd.readouterr()
    everything = "\n".join([*told, caplog.text, captured.out, captured.err])
    assert clean(everything.encode("utf-8", "replace"), secrets)
    assert all(clean(one, secrets) for one in files)
