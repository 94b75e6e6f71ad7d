"""Two radios hear the same fade: secret keys from wireless channels, and an honest account of them.

The public names are loaded when they are first used, so that importing samefade costs numpy and nothing else.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_ROOMS = (
    "align", "amplify", "channel", "data", "draw", "entropy", "errors", "files", "keys", "link", "lpwan", "metrics",
    "observe", "presence", "quantize", "reciprocity", "reconcile", "restore", "schemes", "session", "types", "wavelet",
    "wire",
)  # fmt: skip
_HOMES = {
    "Recording": "types",
    "Observation": "types",
    "Pair": "types",
    "Spoken": "types",
    "Kept": "types",
    "Terms": "types",
    "Ledger": "types",
    "Key": "types",
    "SamefadeError": "errors",
    "read": "api",
    "read_pair": "api",
    "read_set": "api",
    "compare": "api",
    "Certificate": "api",
    "Report": "api",
    "assess": "api",
    "certify": "api",
    "measure": "api",
    "run": "api",
}

__all__ = sorted([*_HOMES, *_ROOMS])  # noqa: PLE0605 -- a list, made of the two tables above


def __getattr__(name: str) -> Any:  # noqa: ANN401 -- a module attribute can be anything
    """Load a room or a public name when it is first asked for."""
    if name in _HOMES:
        return getattr(import_module(f"samefade.{_HOMES[name]}"), name)
    if name in _ROOMS:
        return import_module(f"samefade.{name}")
    raise AttributeError(f"module 'samefade' has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the public names without loading them."""
    return __all__
