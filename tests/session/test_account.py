"""The account of a live run is the one that the same recording gives at a desk, line by line."""

import math
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from session_ends import PLAN, QUICK, channel, failure, initiator, of, responder, run

from samefade import api, schemes
from samefade.api.running import halves
from samefade.errors import KeysDiffer, RemoteProtocolError, TooLittleEntropy
from samefade.observe import guard_time
from samefade.quantize import GuardBand, common, mask_bits, set_bits
from samefade.quantize.exchange import _guessed
from samefade.session import Agreement, Pending, Plan, account
from samefade.session.indices import exchange_first, exchange_second
from samefade.session.script import Hear, Say
from samefade.types import Bits, Ledger, Pair, Symbols, Terms
from samefade.wire.kdf import sha256

LIMIT = "more than the mutual information of the channel allows"
MARGIN = "margin of the leftover hash lemma"


def test_naming_every_point_tells_one_bit_and_naming_half_of_them_about_as_many_as_there_are():
    assert mask_bits(np.ones(50, bool)) == 1
    assert mask_bits(np.zeros(50, bool)) <= 3 + 6 + 0
    scattered = np.random.default_rng(1).permutation(50) % 2 == 0
    assert 50 - 4 < mask_bits(scattered) <= 3 + 6 + set_bits(50, 25)
    run_of_ten = np.arange(50) // 10 == 2
    assert mask_bits(run_of_ten) <= 3 + 6 + 2 * 6


def test_naming_points_is_a_code_that_can_be_read():
    """All sets of ten points together use up no more than a prefix code has (Kraft)."""
    sets = [np.array(points) for points in product((False, True), repeat=10)]
    assert sum(2 ** -mask_bits(points) for points in sets) <= 1


@settings(deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=200))
def test_naming_points_never_costs_more_than_listing_them(points):
    mask = np.array(points)
    n, m = len(mask), int(mask.sum())
    told = mask_bits(mask)
    if m == n:
        assert told == 1
        return
    edges = int(np.count_nonzero(np.diff(np.r_[False, mask, False])))
    place = int(np.ceil(np.log2(n + 1)))
    assert 3 <= told <= 3 + place + min(set_bits(n, m), edges * place)
    assert told == int(told)  # both ends find the same, whatever their last digit


@pytest.mark.parametrize("before", [1, 4])
def test_a_burst_is_named_as_krichevsky_and_trofimov_guess_it(before):
    """The closed form is the product of the guesses, made here one by one."""
    mask = np.random.default_rng(3).random(300) > 0.1
    mask[100:140] = False
    seen, past, bits = {}, (True,) * before, 0.0
    for point in mask.tolist():
        counts = seen.setdefault(past, [0.5, 0.5])
        bits -= math.log2(counts[point] / sum(counts))
        counts[point] += 1
        past = (*past, point)[1:]
    assert _guessed(mask, before) == math.ceil(bits - 1e-6)


def test_both_masks_are_paid_for():
    one, other = np.arange(40) % 3 > 0, np.ones(40, bool)
    ledger = account.after_naming(Ledger().earn("worth", 100.0), one, other)
    assert ledger.paid == mask_bits(one) + 1
    assert ledger.entries[-1].what == "usable points, named by both ends"


def bits(n, earned, errors=0.0):
    return Bits(np.zeros(n, np.uint8), ledger=Ledger().earn("worth", earned), terms=Terms(10.0, expected_errors=errors))


def test_a_hopeless_discussion_is_declined_with_its_numbers():
    terms = Terms(10.0, expected_errors=0.11)  # h(0.11) = 0.4999
    margin = QUICK.amplify.margin()
    need = 64 + margin + 0.49991595 * 1000
    assert account.hopeless(QUICK, bits(1000, need + 0.01), terms) is None
    ledger, refusal = account.hopeless(QUICK, bits(1000, need - 0.5), terms)
    assert isinstance(refusal, TooLittleEntropy)
    assert refusal.numbers["need"] == 64
    assert refusal.numbers["have"] == pytest.approx(63.5, abs=0.01)
    assert refusal.numbers["have"] == ledger.balance - margin
    assert ledger.paid == pytest.approx(499.916, abs=0.01)


