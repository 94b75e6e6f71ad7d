"""What every command that runs a scheme is asked for: which one, how much is spoken, and the public seed."""

from typing import Annotated

import typer

from samefade.errors import OutOfRange

SchemeName = Annotated[str | None, typer.Option("--scheme", help="By name, or `file.py:Class`; by default ours.")]
Minutes = Annotated[float | None, typer.Option("--minutes", help="How much to speak for calibration.")]
Seed = Annotated[str | None, typer.Option("--seed", help="32 public random bytes in hex, to repeat a run.")]


def public_seed(text: str | None) -> bytes | None:
    """Decode the seed option.

    Raises:
        OutOfRange: When it is not 32 bytes of hex.
    """
    if text is None:
        return None
    try:
        seed = bytes.fromhex(text)
    except ValueError as error:
        raise OutOfRange("--seed", text, "64 hexadecimal digits") from error
    if len(seed) != 32:
        raise OutOfRange("--seed", f"of {len(seed)} bytes", "32 bytes, 64 hexadecimal digits")
    return seed


def positive_minutes(minutes: float | None) -> float | None:
    """Check the time to speak.

    Raises:
        OutOfRange: When it is not a positive number.
    """
    if minutes is not None and not 0 < minutes < float("inf"):
        raise OutOfRange("--minutes", minutes, "a positive number")
    return minutes
