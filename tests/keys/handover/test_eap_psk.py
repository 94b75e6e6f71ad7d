"""hostapd lets wpa_supplicant in by EAP-PSK over a wire (IEEE 802.1X) with the key, and not with another."""

import uuid
from pathlib import Path

import pytest

from samefade.keys.handover import hand_over

SERVER = "interface=wire\ndriver=wired\nieee8021x=1\neapol_version=2\neap_server=1\nuse_pae_group_addr=1\n"
PEER = "ap_scan=0\neapol_version=2\n"


@pytest.fixture
def port(need, spaces, start, tmp_path):
    need("hostapd", "wpa_supplicant")

    def talk(at_server, at_peer):
        server = tmp_path / f"{uuid.uuid4().hex}.conf"
        server.write_text(f"{SERVER}eap_user_file={at_server}\n")
        peer = tmp_path / f"{uuid.uuid4().hex}.conf"
        peer.write_text(PEER + at_peer.read_text())
        guard = start(*spaces.within(0, "hostapd", str(server)))
        if "Invalid" in guard.until("AP-ENABLED", "Invalid", "rror"):
            pytest.skip("this hostapd was built without EAP-PSK")
        asking = start(*spaces.within(1, "wpa_supplicant", "-D", "wired", "-i", "wire", "-c", str(peer)))
        return guard, asking

    return talk


def test_the_port_opens_for_the_one_who_holds_the_key(port, key, key_id, ends, tmp_path):
    (at_server,) = hand_over(key, key_id, "eap-psk", "responder", ends, tmp_path / "server")
    (at_peer,) = hand_over(key, key_id, "eap-psk", "initiator", ends, tmp_path / "peer")
    guard, asking = port(at_server, at_peer)
    assert "vendor 0 method 47 (PSK) selected" in asking.until("CTRL-EVENT-EAP-SUCCESS")
    assert "CTRL-EVENT-EAP-SUCCESS" in guard.until("AP-STA-CONNECTED")


def test_an_impostor_without_the_key_stays_outside(port, key, other_key, key_id, ends, tmp_path):
    (at_server,) = hand_over(key, key_id, "eap-psk", "responder", ends, tmp_path / "server")
    (at_peer,) = hand_over(other_key, key_id, "eap-psk", "initiator", ends, tmp_path / "peer")
    guard, asking = port(at_server, at_peer)
    asking.until("CTRL-EVENT-EAP-FAILURE")
    told = guard.until("CTRL-EVENT-EAP-FAILURE")
    assert "EAP-PSK: Invalid MAC_P" in told
    assert "AP-STA-CONNECTED" not in told


def test_each_end_gets_its_own_file_with_one_secret_of_16_bytes(key, key_id, ends, tmp_path):
    (at_server,) = hand_over(key, key_id, "eap-psk", "responder", ends, tmp_path)
    (at_peer,) = hand_over(key, key_id, "eap-psk", "initiator", ends, tmp_path)
    secret = at_server.read_text().split()[-1]
    assert len(bytes.fromhex(secret)) == 16
    assert f"password={secret}\n" in at_peer.read_text()
    assert Path(at_server).name == f"{key_id}.eap_user"
