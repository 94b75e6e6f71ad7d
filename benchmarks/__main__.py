"""Run every benchmark, or those named, and print one table each: `python -m benchmarks [coherence reading …]`."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import sys
from importlib import import_module
from pathlib import Path

from benchmarks.table import show

NAMES = sorted(p.stem for p in Path(__file__).parent.glob("*.py"))
SKIPPED = {"__init__", "__main__", "table"}
# these take options of their own, when they are named first and alone
OPTIONS = {"grid", "hostile", "lpwan", "predictable", "presence", "responder"}


def main() -> None:
    """Run the benchmarks that were asked for."""
    if len(sys.argv) > 2 and sys.argv[1] in OPTIONS and sys.argv[2].startswith("-"):
        import_module(f"benchmarks.{sys.argv[1]}").main(sys.argv[2:])
        return
    names = sys.argv[1:] or [name for name in NAMES if name not in SKIPPED]
    for name in names:
        module = import_module(f"benchmarks.{name}")
        if hasattr(module, "run"):
            show(name, module.run())


if __name__ == "__main__":
    main()
