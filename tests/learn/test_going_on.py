"""A training that was killed goes on as if it had not been; what stands in its file is nobody else's."""

from pathlib import Path

import pytest
from learn_looks import RATE, looks, spoken

from samefade.errors import CannotWrite, OutOfRange
from samefade.learn import Autoencoder, train
from samefade.learn.checkpoint import Checkpoint
from samefade.types import Pair

SCHEME = Autoencoder()
PAIR = spoken(looks(3000)[1])


class Killed(BaseException):
    """The process ends here."""


def killed_at(step, path):
    def progress(done, _of, _loss):
        if done == step:
            raise Killed

    with pytest.raises(Killed):
        train(SCHEME, PAIR, checkpoint=path, progress=progress)


def test_what_was_killed_goes_on_and_ends_as_if_it_had_not_been(tmp_path):
    path, seen = tmp_path / "state", []
    whole = train(SCHEME, PAIR, progress=lambda *told: seen.append(told))
    assert len(seen) == 16
    assert seen[-1][2] < 0.85 * seen[0][2]  # the floor is the ends' own noise
    seen.clear()
    killed_at(450, path)
    left = path.read_bytes()
    killed_at(550, path)
    assert path.read_bytes() == left  # killed again before the next time of storing, from which it then starts
    assert train(SCHEME, PAIR, checkpoint=path, progress=lambda *told: seen.append(told)) == whole
    assert [done for done, _, _ in seen] == list(range(450, 801, 50))  # stored at 400
    assert {of for _, of, _ in seen} == {800}
    assert seen[-1][2] == pytest.approx(whole.thresholds["loss"])
    assert list(tmp_path.iterdir()) == [path]
    # and where it was complete, nothing is trained any more
    assert train(SCHEME, PAIR, checkpoint=path, progress=lambda *told: pytest.fail(str(told))) == whole


def test_the_file_of_another_training_or_a_damaged_one_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "state"
    killed_at(250, path)
    stored = path.read_bytes()
    other = Pair(PAIR.b, PAIR.a)
    for pair, seed in ((other, bytes(16)), (PAIR, bytes(15) + b"1")):
        with pytest.raises(OutOfRange, match="another training"):
            train(SCHEME, pair, seed=seed, checkpoint=path)
    assert path.read_bytes() == stored
    for n in (40, 41, 46, 90, 200, len(stored) // 2, len(stored) - 1):
        path.write_bytes(stored[:n])
        with pytest.raises(OutOfRange, match="damaged"):
            train(SCHEME, PAIR, checkpoint=path)


def test_a_disk_that_fails_leaves_the_old_state_whole(tmp_path, monkeypatch):
    path = tmp_path / "state"
    killed_at(250, path)
    stored = path.read_bytes()

    def full(_self, _data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(CannotWrite, match="No space"):
        train(SCHEME, PAIR, checkpoint=path)
    assert path.read_bytes() == stored


def test_no_file_is_no_state(tmp_path):
    state = object()
    assert Checkpoint(tmp_path / "none", bytes(32)).read(state) == (state, [])
    assert PAIR.rate == RATE


def test_a_folder_in_the_place_of_the_file_is_refused_in_words(tmp_path):
    with pytest.raises(OutOfRange, match="cannot be read"):
        Checkpoint(tmp_path, bytes(32)).read(None)
