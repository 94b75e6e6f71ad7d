"""Make two almost equal strings equal in public, and count every bit that this tells an eavesdropper."""

from samefade.reconcile.cascade import Cascade
from samefade.reconcile.dialogue import Answerer, Corrector, Reconciler, talk
from samefade.reconcile.polar import Polar

__all__ = ["Answerer", "Cascade", "Corrector", "Polar", "Reconciler", "talk"]
