"""The search for replays beside every place one by one, and recursive least squares beside those of all rows."""

import numpy as np
import pytest

from samefade.entropy.strings.loops import follow
from samefade.entropy.strings.replays import _searched


def best(whole, begin, length):
    """Return the place where |correlation| is largest, one place after the other, both ways."""
    part = whole[begin : begin + length]
    pasts = [whole[at : at + length] for at in range(begin - length + 1)]
    score = [[abs(past[::way] @ part) / np.sqrt(past @ past) for past in pasts] for way in (1, -1)]
    back, at = divmod(int(np.argmax(score)), len(pasts))
    return begin + at + length - 1 if back else begin - at, bool(back)


@pytest.mark.parametrize("known", [0, 300])
def test_every_stretch_finds_the_place_that_is_most_like_it(known):
    rng, length = np.random.default_rng(7), 64
    whole = rng.normal(size=known + 18 * length)
    # places in the first, a middle and the last block, forwards and backwards, louder and upside down
    for at, came, way in ((8, 5, 1), (10, 420, -1), (15, 650, 1), (17, 3, -1)):
        begin = known + at * length
        whole[begin : begin + length] = -1.7 * whole[came : came + length][::way] + 0.2 * rng.normal(size=length)
    found = _searched(whole, known, length, 16.0)
    assert len(found) == 18
    # the price asks 64 samples for a correlation of .73, by chance 5.8 deviations off
    assert [i for i, places in enumerate(found) if places] == [8, 10, 15, 17]
    for i in (8, 10, 15, 17):
        assert tuple(found[i][0]) == best(whole, known + i * length, length)


def test_a_follower_expects_what_weighted_least_squares_of_all_rows_before_do():
    rng, forget = np.random.default_rng(3), 0.97
    known = rng.normal(size=(150, 5))
    target = known @ [1.0, -2.0, 0.5, 0.0, 3.0] + rng.normal(size=150)
    heard, said = rng.random(150) > 0.2, np.empty(150)
    follow(target, heard, known, forget, said)
    for t in range(0, 150, 7):
        rows, values = known[:t][heard[:t]], target[:t][heard[:t]]
        weight = forget ** np.arange(len(rows), 0, -1.0) / forget
        # to begin with the inverse is one, and forgets too
        gram = rows.T @ (weight[:, None] * rows) + forget ** len(rows) * np.eye(5)
        assert said[t] == pytest.approx(known[t] @ np.linalg.solve(gram, rows.T @ (weight * values)), abs=1e-8)
