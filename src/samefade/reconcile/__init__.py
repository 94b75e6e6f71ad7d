"""Make two almost equal strings equal in public, and count every bit that this tells an eavesdropper."""

from samefade.reconcile.bch import Bch
from samefade.reconcile.blocks import Blocks
from samefade.reconcile.cascade import Cascade
from samefade.reconcile.compressed import Compressed
from samefade.reconcile.dialogue import Answerer, Corrector, Reconciler, talk
from samefade.reconcile.polar import Polar, expected_leak
from samefade.reconcile.reed_solomon import ReedSolomon
from samefade.reconcile.slices import Slices

__all__ = [
    "Answerer",
    "Bch",
    "Blocks",
    "Cascade",
    "Compressed",
    "Corrector",
    "Polar",
    "Reconciler",
    "ReedSolomon",
    "Slices",
    "expected_leak",
    "talk",
]