def test_what_exactly_suffices_is_not_hopeless():
    exact = bits(0, 64 + QUICK.amplify.margin())
    assert account.hopeless(QUICK, exact, Terms(10.0)) is None


def test_closing_pays_for_the_number_of_keys_and_for_what_the_channel_cannot_hold():
    open_ = Ledger().earn("worth", 500.0).pay("told", 100.0)
    closed = account.closed(QUICK, open_, 640, limit=1e9)
    assert closed.entries[:-1] == open_.entries
    assert closed.entries[-1].bits == pytest.approx(-np.log2(2 * 10 + 1))
    less = account.closed(QUICK, open_, 640, limit=300.0)
    assert less.balance == pytest.approx(300.0)
    assert less.entries[-1].what == LIMIT
    exact = account.closed(QUICK, open_, 640, limit=closed.balance)
    assert len(exact.entries) == len(closed.entries)
    assert account.closed(QUICK, open_, 640, limit=0.0).balance == pytest.approx(0.0)


def test_half_a_bit_counts_too():
    """Neither what is earned nor what is paid, nor what the channel cannot hold, is rounded away."""
    small = Ledger().earn("worth", 0.5).pay("told", 0.25)
    assert (small.earned, small.paid, small.balance, small.secure_bits) == (0.5, 0.25, 0.25, 0)
    open_ = Ledger().earn("worth", 500.0)
    whole = account.closed(QUICK, open_, 640, limit=1e9).balance
    assert account.closed(QUICK, open_, 640, limit=whole - 0.5).balance == pytest.approx(whole - 0.5, abs=1e-9)


def test_accounts_that_are_joined_say_each_assumption_once():
    joined = Ledger().earn("worth", 1.0, "so") + Ledger().earn("more", 2.0, "so", "and so")
    assert joined.assumptions == ("so", "and so")
    assert [entry.what for entry in joined.entries] == ["worth", "more"]


def test_no_key_is_counted_that_is_not_paid_for():
    margin = QUICK.amplify.margin()
    for left, keys in ((0.0, 1), (64 + margin, 1), (128 + margin - 1e-9, 1), (128 + margin, 2), (700 + margin, 10)):
        assert account.count(QUICK, Ledger().earn("worth", left)) == keys


def test_a_string_without_entropy_gives_no_key():
    poor = Ledger().earn("worth", 64 + QUICK.amplify.margin() - 0.01)
    with pytest.raises(TooLittleEntropy):
        account.amplified(QUICK, bits(640, 1.0), poor, bytes(16), "bounded")
    rich = Ledger().earn("worth", 64 + QUICK.amplify.margin())
    (key,) = account.amplified(QUICK, bits(640, 1.0), rich, bytes(16), "bounded")
    assert key.claim == "bounded"


def test_two_accounts_are_the_same_only_where_the_one_ends_the_other():
    ours = Ledger().earn("worth", 100.0).pay("told", 20.0).pay("tag", 64.0)
    account.same_account(ours, Ledger().pay("told", 20.0).pay("tag", 64.0))
    account.same_account(ours, Ledger().pay("tag", 64.0))
    account.same_account(ours, Ledger())
    account.same_account(ours, ours)
    for other in (
        Ledger().pay("told", 20.0),
        Ledger().pay("told", 20.1).pay("tag", 64.0),
        Ledger().pay("told, too", 20.0).pay("tag", 64.0),
        Ledger().pay("tag", 64.0).pay("told", 20.0),
        Ledger().pay("a", 1.0) + ours,
        Ledger().pay("tag", 64.0).pay("tag", 64.0),
    ):
        with pytest.raises(KeysDiffer) as caught:
            account.same_account(ours, other)
        assert caught.value.numbers["account_b"] == other.paid


# the same as at a desk


def at_a_desk(scheme, pair, minutes, seed):
    return api.run(scheme, pair, minutes=minutes, seed=seed)


