"""The two learned baselines of the 2025 paper, as schemes, and the account that is theirs.

Train once, on another record, and carry the terms over: that is what the 2025 paper did. Or train on each record's own
spoken half: that is what `run` does, and the paper did not.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from samefade.align import trim
from samefade.entropy import Estimate, assess
from samefade.errors import NotEnough, OutOfRange
from samefade.learn import engine
from samefade.learn.restorers import Convergence, CrossDecoding, LearnedFilter, with_model
from samefade.learn.straight import Straight, straight
from samefade.restore import Raw
from samefade.schemes import Scheme
from samefade.schemes.expectation import expected_errors
from samefade.schemes.scheme import Restorer, spoken_only
from samefade.types import Feature, Kept, Pair, Spoken, Symbols, Terms

if TYPE_CHECKING:
    from samefade.learn.training import Progress

_NEAREST = "nearest linear filter"
_ASSUMED = (
    "what the nearest linear filter does not explain of the learned feature is known to Eve; she knows the network",
    "the guessers predict linearly: a network of hers that predicts better is not among them",
)


@dataclass(frozen=True, kw_only=True)
class Learned(Scheme):
    """What both schemes do alike: align, train, align what came of it, and account for it."""

    restore: Restorer = CrossDecoding()

    def agree(self, a: Spoken, b: Spoken, seed: bytes = bytes(16)) -> Terms:
        """Learn lag and model from spoken samples.

        Raises:
            NotEnough: When there is nothing to learn from.
            MissingExtra: When the deep-learning library is not installed.
        """
        return train(self, Pair(a, b), seed=seed)

    def met(self, a: Spoken, b: Spoken, terms: Terms) -> Terms:
        """Return the terms with the lag of other samples than those that the model was trained on.

        A decoder that learnt a shift between the ends gives it back the other way round, so the lag is looked for in
        what the network makes.

        Args:
            a: What end a spoke.
            b: What end b spoke, same grid.
            terms: Terms with a model.

        Raises:
            NotEnough: When there is nothing to learn from.
        """
        spoken_only(a, b)
        fa, fb = self.feature(a, terms), self.feature(b, terms)
        more = self.align.align(fa, fb)
        if more:
            terms = replace(terms, lag=terms.lag + more)
            fa, fb = self.feature(a, terms), self.feature(b, terms)
        return replace(terms, expected_errors=expected_errors(fa, fb, self.quantize.levels))

    def worth(
        self, symbols: Symbols, feature: Feature[Kept], terms: Terms, *, spoken: Spoken | None, eve: Kept | None
    ) -> Estimate:
        """Return what end a's symbols are worth: no more than those of the nearest linear filter, and less.

        `assess` knows linear predictors and Gaussian errors, and the feature of a network need not be like that. So the
        same symbols are also made of the linear filter that is nearest to the network (fitted to spoken samples, where
        there are any), the less is taken, and of that the share that this filter explains of the feature's variance.
        This is caution and no proof: the claim stays an estimate. Whatever it says, the account is closed at the mutual
        information of the ends' own samples, which no network can exceed if they are Gaussian.
        """
        plain = super().worth(symbols, feature, terms, spoken=spoken, eve=eve)
        told = None if spoken is None else self.feature(spoken, terms)
        reach = getattr(self.restore, "window", 64) // 2
        try:
            line = straight(feature, reach) if told is None else straight(told, reach)
        except NotEnough:
            return _cut(plain, {f"{_NEAREST}: too few samples to find it": 0.0}, 1.0)
        again = self._of_line(line, symbols, feature, terms, told, eve)
        return _cut(plain, {f"{_NEAREST}, {who}": bits for who, bits in again.by.items()}, line.explains(feature))

    def _of_line(
        self, line: Straight, symbols: Symbols, feature: Feature[Kept], terms: Terms, told: Feature[Spoken] | None,
        eve: Kept | None,
    ) -> Estimate:  # fmt: skip
        """Return what symbols at the same places are worth when the linear filter has made them."""
        used = np.zeros(len(feature), np.bool_)
        used[symbols.index] = True
        instead = replace(feature, values=line.of(feature.source), usable=used)
        heard = None if eve is None else line.of(trim(eve, terms.lag))
        published = None if told is None else line.of(told.source)
        return assess(self.symbols(instead, terms), instead, eve=heard, published=published)


@dataclass(frozen=True, kw_only=True)
class Autoencoder(Learned):
    """Decode what both ends have in common ("AE": Han et al. 2020; Zhou and Zeng 2022; sizes are ours)."""

    restore: Restorer = CrossDecoding()


@dataclass(frozen=True, kw_only=True)
class Bcfl(Learned):
    """Bidirectional convergence feature learning (Chen et al. 2023), with the constraint that its loss lacks."""

    restore: Restorer = Convergence()


def train(
    scheme: Learned,
    pair: Pair[Spoken],
    *,
    seed: bytes = bytes(16),
    progress: "Progress | None" = None,
    checkpoint: Path | None = None,
) -> Terms:
    """Train a learned scheme on spoken samples, with a look at how it goes and a file to go on from.

    Args:
        scheme: The scheme, which holds the network's sizes and the training's numbers.
        pair: What both ends spoke, same grid.
        seed: Public random bytes; the same seed and samples give the same terms on the same machine.
        progress: Called with steps done, steps in all and the last loss.
        checkpoint: A file that keeps the training's state: a training that was killed goes on from there.

    Raises:
        NotEnough: When there is nothing to learn from.
        MissingExtra: When the deep-learning library is not installed.
        OutOfRange: When the checkpoint is of another training, or the scheme restores by something that is not learned.
        CannotWrite: When the checkpoint cannot be written.
    """
    spoken_only(pair.a, pair.b)
    recipe = scheme.restore
    if not isinstance(recipe, LearnedFilter):
        raise OutOfRange("restore", recipe, "a restorer of samefade.learn")
    engine.present()
    from samefade.learn.training import fit

    plain = Raw()
    terms = Terms(rate=pair.rate, seed=seed, lag=scheme.align.align(plain.restore(pair.a), plain.restore(pair.b)))
    a, b = trim(pair.a, terms.lag), trim(pair.b, terms.lag)
    found = fit(recipe, recipe.admitted(a, b, terms), seed, progress, checkpoint)
    return scheme.met(pair.a, pair.b, with_model(terms, found))


def _cut(plain: Estimate, more: dict[str, float], share: float) -> Estimate:
    by = {who: share * bits for who, bits in {**plain.by, **more}.items()}
    assumed = (*plain.assumptions, *_ASSUMED)
    return replace(plain, per_symbol=min(by.values()), by=by, assumptions=assumed, claim="estimate")
