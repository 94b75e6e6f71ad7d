"""Files for their owner alone, whole or not at all, never over another file, never on a terminal."""

import os
import pickle
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from samefade.errors import CannotWrite
from samefade.keys.handover import HANDOVERS, SecretFile, hand_over
from samefade.keys.handover.writing import write


@pytest.fixture(params=HANDOVERS)
def purpose(request):
    return request.param


@pytest.fixture(params=["initiator", "responder"])
def role(request):
    return request.param


def listing(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_only_the_owner_may_read_whatever_the_umask(purpose, role, key, key_id, ends, tmp_path):
    before = os.umask(0)
    try:
        paths = hand_over(key, key_id, purpose, role, ends, tmp_path / "out")
    finally:
        os.umask(before)
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in paths)
    folders = [path for path in (tmp_path / "out").rglob("*") if path.is_dir()]
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o700 for path in [tmp_path / "out", *folders])


def test_what_is_written_is_what_is_returned_and_nothing_is_left_besides(purpose, role, key, key_id, ends, tmp_path):
    paths = hand_over(key, key_id, purpose, role, ends, tmp_path)
    assert sorted(p.relative_to(tmp_path).as_posix() for p in paths) == [
        name for name in listing(tmp_path) if not (tmp_path / name).is_dir()
    ]


def test_the_claim_stands_in_every_file_that_has_room_for_a_comment(purpose, role, key, key_id, ends, tmp_path):
    for path in hand_over(key, key_id, purpose, role, ends, tmp_path):
        mute = purpose == "wireguard" or path.name == "sequence.json"
        assert ("claim: estimate" in path.read_text()) is not mute


def test_a_second_export_is_refused_and_leaves_the_first_as_it_was(
    purpose, role, key, other_key, key_id, ends, tmp_path
):
    paths = hand_over(key, key_id, purpose, role, ends, tmp_path)
    before = [path.read_bytes() for path in paths]
    names = listing(tmp_path)
    with pytest.raises(CannotWrite, match="written once"):
        hand_over(other_key, key_id, purpose, role, ends, tmp_path)
    assert [path.read_bytes() for path in paths] == before
    assert listing(tmp_path) == names


def test_a_link_laid_in_wait_is_not_followed(purpose, key, key_id, ends, tmp_path):
    (tmp_path / "first").mkdir()
    name = hand_over(key, key_id, purpose, "responder", ends, tmp_path / "first")[0].name
    (tmp_path / "second").mkdir()
    (tmp_path / "second" / name).symlink_to(tmp_path / "stolen")
    with pytest.raises(CannotWrite):
        hand_over(key, key_id, purpose, "responder", ends, tmp_path / "second")
    assert not (tmp_path / "stolen").exists()
    assert listing(tmp_path / "second") == [name]


def test_a_folder_where_others_may_write_is_refused(purpose, key, key_id, ends, tmp_path):
    for mode in (0o777, 0o770):
        (tmp_path / f"{mode:o}").mkdir()
        (tmp_path / f"{mode:o}").chmod(mode)
        with pytest.raises(CannotWrite, match="others may write"):
            hand_over(key, key_id, purpose, "initiator", ends, tmp_path / f"{mode:o}")
        assert listing(tmp_path / f"{mode:o}") == []


@pytest.mark.parametrize("place", ["/dev/stdout", "/dev/tty", "/dev/null"])
def test_a_key_is_never_written_to_a_terminal(place, purpose, key, key_id, ends, capfd):
    with pytest.raises(CannotWrite):
        hand_over(key, key_id, purpose, "initiator", ends, place)
    assert capfd.readouterr() == ("", "")


def test_a_disk_that_fails_half_way_leaves_nothing(purpose, key, key_id, ends, tmp_path, monkeypatch):
    calls = []

    def full(*_, **__):
        calls.append(1)
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(CannotWrite, match="No space"):
            hand_over(key, key_id, purpose, "initiator", ends, tmp_path)
    assert calls
    assert listing(tmp_path) == []


def test_what_has_its_name_is_on_the_disk(purpose, key, key_id, ends, tmp_path, monkeypatch):
    sync, link, rename, synced = os.fsync, os.link, Path.rename, set()

    def seen(handle):
        synced.add(os.fstat(handle).st_ino)
        sync(handle)

    def named(path):
        assert {part.stat().st_ino for part in [path, *path.rglob("*")]} <= synced

    monkeypatch.setattr(os, "fsync", seen)
    monkeypatch.setattr(os, "link", lambda source, target: (named(source), link(source, target)))
    monkeypatch.setattr(Path, "rename", lambda source, target: (named(source), rename(source, target)))
    hand_over(key, key_id, purpose, "initiator", ends, tmp_path)
    assert tmp_path.stat().st_ino in synced


def test_a_race_for_the_second_name_takes_the_first_away_again(tmp_path, monkeypatch):
    link, calls = os.link, []

    def overtaken(source, target):
        calls.append(target)
        if len(calls) == 2:
            raise FileExistsError(17, "File exists", str(target))
        link(source, target)

    monkeypatch.setattr(os, "link", overtaken)
    with pytest.raises(CannotWrite, match="File exists"):
        write((SecretFile("one", "1"), SecretFile("two", "2")), tmp_path)
    assert listing(tmp_path) == []


def test_a_secret_file_shows_its_name_alone_and_has_no_serialiser():
    file = SecretFile("name", "canary")
    assert repr(file) == "SecretFile(name='name')"
    with pytest.raises(TypeError):
        pickle.dumps(file)


KILLED = """
import os, signal, sys, uuid
from pathlib import Path
from samefade.keys.handover import Ends, hand_over
from samefade.types import Key

Key(bytes(32), "estimate").derive("what is imported late is imported once", 1)
for step in range(1, 12):
    if os.fork():
        os.wait()
        continue
    left = [step]

    def deadly(real):
        def call(*args, **kw):
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*args, **kw)
        return call

    os.fsync, os.link, os.rename = map(deadly, (os.fsync, os.link, os.rename))
    folder = Path(sys.argv[1], str(step))
    hand_over(Key(bytes(32), "estimate"), uuid.UUID(int=1), "oscore", "initiator", Ends(b"a", b"b"), folder)
    os._exit(0)
"""


def test_a_kill_at_any_step_leaves_no_half_context_and_none_without_its_mark(tmp_path):
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=True, timeout=20)
    seen = set()
    for step in range(1, 12):
        there = [name for name in listing(tmp_path / str(step)) if not name.startswith(".handover.")]
        context = [name for name in there if "/" in name]
        assert len(context) in (0, 3)
        assert not context or any(name.endswith(".made") for name in there)
        assert all((tmp_path / str(step) / name).stat().st_size for name in there)
        seen.add(len(there))
    assert seen == {0, 1, 2, 6}  # nothing, the mark, the credentials, the context
