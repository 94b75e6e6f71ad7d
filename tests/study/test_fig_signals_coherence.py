"""What a coherence says in numbers, against signals whose coherence is known."""

from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from samefade import observe, wavelet
from samefade.study.folder import find
from samefade.types import Observation, Pair

find("wskg2025", Path(__file__).parents[2] / "study").load("fig12")
coherence, contrasts = import_module("wskg2025.coherence"), import_module("wskg2025.contrasts")
reconstructions, signals = import_module("wskg2025.reconstructions"), import_module("wskg2025.signals")
fig02, fig10, fig11 = (import_module(f"wskg2025.{name}") for name in ("fig02", "fig10", "fig11"))
RNG = np.random.default_rng(7)
N, RATE = 4096, 10.0
NOISE = RNG.standard_normal((3, N))


def measured(a, b):
    return wavelet.coherence(a, b, rate=RATE)


def observed(a, b):
    return Pair(*(Observation(x, RATE, np.ones(len(x), bool), end) for x, end in ((a, "a"), (b, "b"))))


@pytest.fixture(scope="module")
def pair():
    """One slow channel below 0.1 Hz and its white noise at either end."""
    spectrum = np.fft.rfft(RNG.standard_normal(N)) * (np.fft.rfftfreq(N, 1 / RATE) < 0.1)
    slow = 12 * np.fft.irfft(spectrum, N)
    return observed(slow + NOISE[0], slow + NOISE[1])


def test_one_signal_is_coherent_and_in_phase_with_itself_everywhere():
    told = coherence.summary(measured(NOISE[0], NOISE[0]))
    assert told["area"] == told["in_phase_area"] == told["area_fast"] == 1
    assert told["phase_deg"] == pytest.approx(0, abs=1e-9)
    assert told["phase_spread_deg"] == pytest.approx(0, abs=1e-5)
    assert told["coherent_up_to"] == pytest.approx(0.5)


def test_an_inverted_signal_is_coherent_half_a_turn_away():
    told = coherence.summary(measured(NOISE[0], -NOISE[0]))
    assert (told["area"], told["in_phase_area"]) == (1, 0)
    assert told["phase_deg"] == pytest.approx(180)


def test_the_summary_agrees_with_the_area_of_the_library(pair):
    found = measured(*signals.series(pair))
    told = coherence.summary(found)
    assert told["area"] == pytest.approx(found.area(0.5), abs=1e-3)  # its counts are rounded to whole samples
    assert told["area_slow"] > 0.95
    assert told["area_fast"] < 0.5
    assert 0.005 < told["coherent_up_to"] < 0.015


def test_strangers_score_what_independent_noise_scores():
    noise = coherence.summary(measured(NOISE[0], NOISE[2]))["area"]
    by_chance = coherence.summary(measured(*signals.series(signals.strangers(observed(NOISE[0], NOISE[0])))))["area"]
    assert 0.1 < noise < 0.4
    assert by_chance == pytest.approx(noise, abs=0.1)  # two draws of about 300 independent cells


def test_a_filter_that_both_ends_share_changes_no_coherence_where_it_passes_and_flatters_strangers(pair):
    found = reconstructions.all_shown(pair)
    raw, wt = (reconstructions.coherent(found[name]) for name in ("raw", "wt"))
    edge = found["wt"].terms.band.high
    told = reconstructions.compared(wt, raw, edge)
    assert told["change_inside"] < 0.05
    strangers = signals.strangers(pair)
    shown = reconstructions.all_shown(strangers)
    areas = [coherence.summary(reconstructions.coherent(shown[name]))["area"] for name in ("raw", "wt")]
    assert areas[1] > areas[0] + 0.1


def test_the_variant_without_a_lag_keeps_the_terms_of_the_one_with(pair):
    a, b = signals.series(pair)
    late = observed(a[9:], b[:-9])
    found = reconstructions.all_shown(late)
    assert found["wt + sync"].terms.lag == pytest.approx(9, abs=1)
    assert found["wt"].terms.lag == 0
    assert found["wt"].terms.band == found["wt + sync"].terms.band
    assert found["raw"].terms.lag == 0
    assert np.array_equal(found["raw"].a, a[9:])


