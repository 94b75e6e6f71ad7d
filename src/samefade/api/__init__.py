"""The few conveniences that join the layers: read, measure, run, assess and compare."""

from samefade.api.assessing import assess
from samefade.api.certificate import Certificate, certify
from samefade.api.comparison import compare
from samefade.api.overclaim import overclaim
from samefade.api.reading import read, read_pair, read_set
from samefade.api.report import Report
from samefade.api.running import run
from samefade.reciprocity import assess as measure

__all__ = [
    "Certificate",
    "Report",
    "assess",
    "certify",
    "compare",
    "measure",
    "overclaim",
    "read",
    "read_pair",
    "read_set",
    "run",
]
