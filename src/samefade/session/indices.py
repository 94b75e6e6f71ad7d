"""Keep the symbols that both ends made: a quantiser that drops samples drops others at each end."""

from collections.abc import Generator
from dataclasses import replace
from typing import Any

import numpy as np

from samefade.errors import EndsDisagree, RemoteProtocolError
from samefade.quantize import common, set_bits
from samefade.session.packing import expect, pack_ledger, pack_mask, unpack_ledger, unpack_mask
from samefade.session.script import Hear, Say, Want
from samefade.types import Symbols
from samefade.wire import codes
from samefade.wire.kdf import sha256

_DIGEST, _DIGEST_BITS = 8, 64.0


def exchange_first(symbols: Symbols, of: int, *, drops: bool = False) -> Generator[Want, Any, Symbols]:
    """Say which samples were kept, end a first, and return the symbols that both kept.

    A digest goes first; the sets follow only where they differ.
    All of it is charged: both sets as if neither end knew the other's, and the digests of sets that tell of samples.

    Args:
        symbols: End a's symbols.
        of: How many candidates there were.
        drops: Whether the quantiser drops samples for their values; otherwise the set is public already.
    """
    yield Say(codes.INDEX, (_digest(symbols), b"", []))
    _, said = yield Hear((codes.INDEX,))
    theirs = _read(said, symbols, of)
    if theirs is None:
        return _charged(symbols, _DIGEST_BITS if drops else 0.0)
    yield Say(codes.INDEX, _told(symbols, of))
    return _charged(common(symbols, theirs, of=of)[0], _beyond(symbols, theirs, of))


def exchange_second(symbols: Symbols, of: int, *, drops: bool = False) -> Generator[Want, Any, Symbols]:
    """Answer which samples were kept, end b, and return the symbols that both kept.

    Args:
        symbols: End b's symbols.
        of: How many candidates there were.
        drops: As for `exchange_first`.

    Raises:
        RemoteProtocolError: When the other end's digest belongs to another set than it names.
    """
    _, said = yield Hear((codes.INDEX,))
    digest, _, _ = expect(said, bytes, bytes, list)
    if digest == _digest(symbols):
        yield Say(codes.INDEX, (digest, b"", []))
        return _charged(symbols, _DIGEST_BITS if drops else 0.0)
    yield Say(codes.INDEX, _told(symbols, of))
    _, said = yield Hear((codes.INDEX,))
    theirs = _read(said, symbols, of)
    if theirs is None or _digest(theirs) != digest:
        raise RemoteProtocolError(index="not what its digest said")
    return _charged(common(theirs, symbols, of=of)[1], _beyond(theirs, symbols, of))


def _charged(symbols: Symbols, bits: float) -> Symbols:
    if not bits:
        return symbols
    return replace(symbols, public=symbols.public.pay("indices told at once, and their digests", bits))


def _beyond(a: Symbols, b: Symbols, of: int) -> float:
    """Return what naming b's whole set told beyond its choice among a's, which `common` charges, and the digests."""
    both = len(np.intersect1d(a.index, b.index, assume_unique=True))
    return set_bits(of, len(b)) - set_bits(len(a), both) + 2 * _DIGEST_BITS


def _digest(symbols: Symbols) -> bytes:
    return sha256(np.asarray(symbols.index, "<i8").tobytes())[:_DIGEST]


def _told(symbols: Symbols, of: int) -> tuple[Any, ...]:
    if len(symbols) and symbols.index[-1] >= of:
        raise EndsDisagree("symbols", len(symbols), "another set")
    mask = np.zeros(of, np.bool_)
    mask[symbols.index] = True
    return (_digest(symbols), pack_mask(mask), pack_ledger(symbols.public))


def _read(said: Any, mine: Symbols, of: int) -> Symbols | None:  # noqa: ANN401 -- whatever the other end sent
    """Return the other end's symbols as far as they are public: their samples, no values; None where all are ours."""
    digest, packed, public = expect(said, bytes, bytes, list)
    if digest == _digest(mine):
        return None
    index = np.flatnonzero(unpack_mask(packed, of))
    told = unpack_ledger(public)
    if told.earned:
        raise RemoteProtocolError(index="earned by naming samples")
    return replace(mine, values=np.zeros(len(index), mine.values.dtype), index=index, public=told, reliability=None)
