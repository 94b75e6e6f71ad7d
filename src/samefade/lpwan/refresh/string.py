"""Make the device's string of its kept samples, and answer what is asked about it."""

from collections.abc import Sequence

import numpy as np

from samefade.errors import RemoteProtocolError
from samefade.lpwan.refresh.messages import Told
from samefade.lpwan.refresh.policy import Policy
from samefade.quantize import spell
from samefade.reconcile import Answerer
from samefade.reconcile.polar import message
from samefade.reconcile.polar.layout import Layout
from samefade.types import Bits

FEWEST = 64  # kept samples: fewer are no run, whatever was asked


def bits_of(values: Sequence[int], told: Told) -> Bits:
    """Return the string of the device's kept samples, in layers of bits, the least significant first.

    Raises:
        RemoteProtocolError: When there are too few of them.
    """
    if len(values) < FEWEST:
        raise RemoteProtocolError(kept=len(values), least=FEWEST)
    cells = np.array([told.cell(value) for value in values], np.uint8)
    made, layers = spell(cells, np.full(len(cells), told.width, np.int64))
    return Bits(made, layers=layers)


def answerer(policy: Policy, bits: Bits, seed: bytes, asked: Sequence[bytes]) -> Answerer:
    """Return the party that answers, after all that it was asked before: what it says is a function of these."""
    out = policy.scheme.reconcile.answer(bits, seed)
    for request in asked:
        out.answer(long(request, layout_of(policy, bits.layers, seed)))
    return out


def layout_of(policy: Policy, layers: tuple[int, ...], seed: bytes) -> Layout:
    """Return how the string is cut: both ends know it, so it does not travel."""
    code = policy.scheme.reconcile
    return Layout(layers, code.frame, code.check, seed)  # type: ignore[attr-defined]  # Policy holds it to be Polar


def short(request: bytes) -> bytes:
    """Leave out of a question what both ends know: the length of the string and how it is cut."""
    return request[:1] + request[9:]


def long(request: bytes, layout: Layout) -> bytes:
    """Put it in again.

    Raises:
        RemoteProtocolError: When the question is empty.
    """
    if not request:
        raise RemoteProtocolError(question="empty")
    return message.pack(request[0], layout, request[1:])
