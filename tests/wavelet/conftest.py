"""Let the tests of this room import its reference and its signals."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
