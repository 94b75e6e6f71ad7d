"""The planner: from a spreading factor, a region and a speed to a decision with numbers."""

from samefade.lpwan.planner.circumstances import Circumstances, NarrowBand
from samefade.lpwan.planner.planning import Plan, plan, refresh_hours

__all__ = ["Circumstances", "NarrowBand", "Plan", "plan", "refresh_hours"]
