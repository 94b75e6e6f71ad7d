"""Key derivation and activation frames against the numbers of two other implementations and of real devices."""

import json
import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samefade.errors import OutOfRange
from samefade.lpwan import lorawan
from samefade.lpwan.lorawan import BadFrame, JoinAccept, JoinRequest, RejoinRequest, derivation
from samefade.lpwan.lorawan.frames import JOIN_ACCEPT
from samefade.types import Key

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "lorawan" / "activation.json").read_text())
KEY = bytes.fromhex("000102030405060708090a0b0c0d0e0f")


def named(one):
    return f"{one['source'].split()[0]}-{one.get('version', '')}"


def hexed(one, *names):
    return [bytes.fromhex(one[name]) for name in names]


@pytest.mark.parametrize("one", [v for v in VECTORS["session_keys"] if v["version"] == "1.0"], ids=named)
def test_session_keys_of_1_0(one):
    keys = lorawan.session_keys_10(*hexed(one, "root"), one["join_nonce"], *hexed(one, "net_id"), one["dev_nonce"])
    assert [keys.network.forwarding, keys.application] == hexed(one, "nwk_s_key", "app_s_key")
    assert keys.network.forwarding == keys.network.serving == keys.network.encryption


@pytest.mark.parametrize("one", [v for v in VECTORS["session_keys"] if v["version"] == "1.1"], ids=named)
def test_session_keys_of_1_1(one):
    roots, (eui,) = hexed(one, "nwk_key", "app_key"), hexed(one, "join_eui")
    keys = lorawan.session_keys_11(*roots, one["join_nonce"], eui, one["dev_nonce"])
    network = keys.network
    got = [network.forwarding, network.serving, network.encryption, keys.application]
    assert got == hexed(one, "f_nwk_s_int_key", "s_nwk_s_int_key", "nwk_s_enc_key", "app_s_key")


@pytest.mark.parametrize("one", VECTORS["join_keys"], ids=named)
def test_keys_of_the_join_server(one):
    keys = lorawan.join_keys(*hexed(one, "nwk_key", "dev_eui"))
    assert [keys.integrity, keys.encryption] == hexed(one, "js_int_key", "js_enc_key")


@pytest.mark.parametrize("one", VECTORS["join_requests"], ids=named)
def test_join_requests(one):
    root, frame, join_eui, dev_eui = hexed(one, "root", "frame", "join_eui", "dev_eui")
    read = JoinRequest.read(frame)
    assert (read.join_eui, read.dev_eui, read.dev_nonce) == (join_eui, dev_eui, one["dev_nonce"])
    assert read.under(root)
    assert not read.under(KEY)
    assert JoinRequest(join_eui, dev_eui, one["dev_nonce"]).packed(root) == frame


@pytest.mark.parametrize("one", VECTORS["rejoin_requests"], ids=lambda one: f"type {one['kind']}")
def test_rejoin_requests(one):
    key, scope, dev_eui, mic = hexed(one, "key", "scope", "dev_eui", "mic")
    frame = RejoinRequest(one["kind"], scope, dev_eui, one["count"]).packed(key)
    assert frame[-4:] == mic
    read = RejoinRequest.read(frame)
    assert (read.kind, read.scope, read.dev_eui, read.count) == (one["kind"], scope, dev_eui, one["count"])
    assert read.under(key)
    assert not read.under(KEY)


@pytest.mark.parametrize("one", VECTORS["join_accepts"], ids=named)
def test_join_accepts(one):
    root, frame, net_id, dev_addr, channels = hexed(one, "root", "frame", "net_id", "dev_addr", "channels")
    made = JoinAccept(one["join_nonce"], net_id, dev_addr, one["settings"], one["delay"], channels)
    assert made.newer == (one["version"] == "1.1")
    if made.newer:
        integrity, join_eui = hexed(one, "integrity", "join_eui")
        code = made.code_11(integrity, one["answers"], join_eui, one["dev_nonce"])
    else:
        code = made.code_10(root)
    assert code.hex() == one.get("mic", code.hex())
    assert made.closed(root, code) == frame
    assert JoinAccept.opened(frame, root) == (made, code)


@pytest.mark.parametrize("one", VECTORS["join_accept_codes"], ids=named)
def test_the_code_of_a_1_1_join_accept(one):
    integrity, join_eui, net_id, dev_addr, mic = hexed(one, "integrity", "join_eui", "net_id", "dev_addr", "mic")
    made = JoinAccept(one["join_nonce"], net_id, dev_addr, one["settings"], one["delay"])
    assert made.code_11(integrity, one["answers"], join_eui, one["dev_nonce"]) == mic


@given(st.binary(max_size=40))
def test_what_comes_from_the_air_is_read_or_refused(frame):
    for read in (JoinRequest.read, RejoinRequest.read, lambda data: JoinAccept.opened(data, KEY)):
        try:
            read(frame)
        except BadFrame:
            continue


@given(st.sampled_from([17, 33]), st.data())
def test_a_join_accept_of_noise_is_refused_or_consistent(size, data):
    frame = bytes([JOIN_ACCEPT]) + data.draw(st.binary(min_size=size - 1, max_size=size - 1))
    try:
        made, code = JoinAccept.opened(frame, KEY)
    except BadFrame:
        return
    assert made.closed(KEY, code) == frame


def test_root_keys_are_bound_to_device_join_server_and_purpose():
    key, one, two = Key(bytes(32), "bounded"), bytes(8), bytes([1] * 8)
    made = [lorawan.root_keys(key, *euis) for euis in ((one, one), (one, two), (two, one))]
    values = [value for keys in made for value in (keys.legacy, keys.network, keys.application)]
    assert len(set(values)) == 9
    assert {len(value) for value in values} == {16}
    assert lorawan.root_keys(key, one, two).legacy == made[1].legacy
    other = Key(bytes(31) + b"\1", "bounded")
    assert lorawan.root_keys(other, one, two).legacy != made[1].legacy


def test_keys_are_not_shown_or_pickled():
    roots = lorawan.root_keys(Key(bytes(32), "bounded"), bytes(8), bytes(8))
    keys = lorawan.session_keys_10(roots.legacy, 1, bytes(3), 2)
    for secret in (roots, keys, keys.network, lorawan.join_keys(roots.network, bytes(8))):
        assert roots.legacy.hex() not in repr(secret)
        assert repr(secret).count("'") == 0
        with pytest.raises(TypeError, match="no serialiser"):
            pickle.dumps(secret)


@pytest.mark.parametrize(
    "call",
    [
        lambda: derivation.session_keys_10(KEY, 1 << 24, bytes(3), 0),
        lambda: derivation.session_keys_10(KEY, 0, bytes(2), 0),
        lambda: derivation.session_keys_10(KEY[1:], 0, bytes(3), 0),
        lambda: derivation.session_keys_11(KEY, KEY, 0, bytes(8), 1 << 16),
        lambda: derivation.join_keys(KEY, bytes(7)),
        lambda: lorawan.root_keys(Key(bytes(32), "bounded"), bytes(7), bytes(8)),
        lambda: JoinAccept(0, bytes(3), bytes(4), channels=bytes(15)),
        lambda: JoinAccept(1 << 24, bytes(3), bytes(4)),
    ],
)
def test_what_does_not_fit_is_refused(call):
    with pytest.raises(OutOfRange):
        call()
