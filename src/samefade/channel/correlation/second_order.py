"""Covariances of what three parties average over two packets.

Eve hears the packet of the end that she is near to, at the same time: over time she is that end.
So three integrals say it all: of the packet up with itself, of the packet down with itself, and of one with the other.
"""

from typing import NamedTuple

import numpy as np

from samefade.channel.correlation.exchange import Exchange
from samefade.channel.correlation.windows import Kernel, window_mean
from samefade.types import Float, Mask


class Second(NamedTuple):
    """Variances of a, b and Eve, and covariances of a with b, a with Eve, b with Eve, over time alone."""

    own: tuple[Float, Float, Float]
    across: tuple[Float, Float, Float]


def second_order(kernel: Kernel, exchange: Exchange, doppler: Float, near_a: Mask) -> Second:
    """Return the covariances of averages over the packets of an exchange.

    Args:
        kernel: Covariance of what is averaged, of a delay (s) and a Doppler shift (Hz).
        exchange: The packets.
        doppler: Largest Doppler shift, Hz.
        near_a: Where Eve is near a, and hears its packet.
    """
    a = window_mean(kernel, 0.0, exchange.up, exchange.up, doppler)
    b = window_mean(kernel, 0.0, exchange.down, exchange.down, doppler)
    ab = window_mean(kernel, exchange.delay, exchange.up, exchange.down, doppler)
    return Second((a, b, np.where(near_a, a, b)), (ab, np.where(near_a, a, ab), np.where(near_a, ab, b)))
