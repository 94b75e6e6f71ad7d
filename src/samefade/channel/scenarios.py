"""Named worlds: what moves, what each radio adds, where Eve is.

What is calibrated to what:

- `los-short` is calibrated to one published curve: the correlation of row-paired whole-record amplitudes of tone 6
  against lag, raw and after Savitzky–Golay (11, 2) smoothing, read off a plot of a course notebook that was run on the
  data set of the WSKG paper (line of sight, short range, first experiment).
  Averaged over seeds it follows both curves within ±0.05; the secondary lobe near lag 149 comes, as there, from packets
  lost inside the record.
  One hour holds few independent pieces of slow drift, so the correlation of a single seed scatters
  by about 0.08 (one standard deviation).
- `nlos-short` and `nlos-long` follow an ordering and no number: correlation falls, losses rise and differ at the two
  ends, and the lag of the correlation peak grows from `los-short` to `nlos-long`, as that paper describes.
- the links of the networks, `indoor/pycom` to `outdoor/xiao`, follow words alone, see `samefade.channel.links`.
- `carried`, `quiet-room` and `static` are round numbers of our own and are calibrated to nothing.

No recording was used to tune any of them.
Everything here is simulated: results on these worlds are results on a model.
"""

from samefade.channel.eve import Eve
from samefade.channel.links import LINKS
from samefade.channel.setting import Motion, Radio, Scenario
from samefade.errors import UnknownName

_LOS = Scenario(
    "los-short",
    "Two boards at rest in one room in sight of each other, 10 packets/s for an hour: slow drift, much noise, one long "
    "loss at the access point.",
    Motion(doppler=0.6, k_factor=110, spread=30e-9, drift_db=2.15, drift_seconds=150),
    a=Radio(13, 0.7, 1.0, 0.01, 3, loss=1e-4, cuts=((0, 2), (0.63, 147)), offset=0.8, drift_ppm=12),
    b=Radio(13, 0.7, 1.0, 0.01, 3, loss=1e-4, offset=3.1, drift_ppm=-9),
    e=Radio(13, 0.7, 1.0, 0.01, 3, loss=1e-3, offset=2.4, drift_ppm=4),
    eve=Eve(0.5, 0.8),
    seconds=3600,
    distance=2,
)
_NLOS_SHORT = Scenario(
    "nlos-short",
    "The same boards with a wall between them: more scattering, less signal, losses that differ at the two ends.",
    Motion(doppler=0.1, k_factor=8, spread=60e-9, drift_db=2.0, drift_seconds=90),
    a=Radio(8, 1.0, 1.0, 0.02, 4, 0.001, 0.002, 4, ((0, 4),), offset=0.8, drift_ppm=12),
    b=Radio(8, 1.0, 1.0, 0.02, 4, 0.001, 0.0005, 4, offset=3.1, drift_ppm=-9),
    e=Radio(8, 1.0, 1.0, 0.02, 4, 0.004, 0.002, 4, offset=2.4, drift_ppm=4),
    eve=Eve(0.5, 0.8),
    seconds=3600,
    lag=0.012,
    distance=5,
    exponent=3.5,
)
_NLOS_LONG = Scenario(
    "nlos-long",
    "The same boards several rooms apart: weak signal, many losses in bursts, mostly at the access point.",
    Motion(doppler=0.15, k_factor=4, spread=90e-9, drift_db=2.0, drift_seconds=90),
    a=Radio(5, 1.2, 1.0, 0.03, 5, 0.006, 0.016, 6, ((0, 9),), offset=0.8, drift_ppm=12),
    b=Radio(5, 1.2, 1.0, 0.03, 5, 0.006, 0.006, 6, offset=3.1, drift_ppm=-9),
    e=Radio(5, 1.2, 1.0, 0.03, 5, 0.01, 0.02, 6, offset=2.4, drift_ppm=4),
    eve=Eve(0.5, 0.8),
    seconds=3600,
    lag=0.025,
    distance=15,
    exponent=3.5,
)
_CARRIED = Scenario(
    "carried",
    "A device carried about slowly, 12 cm/s, which is 1 Hz of Doppler at 2.4 GHz, for fifteen minutes; "
    "a true walking pace gives 10 Hz, more than ten packets a second can follow.",
    Motion(doppler=1.0, k_factor=0.5, spread=80e-9, drift_db=1.5, drift_seconds=30),
    a=Radio(30, 0.0, 1.0, 0.002, 3, loss=0.004, offset=0.8, drift_ppm=12),
    b=Radio(30, 0.0, 1.0, 0.002, 3, loss=0.004, offset=3.1, drift_ppm=-9),
    e=Radio(30, 0.0, 1.0, 0.002, 3, loss=0.006, offset=2.4, drift_ppm=4),
    eve=Eve(0.3, 0.8),
    seconds=900,
)
_QUIET = Scenario(
    "quiet-room",
    "Two boards at rest while someone sits between them: a steady line of sight, slow drift, little that changes.",
    Motion(doppler=0.3, k_factor=10, drift_db=1.0, drift_seconds=60),
    a=Radio(20, 0.3, 2.0, loss=0.002, offset=0.8, drift_ppm=12),
    b=Radio(20, 0.3, 2.0, loss=0.002, offset=3.1, drift_ppm=-9),
    e=Radio(20, 0.3, 2.0, loss=0.003, offset=2.4, drift_ppm=4),
    seconds=3600,
)
_STATIC = Scenario(
    "static",
    "Nothing moves at all: what varies is noise at each end, and no key can be had.",
    Motion(doppler=0.0, k_factor=10),
    a=Radio(20, loss=0.002, offset=0.8, drift_ppm=12),
    b=Radio(20, loss=0.002, offset=3.1, drift_ppm=-9),
    e=Radio(20, loss=0.003, offset=2.4, drift_ppm=4),
)

SCENARIOS: dict[str, Scenario] = {s.name: s for s in (_LOS, _NLOS_SHORT, _NLOS_LONG, _CARRIED, _QUIET, _STATIC)}


def scenario(name: str) -> Scenario:
    """Return the named scenario, or the link of a network: "los-short", "indoor/pycom".

    Raises:
        UnknownName: When nothing has this name; the error lists the names.
    """
    known = SCENARIOS | LINKS
    if name not in known:
        raise UnknownName("scenario", name, tuple(known))
    return known[name]
