"""Write `vectors/session/*.json`: a whole seeded run of each kind, every datagram of it, byte for byte.

python scripts/session_vectors.py
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests" / "session"))

from session_ends import ROOT as PRIOR  # noqa: E402 -- the tests' own module
from session_taps import recorded  # noqa: E402 -- the tests' own module

NAMES = {"psk": "agreement", "presence": "presence"}


def made(kind: str) -> dict[str, object]:
    """Return one run as JSON takes it."""
    tap, outcome = recorded(kind)
    return {
        "schema": "samefade.vectors.session/1",
        "made_by": "scripts/session_vectors.py from a fixed pre-shared key, fixed nonces and a simulated channel.",
        "psk": {"name": PRIOR.name.hex(), "secret": PRIOR.reveal_secret_bytes().hex(), "epoch": PRIOR.epoch},
        "events": {"a": [e.public() for e in outcome.a], "b": [e.public() for e in outcome.b]},
        "datagrams": [{"to": to, "hex": datagram.hex()} for to, datagram in tap.passed],
    }


def main() -> None:
    """Write the files."""
    for kind, name in NAMES.items():
        target = ROOT / "vectors" / "session" / f"{name}.json"
        target.write_text(json.dumps(made(kind), indent=1) + "\n", encoding="utf-8")
        print(target.relative_to(ROOT))


if __name__ == "__main__":
    main()
