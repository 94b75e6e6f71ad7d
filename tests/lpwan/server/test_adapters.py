import json
from base64 import b64decode

import pytest
import server_messages as messages
from hypothesis import example, given, settings
from hypothesis import strategies as st

from samefade.errors import OutOfRange
from samefade.lpwan.frames import Downlink, Heard
from samefade.lpwan.server.chirpstack import ChirpStack
from samefade.lpwan.server.reading import MOST_BYTES, MOST_DEEP, Unreadable
from samefade.lpwan.server.said import Joined, Received, Sent
from samefade.lpwan.server.things_stack import ThingsStack

DEVICE = "0101010101010101"
CHIRPSTACK, THINGS = ChirpStack(messages.APPLICATION), ThingsStack(messages.TENANT)
NEAR, FAR, THIRD = messages.GATEWAYS


def refused(adapter, topic, payload):
    with pytest.raises(Unreadable) as caught:
        adapter.read(topic, payload if isinstance(payload, bytes) else json.dumps(payload).encode())
    return caught.value.reason


def changed(message, path, value):
    """Return a message with one field changed; `...` takes it away."""
    topic, payload = message
    event = json.loads(payload)
    within = event
    for step in path[:-1]:
        within = within[step]
    if value is ...:
        del within[path[-1]]
    else:
        within[path[-1]] = value
    return topic, json.dumps(event).encode()


def test_chirpstack_uplink():
    heard = ((FAR, -110, -3.25, 2), (NEAR, -97, 6.5, 2))
    said = CHIRPSTACK.read(*messages.chirpstack_up(DEVICE, 70_000, b"\1\2", heard=heard))
    uplink = said.uplink
    assert (said.device, said.address, said.session) == (DEVICE, DEVICE, "00189440")
    assert (uplink.counter, uplink.port, uplink.payload, uplink.confirmed) == (70_000, 85, b"\1\2", False)
    assert (uplink.frequency, uplink.spreading, uplink.bandwidth) == (868_500_000, 7, 125_000)
    assert uplink.time == 1_800_000_000.25
    assert uplink.heard == (Heard(NEAR, -97.0, 6.5, 2), Heard(FAR, -110.0, -3.25, 2))


def test_chirpstack_leaves_zeros_out():
    topic, payload = messages.chirpstack_up(DEVICE, 0, b"", port=0, heard=((NEAR, 0, 0, 0),))
    event = json.loads(payload)
    assert not {"fCnt", "fPort", "data", "confirmed"} & event.keys()
    assert not {"rssi", "snr", "channel"} & event["rxInfo"][0].keys()
    uplink = CHIRPSTACK.read(topic, payload).uplink
    assert (uplink.counter, uplink.port, uplink.payload) == (0, 0, b"")
    assert uplink.heard == (Heard(NEAR, 0.0, 0.0, 0),)


def test_chirpstack_tells_who_transmits():
    assert CHIRPSTACK.read(*messages.chirpstack_txack(DEVICE, FAR)) == Sent(DEVICE, FAR)
    assert CHIRPSTACK.read(*messages.chirpstack_txack(DEVICE, FAR, antenna=1)) == Sent(DEVICE, f"{FAR}/1")
    # a frame of MAC commands alone comes from no queue
    assert CHIRPSTACK.read(*messages.chirpstack_txack(DEVICE, FAR, queued="")) == Sent(DEVICE, FAR, queued=False)


def test_chirpstack_tells_what_is_gone():
    assert CHIRPSTACK.read(*messages.chirpstack_log(DEVICE, "EXPIRED")) == Sent(DEVICE, gone=True)
    assert refused(CHIRPSTACK, *messages.chirpstack_log(DEVICE, "UPLINK_CODEC")) == "another event"


