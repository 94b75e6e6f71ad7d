"""Say what samples are worth as a secret: by what guesses them best, and never by how random they look."""

from samefade.entropy.account import Estimate, assess, earn
from samefade.entropy.gaussian import gaussian
from samefade.entropy.guesser import Guesser, most_common, percentiles, transitions
from samefade.entropy.health import Health, Restart, Verdict, restart
from samefade.entropy.information import Information, mutual_information
from samefade.entropy.joint import Interval, from_samples, information_given, one_fade
from samefade.entropy.markov import markov
from samefade.entropy.neighbours import dither, neighbour_entropy, neighbour_information
from samefade.entropy.smoke import Smoke, smoke
from samefade.entropy.sp80090b import Assessment90B, assess90b
from samefade.entropy.stationarity import Stationarity, segments, stationary
from samefade.entropy.strings import assess_cells, given_past, guesses

__all__ = [
    "Assessment90B",
    "Estimate",
    "Guesser",
    "Health",
    "Information",
    "Interval",
    "Restart",
    "Smoke",
    "Stationarity",
    "Verdict",
    "assess",
    "assess90b",
    "assess_cells",
    "dither",
    "earn",
    "from_samples",
    "gaussian",
    "given_past",
    "guesses",
    "information_given",
    "markov",
    "most_common",
    "mutual_information",
    "neighbour_entropy",
    "neighbour_information",
    "one_fade",
    "percentiles",
    "restart",
    "segments",
    "smoke",
    "stationary",
    "transitions",
]
