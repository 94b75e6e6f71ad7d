import numpy as np
import pytest

from samefade import data, files

ENDS = {"both": 2, "a": 1, "b": 1}
CASES = [(entry, file) for entry in data.sets() for file in entry.files]


@pytest.mark.parametrize(("entry", "file"), CASES, ids=lambda x: getattr(x, "path", ""))
def test_every_file_is_read_as_the_registry_says(data_dir, entry, file):
    recordings = files.read(data_dir / file.path, format=file.format, **file.options)
    assert all(len(recording) for recording in recordings)
    assert len(recordings) == ENDS.get(file.role, len(recordings))
    if file.role in ENDS and entry.rate_hz:
        # the rate of the registry is about right: within a tenth of what the clock of the file says
        rates = [1 / np.median(np.diff(recording.time)) for recording in recordings]
        np.testing.assert_allclose(rates, entry.rate_hz, rtol=0.1)


@pytest.mark.parametrize("name", ["lora-indoor", "lora-synthetic-trap", "lorawan-campus/walking", "lte-negative"])
def test_signs_and_columns_give_levels_in_dbm(data_dir, name):
    for file in data.find(name).files:
        for recording in files.read(data_dir / file.path, format=file.format, **file.options):
            assert -140 < recording.rssi.min() <= recording.rssi.max() < 0
