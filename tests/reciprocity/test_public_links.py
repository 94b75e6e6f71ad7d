"""The public recordings of both ends: which ones share a fade, and which must be refused."""

import numpy as np
import pytest

from samefade import files
from samefade.errors import NotReciprocal
from samefade.observe import pair
from samefade.reciprocity import assess, diagnose, losses, reciprocal


def link(data_dir, *paths, **options):
    ends = [end for path in paths for end in files.read(data_dir / path, **options)]
    return assess(pair(*ends))


@pytest.mark.parametrize(
    ("paths", "options"),
    [
        (("skyglow/office-nlos/data_NLOS.mat",), {}),
        (("skyglow/mobile/data_mobile_1.mat",), {}),
        (("skyglow/outdoor-mobile/data_mobile_1.mat",), {}),
        (("lora-indoor/alice_rssi.csv", "lora-indoor/bob_rssi.csv"), {"sign": -1, "rate": 1.65}),
        (("ble-channel-sounding/ini.txt", "ble-channel-sounding/ref.txt"), {}),
    ],
)
def test_links_that_share_a_fade_pass(data_dir, paths, options):
    evidence = link(data_dir, *paths, **options)
    reciprocal(evidence)
    assert diagnose(evidence)[0].startswith("The two ends hear the same fade")


@pytest.mark.parametrize(
    ("paths", "options", "why"),
    [
        (("lorawan-campus/static_nlos.csv",), {"a": "GW RSSI", "b": "ED RSSI", "rate": 0.125}, "nothing is shared"),
        (("lte-negative/combined.csv",), {"a": "enb_rsrp", "b": "ue_rsrp", "rate": 1.0}, "nothing is shared"),
        (("lte-negative/combined.csv",), {"a": "enb_rssi", "b": "ue_rssi", "rate": 1.0}, "nothing is shared"),
        (("lte-negative/combined.csv",), {"a": "enb_pwr", "b": "ue_pwr", "rate": 1.0}, "nothing is shared"),
        (
            ("lora-synthetic-trap/outdoor_alice_rssi.csv", "lora-synthetic-trap/outdoor_bob_rssi.csv"),
            {"sign": -1, "rate": 1.65},
            "made-up data",
        ),
    ],
)
def test_links_that_share_none_are_refused(data_dir, paths, options, why):
    with pytest.raises(NotReciprocal, match=why):
        reciprocal(link(data_dir, *paths, **options))


def test_eve_outdoors_hears_most_of_it(data_dir):
    folder = data_dir / "skyglow/outdoor-mobile"
    a, b = files.read(folder / "data_mobile_1.mat")
    evidence = assess(pair(a, b, files.read(folder / "data_eave_mobile_1.mat")))
    assert evidence.eve == pytest.approx(0.82, abs=0.01)
    assert any("she hears most" in sentence for sentence in diagnose(evidence))


@pytest.mark.parametrize(("name", "seconds"), [("mobile", 9706), ("outdoor-mobile", 696)])
def test_packets_dropped_from_a_measured_link_are_found(data_dir, name, seconds):
    made = pair(*files.read(data_dir / "skyglow" / name / "data_mobile_1.mat"))
    at = round(seconds * made.rate)
    short = np.delete(made.a.values, slice(at, at + 60))
    (loss,) = losses(short, made.b.values[:-60], rate=made.rate)
    assert (loss.end, loss.packets) == ("a", 60)
    # these channels are slow: within a quarter of one window of 40 independent samples
    assert loss.start_s == pytest.approx(seconds, abs=60)
    assert losses(made.a.values, made.b.values, rate=made.rate) == ()
