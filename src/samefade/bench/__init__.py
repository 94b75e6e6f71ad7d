"""Grids of schemes × data × metrics × seeds: one tidy table, on one machine or on many."""

from samefade.bench.campaign import Campaign, Estimate
from samefade.bench.cell import Cell, Row, evaluate
from samefade.bench.cluster import Cluster, connected
from samefade.bench.errors import ClusterUnfit, WorkersDied, WrongGrid
from samefade.bench.grid import Grid, Place
from samefade.bench.gridfile import grid_of, read_grid
from samefade.bench.local import cores, each
from samefade.bench.metrics import ACCOUNTS, ALL, BETTER, FIELD, METRICS, Outcome
from samefade.bench.paired import Paired, paired
from samefade.bench.source import Source, fingerprint, netstar_sources, remarks
from samefade.bench.summary import interval, summary

__all__ = [
    "ACCOUNTS",
    "ALL",
    "BETTER",
    "FIELD",
    "METRICS",
    "Campaign",
    "Cell",
    "Cluster",
    "ClusterUnfit",
    "Estimate",
    "Grid",
    "Outcome",
    "Paired",
    "Place",
    "Row",
    "Source",
    "WorkersDied",
    "WrongGrid",
    "connected",
    "cores",
    "each",
    "evaluate",
    "fingerprint",
    "grid_of",
    "interval",
    "netstar_sources",
    "paired",
    "read_grid",
    "remarks",
    "summary",
]
