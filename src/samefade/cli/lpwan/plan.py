"""`samefade lpwan plan`: whether a key can be had on a link that is not built yet, at what cost, and what limits it."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from samefade.cli.output import bar, drawable, emit, say, show, table
from samefade.errors import OutOfRange

if TYPE_CHECKING:
    from samefade.lpwan import Circumstances, Cost, Plan


def plan(
    sf: Annotated[int, typer.Option("--sf", help="Spreading factor of the uplinks.")] = 9,
    region: Annotated[str, typer.Option("--region", help="EU868, US915, AU915 or AS923.")] = "EU868",
    speed: Annotated[
        float, typer.Option("--speed", help="Of the device or of what moves around it, m/s; 0: nothing moves.")
    ] = 1.4,
    probing: Annotated[
        Literal["ping-pong", "class-a", "nb-iot"],
        typer.Option("--probing", help="ping-pong (a reply at once), class-a (a receive window) or nb-iot."),
    ] = "class-a",
    window: Annotated[int, typer.Option("--window", help="Receive window of class A, 1 or 2.")] = 1,
    reply_delay: Annotated[
        float, typer.Option("--reply-delay", help="Seconds from an uplink to the reply in ping-pong.")
    ] = 0.0,
    reading: Annotated[
        Literal["packet", "register"],
        typer.Option("--reading", help="Of signal strength: over a packet, or by the register at the turn-around."),
    ] = "packet",
    eve: Annotated[
        float | None, typer.Option("--eve", help="Metres from the eavesdropper to an end; by default nobody listens.")
    ] = None,
    eve_near: Annotated[
        Literal["device", "gateway"], typer.Option("--eve-near", help="The end she is next to: device or gateway.")
    ] = "device",
    payload: Annotated[int, typer.Option("--payload", help="Bytes of payload of an uplink.")] = 4,
    per_hour: Annotated[
        float | None, typer.Option("--per-hour", help="Uplinks that are sent anyway; by default as many as allowed.")
    ] = None,
    piggyback: Annotated[
        bool, typer.Option("--piggyback", help="Probe on those uplinks alone; needs --per-hour.")
    ] = False,
    answered: Annotated[
        bool, typer.Option("--answered", help="Those uplinks are answered anyway (confirmed uplinks).")
    ] = False,
    network: Annotated[
        Literal["private", "ttn"], typer.Option("--network", help="private, or ttn with its fair use.")
    ] = "private",
    devices: Annotated[int, typer.Option("--devices", help="How many share the gateway's duty cycle.")] = 1,
    bandwidth: Annotated[int, typer.Option("--bandwidth", help="Of the uplinks, Hz.")] = 125_000,
    frequency: Annotated[
        float | None, typer.Option("--frequency", help="Carrier, Hz; by default the region's first channel.")
    ] = None,
    snr: Annotated[float, typer.Option("--snr", help="Of one reading of signal strength, dB.")] = 20.0,
    shadowing: Annotated[float, typer.Option("--shadowing", help="Standard deviation of shadowing, dB.")] = 6.0,
    shadow_distance: Annotated[
        float, typer.Option("--shadow-distance", help="Metres over which shadowing changes.")
    ] = 50.0,
    shadows_are_secret: Annotated[
        bool, typer.Option("--shadows-are-secret", help="Count shadowing too. Whoever knows the place knows it.")
    ] = False,
    efficiency: Annotated[float, typer.Option("--efficiency", help="Part of I(A;B) that reconciliation keeps.")] = 0.5,
    bits: Annotated[
        float | None, typer.Option("--bits-per-probe", help="Net bits a probe, where you know them.")
    ] = None,
    key_bits: Annotated[int, typer.Option("--key-bits", help="Bits of the key.")] = 128,
    run: Annotated[
        float, typer.Option("--run", help="Most probes that a run over class A keeps; `inf` pools without end.")
    ] = 1_280,
    battery: Annotated[float | None, typer.Option("--battery", help="Most joules that a key may cost.")] = None,
    repetitions: Annotated[int, typer.Option("--repetitions", help="Of an NB-IoT uplink, up to 128.")] = 1,
    tones: Annotated[int, typer.Option("--tones", help="Of an NB-IoT uplink: 1, 3, 6 or 12.")] = 1,
    spacing: Annotated[
        int, typer.Option("--spacing", help="Hz between the tones of NB-IoT: 15000, or 3750 for one tone.")
    ] = 15_000,
    gap: Annotated[
        float, typer.Option("--gap", help="Hz between both directions of NB-IoT; 0 with time division.")
    ] = 45e6,
    picture: Annotated[
        Path | None,
        typer.Option("--picture", help="Draw a map over spreading factor and speed to this file; .png, .pdf or .svg."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Say beforehand whether a LoRa or NB-IoT link can give a key, what it costs, what limits it, and what EDHOC costs.

    Examples: `samefade lpwan plan --sf 9 --region EU868 --speed 1.4 --eve 10` ·
    `samefade lpwan plan --sf 7 --probing ping-pong --speed 0.5 --eve 10 --picture plan.png` ·
    `samefade lpwan plan --sf 10 --per-hour 6 --piggyback --answered --network ttn --json`
    """
    from samefade.lpwan import Circumstances, NarrowBand
    from samefade.lpwan import plan as planned

    asked = Circumstances(
        sf=sf, region=region, speed=speed, bandwidth=bandwidth, payload=payload, period=_period(per_hour),
        piggybacked=piggyback, answered=answered, probing=probing, window=window,
        reply_delay=reply_delay, reading=reading, frequency=frequency, snr=snr,
        gap=gap, shadowing=shadowing, shadow_distance=shadow_distance, eve=eve, eve_near=eve_near,
        shadows_are_secret=shadows_are_secret, efficiency=efficiency, bits_per_probe=bits, key_bits=key_bits,
        longest=run, network=network, devices=devices, battery=float("inf") if battery is None else battery,
        narrowband=NarrowBand(repetitions=repetitions, tones=tones, spacing=spacing),
    )  # fmt: skip
    where = None if picture is None else drawable(picture)
    made = planned(asked)
    if where is not None:
        _draw(made, where, quiet=json)
    if json:
        emit(_facts(made) | ({} if where is None else {"picture": str(where)}))
    else:
        _tell(made)
        if where is not None:
            say(f"\npicture: {where}")


