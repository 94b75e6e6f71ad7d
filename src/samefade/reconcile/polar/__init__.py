"""Tell bits of a polar transform, and more of them until the other end can decode: few messages, soft information."""

from samefade.reconcile.polar.leak import expected_leak
from samefade.reconcile.polar.scheme import Polar

__all__ = ["Polar", "expected_leak"]