def test_a_kept_panel_is_drawn_from_its_arrays(pair):
    found = measured(*signals.series(pair))
    arrays = coherence.kept("x", found)
    panel = coherence.panel(arrays, "x")
    assert arrays["x/power"].dtype == np.float16
    assert panel.power.shape == (len(panel.frequency), len(panel.minutes))
    assert panel.last == pytest.approx(N / RATE / 60)
    row, column = 40, 150
    j = int(np.argmin(np.abs(found.frequency - panel.frequency[row])))
    sample = round(float(panel.minutes[column]) * 60 * RATE) // int(found.step[j])
    assert panel.power[row, column] == pytest.approx(found.rows[j][sample], abs=1e-3)


def test_contrasts_follow_the_paired_test():
    x = np.arange(12.0)
    assert contrasts.contrast(x + 1, x).mark == "holds"
    assert contrasts.contrast(x + 1, x, "below").mark == "differs"
    assert contrasts.contrast(x, x).mark == "differs"
    assert contrasts.contrast(x[:5] + 1, x[:5]).mark == "cannot be tested"
    assert contrasts.contrast([*x, np.nan], [*(x - 1), 0.0]).mark == "holds"
    assert contrasts.alike(x, x + 0.01, 0.05)[0] == "holds"
    assert contrasts.alike(x, x + 0.1, 0.05)[0] == "differs"
    assert contrasts.alike(x[:3], x[:3], 0.05)[0] == "cannot be tested"
    assert contrasts.joint(["holds", "cannot be tested"]) == "cannot be tested"
    assert contrasts.joint(["differs", "cannot be tested"]) == "differs"
    assert contrasts.joint([]) == "cannot be tested"


def test_a_spike_at_one_end_is_counted_and_one_at_both_is_not():
    rng = np.random.default_rng(1)
    a, b = rng.standard_normal((2, 500))
    a[100], a[200], b[200], b[333] = 30, 30, 30, -30
    count = fig11.spikes((a, b), (a, b), 6.0)
    assert count == 2
    smooth = [np.convolve(x, np.ones(11) / 11, "same") for x in (a, b)]
    assert fig11.spikes((smooth[0], smooth[1]), (a, b), 6.0) == 0


def test_a_band_holds_twice_its_width_times_the_time(pair):
    band = reconstructions.all_shown(pair, ("wt",))["wt"].terms.band
    half = 2 ** (1 / (2 * band.voices))
    assert fig10.independent(band, pair) == pytest.approx(2 * (band.high * half - band.low / half) * N / RATE)
    assert np.isnan(fig10.independent(None, pair))


def test_the_spectrum_of_a_sine_peaks_at_its_frequency():
    f, power = fig02._spectrum(np.sin(2 * np.pi * 0.5 * np.arange(N) / RATE), RATE)
    assert f[np.argmax(power)] == pytest.approx(0.5, rel=0.05)


def test_records_are_seeds_and_recordings(monkeypatch):
    monkeypatch.delenv("SAMEFADE_DATA", raising=False)
    from samefade.study import Lab

    spec = {"scenarios": ["los-short"], "seeds": 2, "seconds": 30.0, "sets": [], "blocks": 2}
    found, absent = signals.records(spec, Lab(quick=True))
    assert [(r.place, r.parts[0][0]) for r in found] == [("LoS-ShortRange, simulated", s) for s in (0, 1)]
    assert absent == ()
    about, first = next(found[0].pairs())
    assert about["world"] == 0
    assert isinstance(first, Pair)
    assert first.matching.startswith("row")
    both = found[0].parts[0][1].pair().one_tone()  # with Eve, who changes nothing for a and b
    assert np.array_equal(first.a.values, both.a.values)
    assert np.array_equal(first.b.values, both.b.values)
    assert observe.coherence_time(first.a) > 0


def test_the_authors_own_recordings_join_where_their_scenario_is_asked_for(monkeypatch):
    from samefade.bench import Source

    class Owned:
        def sets(self, names):
            return [*names, "netstar:LoS-ShortRange_1", "netstar:NLoS-LongRange_2"], ()

    monkeypatch.setattr(signals, "blocks", lambda name: [Source(name if ":" in name else f"set:{name}")] * 3)
    spec = {"scenarios": ["los-short"], "seeds": 1, "seconds": 30.0, "sets": ["lora-indoor"], "blocks": 2}
    found, _ = signals.records(spec, Owned())
    assert [(r.role, r.name, len(r.parts)) for r in found] == [
        ("simulated", "los-short", 1), ("real", "lora-indoor", 2), ("authors", "LoS-ShortRange_1", 2)
    ]  # fmt: skip
    assert found[-1].place == "LoS-ShortRange_1, the authors'"