def _period(per_hour: float | None) -> float:
    if per_hour is None:
        return 0.0
    if not 0 < per_hour < float("inf"):
        raise OutOfRange("--per-hour", per_hour, "uplinks an hour, above 0")
    return 3600 / per_hour


def _draw(made: "Plan", path: Path, *, quiet: bool) -> None:
    from samefade.draw.canvas import save
    from samefade.draw.lpwan_plan import lpwan_plan
    from samefade.lpwan.planner.survey import survey

    with bar("plan", quiet=quiet) as told:
        rows = "repetitions" if made.asked.probing == "nb-iot" else "spreading factors"
        found = survey(made, told=lambda done, every: told(done, every, rows))
    save(lpwan_plan(found), path)


def _tell(made: "Plan") -> None:
    from samefade.lpwan.planner.words import comparison, verdict, warnings

    show(table(_title(made.asked), "", "", rows=_link(made)))
    say()
    show(table("what it costs", "", "the channel", "EDHOC", rows=_costs(made)))
    say()
    say(verdict(made))
    say(comparison(made))
    for each in warnings(made):
        say(f"Note: {each}")


def _title(asked: "Circumstances") -> str:
    if asked.probing == "nb-iot":
        return f"NB-IoT, {asked.speed:g} m/s, {asked.carrier / 1e6:.1f} MHz"
    window = f", window {asked.window}" if asked.probing == "class-a" else ""
    return f"SF{asked.sf}, {asked.region.upper()}, {asked.probing}{window}, {asked.speed:g} m/s"


def _link(made: "Plan") -> list[tuple[str, str]]:
    probe, found, bits = made.probe, made.reciprocity, made.secrecy
    eve = made.asked.eve
    heard = "nobody is thought to listen" if eve is None else f"{eve:g} m from the {made.asked.eve_near}"
    return [
        ("uplink on the air", f"{probe.up * 1e3:.1f} ms"),
        ("downlink on the air", f"{probe.down * 1e3:.1f} ms"),
        ("between the readings", f"{probe.apart * 1e3:,.1f} ms, {probe.gap / 1e6:g} MHz apart"),
        ("Doppler shift", f"{found.doppler:.3g} Hz"),
        ("fading survives", found.survives),
        ("  correlation of the gain", f"{found.time:.3f} in time, {found.frequency:.3f} in frequency"),
        ("  of momentary strength, dB", f"{found.decibel:.3f}"),
        ("  of both readings, dB", f"{found.fading.ends:.3f} without shadowing, {found.raw.ends:.3f} with it"),
        ("  bits that would differ", f"{found.disagreement:.1%}"),
        ("shadowing survives", f"{found.shadows:.3f} in time; known to whoever knows the place"),
        ("Eve", heard),
        ("  correlation of her reading", f"{found.fading.near:.3f} without shadowing, {found.raw.near:.3f} with it"),
        ("bits a probe", f"{bits.shared:.3f} shared, {bits.secret:.3f} given Eve, {round(bits.net, 3) + 0:.3f} net"),
    ]


def _costs(made: "Plan") -> list[tuple[str, str, str]]:
    from samefade.lpwan.planner.words import duration, energy

    key, rival = made.key, made.edhoc

    def both(name: str, told: Any) -> tuple[str, str, str]:  # noqa: ANN401 -- a function of a cost
        return name, "no key" if key is None else told(key), "–" if rival is None else told(rival)

    return [
        both("uplinks of its own", lambda cost: f"{cost.frames:,}"),
        both("downlinks", lambda cost: f"{cost.downlinks:,}"),
        both("time on the air", lambda cost: duration(cost.airtime / 3600)),
        both("time until the key", lambda cost: duration(cost.hours)),
        both("energy", lambda cost: energy(cost.joules)),
    ]


def _facts(made: "Plan") -> dict[str, Any]:
    from samefade.lpwan.planner.words import comparison, verdict, warnings

    asked, probe, found = asdict(made.asked), made.probe, made.reciprocity
    return {
        "schema": "samefade.lpwan-plan/1",
        "asked": asked,
        "probe": {
            "uplink_s": probe.up, "downlink_s": probe.down, "apart_s": probe.apart, "gap_hz": probe.gap,
            "duty": probe.duty, "interval_s": made.interval,
        },
        "reciprocity": asdict(found) | {"survives": found.survives, "disagreement": found.disagreement},
        "bits": asdict(made.secrecy),
        "probes": made.probes,
        "kept": None if made.kept == float("inf") else made.kept,
        "limit": made.limit,
        "key": _cost(made.key),
        "probing": _cost(made.probing),
        "reconciliation": _cost(made.reconciliation),
        "edhoc": _cost(made.edhoc),
        "edhoc_is_cheaper": made.edhoc_is_cheaper,
        "verdict": verdict(made),
        "comparison": comparison(made),
        "notes": list(warnings(made)),
    }  # fmt: skip


def _cost(cost: "Cost | None") -> dict[str, Any] | None:
    return None if cost is None else asdict(cost) | {"days": cost.days}
