"""`samefade doctor`: is everything there that samefade needs, and does it work?"""

import os
import platform
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from samefade import __version__, data
from samefade.cli.output import emit, say, show, table

CORE = ("numpy", "scipy", "array-api-compat", "PyWavelets", "cryptography", "pooch", "typer", "rich", "matplotlib")
EXTRAS = {
    "store": ("xarray", "zarr"),
    "nics": ("csiread",),
    "coap": ("aiocoap", "lakers"),
    "serial": ("serial", "serial_asyncio_fast"),
    "serve": ("starlette", "uvicorn"),
    "tables": ("pyarrow",),
    "cluster": ("pyarrow", "distributed"),
    "learn": ("jax", "equinox", "optax"),
    "pages": ("jinja2",),
    "mqtt": ("aiomqtt",),
}


def doctor(
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Check the installation: libraries, extras, data folder, and two self-tests. Example: `samefade doctor`."""
    checks = [*_libraries(), *_extras(), _mirror(), _try("wavelet round trip", _wavelet), _try("key types", _keys)]
    about = {"version": __version__, "python": platform.python_version()}
    good = all(ok for _, ok, _ in checks)
    if json:
        found = [{"what": what, "ok": ok, "detail": detail} for what, ok, detail in checks]
        emit({"schema": "samefade.doctor/1", **about, "ok": good, "checks": found})
    else:
        rows = [(what, "ok" if ok else "MISSING", detail) for what, ok, detail in checks]
        show(table(f"samefade {__version__}, Python {platform.python_version()}", "what", "", "", rows=rows))
        say("\nAll is well." if good else "\nSomething that samefade needs is missing; see above.")
    if not good:
        raise typer.Exit(1)


def _libraries() -> list[tuple[str, bool, str]]:
    return [(name, found is not None, found or "pip install samefade") for name in CORE for found in [_version(name)]]


def _extras() -> list[tuple[str, bool, str]]:
    rows = []
    for extra, names in EXTRAS.items():
        missing = [name for name in names if find_spec(name) is None]
        detail = f"optional; pip install 'samefade[{extra}]'" if missing else "installed"
        rows.append((f"extra {extra}", True, detail))
    return rows


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _mirror() -> tuple[str, bool, str]:
    folder = os.environ.get("SAMEFADE_DATA", "")
    if not folder:
        detail = "SAMEFADE_DATA is not set: sets are downloaded when asked for"
    elif Path(folder).expanduser().is_dir():
        detail = folder
    else:
        detail = f"SAMEFADE_DATA names {folder}, where no folder is: sets are downloaded when asked for"
    return "public data", True, f"{len(data.sets())} sets known; {detail}"


def _try(what: str, test: Callable[[], str]) -> tuple[str, bool, str]:
    try:
        return what, True, test()
    except Exception as error:  # noqa: BLE001 -- a doctor reports whatever is wrong
        return what, False, f"{type(error).__name__}: {error}"


def _wavelet() -> str:
    from samefade import wavelet

    t = np.arange(1024) / 10
    x = np.sin(2 * np.pi * 0.2 * t)
    back = wavelet.inverse(x, rate=10, low=0.05, high=1.0)
    error = float(np.max(np.abs(back - x)[200:-200]))
    if error > 0.02:
        raise ArithmeticError(f"error {error:.2g}")
    return f"error {error:.1e}"


def _keys() -> str:
    from samefade.types import Key

    if Key(bytes(16), "estimate") != Key(bytes(16), "estimate"):
        raise ArithmeticError("equal keys differ")
    return "compare in constant time, print nothing"
