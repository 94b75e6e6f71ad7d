"""Pack what the two ends of a BCH discussion say, and read it with suspicion.

Headers and bit strings are those of `reconcile.message`; only the request for syndromes is its own.
"""

import struct

from samefade.errors import EndsDisagree, ProtocolError
from samefade.reconcile.bch.choice import useful
from samefade.reconcile.bch.code import Code, code, most_errors
from samefade.reconcile.bch.frames import Frames, Plan
from samefade.reconcile.framed import CHECKS, CLOSE, TAG
from samefade.reconcile.framed import TELL as SYNDROMES

__all__ = ["CHECKS", "CLOSE", "SYNDROMES", "TAG", "pack_codes", "unpack_codes"]

_CODES = struct.Struct("<HHHB")


def pack_codes(plan: Plan, *, choice_tells: bool) -> bytes:
    """Pack the code's length, the errors that it corrects in full frames and in the last, and how it is charged."""
    first, last = plan.groups[0].code, plan.groups[-1].code
    return _CODES.pack(first.n, first.t, last.t, choice_tells)


def unpack_codes(body: bytes, m: int, frames: Frames, *, choice_tells: bool) -> Plan:
    """Read which codes are asked for.

    Raises:
        ProtocolError: When the body has the wrong size, no code corrects so many errors, or the first one tells all.
        EndsDisagree: When the ends use codes of different lengths, or charge differently.
    """
    if len(body) != _CODES.size:
        raise ProtocolError(body_bytes=len(body))
    n, first, last, tells = _CODES.unpack(body)
    if n != 2**m - 1:
        raise EndsDisagree("length of the BCH code", 2**m - 1, n)
    if tells != choice_tells:
        raise EndsDisagree("whether the choice of the BCH code is charged", choice_tells, bool(tells))
    plan = Plan.of(frames, _exactly(m, first), _exactly(m, last))
    if plan.groups[0].code not in useful(m, plan.groups[0].size) or plan.groups[-1].code.t != last:
        raise ProtocolError(errors_to_correct=first)
    return plan


def _exactly(m: int, errors: int) -> Code:
    if not 1 <= errors <= most_errors(m) or code(m, errors).t != errors:
        raise ProtocolError(errors_to_correct=errors)
    return code(m, errors)
