"""Wavelet transform, coherence and inverse: pure numerics on any array-API array."""

from samefade.wavelet.coherence import coherence
from samefade.wavelet.inverse import inverse, response
from samefade.wavelet.rows import Coherence, Transform
from samefade.wavelet.transform import transform

__all__ = ["Coherence", "Transform", "coherence", "inverse", "response", "transform"]
