"""Make a key of what is left: by universal hashing, or by HKDF on top of a prior secret."""

from samefade.amplify.hkdf import Hkdf
from samefade.amplify.toeplitz import Toeplitz

__all__ = ["Hkdf", "Toeplitz"]
