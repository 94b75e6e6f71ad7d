"""What a simulated Gaussian link truly shares, and what the account makes of one run over it."""

import numpy as np

from samefade.errors import SamefadeError
from samefade.lpwan.refresh import Policy
from samefade.lpwan.refresh.run import Run
from samefade.lpwan.refresh.string import answerer, bits_of, layout_of, long
from samefade.lpwan.refresh.talk import Found, Heard, next_question, priced
from samefade.lpwan.refresh.terms import learn

SPREAD, PLACES = 8.0, 1000


def shared(places, memory, noise, eve=0.0):
    """Return I(A;B|E) over these places, bits: two noisy hearings of one Gaussian autoregression, given Eve's.

    Eve hears, at every place and without noise, a series of the same spectrum that is correlated `eve` with the fade.
    That takes eve² off its covariance Σ and leaves the spectrum as it is; with λ the eigenvalues of what is left and N
    the noise, I = −½ Σ log2(1 − (λ / (λ + N))²) (Cover and Thomas 2006, section 8.4).
    A twelfth of a step squared is the noise of whole decibels.
    """
    at = np.asarray(places)
    left = (1 - eve**2) * SPREAD**2 * memory ** np.abs(at[:, None] - at[None, :]).astype(float)
    power = np.maximum(np.linalg.eigvalsh(left), 0.0)
    coherence = (power / (power + noise**2 + 1 / 12)) ** 2
    return float(-0.5 * np.log2(1 - coherence).sum())


def conceded(eve):
    """Return what Eve knows of a sample at most: −½ log2(1 − ρ²) a place is the rate of two series of one spectrum."""
    return float(-0.5 * np.log2(1 - eve**2))


def balances(seed, memory, noise, lost=0.0, eve=0.0, *, admitted=True):
    """Play one run; return the bits that its account leaves and those that are truly there, None where it has no key.

    `conceded` of the policy is what Eve truly knows, where it is admitted: nobody can give the network's end her
    recording.
    """
    chance = np.random.default_rng(seed)
    policy = Policy(most=2048, conceded=conceded(eve) if admitted else 0.0)
    x = np.zeros(PLACES)
    x[0] = chance.normal()
    for i in range(1, PLACES):
        x[i] = memory * x[i - 1] + np.sqrt(1 - memory**2) * chance.normal()
    a, b = (np.round(level + SPREAD * x + noise * chance.normal(size=PLACES)) for level in (-101, -97))
    a, b = (np.clip(np.round(2 * (y + 160)), 0, 255).astype(int) for y in (a, b))
    places = np.flatnonzero(chance.random(PLACES) >= 1 - (1 - lost) ** 2).tolist()
    first = places[: policy.spoken]
    try:
        learnt = learn(policy, first, a[first].tolist(), b[first].tolist(), 1.0)
    except SamefadeError:
        return None
    told = learnt.told(first[-1])
    kept = [place for place in places if place >= told.first]
    heard = Heard(
        [(place, b[place]) for place in first],
        bytes(a[first].tolist()),
        [(place, b[place]) for place in kept],
        told.first,
        PLACES,
    )
    run = Run.begun(bytes(8), 0, 0)
    run.settle()
    bits = bits_of(a[kept].tolist(), told)
    talker, layout, answers = answerer(policy, bits, run.seed, []), layout_of(policy, bits.layers, run.seed), []
    while True:
        question = next_question(policy, learnt, run, heard, answers)
        if isinstance(question, Found):
            break
        answers.append(talker.answer(long(question, layout)))
    assert (question.fixed.values == bits.values).all()
    return priced(policy, learnt, run, heard, question)[1].balance, shared(kept, memory, noise, eve)