def test_joins():
    assert CHIRPSTACK.read(*messages.chirpstack_join(DEVICE)) == Joined(DEVICE, DEVICE)
    assert THINGS.read(*messages.things_join(DEVICE)) == Joined(DEVICE, "tracker-1")
    assert THINGS.read(*messages.things_join(DEVICE, ending="up")) == Joined(DEVICE, "tracker-1")  # on one stream


def test_things_uplink():
    said = THINGS.read(*messages.things_up(DEVICE, 1, b"\1\2"))
    uplink = said.uplink
    assert (said.device, said.address, said.session) == (DEVICE, "tracker-1", "00BCB929")
    assert (uplink.counter, uplink.port, uplink.payload) == (1, 85, b"\1\2")
    assert (uplink.frequency, uplink.spreading, uplink.bandwidth) == (915_200_000, 12, 125_000)
    assert uplink.heard == (Heard("felicitas", -35.0, 5.0, 0),)


def test_things_leaves_zeros_out():
    topic, payload = messages.things_up(DEVICE, 0, b"", port=0, heard=(("felicitas", 0, 0, 0),))
    event = json.loads(payload)["uplink_message"]
    assert not {"f_cnt", "f_port", "frm_payload"} & event.keys()
    assert "channel_index" not in event["rx_metadata"][0]
    uplink = THINGS.read(topic, payload).uplink
    assert (uplink.counter, uplink.port, uplink.payload) == (0, 0, b"")
    assert uplink.heard == (Heard("felicitas", 0.0, 0.0, 0),)


def test_things_order_is_that_in_which_the_server_would_answer():
    heard = (
        messages.things_receiver("lent", -80, 9, 0, packet_broker={"forwarder_gateway_id": "theirs"}),
        messages.things_receiver("mute", -60, 12, 0, downlink_path_constraint="DOWNLINK_PATH_CONSTRAINT_NEVER"),
        messages.things_receiver("shy", -70, 11, 0, downlink_path_constraint="DOWNLINK_PATH_CONSTRAINT_PREFER_OTHER"),
        messages.things_receiver("second", -50, 2, 0),
        messages.things_receiver("first", -99, 3, 0, antenna_index=1),
    )
    uplink = THINGS.read(*messages.things_up(DEVICE, 5, heard=heard)).uplink
    assert [one.gateway for one in uplink.heard] == ["first/1", "second", "shy", "lent:theirs"]


def test_things_tells_what_left_the_queue():
    assert THINGS.read(*messages.things_sent(DEVICE)) == Sent(DEVICE)
    assert THINGS.read(*messages.things_sent(DEVICE, "downlink_failed")) == Sent(DEVICE, gone=True)
    assert refused(THINGS, *messages.things_sent(DEVICE, "downlink_queued")) == "another event"


def test_what_a_relay_heard_is_no_reading_of_the_device():
    relayed = messages.chirpstack_up(DEVICE, 1, relayRxInfo={"devEui": "0202020202020202", "rssi": -80})
    assert CHIRPSTACK.read(*relayed).uplink.heard == ()


def test_a_damaged_copy_of_a_frame_is_no_reading():
    damaged = changed(messages.chirpstack_up(DEVICE, 1), ("rxInfo", 0, "crcStatus"), "BAD_CRC")
    assert CHIRPSTACK.read(*damaged).uplink.heard == ()


UP, FRAME, INNER = messages.chirpstack_up(DEVICE, 1), messages.things_up(DEVICE, 1), "uplink_message"


