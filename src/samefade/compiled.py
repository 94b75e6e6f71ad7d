"""Compile the few inner loops that array operations cannot express."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def compiled(loop: Callable[P, R]) -> Callable[P, R]:
    """Return the function as machine code (numba, without its fast-math); it is compiled once and kept on disk.

    Files that use it are imported where they are needed, and not before, because numba itself takes half a second.
    """
    from numba import njit

    machine_code: Callable[P, R] = njit(cache=True)(loop)
    return machine_code
