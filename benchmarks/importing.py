"""What `import samefade` adds to the import of NumPy, each in a fresh interpreter, alternating."""

import subprocess
import sys
from statistics import median

CODE = "import time, numpy; t = time.perf_counter(); {}; print(time.perf_counter() - t)"


def _seconds(statement: str) -> float:
    done = subprocess.run([sys.executable, "-c", CODE.format(statement)], capture_output=True, text=True, check=True)
    return float(done.stdout)


def run(times: int = 9) -> list[dict[str, object]]:
    """Measure the import; the median of several."""
    added = median(_seconds("import samefade") for _ in range(times))
    return [
        {"what": "import samefade, beyond NumPy (s)", "ours": added, "theirs": 0.05, "ratio": added / 0.05,
         "bar": "< 0.05 s", "holds": added < 0.05},
    ]  # fmt: skip


if __name__ == "__main__":
    from benchmarks.table import show

    show("importing", run())
