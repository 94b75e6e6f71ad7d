"""Messages as network servers publish them, written to their published schemas; zeros are left out, as they do.

ChirpStack v4: api/proto/integration/integration.proto and api/proto/gw/gw.proto at commit d77207c.
The Things Stack v3: "Data Formats", and api/ttn/lorawan/v3/{messages,metadata}.proto of TheThingsNetwork/lorawan-stack.
"""

import json
from base64 import b64encode
from datetime import UTC, datetime

APPLICATION = "48f5f4a4-5ab0-4f4c-8c0b-2a5ce3f10f11"
GATEWAYS = ("0016c001ff10a235", "0016c001ff10a236", "0016c001ff10a237")
TENANT = "weather@ttn"


def bare(value):
    """Leave out what protocol-buffer JSON leaves out."""
    if isinstance(value, dict):
        left = {name: bare(each) for name, each in value.items()}
        return {name: each for name, each in left.items() if each not in (0, False, "", None) or each == {}}
    return [bare(each) for each in value] if isinstance(value, list) else value


def moment(seconds=1_800_000_000.25):
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def chirpstack_topic(device, kind="up"):
    return f"application/{APPLICATION}/device/{device}/event/{kind}"


def chirpstack_info(device):
    return {
        "tenantId": "52f14cd4-c6f1-4fbd-8f87-4025e1d49242", "tenantName": "ChirpStack", "applicationId": APPLICATION,
        "applicationName": "trackers", "deviceProfileId": "14855bf7-d10d-4aee-b618-ebfcb64dc7ad",
        "deviceProfileName": "class A", "deviceName": "tracker", "devEui": device, "tags": {},
    }  # fmt: skip


def chirpstack_up(device, counter, payload=b"", port=85, heard=((GATEWAYS[0], -97, 6.5, 2),), **more):
    event = {
        "deduplicationId": "3ac7e3c4-4401-4b8d-9386-a5c902f9202d", "time": moment(),
        "deviceInfo": chirpstack_info(device), "devAddr": more.pop("address", "00189440"), "adr": True, "dr": 5,
        "fCnt": counter, "fPort": port, "confirmed": False, "data": b64encode(payload).decode(),
        "rxInfo": [
            {
                "gatewayId": gateway, "uplinkId": 4217106255, "nsTime": moment(), "rssi": rssi, "snr": snr,
                "channel": channel, "rfChain": 1, "location": {}, "context": "EFwMtA==",
                "metadata": {"region_common_name": "EU868"}, "crcStatus": "CRC_OK",
            }
            for gateway, rssi, snr, channel in heard
        ],
        "txInfo": {
            "frequency": 868500000,
            "modulation": {"lora": {"bandwidth": 125000, "spreadingFactor": 7, "codeRate": "CR_4_5"}},
        },
        "regionConfigId": "eu868",
    }  # fmt: skip
    return chirpstack_topic(device), json.dumps(bare(event | more)).encode()


def chirpstack_join(device):
    event = {
        "deduplicationId": "c9dbe358-2578-4fb7-b295-66b44edc45a6", "time": moment(),
        "deviceInfo": chirpstack_info(device), "devAddr": "01189440", "regionConfigId": "eu868",
    }  # fmt: skip
    return chirpstack_topic(device, "join"), json.dumps(event).encode()


def chirpstack_txack(device, gateway=GATEWAYS[0], counter=0, queued="ed7e2a1b-22bd-4ef8-9bd8-a6be31f8c9b7", antenna=0):
    event = {
        "downlinkId": 3197333221, "time": moment(), "deviceInfo": chirpstack_info(device), "queueItemId": queued,
        "fCntDown": counter, "gatewayId": gateway,
        "txInfo": {
            "frequency": 868500000, "power": 16,
            "modulation": {
                "lora": {"bandwidth": 125000, "spreadingFactor": 7, "codeRate": "CR_4_5", "polarizationInversion": True}
            },
            "antenna": antenna, "timing": {"delay": {"delay": "1s"}}, "context": "EFwMtA==",
        },
    }  # fmt: skip
    return chirpstack_topic(device, "txack"), json.dumps(bare(event)).encode()


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
