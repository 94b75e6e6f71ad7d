"""Run the quick study of the paper from nothing, and check that it ends in time with a verdict on every claim."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LIMIT = 180.0  # seconds on two cores
CLAIMS, MARKS = 74, ("holds", "differs", "cannot be tested")


def main() -> int:
    """Run it, print one line, and return 1 where something is missing or it took too long."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        command = [
            sys.executable,
            "-m",
            "samefade",
            "study",
            "wskg2025",
            "--quick",
            "--fresh",
            "--out",
            folder,
            "--json",
        ]
        ran = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603 -- our own program
        seconds = time.perf_counter() - began
        if ran.returncode:
            print(f"the quick study ended with exit code {ran.returncode} after {seconds:.0f} s")
            return 1
        told = json.loads(ran.stdout)
        pictures = len(list(Path(folder, "figures").glob("*.png")))
    judged = sum(claim["mark"] in MARKS for claim in told["claims"])
    print(f"quick study: {pictures} pictures, {told['summary']}, {seconds:.0f} s of at most {LIMIT:.0f}")
    return int(judged != CLAIMS or pictures < len(told["computed"]) or seconds > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
