"""Write `vectors/wire/protocol.json`: what every end that speaks this protocol must say, byte for byte.

python scripts/wire_vectors.py > vectors/wire/protocol.json
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "wire"))

import conversation


def main() -> None:
    """Print the vectors."""
    made = {
        "schema": "samefade.vectors.wire/1",
        "made_by": "scripts/wire_vectors.py from fixed keys and nonces; checked under CPython and MicroPython.",
        **conversation.everything(conversation.load("samefade.wire")),
    }
    json.dump(made, sys.stdout, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
