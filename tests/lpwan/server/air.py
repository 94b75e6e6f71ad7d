"""Devices on the air and the network server between them and the broker, as far as a refresh sees them."""

import asyncio
import json
from base64 import b64decode

import server_messages as messages

from samefade.lpwan.refresh import joined, parted
from samefade.lpwan.server.mqtt import Broker, connected, lost

ROOM = 40


class Air:
    """Sends frames of devices again and again, and hands them what answers; comes back when the broker was away."""

    def __init__(self, world, port):
        self.world, self.counters = world, dict.fromkeys(world.euis, -1)
        self.secrets = {one: {0: device.secret} for one, device in world.devices.items()}
        self.rounds, self.answers = 0, 0
        self._broker = Broker("127.0.0.1", port, name="the network server")
        self._heard = asyncio.Event()

    async def run(self):
        """Send until cancelled."""
        while True:
            try:
                topic = f"application/{messages.APPLICATION}/device/+/command/down"
                async with connected(self._broker, (topic,), 1) as line, asyncio.TaskGroup() as group:
                    group.create_task(self._send(line))
                    group.create_task(self._hear(line))
            except* Exception as errors:
                if any(not lost(error) for error in errors.exceptions):
                    raise
            await asyncio.sleep(0.05)

    async def _send(self, line):
        while True:
            for one, device in self.world.devices.items():
                self.counters[one] += 1
                block = device.uplink(self.counters[one], ROOM)
                self._note(one, device)
                frame = messages.chirpstack_up(one.hex(), self.counters[one], joined(b"app", block))
                line.publish([frame] * (1 + self.rounds % 2))  # every second frame comes twice
            self.rounds += 1
            self._heard.clear()
            try:
                await asyncio.wait_for(self._heard.wait(), 0.05)
            except TimeoutError:  # no answer: as on the air
                continue

    async def _hear(self, line):
        async for batch in line.batches():
            for topic, payload in batch:
                one = bytes.fromhex(topic.split("/")[3])
                device, block = self.world.devices[one], parted(b64decode(json.loads(payload)["data"]))[1]
                device.downlink(self.counters[one], -100.0, block)
                self._note(one, device)
                self.answers += 1
                self._heard.set()
                line.publish([messages.chirpstack_txack(one.hex())])

    def _note(self, one, device):
        """Keep every secret that a device ever had, by its epoch."""
        self.secrets[one][device.kept["epoch"]] = device.secret
        if device.kept["pending"]:
            self.secrets[one][device.kept["epoch"] + 1] = bytes.fromhex(device.kept["pending"])
