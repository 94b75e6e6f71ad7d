"""Pictures, where people would rather look than read. They show; they decide nothing."""

from samefade.draw.decomposition import decomposition
from samefade.draw.link import link, panels
from samefade.draw.rates import rates

__all__ = ["decomposition", "link", "panels", "rates"]
