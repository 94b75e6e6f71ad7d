"""Attack: learn more than the account says. Every message makes the balance smaller, and a refusal leaves nothing."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import samefade as sf
from samefade.errors import NotReciprocal, StillDiffers
from samefade.reconcile.charge import Transcript, charge
from samefade.reconcile.message import Blocks
from samefade.reconcile.sheet import Sheet
from samefade.types import Ledger

SEED = bytes(range(32))
RICH = Ledger().earn("entropy", 5000.0)


@given(
    earned=st.floats(0, 1e6),
    leaks=st.lists(st.floats(0, 1e5), min_size=1, max_size=8),
)
def test_every_leak_makes_the_account_smaller_and_none_goes_missing(earned, leaks):
    ledger, balances = Ledger().earn("entropy", earned), []
    for leak in leaks:
        balances.append((ledger.balance, ledger.secure_bits))
        ledger = ledger.pay("told", leak)
    balances.append((ledger.balance, ledger.secure_bits))
    assert all(later[0] <= sooner[0] and later[1] <= sooner[1] for sooner, later in pairwise(balances))
    assert ledger.paid == pytest.approx(sum(leaks))
    assert 0 <= ledger.secure_bits <= max(0.0, ledger.balance)


def transcript(asked=3, errors=5, messages=10, tag_bits=64, dropped=0):
    out = Transcript(Sheet(400, 100, bytes(16)))
    low = np.arange(asked) * 7
    out.asked.append(Blocks(np.zeros(asked, int), np.arange(asked) % 4, low, low + 7))
    out.errors[:] = errors
    out.messages, out.tag_bits = messages, tag_bits
    out.keep[:dropped] = False
    return charge(RICH, out, assume_errors_independent=False).balance


@pytest.mark.parametrize(
    "told",
    [{"asked": 6}, {"errors": 6}, {"messages": 100}, {"tag_bits": 128}, {"dropped": 1}],
    ids=lambda told: next(iter(told)),
)
def test_whatever_more_is_said_in_a_discussion_costs_more(told):
    assert transcript(**told) < transcript()


def lively(noisy_pair, snr_db=26.0):
    return noisy_pair(np.random.default_rng(1).standard_normal(5000), snr_db)


def test_the_number_of_keys_is_paid_for(noisy_pair):
    report = sf.run(sf.schemes.Decimated(), lively(noisy_pair), seed=SEED)
    paid = {entry.what: -entry.bits for entry in report.ledger.entries}
    assert 2 ** paid["number of keys and their claim"] > len(report.keys_a) + 1


class Mute:
    """A reconciliation that never succeeds."""

    def answer(self, bits, _seed):
        return bits

    def correct(self, *_given):
        return self

    def ask(self):
        raise StillDiffers(estimate=0.5)


@pytest.mark.parametrize("why", [NotReciprocal, StillDiffers])
def test_a_refusal_is_final_and_leaves_no_balance(noisy_pair, why):
    if why is NotReciprocal:
        pair = noisy_pair(np.random.default_rng(2).standard_normal(5000), -40)
        report = sf.run(sf.schemes.Decimated(), pair, seed=SEED)
    else:
        report = sf.run(sf.schemes.Decimated(reconcile=Mute()), lively(noisy_pair), seed=SEED)
    assert isinstance(report.refusal, why)
    assert report.secure_bits == report.ledger.secure_bits == 0
    assert report.ledger.balance <= 0
    assert report.keys_a == report.keys_b == ()
    assert report.claim == "none"
    assert not report.keys_match


@pytest.mark.parametrize("snr_db", [0, 10, 20, 40])
@pytest.mark.parametrize("scheme", ["decimated", "wskg", "raw"])
def test_a_claim_is_made_where_a_key_is_issued_and_nowhere_else(noisy_pair, scheme, snr_db):
    report = sf.run(sf.schemes.find(scheme), lively(noisy_pair, snr_db), seed=SEED)
    assert (report.claim == "none") == (not report.keys_a) == (report.refusal is not None)
    assert report.secure_bits == report.ledger.secure_bits
    assert 256 * len(report.keys_a) <= report.secure_bits


def test_neither_report_nor_json_shows_a_key_or_a_sample(noisy_pair):
    pair = lively(noisy_pair)
    report = sf.run(sf.schemes.Decimated(), pair, seed=SEED)
    shown = repr(report) + str(report.to_json()) + str(report.ledger)
    for key in report.keys_a:
        secret = key.reveal_secret_bytes()
        assert secret.hex() not in shown
        assert repr(secret)[2:-1] not in shown
    for value in pair.a.values[:: len(pair) // 50]:
        assert f"{value:.6f}"[:9] not in shown
