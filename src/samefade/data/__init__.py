"""Find public recordings by name: in a mirror folder, or downloaded once and checked. Nothing is fetched on import."""

from samefade.data.fetch import Progress, get, path
from samefade.data.registry import DataFile, DataSet, Role, find, sets

__all__ = ["DataFile", "DataSet", "Progress", "Role", "find", "get", "path", "sets"]
