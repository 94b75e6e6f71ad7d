"""The two learned restorers: frozen records of their sizes, which load the deep-learning library when they are used.

What is known of the papers is what their abstracts and the 2025 paper say:

- Denoising and multi-task autoencoders (Han et al. 2020; Zhou and Zeng 2022): an encoder shared by both ends learns
  what their weakly correlated measurements have in common, from inputs with noise added; decoders for several tasks.
- Bidirectional convergence feature learning (Chen et al. 2023): a convolutional network for each end, trained on what
  both heard within the coherence time, with the mean square error between the two outputs as its loss.

Layers, noise, learning rates, the quantiser of Chen et al. and what the authors of the 2025 paper ran are not published
there; windows of one tone's series, the sizes and all numbers here are our design, chosen before any comparison.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from samefade.errors import EndsDisagree, OutOfRange
from samefade.learn import engine
from samefade.learn.model import Sizes
from samefade.learn.recipe import Recipe
from samefade.learn.series import Real, overlaid, standard, windows
from samefade.restore.admit import admit, restored
from samefade.types import Feature, Half, Kept, Observation, Terms

if TYPE_CHECKING:
    from jax import Array

    from samefade.learn.networks import Network
    from samefade.learn.training import Trained


@dataclass(frozen=True)
class LearnedFilter(Recipe):
    """What both restorers do alike."""

    def agree(self, a: Observation, b: Observation, terms: Terms) -> Terms:
        """Return the terms with a model that was trained on both blocks.

        Several tones are pooled, each of unit variance. `thresholds` of the result holds "loss" at the end, and
        "variance a" and "variance b" of the outputs for inputs of variance 1: near 0, a network has died.

        Args:
            a: One end's spoken samples, (n,) or (n, k).
            b: The other end's, of the same shape, aligned.
            terms: Terms to add to; their seed is the training's.

        Raises:
            TypeError: When either block was kept.
            ConstantSignal: When an end does not vary.
            EndsDisagree: When shapes or rates differ.
            MissingExtra: When the deep-learning library is not installed.
            TooFewSamples: When fewer samples were heard than 4 windows hold.
        """
        engine.present()
        from samefade.learn.training import fit

        return with_model(terms, fit(self, self.admitted(a, b, terms), terms.seed))

    def admitted(self, a: Observation, b: Observation, terms: Terms) -> tuple[Observation, Observation]:
        """Return the two blocks, where something may and can be learnt from them."""
        if isinstance(a, Kept) or isinstance(b, Kept):
            raise TypeError("kept samples do not cross the air, so no network is trained on them")
        if a.values.shape != b.values.shape:
            raise EndsDisagree("shape", a.values.shape, b.values.shape)
        if a.rate != b.rate:
            raise EndsDisagree("rate in Hz", a.rate, b.rate)
        if terms.rate != a.rate:
            raise EndsDisagree("rate of terms and observation in Hz", terms.rate, a.rate)
        for x in (a, b):
            admit(x, least=self.window)
        return a, b

    def restore(self, x: Half, terms: Terms | None = None) -> Feature[Half]:
        """Return what the network makes of the values, in their unit, (n,) or (n, k), each tone apart.

        Half a window is not usable at either end and beside gaps; gaps shorter than what the network averages are
        bridged. An eavesdropper's samples are given to end a's network.

        Args:
            x: The observation.
            terms: Terms with a model, from `agree`.

        Raises:
            ConstantSignal: When no tone varies.
            MissingExtra: When the deep-learning library is not installed.
            OutOfRange: When the terms have no model, another rate, or bytes that are no model of this restorer.
            TooFewSamples: When the record is no longer than a window.
        """
        if terms is None or not terms.model:
            raise OutOfRange("terms", "without a model", f"terms from {type(self).__name__}.agree")
        if terms.rate != x.rate:
            raise OutOfRange("terms.rate", terms.rate, f"the observation's {x.rate:g} Hz")
        values = admit(x, least=self.window + 1)
        engine.present()
        made, length = self._made(x, terms.model)
        return restored(x, made.reshape(values.shape).astype(values.dtype), reach=self.window // 2, bridge=length)

    def _made(self, x: Observation, model: bytes) -> tuple[Real, float]:
        from samefade.learn.applying import applied
        from samefade.learn.weights import from_bytes

        network, length = from_bytes(model, self)
        told = standard(x)
        outputs = applied(network, windows(told.values, self.window), end_b=x.end == "b")
        found = overlaid(outputs, len(x), len(told.values))
        if not np.all(np.isfinite(found)):
            raise OutOfRange("weights of the model", "an output that is no number", "weights from a training")
        # a tone that does not vary stays as it is
        return (told.mean[:, None] + told.scale[:, None] * found).T, length


@dataclass(frozen=True)
class CrossDecoding(LearnedFilter):
    """Decode what the other end heard from one's own windows: a denoising autoencoder with two tasks.

    A shared encoder, noise added to its input in training, and two decoders: end b's series from end a's window, and
    the reverse. What one end decodes can only be what both have in common, for each end's noise is its own: with mean
    square errors the best is the conditional mean, which for Gaussian signals is Wiener's filter.
    Decoding an end's own series as well would teach the shared encoder to keep that end's noise.
    The sister paper's adversary, who decorrelates features from Eve's, is not here: what Eve hears is not known.

    Attributes:
        hidden: Numbers in the code of a window.
    """

    noise: float = 0.2
    hidden: int = 32

    kind: ClassVar[int] = 1

    def __post_init__(self) -> None:
        """Refuse what makes no network."""
        super().__post_init__()
        if not 1 <= self.hidden <= 1024:
            raise OutOfRange("hidden", self.hidden, "1 to 1024")

    @property
    def sizes(self) -> Sizes:
        """Return what fixes the shape of the network."""
        return Sizes(self.kind, self.window, self.hidden, self.channels, self.kernel)

    def network(self, key: "Array") -> "Network":
        """Return an untrained network."""
        from samefade.learn.networks import CrossDecoder

        return CrossDecoder(self.window, self.hidden, self.channels, self.kernel, key)


@dataclass(frozen=True)
class Convergence(LearnedFilter):
    """Let the outputs of two convolutional networks, one for each end, converge.

    The published loss, the mean square error between the outputs, is least where both are constant, and training finds
    that: the networks die. Here each output's standard deviation is held at 1 or above by a penalty (as in variance
    regularisation, Bardes et al. 2022); a reconstruction term alone would not do, for a decoder can undo any shrinking.
    What then converges best is what is most alike at both ends, which in slow channels is very slow.

    Attributes:
        spread: Weight of the penalty on what the deviations lack to 1; 0 is the published loss, which dies.
    """

    kernel: int = 17
    steps: int = 600
    batch: int = 32
    pace: float = 1e-2
    spread: float = 1.0

    kind: ClassVar[int] = 2

    def __post_init__(self) -> None:
        """Refuse what makes no network."""
        super().__post_init__()
        if not 0 <= self.spread <= 1000:
            raise OutOfRange("spread", self.spread, "0 to 1000")

    def network(self, key: "Array") -> "Network":
        """Return an untrained network."""
        from samefade.learn.networks import Convergent

        return Convergent(self.channels, self.kernel, self.spread, key)


def with_model(terms: Terms, found: "Trained") -> Terms:
    """Return the terms with what a training came to."""
    told = {"loss": found.losses[-1], "variance a": found.variance[0], "variance b": found.variance[1]}
    return replace(terms, model=found.model, thresholds={**terms.thresholds, **told})