@pytest.mark.parametrize("name", ["strata", "raw"])
def test_a_live_run_pays_what_the_same_recording_pays_at_a_desk(name, monkeypatch):
    """But for the limit: live it is learnt from spoken samples, and at a desk from kept ones."""
    seed = bytes(range(48))
    scheme, pair, minutes = schemes.find(name), Pair(*channel(n=1100, snr_db=38.0)), 0.4
    report = at_a_desk(scheme, pair, minutes, seed)
    spoken, kept = halves(pair, minutes)
    guard = round((kept.a.start - spoken.a.start) * 10) - len(spoken.a)
    plan = Plan(first=1, spoken=len(spoken.a), kept=len(kept.a), rate=10.0, scheme=name)
    monkeypatch.setattr("samefade.session.halves.guard_time", lambda *_, **__: (guard - 0.5) / 10)
    given_bytes = iter((seed[:16], seed[16:]))
    agreement = Agreement(scheme, lambda _n: next(given_bytes))
    a = initiator(plan=plan)
    a._make = lambda secured: agreement.initiate(plan, secured)
    b = responder(scheme=scheme)
    outcome = run(a, b, heard=(pair.a, pair.b), start=1)
    assert guard >= guard_time(spoken, record=kept.a.seconds) * 10 - 1
    if failure(outcome.a) is not None:
        assert isinstance(report.refusal, type(failure(outcome.a)))
        return
    live = of(Pending, outcome.a)[0].keys[0].certificate["account"]
    desk = [[entry.what, round(entry.bits, 3)] for entry in report.ledger.entries]
    public = lambda lines: [line for line in lines if line[1] <= 0 and line[0] not in (LIMIT, MARGIN)]  # noqa: E731
    assert public(live) == public(desk)
    earned = {name: sum(bits for _, bits in lines if bits > 0) for name, lines in (("live", live), ("desk", desk))}
    assert earned["live"] <= earned["desk"] + 1e-3  # rounded down to what pays for the keys: the rest stays at home
    assert report.claim == of(Pending, outcome.a)[0].keys[0].key.claim


def test_the_certificate_is_the_same_at_both_ends_and_says_what_was_assumed():
    outcome = run(initiator(), responder())
    ours, theirs = (of(Pending, events)[0].keys[0].certificate for events in (outcome.a, outcome.b))
    assert ours == theirs
    assert ours["keys"] == len(of(Pending, outcome.a)[0].keys)
    assert ours["left_bits"] == ours["keys"] * 64 + QUICK.amplify.margin()
    assert sum(bits for _, bits in ours["account"]) == pytest.approx(ours["left_bits"], abs=0.01)
    assert any("prior secret" in line for line in ours["assumptions"])
    assert any("spoken samples" in line for line in ours["assumptions"])
    assert len(ours["transcript"]) == 64
    assert (ours["spoken_samples"], ours["kept_samples"]) == (PLAN.spoken, PLAN.kept)


# indices


def both(a, b, of, *, drops=False, among=None):
    """Play the exchange of indices by hand."""
    able = np.ones(of, bool) if among is None else among
    first, second = exchange_first(a, able, drops=drops), exchange_second(b, able, drops=drops)
    ends, wants, result = (first, second), [next(first), next(second)], [None, None]
    inbox, said = ([], []), 0
    while result.count(None):
        for i, script in enumerate(ends):
            try:
                while result[i] is None:
                    want = wants[i]
                    if isinstance(want, Say):
                        said += 1
                        inbox[1 - i].append((want.kind, list(want.body)))
                        wants[i] = script.send(None)
                    elif isinstance(want, Hear) and inbox[i]:
                        wants[i] = script.send(inbox[i].pop(0))
                    else:
                        break
            except StopIteration as end:
                result[i] = end.value
    return *result, said


SETS = st.sets(st.integers(0, 59), min_size=1, max_size=60)


def symbols(kept, seed=0, told=0.0):
    index = np.array(sorted(kept), np.int64)
    public = Ledger().pay("balance forced", told) if told else Ledger()
    return Symbols(
        np.random.default_rng(seed).integers(0, 2, len(index), np.uint8), 2, index, public, np.ones(len(index))
    )


