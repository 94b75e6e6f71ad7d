"""Leave out at both ends what either end did not hear."""

from dataclasses import replace

from samefade.errors import EndsDisagree
from samefade.types import Feature, Half


def together(a: Feature[Half], b: Feature[Half]) -> tuple[Feature[Half], Feature[Half]]:
    """Return both features with the samples usable that are usable at both ends.

    Which packets were lost is public: acknowledgements and sequence numbers show it to anyone who listens.
    So nothing is charged for it, as long as `usable` follows from losses and public terms alone, as it does for
    every restorer here.

    Raises:
        EndsDisagree: When lengths or rates differ.
    """
    if len(a) != len(b):
        raise EndsDisagree("number of samples", len(a), len(b))
    if a.rate != b.rate:
        raise EndsDisagree("rate in Hz", a.rate, b.rate)
    shared = a.usable & b.usable
    return replace(a, usable=shared), replace(b, usable=shared)
