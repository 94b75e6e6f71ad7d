"""Run randomness tests as a smoke test before hashing; what they do not prove is said beside every result."""

from samefade.entropy.smoke.battery import WARNING, Smoke, smoke

__all__ = ["WARNING", "Smoke", "smoke"]