@settings(max_examples=80, deadline=None)
@given(SETS, SETS, st.sampled_from([0.0, 3.5]))
def test_both_ends_keep_what_both_made_and_pay_the_same(one, other, told):
    a, b = symbols(one, 1, told), symbols(other, 2)
    mine, theirs, said = both(a, b, 60)
    expected = (a, b) if one == other else common(a, b, among=np.ones(60, bool), apart=True)
    assert said == (2 if one == other else 3)
    for got, want in zip((mine, theirs), expected, strict=True):
        assert np.array_equal(got.index, want.index)
        assert np.array_equal(got.values, want.values)
        assert got.public.entries[: len(want.public.entries)] == want.public.entries
    if one != other:
        # each set was named as if the other were not known; the digests follow from them
        sets = sum(mask_bits(np.isin(np.arange(60), x.index)) for x in (a, b))
        assert mine.public == theirs.public
        assert mine.public.paid == pytest.approx(sets + 1 + told)
    assert np.array_equal(mine.index, theirs.index)


def test_a_guard_band_keeps_the_same_symbols_live():
    pair = channel(n=900, snr_db=20.0)
    scheme = replace(QUICK, quantize=GuardBand())
    features = [scheme.feature(kept(x), Terms(10.0)) for x in pair]
    a, b = (scheme.symbols(feature, Terms(10.0)) for feature in features)
    mine, theirs, said = both(a, b, 900)
    assert said == 3
    want_a, want_b = common(a, b, among=np.ones(900, bool))
    assert np.array_equal(mine.values, want_a.values)
    assert np.array_equal(theirs.values, want_b.values)
    assert mine.public == theirs.public
    assert mine.public.paid > want_a.public.paid  # b did not wait for a's set


@pytest.mark.parametrize("able", [np.ones(4, bool), np.array([0, 1, 1, 0, 1, 1], bool)], ids=["all", "gaps"])
def test_whatever_both_ends_name_on_the_air_is_paid_in_full(able):
    """Kraft's sum over all pairs of sets: digests and the word that they differ included."""
    candidates = np.flatnonzero(able)
    every = [candidates[np.array(x, bool)] for x in product((0, 1), repeat=len(candidates))]
    total = 0.0
    for one, other in product(every, repeat=2):
        mine, theirs, _ = both(symbols(one), symbols(other, 1), len(able), drops=True, among=able)
        assert mine.public == theirs.public
        total += 2**-mine.public.paid
    assert total <= 1


def kept(x):
    from samefade.types import Kept

    return Kept(x.values, x.rate, x.mask, x.end, x.unit)


def heard_by(script, message):
    """What a script does with one message after its first words."""
    want = next(script)
    while not isinstance(want, Hear):
        want = script.send(None)
    return script.send((12, message))


@pytest.mark.parametrize(
    "message",
    [
        [],
        [b"", b""],
        [b"x" * 8, b"", []],
        [b"x" * 8, bytes(7), [[], []]],  # a mask of another length
        [b"x" * 8, bytes(8), [[["earned by naming", 99.0]], []]],
        [b"x" * 8, bytes(8), None],
        ["digest", bytes(8), [[], []]],
    ],
    ids=str,
)
def test_indices_that_are_none(message):
    with pytest.raises(RemoteProtocolError):
        heard_by(exchange_first(symbols({1, 2}), np.ones(60, bool)), message)


def test_a_set_that_names_samples_which_not_both_can_use():
    able = np.arange(60) != 4
    mask = np.isin(np.arange(60), [3, 4])
    digest = sha256(np.flatnonzero(mask).astype("<i8").tobytes())[:8]
    with pytest.raises(RemoteProtocolError):
        heard_by(exchange_first(symbols({1, 2}), able), [digest, np.packbits(mask).tobytes(), [[], []]])


def test_a_set_that_is_not_what_its_digest_said():
    script = exchange_second(symbols({1, 2}), np.ones(60, bool))
    next(script)
    script.send((12, [bytes(8), b"", []]))
    script.send(None)
    mask = np.zeros(60, bool)
    mask[[3, 4]] = True
    with pytest.raises(RemoteProtocolError):
        script.send((12, [b"y" * 8, np.packbits(mask).tobytes(), [[], []]]))
