"""How a secret may be written by accident."""

import base64


def spellings(secret):
    """Every way in which a secret is likely to be written by accident."""
    numbers = [str(byte) for byte in secret]
    return [
        secret,
        secret.hex().encode(),
        secret.hex().upper().encode(),
        secret.hex(" ").encode(),
        secret.hex(":").encode(),
        base64.b64encode(secret).rstrip(b"=")[:-1],
        base64.urlsafe_b64encode(secret).rstrip(b"=")[:-1],
        repr(secret)[2:-1].encode(),
        ", ".join(numbers).encode(),
        ",".join(numbers).encode(),
        str(int.from_bytes(secret, "big")).encode(),
    ]
