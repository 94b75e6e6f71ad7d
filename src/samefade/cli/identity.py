"""`samefade identity`: a key pair for a device, so that two devices can begin with who they are (EDHOC)."""

from pathlib import Path
from typing import Annotated

import typer

from samefade.cli.output import emit, say


def identity(
    name: Annotated[str, typer.Argument(help="Name of the device.")],
    out: Annotated[Path | None, typer.Option("--out", help="File of the identity; by default NAME.identity.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Make an identity, and the credential that its peers are given.

    Example: `samefade identity sta` at the one node and `samefade identity ap` at the other; give each the other's
    `.credential`, then `samefade node --role initiator --identity sta.identity --credential ap.identity.credential …`.
    """
    from samefade.api.node.identity import make

    private, credential = make(name, out or Path(f"{name}.identity"))
    if json:
        emit({"schema": "samefade.identity/1", "identity": str(private), "credential": str(credential)})
        return
    say(f"{private} is this device's secret; {credential} is for its peers.")
