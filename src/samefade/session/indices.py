"""Keep the symbols that both ends made: a quantiser that drops samples drops others at each end."""

from collections.abc import Generator
from dataclasses import replace
from typing import Any

import numpy as np

from samefade.errors import EndsDisagree, RemoteProtocolError
from samefade.quantize import common, mask_bits
from samefade.session.packing import expect, pack_ledger, pack_mask, unpack_ledger, unpack_mask
from samefade.session.script import Hear, Say, Want
from samefade.types import Mask, Symbols
from samefade.wire import codes
from samefade.wire.kdf import sha256

_DIGEST, _DIGEST_BITS = 8, 64.0


def exchange_first(symbols: Symbols, among: Mask, *, drops: bool = False) -> Generator[Want, Any, Symbols]:
    """Say which samples were kept, end a first, and return the symbols that both kept.

    A digest goes first; the sets follow only where they differ.
    All of it is charged: whether they differ, and then both sets as if neither end knew the other's, of which the
    digests follow; or the digest of a set that tells of samples.

    Args:
        symbols: End a's symbols.
        among: (n,) which samples both ends can use, as was named before.
        drops: Whether the quantiser drops samples for their values; otherwise the set is public already.
    """
    yield Say(codes.INDEX, (_digest(symbols), b"", []))
    _, said = yield Hear((codes.INDEX,))
    theirs = _read(said, symbols, among)
    if theirs is None:
        return _alike(symbols, among) if drops else symbols
    yield Say(codes.INDEX, _told(symbols, len(among)))
    return _charged(common(symbols, theirs, among=among, apart=True)[0], 1.0)


def exchange_second(symbols: Symbols, among: Mask, *, drops: bool = False) -> Generator[Want, Any, Symbols]:
    """Answer which samples were kept, end b, and return the symbols that both kept.

    Args:
        symbols: End b's symbols.
        among: As for `exchange_first`.
        drops: As for `exchange_first`.

    Raises:
        RemoteProtocolError: When the other end's digest belongs to another set than it names.
    """
    _, said = yield Hear((codes.INDEX,))
    digest, _, _ = expect(said, bytes, bytes, list)
    if digest == _digest(symbols):
        yield Say(codes.INDEX, (digest, b"", []))
        return _alike(symbols, among) if drops else symbols
    yield Say(codes.INDEX, _told(symbols, len(among)))
    _, said = yield Hear((codes.INDEX,))
    theirs = _read(said, symbols, among)
    if theirs is None or _digest(theirs) != digest:
        raise RemoteProtocolError(index="not what its digest said")
    return _charged(common(theirs, symbols, among=among, apart=True)[1], 1.0)


def _alike(symbols: Symbols, among: Mask) -> Symbols:
    """Pay for the digest of a set that both ends have, and for saying that it is the same."""
    kept = np.zeros(len(among), np.bool_)
    kept[symbols.index] = True
    return _charged(symbols, 1.0 + min(_DIGEST_BITS, mask_bits(kept[among])))


def _charged(symbols: Symbols, bits: float) -> Symbols:
    return replace(symbols, public=symbols.public.pay("whether the indices differ, and a digest where not", bits))


def _digest(symbols: Symbols) -> bytes:
    return sha256(np.asarray(symbols.index, "<i8").tobytes())[:_DIGEST]


def _told(symbols: Symbols, of: int) -> tuple[Any, ...]:
    if len(symbols) and symbols.index[-1] >= of:
        raise EndsDisagree("symbols", len(symbols), "another set")
    mask = np.zeros(of, np.bool_)
    mask[symbols.index] = True
    return (_digest(symbols), pack_mask(mask), pack_ledger(symbols.public))


def _read(said: Any, mine: Symbols, among: Mask) -> Symbols | None:  # noqa: ANN401 -- whatever the other end sent
    """Return the other end's symbols as far as they are public: their samples, no values; None where all are ours."""
    digest, packed, public = expect(said, bytes, bytes, list)
    if digest == _digest(mine):
        return None
    index = np.flatnonzero(unpack_mask(packed, len(among)))
    told = unpack_ledger(public)
    if told.earned:
        raise RemoteProtocolError(index="earned by naming samples")
    theirs = replace(mine, values=np.zeros(len(index), mine.values.dtype), index=index, public=told, reliability=None)
    if _digest(theirs) != digest or not among[index].all():
        raise RemoteProtocolError(index="not what its digest said, or samples that not both can use")
    return theirs
