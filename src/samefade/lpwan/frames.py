"""One frame of a device, as a network server tells it, and one frame for it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Heard:
    """How one gateway heard an uplink.

    Attributes:
        gateway: Name of the gateway.
        rssi: Received signal strength, dBm.
        snr: Signal-to-noise ratio, dB.
        channel: Number of the gateway's channel.
    """

    gateway: str
    rssi: float
    snr: float
    channel: int = 0


@dataclass(frozen=True)
class Uplink:
    """A frame that a device sent.

    Attributes:
        device: DevEUI, 16 hexadecimal digits in small letters.
        counter: Frame counter, 32 bits.
        port: FPort, 0 where the frame has none.
        payload: FRMPayload, decrypted; empty where there is none.
        heard: One entry for each gateway that heard it.
        frequency: Of the carrier, Hz.
        spreading: Spreading factor, 5 to 12.
        bandwidth: Hz.
        time: When the server had it, seconds since 1970.
        confirmed: Whether the device asked for an acknowledgement.
    """

    device: str
    counter: int
    port: int
    payload: bytes
    heard: tuple[Heard, ...]
    frequency: int
    spreading: int
    bandwidth: int
    time: float
    confirmed: bool = False


@dataclass(frozen=True)
class Downlink:
    """A frame for a device.

    Attributes:
        device: DevEUI, 16 hexadecimal digits in small letters.
        port: FPort, 1 to 223.
        payload: FRMPayload.
        confirmed: Whether the device is asked for an acknowledgement.
    """

    device: str
    port: int
    payload: bytes
    confirmed: bool = False
