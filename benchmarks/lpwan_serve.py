"""`samefade lpwan serve` beside a real Mosquitto: 10,000 devices, what they cost, and kills.

    python -m benchmarks lpwan_serve

Each device is enrolled and holds a full pool, and its link is at the point where every frame is answered: each message
opens, changes, seals and writes a whole state, and gets a downlink, which the network server acknowledges by a `txack`.
The process that serves is the command itself; load is made by this process, on another core where there is one.
Kills are those of `tests/lpwan/server/test_serving.py`, more of them.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import asyncio
import json
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random

import numpy as np

from samefade.lpwan.frames import Heard
from samefade.lpwan.rehearsal import chirpstack

Row = dict[str, object]
DEVICES, PER_HOUR = 10_000, 10
RATE = DEVICES * PER_HOUR / 3600  # frames a second
APPLICATION = "48f5f4a4-5ab0-4f4c-8c0b-2a5ce3f10f11"
NOW = 1_800_000_000.25  # what messages call the time
SECONDS = 40.0  # at the rate of the bar
KILLS = 100


def run(devices: int = DEVICES, kills: int = KILLS) -> list[Row]:
    """Measure everything, on the disk and in memory."""
    if _mosquitto() is None:
        return [{"what": "Mosquitto is absent: nothing was measured", "holds": False}]
    rows = []
    for name, parent in (("disk", None), ("memory", "/dev/shm")):
        if parent is None or Path(parent).is_dir():
            folder = Path(tempfile.mkdtemp(dir=parent))
            try:
                rows += asyncio.run(_load(folder, devices, name))
            finally:
                shutil.rmtree(folder)
    return [*rows, _refresh(), _kills(kills)]


async def _load(folder: Path, devices: int, where: str) -> list[Row]:
    """Serve few and many devices, and compare."""
    few, many = folder / "few", folder / "many"
    begin = time.perf_counter()
    size = _fill(few, 10), _fill(many, devices)
    filled = time.perf_counter() - begin
    with _Broker(folder) as broker:
        async with _Serve(few, broker.port) as served:
            await _flat_out(served, broker.port, 10, 40)
            small = served.memory()
        async with _Serve(many, broker.port) as served:
            slow = await _at_rate(served, broker.port, devices)
            fast = await _flat_out(served, broker.port, devices, 2)
            large = served.memory()
    each = (large - small) * 1024 / devices
    limit = RATE * devices / DEVICES
    many_of = f"{devices:,} devices, one process"
    return [
        _row(f"{where}: frames/s flat out, {many_of}", fast[0], limit, f"> {limit:.1f}", fast[0] > limit),
        _row(f"{where}: share of one core flat out", fast[1], 1.0, None, None),
        _row(f"{where}: share of one core at {limit:.1f} frames/s", slow[1], 1.0, "< 1", slow[1] < 1),
        _row(f"{where}: frame to downlink at that rate, median (ms)", slow[2], 100.0, None, None),
        _row(f"{where}: the same, 99 % (ms)", slow[3], 100.0, None, None),
        _row(f"{where}: memory a device, RSS (B)", each, 8192.0, "<= 8 KiB", each <= 8192),
        _row(f"{where}: RSS with 10 devices (MiB)", small / 1024, None, None, None),
        _row(f"{where}: state of a device with a full pool (B)", size[1], None, None, None),
        _row(f"{where}: file of the store, a device (B)", (many / "s").stat().st_size / devices, None, None, None),
        _row(f"{where}: enrol and fill, a device (ms)", 1e3 * filled / devices, None, None, None),
    ]  # fmt: skip


def _row(what: str, ours: float, theirs: float | None, bar: str | None, holds: bool | None) -> Row:  # noqa: FBT001
    ratio = ours / theirs if theirs else None
    return {"what": what, "ours": float(ours), "theirs": theirs, "ratio": ratio, "bar": bar, "holds": holds}


def eui(number: int) -> bytes:
    """Return the DevEUI of a device."""
    return (0x70B3D57ED0000000 + number).to_bytes(8, "big")


def _fill(folder: Path, devices: int) -> int:
    """Enrol devices whose pools are full; return how many bytes the state of one has."""
    from samefade.keys.store import Store
    from samefade.keys.vault import KeyFile
    from samefade.lpwan.refresh import NetworkEnd, Policy
    from samefade.lpwan.server.register import Device, Register, first_root

    folder.mkdir()
    policy = Policy()
    pattern = NetworkEnd(eui(0), first_root(eui(0), bytes(32)), policy)
    chance = np.random.default_rng(1)
    for counter in range(1, policy.pool + 1):  # nobody answers: samples gather and no run begins
        pattern.uplink(2 * counter, float(chance.integers(-130, -80)), b"")
    pool = pattern._asks.pool.reveal_secret_parts()  # noqa: SLF001 -- one pool for all devices
    secrets = {eui(number): Random(number).randbytes(32) for number in range(devices)}
    states = {}
    for one, secret in secrets.items():
        end = NetworkEnd(one, first_root(one, secret), policy)
        end._asks.pool = type(pattern._asks.pool).again(policy.pool, pool)  # noqa: SLF001
        states[one] = end.reveal_secret_state_bytes()
    with Store(folder / "s", KeyFile(folder / "s.key"), create=True) as store:
        register = Register(store)
        register.enrol(secrets, states)
        assert sum(1 for _ in register.load([Device(one, b"").eui for one in list(secrets)[:5]])) == min(5, devices)
    return len(states[eui(0)])


class _Serve:
    """The command, as a process."""

    def __init__(self, folder: Path, port: int) -> None:
        self._command = [
            sys.executable, "-m", "samefade", "lpwan", "serve", "--server", "chirpstack", "--application", APPLICATION,
            "--broker", f"127.0.0.1:{port}", "--store", str(folder / "s"), "--json",
        ]  # fmt: skip
        self.told: list[dict[str, object]] = []

    async def __aenter__(self) -> "_Serve":
        self._running = await asyncio.create_subprocess_exec(*self._command, stdout=asyncio.subprocess.PIPE)
        await self._line()  # connected
        return self

    async def __aexit__(self, *_: object) -> None:
        self._running.send_signal(signal.SIGTERM)
        assert self._running.stdout is not None
        rest = (await self._running.stdout.read()).decode().splitlines()
        self.told += [json.loads(line) for line in rest]
        code = await self._running.wait()
        if code or any(event["event"] in {"broken", "notkept"} for event in self.told):
            raise RuntimeError(f"it ended with {code}: {self.told[-3:]}")

    async def _line(self) -> None:
        assert self._running.stdout is not None
        self.told.append(json.loads(await self._running.stdout.readline()))

    def memory(self) -> int:
        """Return what it holds in memory now, KiB."""
        lines = Path(f"/proc/{self._running.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))

    def cpu(self) -> float:
        """Return the seconds that it has worked for, on all cores."""
        fields = Path(f"/proc/{self._running.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _about(device: str) -> dict[str, object]:
    return chirpstack.info(APPLICATION, device, name="tracker", application_name="trackers")


def _frame(number: int, counter: int) -> tuple[str, bytes]:
    heard = [Heard(f"0016c001ff10a23{gateway}", -97 - gateway, 6.5 - gateway, 2) for gateway in range(3)]
    about = _about(eui(number).hex())
    return chirpstack.published("up", chirpstack.up(about, counter, b"21.5 degrees\0", heard, port=85, time=NOW))


def _sent(topic: str) -> tuple[str, bytes]:
    event = chirpstack.sent(_about(topic.split("/")[3]), "0016c001ff10a230", counter=0, queued="a frame", time=NOW)
    return chirpstack.published("txack", event)


class _Air:
    """Sends frames, notes when each was answered, and acknowledges every answer as a gateway does."""

    def __init__(self, line: object) -> None:
        self.line, self.sent, self.waits, self.answered = line, {}, [], asyncio.Semaphore(0)

    async def hear(self) -> None:
        """Take answers until cancelled."""
        async for batch in self.line.batches():
            now = time.perf_counter()
            for topic, _ in batch:
                self.waits.append(now - self.sent.get(topic.split("/")[3], now))
                self.line.publish([_sent(topic)])
                self.answered.release()

    def send(self, number: int, counter: int) -> None:
        """Send a frame."""
        self.sent[eui(number).hex()] = time.perf_counter()
        self.line.publish([_frame(number, counter)])


async def _with_air(port: int, job: object) -> _Air:
    from samefade.lpwan.server.mqtt import Broker, connected

    topic = f"application/{APPLICATION}/device/+/command/down"
    async with connected(Broker("127.0.0.1", port, name="load"), (topic,), 0) as line:
        air = _Air(line)
        hearing = asyncio.create_task(air.hear())
        await job(air)
        await line.drain(5.0)
        hearing.cancel()
        return air


async def _at_rate(served: _Serve, port: int, devices: int) -> tuple[float, float, float, float]:
    """Send at the rate of the bar; return frames a second, share of a core, and waits for an answer in ms."""
    count, rate = int(SECONDS * RATE * devices / DEVICES), RATE * devices / DEVICES
    before: list[float] = []

    async def job(air: _Air) -> None:
        begin, cpu = time.perf_counter(), served.cpu()
        for i in range(count):
            await asyncio.sleep(max(0.0, begin + i / rate - time.perf_counter()))
            air.send(i * 7919 % devices, 10_000 + i)
        for _ in range(count):
            await asyncio.wait_for(air.answered.acquire(), 60)
        before.extend((time.perf_counter() - begin, served.cpu() - cpu))

    air = await _with_air(port, job)
    waits = 1e3 * np.quantile(air.waits, [0.5, 0.99])
    return count / before[0], before[1] / before[0], float(waits[0]), float(waits[1])


async def _flat_out(served: _Serve, port: int, devices: int, rounds: int) -> tuple[float, float]:
    """Send as fast as it is answered, with 200 frames on the way; return frames a second and the share of a core."""
    before: list[float] = []

    async def job(air: _Air) -> None:
        begin, cpu, window = time.perf_counter(), served.cpu(), max(1, min(200, devices // 4))
        for i in range(devices * rounds):
            if i >= window:
                await asyncio.wait_for(air.answered.acquire(), 60)
            air.send(i % devices, 20_000 + i)
        for _ in range(window):
            await asyncio.wait_for(air.answered.acquire(), 60)
        before.extend((time.perf_counter() - begin, served.cpu() - cpu))

    await _with_air(port, job)
    return devices * rounds / before[0], before[1] / before[0]


def _refresh() -> Row:
    """Measure what is computed for one new secret, under the default rules, over a simulated fade."""
    from samefade.lpwan.refresh import DeviceEnd, NetworkEnd, Policy
    from samefade.lpwan.server.register import first_root

    policy, chance, x = Policy(), np.random.default_rng(2), 0.0
    secret = first_root(eui(0), bytes(range(32)))
    device, network = DeviceEnd(eui(0), secret, policy), NetworkEnd(eui(0), secret, policy)
    spent, told, frames = 0.0, [], 0
    while not told and frames < 20_000:
        frames += 1
        x = 0.6 * x + 0.8 * chance.normal()
        up, down = (round(level + 8 * x + 0.5 * chance.normal()) for level in (-97, -101))
        network.uplink(frames, up, device.uplink(frames, 30))
        device.downlink(frames, down, network.downlink(50))
        begin = time.process_time()
        network.work()
        spent += time.process_time() - begin
        told = network.events()
    share = spent * RATE / frames
    kind = told[0].public()["event"] if told else "nothing"
    what = (
        f"computing for one run ({kind} after {frames:,} frames, simulated): core-seconds {spent:.1f}; share of a core"
    )
    return _row(f"{what} for {DEVICES:,} devices", share, 1.0, "< 1", share < 1)


def _kills(kills: int) -> Row:
    """Kill the process at random moments, and the broker now and then."""
    test = Path(__file__).parents[1] / "tests/lpwan/server/test_serving.py"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", str(test), "-k", "sigkill"]
    done = subprocess.run(command, env=os.environ | {"SAMEFADE_KILLS": str(kills)}, check=False, capture_output=True)
    good = done.returncode == 0
    what = f"{kills} kills −9 and {kills // 5} of the broker: keys lost or samples used twice"
    return {"what": what, "ours": 0 if good else "some", "theirs": None, "ratio": None, "bar": "0", "holds": good}


def _mosquitto() -> str | None:
    return shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


class _Broker:
    """A Mosquitto on a free port."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self._file = folder / "mosquitto.conf"
        lines = (f"listener {self.port} 127.0.0.1", "allow_anonymous true", "log_type none", "max_queued_messages 0")
        self._file.write_text("\n".join(lines) + "\n")

    def __enter__(self) -> "_Broker":
        self._running = subprocess.Popen([_mosquitto(), "-c", self._file])
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return self

    def __exit__(self, *_: object) -> None:
        self._running.kill()
        self._running.wait()


if __name__ == "__main__":
    from benchmarks.table import show

    show("lpwan_serve", run())
