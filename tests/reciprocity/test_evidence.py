import json
from dataclasses import replace

import numpy as np
import pytest

from samefade.errors import ConstantSignal, NotReciprocal, OutOfRange, TooFewSamples
from samefade.reciprocity import Loss, assess, diagnose, reciprocal
from samefade.types import Observation, Pair


def observed(values, end="a", mask=None, rate=10.0):
    values = np.asarray(values, float)
    return Observation(values, rate, np.ones(len(values), bool) if mask is None else mask, end)


def autoregression(rng, n=3000, coefficient=0.9):
    from scipy.signal import lfilter

    return lfilter([1], [1, -coefficient], rng.standard_normal(n))


@pytest.fixture(scope="module")
def linked():
    """Two ends with half of the variance in common."""
    rng = np.random.default_rng(1)
    shared, *own = (autoregression(rng) for _ in range(3))
    eve = (shared + 2 * autoregression(rng)) / np.sqrt(5)
    return Pair(observed(shared + own[0]), observed(shared + own[1], "b"), observed(eve, "e"))


def test_the_numbers_are_those_of_the_model(linked):
    x = assess(linked)
    # 3,000 samples of an autoregression at 0.9 are 315 independent ones: a standard error of 0.75/√315 = 0.042
    assert x.raw.effective == pytest.approx(3000 * (1 - 0.81) / (1 + 0.81), rel=0.3)
    assert x.raw.value == pytest.approx(0.5, abs=0.13)
    assert x.lag == 0
    # Eve: cov 1, variances 2 and 1 → r = 1/√5/√2 = 0.316; the larger of two
    assert x.eve == pytest.approx(0.316, abs=0.15)
    # given her (r_ab − r²) / (1 − r²) = (0.5 − 0.1) / 0.9 = 0.444
    assert x.given_eve == pytest.approx(0.444, abs=0.13)
    assert x.lost == (0, 0)
    assert x.spread[0] == pytest.approx(np.std(linked.a.values))
    assert x.mutual_information is not None
    assert 0 < x.mutual_information < 1
    # the autocorrelation 0.9^k falls to 1/e of its value at one sample after 10.5 samples
    assert x.coherence_time == pytest.approx(1.05, rel=0.35)


def test_the_lag_is_found_and_said(linked):
    a, b = linked.a.values[4:], linked.b.values[:-4]
    x = assess(Pair(observed(a), observed(b, "b")))
    assert x.lag == 4
    assert any(sentence == "The lag is 4 samples: b is late." for sentence in diagnose(x))


def test_gaps_are_counted_and_left_out_of_the_distributions(linked):
    heard = np.arange(3000) % 10 != 0
    values = np.where(heard, linked.b.values, 1e6)
    filled = observed(np.where(heard, values, 0.0), "b", heard)
    x = assess(Pair(linked.a, filled))
    assert x.lost == (0, pytest.approx(0.1))
    assert x.span[1] == np.ptp(linked.b.values[heard])
    assert "10.0% of the packets are missing at b; paired by row, the keys would not match." in diagnose(x)


def test_repeated_values_are_counted(linked):
    stale = np.repeat(linked.b.values[::2], 2)
    x = assess(Pair(linked.a, observed(stale, "b")))
    assert x.repeated == (0, pytest.approx(0.5, abs=0.01))


def test_several_of_eves_columns_count_by_the_best(linked):
    rng = np.random.default_rng(2)
    columns = np.stack([rng.standard_normal(3000), -linked.a.values, np.ones(3000)], axis=1)
    x = assess(replace(linked, e=observed(columns, "e")))
    assert x.eve == pytest.approx(1.0)
    assert x.given_eve is None  # nothing of a is left
    assert any(sentence.startswith("Eve's r is 1.00: she hears most") for sentence in diagnose(x))


def test_an_eve_who_hears_nothing_is_no_evidence(linked):
    assert assess(replace(linked, e=observed(np.ones(3000), "e"))).eve is None
    deaf = observed(np.ones(3000), "e", np.zeros(3000, bool))
    assert assess(replace(linked, e=deaf)).eve is None


def test_one_tone_of_several_can_be_chosen(linked):
    table = Pair(
        *(
            observed(np.stack([np.arange(3000.0) % 7, end.values], axis=1), who)
            for end, who in ((linked.a, "a"), (linked.b, "b"))
        )
    )
    assert assess(table, column=1).raw == assess(replace(linked, e=None)).raw
    with pytest.raises(OutOfRange, match="0 to 1"):
        assess(table, column=2)


def test_the_json_is_flat_and_plain(linked):
    told = assess(linked).to_json()
    assert json.loads(json.dumps(told)) == told
    assert {"pearson", "pearson_lag", "detrended", "difference", "lost_a", "lost_b", "effective_samples"} <= set(told)


@pytest.mark.parametrize("still", [np.zeros(300), np.full(300, -7.0)])
def test_a_constant_end_is_refused_with_its_value(still):
    moving = np.random.default_rng(3).standard_normal(300)
    with pytest.raises(ConstantSignal) as caught:
        assess(Pair(observed(moving), observed(still, "b")))
    assert caught.value.numbers == {"end": "b", "value": still[0]}
    with pytest.raises(ConstantSignal, match="trend"):
        assess(Pair(observed(moving), observed(np.arange(300.0), "b")))


