"""The few conveniences that join the layers: read recordings, measure a pair, run a scheme, compare schemes."""

from samefade.api.comparison import compare
from samefade.api.reading import read, read_pair, read_set
from samefade.api.report import Report
from samefade.api.running import run
from samefade.reciprocity import assess as measure

__all__ = ["Report", "compare", "measure", "read", "read_pair", "read_set", "run"]
