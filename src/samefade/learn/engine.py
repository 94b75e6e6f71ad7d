"""Ask for the deep-learning library where it is needed, and only there."""

from importlib.util import find_spec

from samefade.errors import MissingExtra

LIBRARIES = ("jax", "equinox", "optax")


def present() -> None:
    """Refuse where a library of the extra is not installed; imports none of them.

    Raises:
        MissingExtra: When one is absent.
    """
    if any(find_spec(name) is None for name in LIBRARIES):
        raise MissingExtra("learn")
