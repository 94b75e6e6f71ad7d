"""Messages as network servers publish them, written to their published schemas; zeros are left out, as they do.

ChirpStack v4: api/proto/integration/integration.proto and api/proto/gw/gw.proto at commit d77207c.
The Things Stack v3: "Data Formats", and api/ttn/lorawan/v3/{messages,metadata}.proto of TheThingsNetwork/lorawan-stack.
"""

import json
from base64 import b64decode, b64encode

from samefade.lpwan.frames import Heard
from samefade.lpwan.refresh import parted
from samefade.lpwan.rehearsal import chirpstack
from samefade.lpwan.rehearsal.chirpstack import bare

APPLICATION = "48f5f4a4-5ab0-4f4c-8c0b-2a5ce3f10f11"
GATEWAYS = ("0016c001ff10a235", "0016c001ff10a236", "0016c001ff10a237")
TENANT = "weather@ttn"
NOW = 1_800_000_000.25


def moment():
    return chirpstack.moment(NOW)


def chirpstack_topic(device, kind="up"):
    return f"application/{APPLICATION}/device/{device}/event/{kind}"


def chirpstack_info(device):
    return chirpstack.info(APPLICATION, device, name="tracker", application_name="trackers")


def chirpstack_up(device, counter, payload=b"", port=85, heard=((GATEWAYS[0], -97, 6.5, 2),), **more):
    heard, address = [Heard(*one) for one in heard], more.pop("address", "00189440")
    event = chirpstack.up(chirpstack_info(device), counter, payload, heard, port=port, address=address, time=NOW)
    return chirpstack.published("up", event | more)


def chirpstack_join(device):
    return chirpstack.published("join", chirpstack.join(chirpstack_info(device), address="01189440", time=NOW))


def chirpstack_txack(device, gateway=GATEWAYS[0], counter=0, queued="ed7e2a1b-22bd-4ef8-9bd8-a6be31f8c9b7", antenna=0):
    about = {"counter": counter, "queued": queued, "antenna": antenna}
    return chirpstack.published("txack", chirpstack.sent(chirpstack_info(device), gateway, **about, time=NOW))


def chirpstack_log(device, code):
    event = {
        "time": moment(), "deviceInfo": chirpstack_info(device), "level": "ERROR", "code": code,
        "description": "as it happened", "context": {"deduplication_id": "c9dbe358-2578-4fb7-b295-66b44edc45a6"},
    }  # fmt: skip
    return chirpstack_topic(device, "log"), json.dumps(event).encode()


def things_ids(device, address="tracker-1"):
    return {
        "device_id": address, "application_ids": {"application_id": TENANT.split("@", maxsplit=1)[0]},
        "dev_eui": device.upper(), "join_eui": "800000000000000C", "dev_addr": "00BCB929",
    }  # fmt: skip


def things_topic(address="tracker-1", ending="up"):
    return f"v3/{TENANT}/devices/{address}/{ending}"


def things_receiver(gateway, rssi, snr, channel, **more):
    return {
        "gateway_ids": {"gateway_id": gateway, "eui": "9C5C8E00001A05C4"}, "time": moment(), "timestamp": 2463457000,
        "rssi": rssi, "channel_rssi": rssi, "snr": snr, "uplink_token": "ChIKEA4LZmVsaWNpdGFz",
        "channel_index": channel,
        "location": {"latitude": 1.5, "longitude": 2.5, "source": "SOURCE_REGISTRY"}, "received_at": moment(), **more,
    }  # fmt: skip


def things_up(device, counter, payload=b"", port=85, heard=(("felicitas", -35, 5, 0),), **more):
    uplink = {
        "session_key_id": "AXA50+cHkYBgN3pXp6f5yg==", "f_port": port, "f_cnt": counter,
        "frm_payload": b64encode(payload).decode(),
        "rx_metadata": [one if isinstance(one, dict) else things_receiver(*one) for one in heard],
        "settings": {
            "data_rate": {"lora": {"bandwidth": 125000, "spreading_factor": 12, "coding_rate": "4/5"}},
            "frequency": "915200000", "timestamp": 2463457000,
        },
        "received_at": moment(), "consumed_airtime": "1.155072s",
        "network_ids": {"net_id": "000013", "tenant_id": "ttn", "cluster_id": "eu1"}, **more,
    }  # fmt: skip
    event = {
        "end_device_ids": things_ids(device), "correlation_ids": ["as:up:01E191YN5F2HMBQCBCVRF731VY"],
        "received_at": moment(), "uplink_message": uplink,
    }  # fmt: skip
    return things_topic(), json.dumps(bare(event)).encode()


def things_join(device, ending="join"):
    accept = {"session_key_id": "AXBSH1Pk6Z0G166RlH16CQ==", "received_at": moment()}
    event = {
        "end_device_ids": things_ids(device), "correlation_ids": ["as:up:01E191YN5F2HMBQCBCVRF731VY"],
        "received_at": moment(), "join_accept": accept,
    }  # fmt: skip
    return things_topic(ending=ending), json.dumps(event).encode()


def things_sent(device, kind="downlink_sent"):
    downlink = {
        "session_key_id": "AXA50+cHkYBgN3pXp6f5yg==", "f_port": 85, "f_cnt": 3, "frm_payload": "AQIDAw==",
        "priority": "NORMAL", "correlation_ids": ["my-correlation-id"],
    }  # fmt: skip
    said = {"downlink": downlink, "error": {"name": "too_long"}} if kind == "downlink_failed" else downlink
    event = {"end_device_ids": things_ids(device), "received_at": moment(), kind: said}
    return things_topic(ending=f"down/{kind.split('_')[1]}"), json.dumps(event).encode()


def block_of(payload):
    """Return the block in a downlink for ChirpStack."""
    return parted(b64decode(json.loads(payload)["data"]))[1]
