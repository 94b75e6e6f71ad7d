"""Say what samples are worth as a secret: by what guesses them best, and never by how random they look."""

from samefade.entropy.account import Estimate, assess, earn
from samefade.entropy.complexity import complexity, normalised_complexity
from samefade.entropy.correlated import correlated_information, fade_information
from samefade.entropy.disagreement import (
    cell_disagreement,
    differential_bit,
    differential_correlation,
    gray_disagreement,
    guarded_bit,
    median_bit,
    rayleigh_bit,
)
from samefade.entropy.gaussian import gaussian
from samefade.entropy.guesser import Guesser, most_common, percentiles, transitions
from samefade.entropy.health import Health, Restart, Verdict, restart
from samefade.entropy.information import Information, mutual_information
from samefade.entropy.joint import Interval, from_samples, information_given, one_fade
from samefade.entropy.markov import markov
from samefade.entropy.neighbours import dither, neighbour_entropy, neighbour_information
from samefade.entropy.radio_map import distance_law, radio_map, stretch_means
from samefade.entropy.smoke import Smoke, smoke
from samefade.entropy.sp80090b import Assessment90B, assess90b
from samefade.entropy.stationarity import Stationarity, segments, stationary
from samefade.entropy.strings import assess_cells, given_past, guesses, told_by
from samefade.entropy.waterfilling import Filling, water_filling

__all__ = [
    "Assessment90B",
    "Estimate",
    "Filling",
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
    "cell_disagreement",
    "complexity",
    "correlated_information",
    "differential_bit",
    "differential_correlation",
    "distance_law",
    "dither",
    "earn",
    "fade_information",
    "from_samples",
    "gaussian",
    "given_past",
    "gray_disagreement",
    "guarded_bit",
    "guesses",
    "information_given",
    "markov",
    "median_bit",
    "most_common",
    "mutual_information",
    "neighbour_entropy",
    "neighbour_information",
    "normalised_complexity",
    "one_fade",
    "percentiles",
    "radio_map",
    "rayleigh_bit",
    "restart",
    "segments",
    "smoke",
    "stationary",
    "stretch_means",
    "told_by",
    "transitions",
    "water_filling",
]
