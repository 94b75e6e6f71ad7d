"""Locks, seals, and everything that an attacker with the file but without its key may try."""

import os
import pickle
import sqlite3
import stat

import pytest

from samefade.keys.errors import OthersMayRead, StoreDamaged, StoreLocked
from samefade.keys.private import write_private
from samefade.keys.store import Store
from samefade.keys.vault import KeyFile, Passphrase, Vault

PEER = b"sta"
CHEAP = 2**4  # cost of a guess: tests need no protection


def change(store, statement, *values):
    """Write to the file behind the store's back."""
    with sqlite3.connect(store.database.path) as db:
        db.execute(statement, values)
    db.close()


def test_files_are_private_and_the_key_file_is_made_once(make_store, fast_path):
    store = make_store()
    store.burn(PEER, 1, 1)
    for name in ("a.store", "a.key"):
        assert stat.S_IMODE((fast_path / name).stat().st_mode) == 0o600
    key = (fast_path / "a.key").read_bytes()
    assert len(key) == 32
    make_store()
    assert (fast_path / "a.key").read_bytes() == key


@pytest.mark.parametrize("file", ["a.store", "a.key"])
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_file_that_others_may_read_is_refused(make_store, fast_path, file, mode):
    make_store().close()
    (fast_path / file).chmod(mode)
    with pytest.raises(OthersMayRead, match=f"{mode:03o}"):
        make_store()


def test_a_wrong_absent_or_short_key_file(make_store, fast_path):
    make_store().close()
    key = fast_path / "a.key"
    right = key.read_bytes()
    for wrong, told in ((os.urandom(32), "wrong key"), (right[:31], "31 bytes"), (b"", "0 bytes")):
        key.write_bytes(wrong)
        with pytest.raises(StoreLocked, match=told):
            make_store()
    key.unlink()
    with pytest.raises(StoreLocked, match="No such file"):
        make_store()
    assert not key.exists()  # a store that is there is never given a new key
    write_private(key, right)
    make_store()


def test_a_passphrase_opens_and_another_does_not(tmp_path):
    path = tmp_path / "s"
    with Store(path, Passphrase("correct horse", CHEAP), create=True) as store:
        store.burn(PEER, 1, 3)
    with Store(path, Passphrase("correct horse")) as store:  # the cost is kept in the store
        assert store.burnt(PEER) == 3
    with pytest.raises(StoreLocked, match="wrong key or passphrase"):
        Store(path, Passphrase("correct horze"))
    with pytest.raises(StoreLocked, match="made with a passphrase"):
        Store(path, KeyFile(tmp_path / "k"))


def test_a_key_file_store_is_not_opened_by_a_passphrase(make_store, fast_path):
    make_store().close()
    with pytest.raises(StoreLocked, match="made with a key file"):
        Store(fast_path / "a.store", Passphrase("x", CHEAP))


@pytest.mark.parametrize(
    "about", ["{}", "[]", "nonsense", '{"kind": "scrypt", "n": 1099511627776, "r": 8, "p": 1, "salt": "00"}',
              '{"kind": "scrypt", "n": 15, "r": 8, "p": 1, "salt": "00"}', '{"kind": "scrypt"}'],
)  # fmt: skip
def test_an_altered_header_is_refused_and_takes_no_memory(tmp_path, about):
    lock = Passphrase("x", CHEAP)
    store = Store(tmp_path / "s", lock, create=True)
    change(store, "UPDATE meta SET value = ? WHERE name = 'lock'", about)
    store.close()
    with pytest.raises((StoreDamaged, StoreLocked)):
        Store(tmp_path / "s", lock)


def test_two_stores_under_one_key_file_do_not_share_rows(fast_path, issue, now):
    lock = KeyFile(fast_path / "k")
    one, two = (Store(fast_path / name, lock, create=True) for name in ("one", "two"))
    one.keep_pending(PEER, *issue(), now=now)
    (rows,) = [one.database.read("SELECT * FROM keys LIMIT 1")]
    change(two, f"INSERT INTO keys VALUES ({', '.join('?' * len(rows[0]))})", *rows[0])
    with pytest.raises(StoreDamaged, match="the key does not belong here"):
        two.keys()
    one.close()
    two.close()


