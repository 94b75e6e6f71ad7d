"""The errors of drawn correlations are shared by the tests of this folder and lie in a module beside them."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))
