"""The baseline "raw": nothing is done."""

from dataclasses import dataclass

from samefade.restore.admit import admit, restored
from samefade.types import Feature, Half, Terms


@dataclass(frozen=True)
class Raw:
    """No restoration."""

    def restore(self, x: Half, terms: Terms | None = None) -> Feature[Half]:  # noqa: ARG002 -- every restorer takes terms
        """Return the values as they are, (n,) or (n, k); usable is what was heard.

        Raises:
            ConstantSignal: When no tone varies.
            TooFewSamples: When fewer than 2 samples were heard.
        """
        return restored(x, admit(x))