def test_rows_that_change_places_are_not_served(stocked, now):
    store, keys = stocked()
    first, second = keys[0].key_id, keys[1].key_id
    (swapped,) = store.database.read("SELECT sealed FROM keys WHERE key_id = ?", str(second))
    change(store, "UPDATE keys SET sealed = ? WHERE key_id = ?", swapped[0], str(first))
    for call in (lambda: store.take(PEER, now=now), lambda: store.take(PEER, first, now=now), store.keys, store.status):
        with pytest.raises(StoreDamaged):
            call()
    assert store.take(PEER, second, now=now).key == keys[1].key


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("state", "confirmed"), ("claim", "estimate"), ("bits", 128), ("peer", b"eve"), ("expires", 9e9),
        ("created", 1.0), ("certificate", '{"claim": "bounded"}'), ("root", b"x"), ("served", "slave"),
        ("master", "eve"), ("sealed", b""), ("sealed", None), ("sealed", bytes(60)), ("certificate", None),
    ],
)  # fmt: skip
def test_an_altered_row_is_not_served(make_store, issue, now, column, value):
    store = make_store()
    keys, root = issue(1, 1)
    store.keep_pending(PEER, keys, root, now=now)
    change(store, f"UPDATE keys SET {column} = ?", value)
    peer = value if column == "peer" else PEER
    for call in (
        store.keys,
        lambda: store.take(peer, keys[0].key_id, now=now),
        lambda: store.confirm(peer, [keys[0].key_id], now=now),
        lambda: store.settle(PEER, root.name, now=now) if column != "state" else store.keys(),
    ):
        if column == "peer" and call is not store.keys:
            continue  # its old peer does not see it any more, and the new one has no root
        with pytest.raises(StoreDamaged):
            call()


def test_altered_roots_and_marks_are_not_served(make_store):
    store = make_store()
    store.enrol(PEER, bytes(32))
    store.burn(PEER, 1, 100)
    change(store, "UPDATE marks SET last = 5")
    with pytest.raises(StoreDamaged, match="mark"):
        store.burnt(PEER)
    with pytest.raises(StoreDamaged, match="mark"):
        store.burn(PEER, 101, 200)
    change(store, "UPDATE roots SET epoch = 7")
    with pytest.raises(StoreDamaged, match="root"):
        store.roots(PEER)


def test_what_is_destroyed_is_overwritten(stocked, fast_path, now):
    store, keys = stocked(count=4)
    file = fast_path / "a.store"
    sealed = [row[0] for row in store.database.read("SELECT sealed FROM keys ORDER BY seq")]
    root = store.database.read("SELECT sealed FROM roots")[0][0]
    assert all(one in file.read_bytes() for one in [*sealed, root])
    store.take(PEER, now=now)
    assert sealed[0] not in file.read_bytes()
    assert sealed[1] in file.read_bytes()
    store.sweep(now + store.limits.confirmed)
    store.forget(PEER, now)
    raw = file.read_bytes()
    assert not any(one[i : i + 16] in raw for one in [*sealed, root] for i in range(12, len(one) - 16))
    assert {len(row[0]) for row in store.database.read("SELECT sealed FROM keys")} == {28}  # nonce and tag alone
    assert len(keys) == 4


def test_no_secret_is_shown(make_store):
    words = Passphrase("correct horse")
    store = make_store()
    assert "horse" not in repr(words)
    assert repr(store.database.vault) == "Vault(…)"
    assert repr(store) == f"Store({str(store.database.path)!r})"
    with pytest.raises(TypeError):
        pickle.dumps(store)


def test_a_seal_opens_only_as_what_it_was_sealed_as(tmp_path):
    vault = Vault(tmp_path, bytes(32), b"salt")
    sealed = vault.seal(b"secret", ("key", 1, b"a"))
    assert vault.open(sealed, ("key", 1, b"a")) == b"secret"
    assert vault.seal(b"secret", ("key", 1, b"a")) != sealed
    for about in (("key", 2, b"a"), ("root", 1, b"a"), ("key", 1), ("key", "1", b"a")):
        with pytest.raises(StoreDamaged):
            vault.open(sealed, about)
    for other in (Vault(tmp_path, bytes(31) + b"x", b"salt"), Vault(tmp_path, bytes(32), b"pepper")):
        with pytest.raises(StoreDamaged):
            other.open(sealed, ("key", 1, b"a"))
    for i in range(8 * len(sealed)):
        flipped = bytearray(sealed)
        flipped[i // 8] ^= 1 << i % 8
        with pytest.raises(StoreDamaged):
            vault.open(bytes(flipped), ("key", 1, b"a"))
