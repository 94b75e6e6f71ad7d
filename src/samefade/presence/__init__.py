"""Who is there now: evidence from the channel, and a decision with its error rates."""

from samefade.presence.csi import pack_csi, unpack_csi
from samefade.presence.decide import Decide, Verdict
from samefade.presence.evidence import PresenceEvidence, measure
from samefade.presence.heard import Heard
from samefade.presence.statement import Ed25519Signer, MacSigner, Signer, Statement, digest

__all__ = [
    "Decide",
    "Ed25519Signer",
    "Heard",
    "MacSigner",
    "PresenceEvidence",
    "Signer",
    "Statement",
    "Verdict",
    "digest",
    "measure",
    "pack_csi",
    "unpack_csi",
]
