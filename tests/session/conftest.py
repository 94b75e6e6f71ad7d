"""What the tests of sessions share: the module `session_ends` by name, and a calibration that is done once."""

import pytest

from samefade.session import agreement


@pytest.fixture
def known_calibration(monkeypatch):
    """Calibrate the same spoken samples once: for tests of many runs that differ in what the line does."""
    real, known = agreement.calibrate, {}

    def calibrate(scheme, plan, spoken, seed):
        key = (scheme.name, plan, seed, spoken.a.values.tobytes(), spoken.b.values.tobytes())
        if key not in known:
            known[key] = real(scheme, plan, spoken, seed)
        return known[key]

    monkeypatch.setattr(agreement, "calibrate", calibrate)
