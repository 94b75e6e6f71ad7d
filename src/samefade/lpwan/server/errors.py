"""What may go wrong between a process that serves devices, its broker and its store."""

from samefade.errors import InputError


class BrokerRefuses(InputError):
    """The MQTT broker does not let this client in, or does not let it read what the network server says."""

    advice = "Check --user, --password-file, --ca and what the broker permits; see docs/explain/network-servers.md."

    def __init__(self, broker: str, reason: str) -> None:
        """Name the broker, and give its reason."""
        super().__init__(broker=broker, reason=reason)


class DeviceEnrolled(InputError):
    """This device has a prior secret already."""

    advice = "Forget the device first if its secret shall be replaced: `samefade lpwan forget`."

    def __init__(self, device: str) -> None:
        """Name the device."""
        super().__init__(device=device)


class SecretSpent(InputError):
    """A device was enrolled here with this secret before."""

    advice = "Give the device a new secret: under the old one, numbers that may be used once would come again."

    def __init__(self, device: str, prior: str) -> None:
        """Name the device, and the secret by its public name."""
        super().__init__(device=device, prior=prior)


class NoSuchDevice(InputError):
    """No such device is enrolled here."""

    advice = "`samefade lpwan devices` lists those that are; `samefade lpwan enrol` adds one."

    def __init__(self, device: str) -> None:
        """Name the device."""
        super().__init__(device=device)


class BadDeviceList(InputError):
    """A list of devices cannot be read; nothing of it was enrolled."""

    advice = "Write one device a line: its DevEUI, a comma, and its secret, 16 bytes or more in hexadecimal digits."

    def __init__(self, path: object, line: int, reason: str) -> None:
        """Name the file and the line, counted from 1, and say what is wrong there."""
        super().__init__(file=path, line=line, reason=reason)


class ServedAlready(InputError):
    """Another process serves the devices of this store."""

    advice = "Stop that one first; or give each network server and application a store of its own."

    def __init__(self, path: object) -> None:
        """Name the store."""
        super().__init__(store=path)
