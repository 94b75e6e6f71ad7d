"""Make a channel whose truth is known: fading, impairments, an eavesdropper, and named scenarios.

Everything is drawn from a generator that the caller gives, and every process is checked against its closed form.
`channel.correlation` holds the closed forms of what two ends and Eve share, and composes them.
"""

from samefade.channel.delay_line import DelayLine, delay_line, exponential_taps, tapped_delay_line
from samefade.channel.eve import Eve, spatial_correlation
from samefade.channel.fading import Waves, ar1, jakes, scatter
from samefade.channel.large_scale import ornstein_uhlenbeck, path_loss, shadowing
from samefade.channel.links import LINKS
from samefade.channel.network import network
from samefade.channel.scenarios import SCENARIOS, scenario
from samefade.channel.setting import Motion, Radio, Scenario
from samefade.channel.world import Truth, World, simulate

__all__ = [
    "LINKS",
    "SCENARIOS",
    "DelayLine",
    "Eve",
    "Motion",
    "Radio",
    "Scenario",
    "Truth",
    "Waves",
    "World",
    "ar1",
    "delay_line",
    "exponential_taps",
    "jakes",
    "network",
    "ornstein_uhlenbeck",
    "path_loss",
    "scatter",
    "scenario",
    "shadowing",
    "simulate",
    "spatial_correlation",
    "tapped_delay_line",
]
