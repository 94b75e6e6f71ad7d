"""The file of a store: versions, other processes, full disks, and what is not a store."""

import contextlib
import os
import sqlite3
import subprocess
import sys
import threading
import time

import pytest

from samefade.errors import CannotWrite, FramesUsed
from samefade.keys import database
from samefade.keys.errors import StoreAbsent, StoreBusy, StoreDamaged, StoreNewer, TooFewKeys
from samefade.keys.store import Store
from samefade.keys.vault import KeyFile

PEER = b"sta"


def change(path, statement):
    with sqlite3.connect(path) as db:
        db.execute(statement)
    db.close()


def test_a_newer_version_is_refused(make_store, fast_path):
    make_store().close()
    change(fast_path / "a.store", "PRAGMA user_version = 2")
    with pytest.raises(StoreNewer, match="version 2, known 1"):
        make_store()


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER t AFTER UPDATE ON keys BEGIN DELETE FROM marks; END", "CREATE VIEW v AS SELECT * FROM keys",
        "DROP TABLE marks", "PRAGMA user_version = 0", "PRAGMA application_id = 7", "DELETE FROM meta",
        "ALTER TABLE keys ADD COLUMN more",
    ],
)  # fmt: skip
def test_foreign_tables_are_refused(make_store, fast_path, statement):
    make_store().close()
    change(fast_path / "a.store", statement)
    with pytest.raises(StoreDamaged):
        make_store()


@pytest.mark.parametrize("content", [b"x", b"SQLite format 3\0", os.urandom(8192), b"\0" * 5000])
def test_what_is_no_store_is_refused_and_not_changed(fast_path, content):
    file = fast_path / "file"
    file.touch(0o600)
    file.write_bytes(content)
    for create in (False, True):
        with pytest.raises(StoreDamaged):
            Store(file, KeyFile(fast_path / "k"), create=create)
    assert file.read_bytes() == content


def test_a_folder_or_a_place_that_is_not_there(tmp_path):
    for path in (tmp_path, tmp_path / "no" / "such"):
        with pytest.raises((CannotWrite, StoreAbsent)):
            Store(path, KeyFile(tmp_path / "k"), create=True)


def test_a_store_that_another_process_holds(make_store, fast_path, monkeypatch):
    monkeypatch.setattr(database, "_BUSY", 0.05)
    store = make_store()
    other = sqlite3.connect(fast_path / "a.store", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreBusy):
        store.burn(PEER, 1, 1)
    with pytest.raises(StoreBusy):
        store.burnt(PEER)
    with pytest.raises(StoreBusy):
        make_store()
    other.execute("ROLLBACK")
    other.close()
    store.burn(PEER, 1, 1)
    assert store.burnt(PEER) == 1