def test_too_few_samples_are_refused():
    x = np.random.default_rng(4).standard_normal(300)
    with pytest.raises(TooFewSamples):
        assess(Pair(observed(x[:15]), observed(x[:15], "b")))
    deaf = np.arange(300) < 3
    with pytest.raises(TooFewSamples):
        assess(Pair(observed(x, mask=deaf), observed(x, "b")))
    assert assess(Pair(observed(x[:16]), observed(x[:16], "b"))).samples == 16


def test_a_shared_fade_passes_and_says_so(linked):
    x = assess(linked)
    reciprocal(x)
    assert diagnose(x)[0].startswith("The two ends hear the same fade: r 0.")


@pytest.mark.parametrize("seed", range(12))
def test_independent_ends_are_refused(seed):  # each passes once in thousands of times
    rng = np.random.default_rng(seed)
    x = assess(Pair(observed(autoregression(rng, 600)), observed(autoregression(rng, 600), "b")))
    with pytest.raises(NotReciprocal) as caught:
        reciprocal(x)
    assert set(caught.value.numbers) == {"correlation", "lag", "why"}
    assert diagnose(x)[0].startswith("No key: nothing is shared")
    told, lag = str(caught.value), caught.value.numbers["lag"]
    assert f"r is {x.raw.value:.2f} at lag 0" in told
    assert (f"and {caught.value.numbers['correlation']:.2f} at the best lag, {lag} samples" in told) == (lag != 0)
    assert "(correlation" not in told  # one sentence, which says what each number is


def trend(n=3000):
    return 20 * np.sin(2 * np.pi * np.arange(n) / n * 4)


def test_a_shared_trend_alone_is_refused():
    rng = np.random.default_rng(5)
    a, b = (trend() + rng.standard_normal(3000) for _ in "ab")
    x = assess(Pair(observed(a), observed(b, "b")))
    assert x.raw.value > 0.99
    assert x.raw.significant
    with pytest.raises(NotReciprocal, match="only slow trend"):
        reciprocal(x)


def test_made_up_data_is_called_a_trap():
    rng = np.random.default_rng(6)
    noise = rng.standard_normal(3000)
    a, b = trend() + noise, trend() - 0.3 * noise + rng.standard_normal(3000)
    assert "made-up data" in diagnose(assess(Pair(observed(a), observed(b, "b"))))[0]


def test_a_trend_over_a_shared_fade_passes_and_the_trend_is_named(linked):
    pair = Pair(*(observed(end.values + 5 * trend(), who) for end, who in ((linked.a, "a"), (linked.b, "b"))))
    x = assess(pair)
    reciprocal(x)
    assert any(sentence.startswith("Most of the correlation") or "trend" in sentence for sentence in diagnose(x))


def test_a_channel_that_hardly_moves_is_called_so():
    x = np.sin(np.arange(600) / 40) + 0.01 * np.random.default_rng(7).standard_normal(600)
    told = diagnose(assess(Pair(observed(x), observed(x, "b"))))
    assert any(sentence.startswith("The channel changes little: only") for sentence in told)


def test_losses_come_right_after_the_verdict(linked):
    told = diagnose(assess(linked), [Loss(start_s=125.0, seconds=6.1, packets=60, end="b")])
    assert told[1] == "The keys would not match, because about 60 packets were lost at b 2.1 min into the record."


def test_a_long_silence_is_cut_out_and_told(linked):
    heard = np.ones(3000, bool)
    heard[1000:1600] = False
    values = np.where(heard, linked.b.values, np.interp(np.arange(3000), np.flatnonzero(heard), linked.b.values[heard]))
    x, whole = assess(Pair(linked.a, observed(values, "b", heard))), assess(linked)
    assert x.silence == (0, 60)
    # 2,400 of 3,000 samples are left: within the standard error of about 250 independent ones
    assert x.raw.value == pytest.approx(whole.raw.value, abs=0.06)
    assert x.mutual_information == pytest.approx(whole.mutual_information, rel=0.2)
    told = (
        "20.0% of the packets are missing at b, 60 s of them in one stretch; paired by row, the keys would not match."
    )
    assert told in diagnose(x)


def test_one_end_upside_down_is_refused_and_the_cure_is_named(linked):
    slow = np.convolve(linked.a.values, np.hanning(40), "same")  # whose side lobes correlate at other lags
    rng = np.random.default_rng(4)
    x = assess(Pair(observed(slow), observed(-slow + rng.standard_normal(3000), "b")))
    with pytest.raises(NotReciprocal, match=r"move against each other.*same sign"):
        reciprocal(x)
    assert not any("lag" in sentence for sentence in diagnose(x))


def test_two_ends_that_hear_their_own_noise_are_told_apart_from_a_fade():
    rng = np.random.default_rng(5)
    told = diagnose(assess(Pair(*(observed(rng.standard_normal(3000), end) for end in "ab"))))
    assert any("the channel is static" in sentence for sentence in told)
