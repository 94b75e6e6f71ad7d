"""Say what samples are worth as a secret: by what guesses them best, and never by how random they look."""

from samefade.entropy.account import Estimate, assess, earn
from samefade.entropy.gaussian import gaussian
from samefade.entropy.information import Information, mutual_information
from samefade.entropy.markov import markov

__all__ = ["Estimate", "Information", "assess", "earn", "gaussian", "markov", "mutual_information"]