@pytest.mark.parametrize(
    ("adapter", "message", "path", "value", "reason"),
    [
        (CHIRPSTACK, UP, ("deviceInfo", "devEui"), "0202020202020202", "topic and device differ"),
        (CHIRPSTACK, UP, ("deviceInfo",), ..., "bad devEui"),
        (CHIRPSTACK, UP, ("fCnt",), 2**32, "bad fCnt"),
        (CHIRPSTACK, UP, ("fCnt",), -1, "bad fCnt"),
        (CHIRPSTACK, UP, ("fCnt",), True, "bad fCnt"),
        (CHIRPSTACK, UP, ("fPort",), 256, "bad fPort"),
        (CHIRPSTACK, UP, ("data",), "A===", "bad data"),
        (CHIRPSTACK, UP, ("data",), "A" * 344, "bad data"),
        (CHIRPSTACK, UP, ("rxInfo",), {}, "bad rxInfo"),
        (CHIRPSTACK, UP, ("rxInfo", 0, "rssi"), -97.5, "bad rssi"),
        (CHIRPSTACK, UP, ("rxInfo", 0, "snr"), "NaN", "bad snr"),
        (CHIRPSTACK, UP, ("rxInfo", 0, "gatewayId"), "../#", "bad gatewayId"),
        (CHIRPSTACK, UP, ("time",), "yesterday", "bad time"),
        (CHIRPSTACK, UP, ("time",), "2026-01-01T00:00:00", "bad time"),
        (CHIRPSTACK, UP, ("txInfo", "modulation"), {"fsk": {"datarate": 50000}}, "not LoRa"),
        (CHIRPSTACK, UP, ("joinServerContext",), {"sessionKeyId": "aa"}, "payload is encrypted"),
        (THINGS, FRAME, (INNER, "app_s_key"), {"kek_label": "k"}, "payload is encrypted"),
        (THINGS, FRAME, (INNER, "settings", "frequency"), "9x", "bad frequency"),
        (THINGS, FRAME, (INNER, "rx_metadata", 0, "gateway_ids"), ..., "bad gateway_id"),
        (THINGS, FRAME, (INNER,), ..., "another event"),
        (THINGS, FRAME, (INNER,), 7, "bad uplink_message"),
        (THINGS, FRAME, ("join_accept",), {}, "another event"),
        (THINGS, FRAME, ("simulated",), True, "simulated"),
        (THINGS, FRAME, ("end_device_ids", "device_id"), "tracker-2", "topic and device differ"),
    ],
)  # fmt: skip
def test_what_does_not_fit_the_schema_has_a_reason(adapter, message, path, value, reason):
    assert adapter.read(*message)
    assert refused(adapter, *changed(message, path, value)) == reason


@pytest.mark.parametrize("adapter", [CHIRPSTACK, THINGS])
@pytest.mark.parametrize(
    "topic",
    ["", "a", "application//device//event/up", f"application/other/device/{DEVICE}/event/up", "v3/x/devices/a/up", "v3",
     f"application/{messages.APPLICATION}/device/{DEVICE}/command/up"],
)  # fmt: skip
def test_other_topics(adapter, topic):
    assert refused(adapter, topic, b"{}") in {"another topic", "another event"}


