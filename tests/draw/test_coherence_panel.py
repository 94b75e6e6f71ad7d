"""A coherence panel is thinned to computed samples, and drawn from what was thinned alone."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from samefade import wavelet
from samefade.draw.coherence import coherence_panel, show, thinned

RNG = np.random.default_rng(3)
A, B = RNG.standard_normal((2, 1500))


@pytest.fixture(scope="module")
def found():
    return wavelet.coherence(A, B, rate=2.0)


@pytest.mark.parametrize(("columns", "rows"), [(100, 40), (10_000, None), (1, 1)])
def test_thinning_takes_computed_samples_and_no_others(found, columns, rows):
    panel = thinned(found, columns, rows)
    assert panel.power.shape == panel.phase.shape == (len(panel.frequency), len(panel.minutes))
    assert len(panel.minutes) == min(columns, 1500)
    assert len(panel.frequency) == len(panel.cone) == min(rows or len(found), len(found))
    assert panel.last == pytest.approx(1500 / 2 / 60)
    for row, f in enumerate(panel.frequency):
        j = int(np.flatnonzero(found.frequency == f)[0])
        assert np.isin(panel.power[row], found.rows[j]).all()
        assert panel.cone[row] == pytest.approx(found.cone[j] / 120)


def test_a_panel_shows_its_values_its_cone_and_arrows_where_coherence_is_high(found):
    panel = thinned(found, 100, 40)
    axes = Figure().subplots()
    mesh = show(axes, panel, arrows=(5, 6))
    assert np.array_equal(np.asarray(mesh.get_array()).reshape(panel.power.shape), panel.power)
    assert axes.get_yscale() == "log"
    assert axes.get_ylim() == (panel.frequency[-1], panel.frequency[0])
    arrows = axes.collections[-1]
    rows, columns = ([int(x) for x in np.linspace(0, n - 1, k + 2).round()[1:-1]] for n, k in ((40, 5), (100, 6)))
    assert len(arrows.U) == np.count_nonzero(panel.power[np.ix_(rows, columns)] > 0.5)


def test_the_panel_of_two_signals_has_a_bar_and_says_which_definition_it_is():
    axes = Figure().subplots()
    coherence_panel(axes, A, B, 2.0)
    assert "samefade-1" in axes.get_title()
    assert len(axes.figure.axes) == 2