def test_a_full_disk_is_told_and_nothing_is_lost(stocked, issue, now):
    store, keys = stocked()
    pages = store.database.read("PRAGMA page_count")[0][0]
    store.database.read(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(CannotWrite, match="full"):
        store.keep_pending(PEER, *issue(2, 100), now=now)
    assert store.take(PEER, keys[0].key_id, now=now).key == keys[0].key
    store.database.read("PRAGMA max_page_count = 100000")
    before = len(store.keys())
    store.keep_pending(PEER, *issue(50, 100), now=now)
    assert len(store.keys()) == before + 100


LIMITED = """
import resource, sys
from pathlib import Path
from samefade.errors import CannotWrite
from samefade.keys.store import Store
from samefade.keys.vault import KeyFile
folder = Path(sys.argv[1])
store = Store(folder / "s", KeyFile(folder / "k"), create=True)
store.burn(b"sta", 1, 7)
size = (folder / "s").stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
try:
    for i in range(1000):
        store.enrol(b"peer %d" % i, i.to_bytes(32, "big"))
except CannotWrite as error:
    print(error)
print(store.burnt(b"sta"))
"""


def test_a_file_that_may_not_grow_is_told_and_nothing_is_lost(tmp_path):
    pytest.importorskip("resource", reason="this system cannot limit the size of files")
    done = subprocess.run([sys.executable, "-c", LIMITED, tmp_path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said, burnt = done.stdout.splitlines()
    assert "cannot be written" in said
    assert burnt == "7"
    with Store(tmp_path / "s", KeyFile(tmp_path / "k")) as store:
        enrolled = len(store.status()["peers"]) - 1
        assert enrolled > 5
        assert all(
            store.roots(b"peer %d" % i)[0].reveal_secret_bytes() == i.to_bytes(32, "big") for i in range(enrolled)
        )


def test_threads_take_turns(make_store):
    store, wrong = make_store(), []

    def work(start):
        try:
            for i in range(20):
                store.burn(b"%d" % start, i + 1, i + 1)
        except Exception as error:  # noqa: BLE001 -- told below
            wrong.append(error)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert [store.burnt(b"%d" % i) for i in range(3)] == [20] * 3


RACER = """
import sys
from pathlib import Path
from samefade.errors import FramesUsed
from samefade.keys.errors import StoreBusy
from samefade.keys.store import Store
from samefade.keys.vault import KeyFile
def burnt_up_to(store, first):
    while True:
        try:
            store.burn(b"sta", first, first + 9)
            return "took"
        except FramesUsed as why:
            return why.numbers["burnt"]
        except StoreBusy:
            continue
folder = Path(sys.argv[1])
with Store(folder / "a.store", KeyFile(folder / "a.key")) as store:
    print("ready", flush=True)
    for line in sys.stdin:
        print(burnt_up_to(store, int(line)), flush=True)
"""


def test_of_two_processes_that_plan_the_same_frames_exactly_one_takes_them(make_store, fast_path):
    """Both have looked, were they to look before they write, by the time that either can write."""
    store, how = make_store(), {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with contextlib.ExitStack() as stack:
        racers = [
            stack.enter_context(subprocess.Popen([sys.executable, "-c", RACER, fast_path], **how)) for _ in range(2)
        ]
        assert [one.stdout.readline() for one in racers] == ["ready\n"] * 2
        for first in range(1, 60, 10):
            with store.database.writing():
                for one in racers:
                    one.stdin.write(f"{first}\n")
                    one.stdin.flush()
                time.sleep(0.1)
            assert sorted(one.stdout.readline().strip() for one in racers) == sorted([str(first + 9), "took"])


def test_of_two_threads_that_plan_the_same_frames_exactly_one_takes_them(make_store):
    stores, won, meet = [make_store(), make_store()], [], threading.Barrier(2)

    def work(store):
        for first in range(1, 400, 10):
            meet.wait()
            with contextlib.suppress(FramesUsed):
                store.burn(PEER, first, first + 9)
                won.append(first)

    threads = [threading.Thread(target=work, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == list(range(1, 400, 10))


FILLER = """
import sys, uuid, os
from pathlib import Path
from samefade.keys.store import Store
from samefade.keys.vault import KeyFile
from samefade.session.events import Issued, Root
from samefade.types import Key
folder = Path(sys.argv[1])
store = Store(folder / "a.store", KeyFile(folder / "a.key"))
for run in range(40):
    key = Issued(key_id=uuid.uuid4(), key=Key(os.urandom(32), "bounded"), certificate={})
    store.keep_pending(b"sta", (key,), Root(os.urandom(8), run, bytes(32)), now=1.0)
    store.confirm(b"sta", [key.key_id], now=1.0)
    store.burn(b"sta", run + 1, run + 1)
"""


def test_a_server_takes_keys_while_a_node_fills_the_store(make_store, fast_path):
    store, got = make_store(), set()
    with subprocess.Popen([sys.executable, "-c", FILLER, fast_path], stderr=subprocess.PIPE) as node:
        while len(got) < 40 and (node.poll() is None or store.count(PEER)):
            with contextlib.suppress(TooFewKeys):
                got.add(store.take(PEER, now=2.0).key_id)
        assert node.communicate()[1] == b""
    assert len(got) == 40
    assert store.burnt(PEER) == 40


def test_a_block_that_fails_leaves_nothing(make_store):
    store = make_store()

    def interrupted():
        with store.database.writing() as db:
            db.execute("INSERT INTO marks VALUES (?, ?, ?)", (PEER, 1, b""))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert store.burnt(PEER) == 0
    store.burn(PEER, 1, 1)


def test_a_closed_store_is_a_mistake_of_the_program(make_store):
    store = make_store()
    store.close()
    with pytest.raises(sqlite3.ProgrammingError):
        store.burnt(PEER)


def test_two_processes_may_make_it_at_once(tmp_path):
    code = (
        "import sys; from pathlib import Path; from samefade.keys.store import Store;"
        "from samefade.keys.vault import KeyFile; f = Path(sys.argv[1]);"
        "Store(f / 's', KeyFile(f / 'k'), create=True).burn(sys.argv[2].encode(), 1, 1)"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code, tmp_path, name], stderr=subprocess.PIPE) for name in ("x", "y")
    ]
    assert [(one.communicate()[1], one.returncode) for one in running] == [(b"", 0)] * 2
    with Store(tmp_path / "s", KeyFile(tmp_path / "k")) as store:
        assert (store.burnt(b"x"), store.burnt(b"y")) == (1, 1)
