"""WPA2: the published derivation, and the lines as hostapd and wpa_supplicant read them."""

import re
import subprocess

import pytest

from samefade.errors import OutOfRange
from samefade.keys.handover import Bond, Wpa, WpaPassphrase, hand_over, pairwise_master_key

# IEEE 802.11i-2004 annex H.4.3: passphrase, network, pairwise master key
PUBLISHED = [
    ("password", b"IEEE", "f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e"),
    ("ThisIsAPassword", b"ThisIsASSID", "0dc0d6eb90555ed6419756b9a15ec3e3209b63df707dd508d14581f8982721af"),
    ("a" * 32, b"Z" * 32, "becb93866bb8c3832cb777c2f559807c8c59afcb6eae734885001300a981cc62"),
]
ACCESS_POINT = "interface=wire\ndriver=wired\nssid=x\nwpa=2\nwpa_key_mgmt=WPA-PSK\nwpa_psk_file="


@pytest.mark.parametrize(("passphrase", "ssid", "expected"), PUBLISHED)
def test_a_passphrase_gives_the_published_key(passphrase, ssid, expected):
    assert pairwise_master_key(passphrase, ssid).hex() == expected


def test_the_programs_own_tool_derives_the_same(need, key, key_id, ends):
    need("wpa_passphrase")
    passphrase = WpaPassphrase().passphrase(key, Bond(key_id, "initiator", ends))
    # on the standard input, where no list of processes shows it
    command = {"args": ["wpa_passphrase", "network"], "input": passphrase + "\n", "text": True}
    told = subprocess.run(**command, capture_output=True, check=True, timeout=10).stdout
    (derived,) = re.findall(r"^\tpsk=([0-9a-f]{64})$", told, re.MULTILINE)
    assert pairwise_master_key(passphrase, b"network").hex() == derived


@pytest.mark.parametrize("passphrase", ["short", "x" * 64, "line\nbreak", "clé secrète"])
def test_what_is_no_passphrase_is_refused(passphrase):
    with pytest.raises(OutOfRange):
        pairwise_master_key(passphrase, b"network")


@pytest.mark.parametrize("ssid", [b"", b"x" * 33])
def test_what_is_no_network_name_is_refused(ssid):
    with pytest.raises(OutOfRange):
        pairwise_master_key("password", ssid)


@pytest.mark.parametrize("form", [Wpa, WpaPassphrase])
def test_a_network_name_of_more_than_32_bytes_is_refused(form, key, key_id, ends):
    with pytest.raises(OutOfRange):
        form(ssid="é" * 17).render(key, Bond(key_id, "initiator", ends))


@pytest.mark.parametrize("form", [Wpa, WpaPassphrase])
def test_a_network_name_cannot_smuggle_a_line_into_the_file(form, key, key_id, ends):
    name = 'x"\n}\nnetwork={'
    (file,) = form(ssid=name).render(key, Bond(key_id, "initiator", ends))
    assert file.text.count("network=") == 1
    assert f"ssid={name.encode().hex()}\n" in file.text


@pytest.mark.parametrize("purpose", ["wpa", "wpa-passphrase"])
def test_both_ends_hold_one_secret_of_256_bits(purpose, key, key_id, ends, tmp_path):
    (at_point,) = hand_over(key, key_id, purpose, "responder", ends, tmp_path)
    (at_station,) = hand_over(key, key_id, purpose, "initiator", ends, tmp_path)
    station, secret = at_point.read_text().splitlines()[1].split()
    assert station == "00:00:00:00:00:00"
    assert len(secret) == {"wpa": 64, "wpa-passphrase": 43}[purpose]
    assert f"\tpsk={secret if purpose == 'wpa' else chr(34) + secret + chr(34)}\n" in at_station.read_text()


@pytest.fixture(params=["wpa", "wpa-passphrase"])
def made(request, key, key_id, ends, tmp_path):
    return {role: hand_over(key, key_id, request.param, role, ends, tmp_path)[0] for role in ("initiator", "responder")}


def test_hostapd_reads_the_file_and_refuses_a_broken_one(made, need, spaces, start, tmp_path):
    need("hostapd")
    broken = tmp_path / "broken"
    broken.write_text("00:00:00:00:00:00 short\n")
    for file, outcome in ((broken, "WPA-PSK setup failed"), (made["responder"], "AP-ENABLED")):
        (tmp_path / "hostapd.conf").write_text(f"{ACCESS_POINT}{file}\n")
        start(*spaces.within(0, "hostapd", str(tmp_path / "hostapd.conf"))).until(outcome)


def test_wpa_supplicant_reads_the_network(made, need, spaces, start, key_id):
    need("wpa_supplicant")
    asking = start(*spaces.within(1, "wpa_supplicant", "-dd", "-D", "wired", "-i", "wire", "-c", made["initiator"]))
    asking.until(f"id=0 ssid='samefade-{str(key_id)[:8]}'")
    # a passphrase is held as such until a network is chosen; 256 bits are there at once
    assert "failed to parse" not in asking.until("PSK (set in config)", "PSK (ASCII passphrase)")
