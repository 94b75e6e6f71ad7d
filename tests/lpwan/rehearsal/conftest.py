"""Lets the tests of rehearsals find the broker of those of network servers."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "server"))
