"""How fast a deployment is simulated: 1,000 devices for 30 days, 7.2 million frames, on two cores; and where time goes.

The machine should have nothing else to do for the first row; core time says what it costs whatever else runs.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import time
from functools import partial

from samefade.bench import each
from samefade.lpwan.deploy import Deployment, outcomes, simulate
from samefade.lpwan.deploy.tally import together
from samefade.lpwan.region_tables import EU868, the_things_network

BAR, WORKERS = 120.0, 2


def run() -> list[dict[str, object]]:
    """Measure it in two regions' rules, and a larger town by the day."""
    simulate(Deployment(devices=2), 0)  # what is compiled once is not counted
    rows = []
    for name, region in (("EU868", EU868), ("EU868 as The Things Network has it", the_things_network(EU868))):
        setting = Deployment(region=region)
        wall, core, frames = _measured(setting)
        what = f"1,000 devices × 30 days, {frames:,} frames, {name}"
        rows.append(
            {"what": f"{what}: s on {WORKERS} cores", "ours": wall, "bar": f"under {BAR:g}", "holds": wall < BAR}
        )
        rows.append({"what": "  core time, all processes (s)", "ours": core})
        rows.append({"what": "  frames a core second", "ours": frames / core})
    town = Deployment(devices=10_000, gateways=7, radius=6_000)
    began = time.process_time()
    tally = together(simulate(town, piece) for piece in range(town.parts))
    spent = time.process_time() - began
    frames = int(tally.count("planned").sum())
    rows.append({"what": f"10,000 devices, 7 gateways, one day, {frames:,} frames: core s", "ours": spent})
    return rows


def _measured(setting: Deployment) -> tuple[float, float, int]:
    """Return wall time and core time of a whole simulation, processes and judgement included, and its frames."""
    began, spent = time.perf_counter(), _cpu()
    days = dict(each(partial(simulate, setting), range(setting.pieces), workers=WORKERS))
    found = outcomes(setting, together(days[day] for day in range(setting.pieces)))
    return time.perf_counter() - began, _cpu() - spent, int(found.total()["frames"]["planned"])


def _cpu() -> float:
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system
