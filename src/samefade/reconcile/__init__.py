"""Make two almost equal strings equal in public, and count every bit that this tells an eavesdropper."""

from samefade.reconcile.bch import Bch
from samefade.reconcile.cascade import Cascade
from samefade.reconcile.dialogue import Answerer, Corrector, Reconciler, talk
from samefade.reconcile.polar import Polar, expected_leak

__all__ = ["Answerer", "Bch", "Cascade", "Corrector", "Polar", "Reconciler", "expected_leak", "talk"]
