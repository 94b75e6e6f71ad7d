"""`samefade lpwan simulate`: a whole deployment, and what keys come of its ordinary traffic."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from samefade.cli.output import bar, drawable, emit, say, show, table
from samefade.errors import OutOfRange, UnknownName

if TYPE_CHECKING:
    from samefade.lpwan.deploy import Deployment, Outcomes, Tally
    from samefade.lpwan.deploy.protocol import Refreshes

Each = Callable[..., Any]
_NETWORKS = ("own", "ttn")


def simulate(
    devices: Annotated[int, typer.Option(help="How many.")] = 1_000,
    days: Annotated[int, typer.Option(help="How long.")] = 30,
    region: Annotated[str, typer.Option(help="EU868, US915, AU915 or AS923.")] = "EU868",
    network: Annotated[
        str, typer.Option(help="`own`, or `ttn`: The Things Network's channels, windows and 10 answers a day.")
    ] = "own",
    rate: Annotated[float, typer.Option(help="Frames an hour of each device.")] = 10.0,
    payload: Annotated[int, typer.Option(help="Bytes of a frame's payload.")] = 12,
    gateways: Annotated[int, typer.Option(help="How many, spread evenly.")] = 1,
    radius: Annotated[float, typer.Option(help="Of the place, metres.")] = 2_500.0,
    mix: Annotated[str, typer.Option(help="Shares of static, walking and vehicle.")] = "0.6,0.3,0.1",
    sf: Annotated[int | None, typer.Option(help="One spreading factor for all; by default each by its link.")] = None,
    budget: Annotated[float | None, typer.Option(help="Answers a day and device that the network grants.")] = None,
    eve: Annotated[float, typer.Option(help="Metres from Eve to the device, all the time.")] = 20.0,
    eve_gateway: Annotated[float, typer.Option(help="Metres from Eve to the gateway.")] = 1e6,
    spread: Annotated[float, typer.Option(help="Standard deviation of shadowing, dB.")] = 6.0,
    distance: Annotated[float, typer.Option(help="Correlation distance of shadowing, metres.")] = 50.0,
    run: Annotated[
        float, typer.Option(help="Most pairs of a run that are kept for its key; `inf` pools without end.")
    ] = 1_280,
    protocol: Annotated[
        int, typer.Option(min=0, help="Run the real refresh protocol on so many devices, to check the estimates.")
    ] = 0,
    seed: Annotated[int, typer.Option(help="Of all that is drawn; the same gives the same.")] = 0,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; by default one a core.")] = None,
    cluster: Annotated[
        str | None, typer.Option(help="A Dask scheduler, tcp://HOST:PORT, or `local` to start one here.")
    ] = None,
    picture: Annotated[Path | None, typer.Option(help="Draw it: .png, .pdf or .svg.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object, device by device.")] = False,
) -> None:
    """Simulate a LoRaWAN deployment, and say which of its devices get a key, how soon, and what limits the others.

    Collisions with capture, duty cycles of devices and gateways, gateways that are deaf while they send, shadows, fades
    and Eve are in it; docs/explain/deployment.md says what is assumed.

    Examples: `samefade lpwan simulate --devices 1000 --days 30 --region EU868 --picture town.png` ·
    `samefade lpwan simulate --network ttn --mix 0,1,0 --eve 5` ·
    `samefade lpwan simulate --devices 50 --radius 500 --protocol 4` ·
    `samefade lpwan simulate --devices 20000 --gateways 12 --radius 8000 --cluster tcp://10.0.0.5:8786 --json`
    """
    from samefade.channel.correlation import Shadowing
    from samefade.lpwan.deploy import Deployment, outcomes, sample

    where, granted = _network(region, network, budget)
    setting = Deployment(
        region=where, devices=devices, days=days, rate=rate, payload=payload, gateways=gateways, radius=radius,
        motions=_motions(mix), shadowing=Shadowing(spread, distance), eve_device=eve, eve_gateway=eve_gateway,
        budget=granted, sf=sf, longest=run, seed=seed,
    )  # fmt: skip
    if picture is not None:
        drawable(picture)
    keep = sample(setting, protocol)
    found = outcomes(setting, _computed(setting, keep, workers, cluster, quiet=json))
    refreshed = _refreshed(found, workers, quiet=json)
    if picture is not None:
        from samefade.draw.deployment import deployment

        deployment(found, picture)
    if json:
        emit(_described(found, refreshed, picture))
        return
    _tell(found)
    _tell_protocol(found, refreshed)
    if picture is not None:
        say(f"picture: {picture}")


def _network(region: str, network: str, budget: float | None) -> "tuple[Any, float]":
    from samefade.lpwan.downlinks import FairUse
    from samefade.lpwan.region_tables import region as named
    from samefade.lpwan.region_tables import the_things_network

    if network not in _NETWORKS:
        raise UnknownName("network", network, _NETWORKS)
    where, granted = named(region), float("inf") if budget is None else budget
    if network == "own":
        return where, granted
    return the_things_network(where), FairUse().downlinks if budget is None else granted


def _motions(mix: str) -> "Any":  # noqa: ANN401 -- pairs of a motion and its share
    from samefade.lpwan.deploy import STATIC, VEHICLE, WALKING

    kinds = (STATIC, WALKING, VEHICLE)
    try:
        shares = [float(part) for part in mix.split(",")]
        whole = sum(shares)
        if len(shares) != len(kinds) or not 0 < whole < float("inf") or min(shares) < 0:
            raise ValueError
    except ValueError:
        raise OutOfRange("--mix", mix, "three shares, as 0.6,0.3,0.1") from None
    return tuple((kind, share / whole) for kind, share in zip(kinds, shares, strict=True) if share > 0)


def _computed(
    setting: "Deployment", keep: tuple[int, ...], workers: int | None, cluster: str | None, *, quiet: bool
) -> "Tally":
    """Compute every piece of work, wherever, and add them in their order."""
    from samefade.lpwan.deploy import simulate as one
    from samefade.lpwan.deploy.tally import together

    pieces: list[Tally | None] = [None] * setting.pieces
    work = partial(one, setting, keep=keep)
    with _place(cluster, workers) as each, bar("simulating", quiet=quiet) as told:
        what = "days" if setting.parts == 1 else "parts of days"
        told(0, setting.pieces, what)
        with closing(each(work, range(setting.pieces))) as run:
            for done, (place, tally) in enumerate(run, 1):
                pieces[place] = tally
                told(done, setting.pieces, what)
    return together(tally for tally in pieces if tally is not None)


def _refreshed(found: "Outcomes", workers: int | None, *, quiet: bool) -> "list[Refreshes]":
    """Run the real protocol on the devices whose frames were kept, in processes of this machine."""
    from samefade.bench import each
    from samefade.lpwan.deploy.protocol import refresh

    items = list(found.tally.frames.items())
    if not items:
        return []
    done: list[Refreshes | None] = [None] * len(items)
    with (
        bar("refreshing", quiet=quiet) as told,
        closing(each(partial(refresh, found.setting), items, workers=workers)) as run,
    ):
        told(0, len(items), "devices")
        for count, (place, one) in enumerate(run, 1):
            done[place] = one
            told(count, len(items), "devices")
    return [one for one in done if one is not None]


@contextmanager
def _place(cluster: str | None, workers: int | None) -> Iterator[Each]:
    from samefade import bench

    if cluster is None:
        yield partial(bench.each, workers=workers)
        return
    with bench.connected(cluster, workers) as there:
        there.check(_nothing_missing)
        yield there.each


def _nothing_missing() -> None:
    """Say that a worker needs nothing but samefade."""


def _described(found: "Outcomes", refreshed: "Sequence[Refreshes]", picture: Path | None) -> dict[str, object]:
    setting = found.setting
    about = {
        "region": setting.region.name, "rate": setting.rate, "payload": setting.payload, "gateways": setting.gateways,
        "radius": setting.radius, "motions": {kind.name: share for kind, share in setting.motions},
        "budget": setting.budget, "eve_metres_from_device": setting.eve_device,
        "eve_metres_from_gateway": setting.eve_gateway, "efficiency": setting.efficiency,
        "spoken": setting.price.spoken, "longest": setting.longest, "seed": setting.seed,
    }  # fmt: skip
    return {
        "schema": "samefade.lpwan-simulate/1",
        "simulated": True,
        "setting": about,
        "total": found.total(),
        "devices": [found.device(i) for i in range(setting.devices)],
        "protocol": [one.told() for one in refreshed],
        "picture": None if picture is None else str(picture),
    }


def _tell(found: "Outcomes") -> None:
    import numpy as np

    setting, total = found.setting, found.total()
    rows = []
    for number, (kind, _) in enumerate(setting.motions):
        of = found.world.motion == number
        if of.any():
            rows.append(_row(found, kind.name, of))
    rows.append(_row(found, "all", np.ones(setting.devices, bool)))
    title = f"simulated: {setting.devices:,} devices, {setting.days} days, {setting.region.name}"
    columns = ("kind", "devices", "delivered", "pairs a day", "r", "r with Eve", "secret bits a pair", "with a key",
               "days a key", "with a longer run", "days then", "joules then")  # fmt: skip
    show(table(title, *columns, rows=rows))
    say(f"medians; a run keeps at most {setting.longest:,.0f} pairs; joules are those of hearing the answers and of "
        "the discussion, beside ordinary traffic")  # fmt: skip
    limits = [(why, f"{count:,}") for why, count in total["limits"].items()]
    show(table("what limits", "", "devices", rows=limits))
    frames = total["frames"]
    say(f"frames: {frames['planned']:,} wanted, {frames['heard']:,} heard, {frames['answered']:,} answered "
        f"({frames['second']:,} in the second window), {frames['pairs']:,} pairs")  # fmt: skip
    sending = ", ".join(f"{share:.1%}" for share in total["gateways_sending"])
    say(f"offered load {total['offered_erlang']:.3g} erlang; gateways send {sending} of the time")
    say("An estimate of what a scheme could reach, as if readings were Gaussian: not a key, and not a measurement.")


def _tell_protocol(found: "Outcomes", refreshed: "Sequence[Refreshes]") -> None:
    if not refreshed:
        return
    rows = []
    for one in refreshed:
        kind = found.setting.motions[found.world.motion[one.device]][0].name
        why = ", ".join(f"{count} × {reason}" for reason, count in one.refused) or "–"
        each = f"{one.days[-1] / len(one.days):.3g}" if one.days else "–"
        estimate = _median([float(found.days[one.device])])
        rows.append((str(one.device), kind, f"{one.pairs:,}", str(len(one.days)), each, estimate, why))
    columns = ("device", "kind", "pairs", "keys", "days a key", "estimate", "runs without a key")
    show(table("the real protocol on the same frames", *columns, rows=rows))


def _row(found: "Outcomes", name: str, of: Any) -> tuple[str, ...]:  # noqa: ANN401 -- a mask
    import numpy as np

    keyed, pooled = of & np.isfinite(found.days), of & np.isfinite(found.pooled)
    pairs = found.tally.count("pairs")[of] / found.tally.days
    eve = np.nanmax(np.abs(found.correlation[:, 1:]), axis=1, initial=0)
    return (
        name, f"{of.sum():,}", f"{found.tally.count('heard')[of].sum() / found.tally.count('planned')[of].sum():.1%}",
        _median(pairs), _median(found.correlation[of, 0]), _median(eve[of]),
        _median(found.secret[of]), f"{keyed.sum():,}", _median(found.days[keyed]), f"{pooled.sum():,}",
        _median(found.pooled[pooled]), _median(found.joules[pooled]),
    )  # fmt: skip


def _median(values: Sequence[float]) -> str:
    import numpy as np

    from samefade.lpwan.planner.words import three_digits

    known = np.asarray(values)[np.isfinite(values)]
    return three_digits(float(np.median(known))) if len(known) else "–"