NESTED = b"[" * 100_000
HOSTILE = [
    (b"", "not JSON"),
    (b"\xff\xfe", "not JSON"),
    (b"null", "not an object"),
    (b"[]", "not an object"),
    (NESTED, "too deep"),
    (b'{"a":' * 100_000, "too large"),
    (b'{"a":' * (MOST_DEEP + 1) + b"1" + b"}" * (MOST_DEEP + 1), "too deep"),
    (b'{"a": NaN}', "a number that is none"),
    (b'{"a": -Infinity}', "a number that is none"),
    (b'{"a": ' + b"9" * 200_000 + b"}", "a number that is none"),
    (b'{"a": 1, "a": 2}', "a field twice"),
    (b'{"a": "' + b"x" * 10_000_000 + b'"}', "too large"),
    (b'"' + b'\\"' * (MOST_BYTES // 2 - 2), "not JSON"),
    (b'"' * MOST_BYTES, "not JSON"),
]  # fmt: skip


@pytest.mark.parametrize(("payload", "reason"), HOSTILE, ids=lambda each: str(each[:12]))
@pytest.mark.parametrize(
    ("adapter", "topic"), [(CHIRPSTACK, messages.chirpstack_topic(DEVICE)), (THINGS, messages.things_topic())],
)  # fmt: skip
def test_hostile_json(adapter, topic, payload, reason):
    assert refused(adapter, topic, payload) == reason


def test_deep_is_told_from_text_that_looks_deep():
    topic, payload = messages.chirpstack_up(DEVICE, 1, object={"text": '[{"' * 200})
    assert CHIRPSTACK.read(topic, payload).uplink.counter == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just(10**400),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
STARTS = [
    (CHIRPSTACK, messages.chirpstack_up(DEVICE, 9, b"\1")),
    (CHIRPSTACK, messages.chirpstack_txack(DEVICE)),
    (CHIRPSTACK, messages.chirpstack_log(DEVICE, "EXPIRED")),
    (THINGS, messages.things_up(DEVICE, 9, b"\1")),
    (THINGS, messages.things_sent(DEVICE)),
]


def places(value, at=()):
    yield at
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inner:
        yield from places(each, (*at, name))


@settings(max_examples=400)
@given(st.data())
def test_any_change_of_a_message_is_read_or_refused(data):
    adapter, message = data.draw(st.sampled_from(STARTS))
    path = data.draw(st.sampled_from([one for one in places(json.loads(message[1])) if one]))
    topic, payload = changed(message, path, data.draw(JSON))
    try:
        said = adapter.read(topic, payload)
    except Unreadable:
        return
    assert isinstance(said, Received | Joined | Sent)
    assert said.device == DEVICE
    if isinstance(said, Received):
        assert 0 <= said.uplink.counter < 2**32
        assert len(said.uplink.payload) <= 255
        assert all(-250 <= one.rssi <= 100 for one in said.uplink.heard)


@settings(max_examples=300)
@given(st.text(max_size=40), st.binary(max_size=200))
@example("v3/weather@ttn/devices/a/up", b'{"end_device_ids":{"dev_eui":"0101010101010101","device_id":"+"}}')
def test_any_bytes_are_refused(topic, payload):
    for adapter, known in ((CHIRPSTACK, messages.chirpstack_topic(DEVICE)), (THINGS, messages.things_topic())):
        for each in (topic, known):
            refused(adapter, each, payload)


def test_chirpstack_downlink():
    topic, payload = CHIRPSTACK.write(Downlink(DEVICE, 85, b"\0\xff", confirmed=True), DEVICE)
    assert topic == f"application/{messages.APPLICATION}/device/{DEVICE}/command/down"
    command = json.loads(payload)  # the names of `DownlinkCommand`; the server compares devEui with its topic
    assert b64decode(command.pop("data"), validate=True) == b"\0\xff"
    assert command == {"devEui": DEVICE, "confirmed": True, "fPort": 85}


@pytest.mark.parametrize("queue", ["push", "replace"])
def test_things_downlink(queue):
    topic, payload = ThingsStack(messages.TENANT, queue).write(Downlink(DEVICE, 85, b"\0\xff"), "tracker-1")
    assert topic == f"v3/{messages.TENANT}/devices/tracker-1/down/{queue}"
    (item,) = json.loads(payload)["downlinks"]
    assert item == {"f_port": 85, "frm_payload": "AP8=", "priority": "NORMAL", "confirmed": False}


def test_a_downlink_that_no_server_takes():
    for adapter, address in ((CHIRPSTACK, DEVICE), (THINGS, "tracker-1")):
        for port in (0, 224):
            with pytest.raises(OutOfRange):
                adapter.write(Downlink(DEVICE, port, b""), address)
    with pytest.raises(OutOfRange):
        THINGS.write(Downlink(DEVICE, 1, b""), "../#")


@pytest.mark.parametrize("name", ["", "#", "a/b", "+", "Übung"])
def test_an_application_that_would_be_another_topic(name):
    for kind in (ChirpStack, ThingsStack):
        with pytest.raises(OutOfRange):
            kind(name)
    with pytest.raises(OutOfRange):
        ThingsStack(messages.TENANT, "drop")
