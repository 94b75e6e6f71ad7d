"""Learned schemes: the only room that knows the deep-learning library; found by entry point, imported by nobody.

Importing this room loads no such library: training and restoring do.
"""

from samefade.learn.restorers import Convergence, CrossDecoding
from samefade.learn.schemes import Autoencoder, Bcfl, Learned, train

__all__ = ["Autoencoder", "Bcfl", "Convergence", "CrossDecoding", "Learned", "train"]
