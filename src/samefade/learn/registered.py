"""What the entry points name: the learned schemes, where their library is installed."""

from samefade.learn import engine
from samefade.learn.schemes import Autoencoder, Bcfl, Learned

_KNOWN: dict[str, type[Learned]] = {"AUTOENCODER": Autoencoder, "BCFL": Bcfl}


def __getattr__(name: str) -> Learned:
    """Return a scheme; the deep-learning library is looked for, and not loaded.

    Raises:
        MissingExtra: When it is not installed.
        AttributeError: When there is no scheme of this name.
    """
    if name not in _KNOWN:
        raise AttributeError(name)
    engine.present()
    return _KNOWN[name]()
