"""A simulated deployment: gateways, devices, region rules, collisions, motion and Eve; what keys come of its traffic.

Everything here is simulated; docs/explain/deployment.md says what is assumed.
`simulate` computes one piece of work, a day or a part of one; pieces do not need each other, and `outcomes` says what
all of them together gave.
"""

from samefade.lpwan.deploy.day import simulate
from samefade.lpwan.deploy.outcome import Outcomes, outcomes
from samefade.lpwan.deploy.setting import STATIC, VEHICLE, WALKING, Deployment, Motion
from samefade.lpwan.deploy.tally import Tally
from samefade.lpwan.deploy.world import sample

__all__ = [
    "STATIC",
    "VEHICLE",
    "WALKING",
    "Deployment",
    "Motion",
    "Outcomes",
    "Tally",
    "outcomes",
    "sample",
    "simulate",
]
