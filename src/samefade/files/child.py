"""Parse one capture in a process of its own and write the arrays to standard output as `.npz`.

Run by `parser.parsed`, never imported: the parser, csiread, is compiled code that a damaged file can crash.
Standard input holds JSON: the parser's class, the file, its arguments, its settings, and the fields wanted.
"""

import io
import json
import os
import sys

import csiread
import numpy as np


def main() -> None:
    """Parse what standard input asks for; whatever the parser prints goes to standard error."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    kind, path, args, settings, names = json.load(sys.stdin)
    found = getattr(csiread, kind)(path, *args, if_report=False, **settings)
    found.read()
    packed = io.BytesIO()
    arrays = {name: np.asarray(getattr(found, name)) for name in ("count", *names)}
    np.savez(packed, allow_pickle=False, **arrays)
    out.write(packed.getbuffer())
    out.close()


if __name__ == "__main__":
    main()
