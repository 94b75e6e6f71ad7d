"""Say what samples are worth as a secret: by what guesses them best, and never by how random they look."""

from samefade.entropy.account import Estimate, assess, earn
from samefade.entropy.cells import assess_cells
from samefade.entropy.chain import given_past
from samefade.entropy.gaussian import gaussian
from samefade.entropy.information import Information, mutual_information
from samefade.entropy.markov import markov

__all__ = [
    "Estimate",
    "Information",
    "assess",
    "assess_cells",
    "earn",
    "gaussian",
    "given_past",
    "markov",
    "mutual_information",
]
