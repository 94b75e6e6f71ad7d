"""Recordings in: one file for each format, and one function that finds the right one."""

from samefade.files.formats import FORMATS, read
from samefade.files.reader import Reader

__all__ = ["FORMATS", "Reader", "read"]
