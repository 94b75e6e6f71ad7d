"""Grids of schemes × data × metrics × seeds: one tidy table, on one machine or on many."""

from samefade.bench.cell import Cell, Row, evaluate
from samefade.bench.local import cores, each
from samefade.bench.metrics import ACCOUNTS, ALL, FIELD, METRICS, Outcome
from samefade.bench.paired import Paired, paired
from samefade.bench.source import Source, fingerprint, netstar_sources, remarks

__all__ = [
    "ACCOUNTS",
    "ALL",
    "FIELD",
    "METRICS",
    "Cell",
    "Outcome",
    "Paired",
    "Row",
    "Source",
    "cores",
    "each",
    "evaluate",
    "fingerprint",
    "netstar_sources",
    "paired",
    "remarks",
]
